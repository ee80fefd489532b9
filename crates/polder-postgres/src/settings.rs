//! Settings of a session: those that drivers set when they begin, and what they may be set to.
//!
//! A setting that changes what answers look like is taken only if answers look so: a driver must not read them as something else.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::{Error, Result};

/// What a client is told of when it begins, and when it has changed it.
const TOLD: [(&str, &str); 13] = [
    ("application_name", "application_name"),
    ("client_encoding", "client_encoding"),
    ("datestyle", "DateStyle"),
    ("default_transaction_read_only", "default_transaction_read_only"),
    ("in_hot_standby", "in_hot_standby"),
    ("integer_datetimes", "integer_datetimes"),
    ("intervalstyle", "IntervalStyle"),
    ("is_superuser", "is_superuser"),
    ("server_encoding", "server_encoding"),
    ("server_version", "server_version"),
    ("session_authorization", "session_authorization"),
    ("standard_conforming_strings", "standard_conforming_strings"),
    ("timezone", "TimeZone"),
];
/// What is so from the start.
const DEFAULTS: [(&str, &str); 28] = [
    ("application_name", ""),
    ("bytea_output", "hex"),
    ("client_encoding", "UTF8"),
    ("client_min_messages", "notice"),
    ("datestyle", "ISO, MDY"),
    ("default_transaction_isolation", "repeatable read"),
    ("default_transaction_read_only", "on"),
    ("extra_float_digits", "1"),
    ("idle_in_transaction_session_timeout", "0"),
    ("in_hot_standby", "off"),
    ("integer_datetimes", "on"),
    ("intervalstyle", "postgres"),
    ("is_superuser", "off"),
    ("lc_collate", "C"),
    ("lc_ctype", "C"),
    ("lock_timeout", "0"),
    ("max_identifier_length", "63"),
    // JDBC asks for it before it lists keys.
    ("max_index_keys", "32"),
    ("search_path", polder_lake::DEFAULT_SCHEMA),
    ("server_encoding", "UTF8"),
    ("server_version", VERSION),
    ("server_version_num", "150000"),
    ("session_authorization", ""),
    ("standard_conforming_strings", "on"),
    ("statement_timeout", "0"),
    ("timezone", "UTC"),
    ("transaction_isolation", "repeatable read"),
    ("transaction_read_only", "on"),
];
/// The version whose catalog this one is like: tools ask for what it has.
pub(crate) const VERSION: &str = "15.0";
/// What may be set to anything, since nothing comes of it.
const FREE: [&str; 7] = [
    "application_name",
    "client_min_messages",
    "extra_float_digits",
    "idle_in_transaction_session_timeout",
    "lock_timeout",
    "search_path",
    "statement_timeout",
];

/// What a setting is for whoever has set nothing.
pub(crate) fn default_of(name: &str) -> Option<&'static str> {
    DEFAULTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// All of them.
pub(crate) fn defaults() -> impl Iterator<Item = (&'static str, &'static str)> {
    DEFAULTS.into_iter()
}

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
