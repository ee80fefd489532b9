//! Jinja in users' texts, in a sandbox: no files, no other templates, bounded work, bounded output, and undefined names are
//! errors. One language everywhere; texts are checked when a project is read ([`check()`]) and rendered when an attempt is
//! claimed ([`render`]).

use serde_json::Value;

mod check;
mod context;
mod engine;
mod models;
pub(crate) mod scan;
mod shell;
mod sql;
mod undefined;

pub use check::{Mistake, Names, check};
pub use context::{Context, RunFacts, value_of};
pub(crate) use engine::OUTPUT_LIMIT;
pub(crate) use models::{Fault, render_model};
pub(crate) use sql::literal;

/// How interpolated values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// As they are.
    None,
    /// As one word of a POSIX shell, quoted where needed; `| safe` opts out.
    Shell,
    /// As a literal of SQL; `| safe` opts out.
    Sql,
}

/// Why a text could not be rendered. Messages never have values in them, which may be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the template cannot be read: {0}")]
    Syntax(String),
    #[error("the template uses something that is not there: {0}")]
    Undefined(String),
    #[error("the template takes more than {0} steps to render")]
    TooMuchWork(u64),
    #[error("the template renders to more than {0} bytes")]
    TooLarge(usize),
    #[error("the template cannot be rendered: {0}")]
    Failed(String),
}

/// The text with its templates filled in.
///
/// # Errors
/// If the template cannot be read, uses an undefined name, or does too much.
pub fn render(text: &str, context: &Context, quoting: Quoting) -> Result<String, Error> {
    if !scan::has_templates(text) {
        return Ok(text.to_owned());
    }
    if scan::pieces(text).iter().any(|piece| scan::step_of_slice(&piece.tokens).is_some()) {
        return Err(stepped());
    }
    let explain = |error| explain(&error, text, context);
    let template = engine::for_quoting(quoting).template_from_str(text).map_err(explain)?;
    let mut output = engine::Limited::default();
    template.render_captured_to(context.root(), &mut output).map_err(explain)?;
    String::from_utf8(output.bytes).map_err(|error| Error::Failed(error.to_string()))
}

/// The value with the templates in its strings filled in. A string that is nothing but one `{{ … }}` takes the type of its
/// value, so that `{rows: "{{ steps.extract.rows }}"}` gives a number.
///
/// # Errors
/// See [`render`].
pub fn render_value(value: &Value, context: &Context) -> Result<Value, Error> {
    match value {
        Value::String(text) => match single_expression(text) {
            Some(expression) => evaluate(expression, context),
            None => render(text, context, Quoting::None).map(Value::String),
        },
        Value::Array(items) => items.iter().map(|item| render_value(item, context)).collect(),
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| Ok((key.clone(), render_value(value, context)?));
            map.iter().map(entry).collect::<Result<_, Error>>().map(Value::Object)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(value.clone()),
    }
}

/// What is between the braces, if a text has nothing else.
fn single_expression(text: &str) -> Option<&str> {
    let pieces = scan::pieces(text);
    let [piece] = pieces.as_slice() else { return None };
    let inner = text.strip_prefix("{{")?.strip_suffix("}}")?;
    let is_plain = !inner.starts_with(['-', '+']) && !inner.ends_with(['-', '+']);
    (piece.kind == scan::PieceKind::Expression && is_plain).then_some(inner)
}

fn evaluate(expression: &str, context: &Context) -> Result<Value, Error> {
    if scan::step_of_slice(&scan::words(expression)).is_some() {
        return Err(stepped());
    }
    let explain = |error| explain(&error, expression, context);
    let environment = engine::for_quoting(Quoting::None);
    let value =
        environment.compile_expression(expression).and_then(|it| it.eval(context.root())).map_err(explain)?;
    if value.is_undefined() {
        let name = undefined::missing(expression, context);
        return Err(Error::Undefined(name.unwrap_or_else(|| format!("`{}`", expression.trim()))));
    }
    let json = serde_json::to_value(&value).map_err(|error| Error::Failed(error.to_string()))?;
    match json.as_str().map(str::len) {
        Some(length) if length > OUTPUT_LIMIT => Err(Error::TooLarge(OUTPUT_LIMIT)),
        _ => Ok(json),
    }
}

fn stepped() -> Error {
    Error::Syntax("slices have no step here".to_owned())
}

fn explain(error: &minijinja::Error, text: &str, context: &Context) -> Error {
    use minijinja::ErrorKind;
    let detail = || error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    match error.kind() {
        ErrorKind::SyntaxError => Error::Syntax(detail()),
        ErrorKind::UndefinedError => Error::Undefined(undefined::describe(error, text, context)),
        ErrorKind::OutOfFuel => Error::TooMuchWork(engine::FUEL),
        ErrorKind::WriteFailure => Error::TooLarge(OUTPUT_LIMIT),
        _ => Error::Failed(detail()),
    }
}
