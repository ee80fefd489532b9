//! The templates of models: the sandbox of all templates, with dbt's functions in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind, Value};
use serde_json::Map;

use crate::definition::did_you_mean;
use crate::template::{self, Fault as Sandboxed};

/// What a model may name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// The project's own name, which may stand before a model's.
    pub(crate) project: Option<String>,
    /// What `ref` becomes; where a name is not there, it is [`STAND_IN`].
    pub(crate) refs: BTreeMap<String, String>,
    /// What `source` becomes; the same.
    pub(crate) sources: BTreeMap<(String, String), String>,
    pub(crate) vars: Map<String, serde_json::Value>,
    pub(crate) this: String,
    pub(crate) is_incremental: bool,
}

/// A text with its templates filled in, and what they named.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rendered {
    pub sql: String,
    pub(crate) refs: BTreeSet<String>,
    pub(crate) sources: BTreeSet<(String, String)>,
    pub(crate) config: Map<String, serde_json::Value>,
    /// Whether a var is in it whose value a run fills in.
    pub(crate) is_open: bool,
}

/// Why a template cannot be filled in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In bytes of the text.
    pub range: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
}

/// A table's name, where it is not known yet.
pub(crate) const STAND_IN: &str = "marts.stand_in";
const FUNCTIONS: [&str; 6] = ["ref", "source", "config", "var", "this", "is_incremental"];

pub(crate) fn render(text: &str, scope: &Arc<Scope>) -> Result<Rendered, Fault> {
    if text.len() > template::OUTPUT_LIMIT {
        let message = format!("the file is larger than {} bytes", template::OUTPUT_LIMIT);
        return Err(Fault { range: 0..0, message, hint: None });
    }
    let seen = Arc::new(Mutex::new(Rendered::default()));
    let sql =
        template::render_model(text, functions(scope, &seen)).map_err(|fault| explained(fault, text))?;
    let mut rendered = std::mem::take(&mut *lock(&seen));
    rendered.sql = statement(&sql).to_owned();
    Ok(rendered)
}

/// Without the `;` that people end a SELECT with, and what stands around it.
fn statement(sql: &str) -> &str {
    sql.trim().trim_end_matches(';').trim_end()
}

fn explained(fault: Sandboxed, text: &str) -> Fault {
    let name = text.get(fault.range.clone()).unwrap_or_default();
    let name = name.trim_start_matches('.').split(['(', '.', ' ']).next().unwrap_or_default().trim();
    let hint = fault.hint.or_else(|| {
        let is_name = fault.is_unknown && !name.is_empty();
        is_name.then(|| {
            did_you_mean(name, FUNCTIONS)
                .unwrap_or_else(|| format!("there are {}; macros are not there yet", FUNCTIONS.join(", ")))
        })
    });
    Fault { range: fault.range, message: fault.message, hint }
}

type Seen = Arc<Mutex<Rendered>>;

fn lock(seen: &Seen) -> MutexGuard<'_, Rendered> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn functions(scope: &Arc<Scope>, seen: &Seen) -> Value {
    let is_incremental = scope.is_incremental;
    Value::from_pairs([
        ("ref", reference(Arc::clone(scope), Arc::clone(seen))),
        ("source", source(Arc::clone(scope), Arc::clone(seen))),
        ("config", config(Arc::clone(seen))),
        ("var", var(Arc::clone(scope), Arc::clone(seen))),
        ("this", Value::from(scope.this.as_str())),
        ("is_incremental", Value::from_function(move || is_incremental)),
    ])
}

/// `ref('orders')`, or `ref('shop', 'orders')` with the project's own name.
fn reference(scope: Arc<Scope>, seen: Seen) -> Value {
    Value::from_function(move |first: String, second: Option<String>| -> Result<String, Error> {
        let name = match second {
            None => first,
            Some(name) if scope.project.as_deref() == Some(&first) => name,
            Some(_) => {
                return Err(refused(format!(
                    "there is no other project `{first}`: packages are not there yet"
                )));
            }
        };
        let relation = scope.refs.get(&name).map_or(STAND_IN, String::as_str).to_owned();
        lock(&seen).refs.insert(name);
        Ok(relation)
    })
}

/// `source('raw', 'orders')`.
fn source(scope: Arc<Scope>, seen: Seen) -> Value {
    Value::from_function(move |schema: String, table: String| -> String {
        let name = (schema, table);
        let relation = scope.sources.get(&name).map_or(STAND_IN, String::as_str).to_owned();
        lock(&seen).sources.insert(name);
        relation
    })
}

/// `config(materialized='table')`: it says something and becomes nothing.
fn config(seen: Seen) -> Value {
    Value::from_function(move |settings: Kwargs| -> Result<&'static str, Error> {
        for name in settings.args() {
            let value: Value = settings.get(name)?;
            let value = serde_json::to_value(&value).map_err(|error| refused(error.to_string()))?;
            lock(&seen).config.insert(name.to_owned(), value);
        }
        Ok("")
    })
}

/// `var('country')`, or `var('country', 'DE')` for when nobody says.
fn var(scope: Arc<Scope>, seen: Seen) -> Value {
    Value::from_function(move |name: String, otherwise: Option<Value>| -> Result<Value, Error> {
        match (scope.vars.get(&name), otherwise) {
            (Some(value), _) => {
                lock(&seen).is_open |= template::scan::has_templates(&value.to_string());
                Ok(template::value_of(value))
            }
            (None, Some(value)) => Ok(value),
            (None, None) => {
                let near = did_you_mean(&name, scope.vars.keys().map(String::as_str));
                let hint = near.unwrap_or_else(|| {
                    "give it in the step's `vars`, in `dbt_project.yml`, or as `var(name, default)`"
                        .to_owned()
                });
                Err(refused(format!("there is no var `{name}`: {hint}")))
            }
        }
    })
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Arc<Scope> {
        let vars = Map::from_iter([("country".to_owned(), "DE".into())]);
        let refs = BTreeMap::from([("orders".to_owned(), "staging.orders".to_owned())]);
        Arc::new(Scope { vars, refs, this: "marts.days".into(), ..Scope::default() })
    }

    #[test]
    fn what_a_model_names_is_noted() {
        let text = "{{ config(materialized='table', tags=['a', 'b']) }}
{% set columns = ['x', 'y'] -%}
select {% for column in columns %}{{ column }}, {% endfor %}'{{ var('country') }}' from {{ ref('orders') }}
join {{ source('raw', 'days') }} {% if is_incremental() %}where day > (select max(day) from {{ this }}){% endif %};\n";
        let rendered = render(text, &scope()).unwrap();
        insta::assert_snapshot!(rendered.sql, @r"
        select x, y, 'DE' from staging.orders
        join marts.stand_in
        ");
        assert_eq!(rendered.refs, BTreeSet::from(["orders".to_owned()]));
        assert_eq!(rendered.sources, BTreeSet::from([("raw".to_owned(), "days".to_owned())]));
        assert_eq!(rendered.config["tags"], serde_json::json!(["a", "b"]));
    }

    #[test]
    fn faults_have_their_place() {
        let told = |text: &str| {
            let fault = render(text, &scope()).unwrap_err();
            let at = text.get(fault.range).unwrap_or_default().to_owned();
            format!(
                "[{at}] {}{}",
                fault.message,
                fault.hint.map(|hint| format!(" ({hint})")).unwrap_or_default()
            )
        };
        let texts = [
            "select {{ reff('a') }}",
            "select {{ dbt_utils.star('a') }}",
            "select {{ ref('a', 'b') }}",
            "select {{ ref() }}",
            "select {{ var('contry') }}",
            "select {{ 'a' ",
            "{% macro x() %}{% endmacro %}",
            "{% set x %}a{% endset %}",
            "{% set x = 'a' ~ 'a' %}",
            "select {{ 'a' * 1000 }}",
            "select {{ x }}",
            "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}",
        ];
        insta::assert_snapshot!(texts.map(told).join("\n"));
    }
}
