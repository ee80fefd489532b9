//! Reads `polder.yaml`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::reader::{Field, Located};
use super::shapes::{Defaults, EnvironmentSettings, ProjectFile, Switch};
use super::{Environment, ProblemCode, Retries, texts, values};
use crate::template::{Names, Quoting};

/// The environment that there is if the project names none.
const DEFAULT_ENVIRONMENT: &str = "prod";

/// What `polder.yaml` says.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) name: Option<String>,
    pub(crate) team: Option<String>,
    pub(crate) timezone: Option<String>,
    pub(crate) retries: Option<Retries>,
    /// Of one attempt of a step.
    pub(crate) timeout: Option<Duration>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) environments: BTreeMap<String, Environment>,
}

pub(crate) fn read(field: &Field<'_>) -> Settings {
    let mut settings = Settings::default();
    let Some(object) = field.object::<ProjectFile>() else { return settings };
    let name = |field: Field<'_>| values::name(&field).map(|name: Located<String>| name.value);
    settings.name = object.require("project").and_then(name);
    settings.team = object.require("team").and_then(name);
    if let Some(defaults) = object.get("defaults") {
        read_defaults(&defaults, &mut settings);
    }
    settings.environments = object.get("environments").map(|field| environments(&field)).unwrap_or_default();
    if settings.environments.is_empty() {
        settings.environments.insert(DEFAULT_ENVIRONMENT.to_owned(), Environment { schedules: true });
    }
    settings
}

fn read_defaults(field: &Field<'_>, settings: &mut Settings) {
    let Some(object) = field.object::<Defaults>() else { return };
    settings.timezone = object.get("timezone").and_then(|field| values::timezone(&field));
    settings.retries = object.get("retries").and_then(|field| values::retries(&field));
    settings.timeout = object.get("timeout").and_then(|field| values::positive_duration(&field));
    for (name, value) in object.get("env").map(|field| values::env(&field)).unwrap_or_default() {
        let text = value.scalar_text().unwrap_or_default();
        texts::check(&value, text, &Names::default(), Quoting::None);
        settings.env.insert(name, text.to_owned());
    }
}

fn environments(field: &Field<'_>) -> BTreeMap<String, Environment> {
    let mut environments = BTreeMap::new();
    for (key, field) in field.entries().unwrap_or_default() {
        if !values::is_name(key.value) {
            let message = format!("`{}` is not a valid name of an environment", key.value);
            field.reader.error(&key.place, ProblemCode::InvalidName, message, None);
        }
        environments.insert(key.value.to_owned(), Environment { schedules: has_schedules(&field) });
    }
    environments
}

fn has_schedules(field: &Field<'_>) -> bool {
    if field.is_null() {
        return true;
    }
    let schedules = field.object::<EnvironmentSettings>().and_then(|object| object.get("schedules"));
    schedules.and_then(|field| field.choice::<Switch>()).is_none_or(|switch| matches!(switch, Switch::On))
}
