//! Airbyte's templates: Jinja over `config`, the answer before, and the part of time that is asked for.

use chrono::{DateTime, Duration, Utc};
use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use polder_types::template::value_of;
use serde_json::{Map, Value};

use super::times;
use crate::{Error, Result};

/// Steps of one template: none that anybody writes needs more.
const FUEL: u64 = 1_000_000;

pub(super) struct Templates {
    environment: Environment<'static>,
    now: DateTime<Utc>,
    config: Value,
}

impl Templates {
    pub(super) fn new(config: &Value, now: DateTime<Utc>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_fuel(Some(FUEL));
        environment.add_function("now_utc", move || times::iso(now));
        environment.add_function("today_utc", move || now.date_naive().to_string());
        environment.add_function("day_delta", move |days: i64, form: Option<String>| {
            day_delta(now, days, form.as_deref())
        });
        environment.add_function("format_datetime", format_datetime);
        Self { environment, now, config: config.clone() }
    }

    /// When the reading began.
    pub(super) const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A text filled in. `more` are names beside `config`.
    pub(super) fn text(&self, text: &str, more: &Map<String, Value>) -> Result<String> {
        if !text.contains("{{") && !text.contains("{%") {
            return Ok(text.to_owned());
        }
        let mut names = more.clone();
        names.insert("config".to_owned(), self.config.clone());
        self.environment.render_str(text, value_of(&Value::Object(names))).map_err(|error| {
            let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            Error::Template { text: text.to_owned(), reason }
        })
    }

    /// A text that may come to nothing: `None` when it is empty or says so.
    pub(super) fn optional(&self, text: &str, more: &Map<String, Value>) -> Result<Option<String>> {
        let text = self.text(text, more)?;
        let is_nothing =
            matches!(text.trim(), "" | "none" | "None" | "null" | "undefined" | "false" | "False");
        Ok((!is_nothing).then_some(text))
    }

    /// A JSON value with all its strings filled in.
    pub(super) fn value(&self, value: &Value, more: &Map<String, Value>) -> Result<Value> {
        Ok(match value {
            Value::String(text) => Value::String(self.text(text, more)?),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.value(item, more)).collect::<Result<_>>()?)
            }
            Value::Object(map) => {
                let filled = map.iter().map(|(key, value)| Ok((key.clone(), self.value(value, more)?)));
                Value::Object(filled.collect::<Result<_>>()?)
            }
            other => other.clone(),
        })
    }
}

/// The time in so many days, in a form of its own or in ISO 8601.
fn day_delta(now: DateTime<Utc>, days: i64, form: Option<&str>) -> Result<String, minijinja::Error> {
    let then = Duration::try_days(days).and_then(|days| now.checked_add_signed(days));
    let then =
        then.ok_or_else(|| minijinja::Error::new(ErrorKind::InvalidOperation, "so many days are too many"))?;
    Ok(times::format(then, form.unwrap_or("%Y-%m-%dT%H:%M:%S%.6f%z")))
}

fn format_datetime(text: &str, form: &str) -> Result<String, minijinja::Error> {
    let time: Option<DateTime<Utc>> = times::guess(text);
    let time = time.ok_or_else(|| minijinja::Error::new(ErrorKind::InvalidOperation, "this is no time"))?;
    Ok(times::format(time, form))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn texts_are_filled_in() {
        let templates = Templates::new(&json!({"key": "k1"}), DateTime::UNIX_EPOCH);
        let more = names(&json!({"response": {"next": "abc", "none": null}}));
        assert_eq!(templates.text("Bearer {{ config['key'] }}", &more).unwrap(), "Bearer k1");
        assert_eq!(templates.optional("{{ response.next }}", &more).unwrap().as_deref(), Some("abc"));
        for nothing in ["{{ response.none }}", "{{ response.other }}", "{{ response.other.more }}", ""] {
            assert_eq!(templates.optional(nothing, &more).unwrap(), None, "{nothing}");
        }
        let text =
            templates.text("{{ format_datetime('2024-01-31T10:00:00Z', '%d.%m.%Y') }}", &more).unwrap();
        assert_eq!(text, "31.01.2024");
    }

    #[test]
    fn what_runs_on_is_ended() {
        let text = "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}";
        assert!(Templates::new(&json!({}), DateTime::UNIX_EPOCH).text(text, &Map::new()).is_err());
    }
}
