//! The names that a text may use, with their values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use minijinja::Value;
use serde_json::{Map, Value as Json};

/// Where the zone is kept for the filter `date`; no name of users starts with a space.
pub(super) const TIMEZONE: &str = " timezone";

/// The members of `run`.
pub(crate) const RUN_NAMES: &[&str] = &[
    "attempt",
    "date",
    "environment",
    "id",
    "payload",
    "pipeline",
    "revision",
    "scheduled_at",
    "team",
    "trigger",
];
/// The members of `project`.
pub(crate) const PROJECT_NAMES: &[&str] = &["name", "team"];

/// What is known about a run when its texts are rendered: `run.*`.
#[derive(Debug, Clone)]
pub struct RunFacts<'a> {
    pub id: &'a str,
    /// The logical day, in the zone of the pipeline.
    pub date: NaiveDate,
    /// The logical date.
    pub scheduled_at: DateTime<Utc>,
    pub pipeline: &'a str,
    pub team: &'a str,
    pub environment: &'a str,
    pub revision: &'a str,
    /// The kind of the trigger.
    pub trigger: &'a str,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// What a webhook or a start brought along.
    pub payload: &'a Json,
}

/// The names that a text may use, with their values. Made once, used for all texts of an attempt.
#[derive(Clone)]
pub struct Context {
    groups: BTreeMap<&'static str, BTreeMap<String, Value>>,
    timezone: Tz,
    root: OnceLock<Value>,
}

impl Context {
    /// A context in whose zone the filter `date` tells days.
    #[must_use]
    pub fn new(timezone: Tz) -> Self {
        let groups = ["params", "project", "run", "steps"].map(|group| (group, BTreeMap::new()));
        Self { groups: BTreeMap::from(groups), timezone, root: OnceLock::new() }
    }

    /// `run.*`.
    #[must_use]
    pub fn run(self, facts: &RunFacts<'_>) -> Self {
        let scheduled_at = facts.scheduled_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        self.with("run", "id", facts.id.into())
            .with("run", "date", facts.date.to_string().into())
            .with("run", "scheduled_at", scheduled_at.into())
            .with("run", "pipeline", facts.pipeline.into())
            .with("run", "team", facts.team.into())
            .with("run", "environment", facts.environment.into())
            .with("run", "revision", facts.revision.into())
            .with("run", "trigger", facts.trigger.into())
            .with("run", "attempt", facts.attempt.into())
            .with("run", "payload", value_of(facts.payload))
    }

    /// `params.*`.
    #[must_use]
    pub fn params(self, params: &Map<String, Json>) -> Self {
        params.iter().fold(self, |context, (name, value)| context.with("params", name, value_of(value)))
    }

    /// `project.*`.
    #[must_use]
    pub fn project(self, name: &str, team: &str) -> Self {
        self.with("project", "name", name.into()).with("project", "team", team.into())
    }

    /// `steps.<name>.*`: the outputs of one step.
    #[must_use]
    pub fn step(self, name: &str, outputs: &Map<String, Json>) -> Self {
        self.with("steps", name, map_of(outputs))
    }

    /// `secrets.<variable>`.
    #[must_use]
    pub fn secret(self, variable: &str, value: &str) -> Self {
        self.with("secrets", variable, value.into())
    }

    fn with(mut self, group: &'static str, name: &str, value: Value) -> Self {
        self.groups.entry(group).or_default().insert(name.to_owned(), value);
        self.root = OnceLock::new();
        self
    }

    /// All of it as the engine of the templates wants it; made at the first use.
    pub(super) fn root(&self) -> Value {
        let make = || {
            let mut root: BTreeMap<String, Value> = BTreeMap::new();
            root.insert(TIMEZONE.to_owned(), self.timezone.name().into());
            root.extend(
                self.groups.iter().map(|(group, values)| ((*group).to_owned(), Value::from(values.clone()))),
            );
            Value::from(root)
        };
        self.root.get_or_init(make).clone()
    }
}

/// By hand rather than through serde, where minijinja gives some keys a meaning of its own.
#[must_use]
pub fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(integer), _) => Value::from(integer),
            (None, Some(integer)) => Value::from(integer),
            (None, None) => Value::from(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => items.iter().map(value_of).collect::<Vec<_>>().into(),
        Json::Object(map) => map_of(map),
    }
}

fn map_of(map: &Map<String, Json>) -> Value {
    map.iter().map(|(key, value)| (key.clone(), value_of(value))).collect::<BTreeMap<String, Value>>().into()
}

/// Without values: they may be secret.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("groups", &self.groups.keys()).finish_non_exhaustive()
    }
}
