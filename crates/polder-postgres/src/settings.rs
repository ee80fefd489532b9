//! Settings of a session: those that drivers set when they begin, and what they may be set to.
//!
//! A setting that changes what answers look like is taken only if answers look so: a driver must not read them as something else.

mod known;

use std::collections::BTreeMap;
use std::time::Duration;

use self::known::{DEFAULTS, FREE, TOLD};
pub(crate) use self::known::{VERSION, default_of, defaults};
use crate::error::{Error, Result};

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    values: BTreeMap<String, String>,
    begun_with: BTreeMap<String, String>,
    longest: Duration,
}

impl Settings {
    /// With what the client has asked for when it began. `longest` is what a statement may take, whatever is set.
    pub(crate) fn new(user: &str, asked: &BTreeMap<String, String>, longest: Duration) -> Result<Self> {
        let values: BTreeMap<_, _> =
            DEFAULTS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut settings = Self { begun_with: BTreeMap::new(), values, longest };
        settings.values.insert("session_authorization".to_owned(), user.to_owned());
        for (name, value) in asked {
            // Drivers say in which zone they are; times say in which zone they are themselves.
            if !name.eq_ignore_ascii_case("timezone") {
                settings.set(name, Some(value))?;
            }
        }
        settings.begun_with = settings.values.clone();
        Ok(settings)
    }

    pub(crate) fn get(&self, name: &str) -> Result<&str> {
        let unknown = || Error::new("42704", format!("there is no setting `{name}`"));
        self.values.get(&name.to_lowercase()).map(String::as_str).ok_or_else(unknown)
    }

    /// Sets it, or sets it back.
    pub(crate) fn set(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        let name = name.to_lowercase();
        let begun_with = self.begun_with.get(&name).cloned();
        let value = value.map(str::to_owned).or(begun_with).unwrap_or_default();
        if name == "statement_timeout" {
            duration(&value)?;
        }
        if name == "polder.branch" {
            return Err(Error::new("55P02", "the branch is chosen when connecting")
                .hint("options='-c polder.branch=RUN'"));
        }
        if !FREE.contains(&name.as_str()) && !self.is_so(&name, &value)? {
            let is = self.get(&name)?;
            let wrong = Error::new("22023", format!("`{name}` is {is} here, and cannot be `{value}`"));
            return Err(if name == "timezone" {
                wrong.hint("AT TIME ZONE converts times in a query")
            } else {
                wrong
            });
        }
        if !["client_encoding", "datestyle", "timezone"].contains(&name.as_str()) {
            self.values.insert(name, value);
        }
        Ok(())
    }

    pub(crate) fn reset(&mut self) {
        self.values.clone_from(&self.begun_with);
    }

    /// Names as clients know them, with their values.
    pub(crate) fn told(&self) -> impl Iterator<Item = (&'static str, &str)> {
        TOLD.iter().filter_map(|(name, told)| Some((*told, self.values.get(*name)?.as_str())))
    }

    /// How long a statement may take.
    pub(crate) fn statement_time(&self) -> Duration {
        let set = self.values.get("statement_timeout").and_then(|value| duration(value).ok());
        set.filter(|set| !set.is_zero()).map_or(self.longest, |set| set.min(self.longest))
    }

    /// Where a table is looked for that is named without a schema: the first of the path.
    pub(crate) fn schema(&self) -> &str {
        let path = self.values.get("search_path").map_or(polder_lake::DEFAULT_SCHEMA, String::as_str);
        let names = path.split(',').map(|name| name.trim().trim_matches(['"', '\'']));
        let mut own = names.filter(|name| !name.is_empty() && *name != "$user" && *name != "pg_catalog");
        // Tools that know nothing of this server name the schema that PostgreSQL has.
        own.find(|name| *name != "public").unwrap_or(polder_lake::DEFAULT_SCHEMA)
    }

    /// Whether something is as it is asked to be.
    fn is_so(&self, name: &str, value: &str) -> Result<bool> {
        let same = |text: &str| text.to_ascii_lowercase().replace(['-', ' ', '_'], "");
        let (is, value) = (same(self.get(name)?), same(value));
        Ok(match name {
            "client_encoding" => value == is || value == "unicode",
            "datestyle" => value.split(',').any(|part| part == "iso"),
            "timezone" => {
                ["utc", "etc/utc", "gmt", "z", "0", "+00:00", "00:00", "zulu"].contains(&value.as_str())
            }
            "default_transaction_isolation" | "transaction_isolation" => true,
            _ => truth(&value) == truth(&is),
        })
    }
}

fn truth(value: &str) -> &str {
    match value {
        "on" | "true" | "yes" | "1" => "on",
        "off" | "false" | "no" | "0" => "off",
        other => other,
    }
}

/// Milliseconds, if no unit is said.
fn duration(text: &str) -> Result<Duration> {
    let wrong = || Error::new("22023", format!("`{text}` is no time")).hint("write 5s, 500ms or 2min");
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 =
        if number.is_empty() && unit.is_empty() { 0 } else { number.parse().map_err(|_| wrong())? };
    let factor = match unit.trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    Ok(Duration::from_millis(number.checked_mul(factor).ok_or_else(wrong)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let asked = BTreeMap::from([("TimeZone".to_owned(), "Europe/Berlin".to_owned())]);
        Settings::new("me", &asked, Duration::from_secs(60)).unwrap()
    }

    #[test]
    fn what_drivers_set_is_taken_and_what_would_lie_is_not() {
        let mut settings = settings();
        for (name, value) in [
            ("application_name", "psql"),
            ("client_encoding", "utf-8"),
            ("DateStyle", "ISO, DMY"),
            ("timezone", "UTC"),
            ("standard_conforming_strings", "true"),
            ("default_transaction_read_only", "on"),
        ] {
            settings.set(name, Some(value)).unwrap();
        }
        for (name, value) in [
            ("client_encoding", "LATIN1"),
            ("datestyle", "German"),
            ("timezone", "Europe/Berlin"),
            ("default_transaction_read_only", "off"),
            ("statement_timeout", "soon"),
            ("datafusion.execution.batch_size", "1"),
            ("polder.branch", "x"),
        ] {
            assert!(settings.set(name, Some(value)).is_err(), "{name}");
        }
        assert_eq!(settings.get("TimeZone").unwrap(), "UTC");
    }

    #[test]
    fn statements_take_no_longer_than_they_may() {
        let mut settings = settings();
        assert_eq!(settings.statement_time(), Duration::from_secs(60));
        settings.set("statement_timeout", Some("5s")).unwrap();
        assert_eq!(settings.statement_time(), Duration::from_secs(5));
        settings.set("statement_timeout", Some("2h")).unwrap();
        assert_eq!(settings.statement_time(), Duration::from_secs(60));
        settings.reset();
        assert_eq!(settings.get("statement_timeout").unwrap(), "0");
    }

    #[test]
    fn the_first_schema_of_the_path_counts() {
        let mut settings = settings();
        assert_eq!(settings.schema(), "marts");
        settings.set("search_path", Some("\"$user\", public")).unwrap();
        assert_eq!(settings.schema(), "marts");
        settings.set("search_path", Some("raw, marts")).unwrap();
        assert_eq!(settings.schema(), "raw");
    }
}
