//! `dbt_project.yml`: of it the name and the vars are read. What else stands there would change which models there are and how they are
//! built, and is told, not passed over.

use serde_json::{Map, Value};

use crate::definition::{Field, ProblemCode, Reader, Severity};

pub(super) const FILE: &str = "dbt_project.yml";

/// What that file says.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) name: Option<String>,
    pub(super) vars: Map<String, Value>,
}

/// Keys that may stand there and change nothing here.
const WITHOUT_EFFECT: &[&str] = &[
    "version",
    "config-version",
    "profile",
    "require-dbt-version",
    "target-path",
    "clean-targets",
    "log-path",
    "packages-install-path",
    "analysis-paths",
    "macro-paths",
    "snapshot-paths",
    "asset-paths",
    "docs-paths",
    "flags",
    "query-comment",
];
/// Keys that are read as far as they say where things lie anyway.
const FOLDERS: &[(&str, &str)] =
    &[("model-paths", "models"), ("seed-paths", "seeds"), ("test-paths", "tests")];

pub(super) fn read(field: &Field<'_>) -> Settings {
    let mut settings = Settings::default();
    for (key, value) in field.entries().unwrap_or_default() {
        match key.value {
            "name" => settings.name = value.text().map(str::to_owned),
            "vars" => settings.vars = vars(&value),
            _ if WITHOUT_EFFECT.contains(&key.value) => {}
            name => match FOLDERS.iter().find(|(key, _)| *key == name) {
                Some((_, folder)) => check_folder(&value, folder),
                None => warn(field.reader, &key.place, name),
            },
        }
    }
    settings
}

/// Also those that stand under the project's own name.
fn vars(field: &Field<'_>) -> Map<String, Value> {
    let entries = field.entries().unwrap_or_default();
    let mut vars = Map::new();
    for (key, value) in entries {
        match value.json() {
            Value::Object(own) => vars.extend(own),
            other => _ = vars.insert(key.value.to_owned(), other),
        }
    }
    vars
}

fn check_folder(field: &Field<'_>, folder: &str) {
    for item in field.one_or_many().unwrap_or_default() {
        if item.text().is_some_and(|text| text != folder) {
            let message = format!("other folders than `{folder}` are not read");
            item.error(ProblemCode::Unsupported, message, Some(format!("put the files into `{folder}`")));
        }
    }
}

fn warn(reader: &Reader<'_>, place: &crate::definition::Place, key: &str) {
    let message = format!("`{key}` is not read by this version of Polder");
    let hint = Some("say it in the models themselves, with `config(…)`".to_owned());
    reader.report(reader.problem(Severity::Warning, place, ProblemCode::Unsupported, message, hint));
}
