//! Settings of models and tests: in `config(…)`, or under `config:` beside them in YAML. What stands in the model itself wins.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Severity;
use crate::definition::{ProblemCode, did_you_mean};

/// What becomes of a model's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Materialised {
    /// A table that is built anew each time. Also what dbt calls a view: the lake has tables only, and readers shall see what was tested.
    Table,
    /// A table that is added to: by key, if there is one.
    Incremental { unique_key: Vec<String> },
}

/// The settings of one thing; what is not said is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Config {
    is_incremental: Option<bool>,
    pub(crate) schema: Option<String>,
    pub(crate) alias: Option<String>,
    pub(crate) tags: BTreeSet<String>,
    unique_key: Vec<String>,
    pub(crate) enabled: Option<bool>,
    pub(crate) full_refresh: Option<bool>,
    pub(crate) severity: Option<Severity>,
    /// A condition on the rows that a test looks at.
    pub(crate) filter: Option<String>,
}

/// A setting that cannot be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) code: ProblemCode,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

pub(crate) const OF_MODELS: &[&str] = &[
    "materialized",
    "schema",
    "alias",
    "tags",
    "unique_key",
    "incremental_strategy",
    "on_schema_change",
    "enabled",
    "full_refresh",
    "meta",
    "docs",
];
pub(crate) const OF_SEEDS: &[&str] = &["schema", "alias", "tags", "enabled", "meta", "docs"];
pub(crate) const OF_TESTS: &[&str] = &["severity", "where", "tags", "enabled", "meta"];

impl Config {
    /// Takes one setting of `keys`.
    pub(crate) fn set(&mut self, key: &str, value: &Value, keys: &[&str]) -> Result<(), Wrong> {
        if !keys.contains(&key) {
            return Err(unknown(key, keys));
        }
        match key {
            "materialized" => self.is_incremental = Some(is_incremental(value)?),
            "incremental_strategy" => among(key, value, &["append", "merge"]).map(drop)?,
            "on_schema_change" => among(key, value, &["fail"]).map(drop)?,
            "schema" => self.schema = Some(text(key, value)?),
            "alias" => self.alias = Some(text(key, value)?),
            "where" => self.filter = Some(text(key, value)?),
            "tags" => self.tags.extend(texts(key, value)?),
            "unique_key" => self.unique_key = texts(key, value)?,
            "enabled" => self.enabled = Some(boolean(key, value)?),
            "full_refresh" => self.full_refresh = Some(boolean(key, value)?),
            "severity" => self.severity = Some(severity(value)?),
            _ => {}
        }
        Ok(())
    }

    /// These settings, and of the others what these do not say.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            is_incremental: self.is_incremental.or(other.is_incremental),
            schema: self.schema.or(other.schema),
            alias: self.alias.or(other.alias),
            tags: self.tags.into_iter().chain(other.tags).collect(),
            unique_key: if self.unique_key.is_empty() { other.unique_key } else { self.unique_key },
            enabled: self.enabled.or(other.enabled),
            full_refresh: self.full_refresh.or(other.full_refresh),
            severity: self.severity.or(other.severity),
            filter: self.filter.or(other.filter),
        }
    }

    pub(crate) fn materialised(&self) -> Materialised {
        match self.is_incremental {
            Some(true) => Materialised::Incremental { unique_key: self.unique_key.clone() },
            _ => Materialised::Table,
        }
    }
}

pub(crate) fn unknown(key: &str, keys: &[&str]) -> Wrong {
    let hint = did_you_mean(key, keys.iter().copied())
        .unwrap_or_else(|| format!("the settings here are {}", keys.join(", ")));
    Wrong { code: ProblemCode::UnknownKey, message: format!("unknown setting `{key}`"), hint: Some(hint) }
}

fn is_incremental(value: &Value) -> Result<bool, Wrong> {
    const KINDS: [&str; 3] = ["view", "table", "incremental"];
    if value == "ephemeral" {
        let message = "models that are no table (`ephemeral`) are not there yet".to_owned();
        let hint = Some("write `view`: it becomes a table that is built anew each time".to_owned());
        return Err(Wrong { code: ProblemCode::Unsupported, message, hint });
    }
    among("materialized", value, &KINDS).map(|kind| kind == "incremental")
}

fn severity(value: &Value) -> Result<Severity, Wrong> {
    let lower = value.as_str().map(str::to_lowercase).map_or_else(|| value.clone(), Value::from);
    among("severity", &lower, &["error", "warn"])
        .map(|word| if word == "warn" { Severity::Warn } else { Severity::Error })
}

fn among(key: &str, value: &Value, words: &[&str]) -> Result<String, Wrong> {
    let found = text(key, value)?;
    if words.contains(&found.as_str()) {
        return Ok(found);
    }
    let hint = did_you_mean(&found, words.iter().copied());
    let message = format!("`{key}` is `{found}`, which is none of: {}", words.join(", "));
    Err(Wrong { code: ProblemCode::InvalidValue, message, hint })
}

fn text(key: &str, value: &Value) -> Result<String, Wrong> {
    value.as_str().map(str::to_owned).ok_or_else(|| mistyped(key, "a text"))
}

fn boolean(key: &str, value: &Value) -> Result<bool, Wrong> {
    value.as_bool().ok_or_else(|| mistyped(key, "true or false"))
}

/// A text, or a list of texts.
fn texts(key: &str, value: &Value) -> Result<Vec<String>, Wrong> {
    let many = || mistyped(key, "a text or a list of texts");
    match value {
        Value::Array(items) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(many)).collect()
        }
        _ => value.as_str().map(|one| vec![one.to_owned()]).ok_or_else(many),
    }
}

fn mistyped(key: &str, expected: &str) -> Wrong {
    Wrong { code: ProblemCode::WrongType, message: format!("`{key}` must be {expected}"), hint: None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stands_nearer_wins() {
        let mut own = Config::default();
        own.set("materialized", &json!("incremental"), OF_MODELS).unwrap();
        own.set("tags", &json!("daily"), OF_MODELS).unwrap();
        let mut beside = Config::default();
        beside.set("materialized", &json!("view"), OF_MODELS).unwrap();
        beside.set("unique_key", &json!(["id", "day"]), OF_MODELS).unwrap();
        beside.set("tags", &json!(["core"]), OF_MODELS).unwrap();
        let both = own.or(beside);
        let unique_key = vec!["id".to_owned(), "day".to_owned()];
        assert_eq!(both.materialised(), Materialised::Incremental { unique_key });
        assert_eq!(both.tags.len(), 2);
    }

    #[test]
    fn what_cannot_be_is_told() {
        let told = |key: &str, value: Value| {
            let wrong = Config::default().set(key, &value, OF_MODELS).unwrap_err();
            format!("{}{}", wrong.message, wrong.hint.map(|hint| format!(" ({hint})")).unwrap_or_default())
        };
        insta::assert_snapshot!(
            [
                told("materialised", json!("table")),
                told("materialized", json!("tabel")),
                told("materialized", json!("ephemeral")),
                told("materialized", json!(1)),
                told("unique_key", json!([1])),
                told("incremental_strategy", json!("insert_overwrite")),
                told("enabled", json!("yes")),
                told("post_hook", json!("drop table x")),
            ]
            .join("\n")
        );
    }
}
