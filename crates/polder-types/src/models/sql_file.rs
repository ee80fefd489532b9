//! One file of SQL: what it names and how it is set, found by rendering it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::config::Config;
use super::jinja::{self, Fault, Scope};
use super::{find, statement};
use crate::definition::{Place, ProblemCode, Reader};

/// What a file says.
pub(super) struct SqlFile<'a> {
    pub(super) reader: &'a Reader<'a>,
    /// The file's name without its ending.
    pub(super) name: String,
    pub(super) refs: BTreeSet<String>,
    pub(super) sources: BTreeSet<(String, String)>,
    pub(super) config: Config,
}

/// Reads a file; what is wrong with it is reported, and the rest is still there.
pub(super) fn read<'a>(
    reader: &'a Reader<'a>,
    project: Option<&str>,
    vars: &Map<String, Value>,
    keys: &[&str],
) -> SqlFile<'a> {
    let (mut refs, mut sources, mut config) = (BTreeSet::new(), BTreeSet::new(), Map::new());
    // Both ways, so that nothing depends on whether the table is there already. A fault is told once.
    for is_incremental in [false, true] {
        match jinja::render(reader.text, &scope(project, vars, is_incremental)) {
            Ok(rendered) => {
                check_text(reader, &rendered.sql);
                refs.extend(rendered.refs);
                sources.extend(rendered.sources);
                config.extend(rendered.config);
            }
            Err(fault) => {
                report(reader, fault);
                break;
            }
        }
        if reader.failed() {
            break;
        }
    }
    let config = settings(reader, &config, keys);
    SqlFile { reader, name: stem(reader.file).to_owned(), refs, sources, config }
}

/// Before it is known which tables there are.
fn scope(project: Option<&str>, vars: &Map<String, Value>, is_incremental: bool) -> Arc<Scope> {
    let (project, vars, this) = (project.map(str::to_owned), vars.clone(), jinja::STAND_IN.to_owned());
    Arc::new(Scope { project, vars, this, is_incremental, ..Scope::default() })
}

/// Reports what is wrong with the SQL of a file that could be read, whether or not its table is there already.
pub(super) fn check_sql(reader: &Reader<'_>, project: Option<&str>, vars: &Map<String, Value>) {
    for is_incremental in [false, true] {
        if !reader.failed() {
            statement::check(reader, &scope(project, vars, is_incremental));
        }
    }
}

fn report(reader: &Reader<'_>, fault: Fault) {
    let place = Place::of(reader.text, fault.range);
    reader.error(&place, ProblemCode::InvalidTemplate, fault.message, fault.hint);
}

fn check_text(reader: &Reader<'_>, sql: &str) {
    let has_words = sql.lines().any(|line| !line.trim().is_empty() && !line.trim().starts_with("--"));
    if !has_words {
        let hint = Some("a model is one SELECT".to_owned());
        reader.error(
            &Place::of(reader.text, 0..0),
            ProblemCode::MissingKey,
            "there is no SQL in this file",
            hint,
        );
    }
}

fn settings(reader: &Reader<'_>, said: &Map<String, Value>, keys: &[&str]) -> Config {
    let mut config = Config::default();
    for (key, value) in said {
        if let Err(wrong) = config.set(key, value, keys) {
            let place = Place::of(reader.text, find::word(reader.text, key));
            reader.error(&place, wrong.code, wrong.message, wrong.hint);
        }
    }
    config
}

pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
