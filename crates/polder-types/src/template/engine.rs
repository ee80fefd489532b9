//! The sandbox: minijinja with a chosen few of its filters, so that no template can take the server's memory or time.
//! There is no loader, include, macro or `set`; what could make a text grow (`replace`, `join`) is bounded here.

use std::borrow::Cow;
use std::io;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use minijinja::syntax::SyntaxConfig;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, filters, functions,
    tests,
};

use super::context::TIMEZONE;
use super::{Quoting, shell, sql};

/// Instructions that one text may take.
pub(super) const FUEL: u64 = 50_000;
/// Bytes that one text may render to, and that a filter may make.
pub(crate) const OUTPUT_LIMIT: usize = 1 << 20;

static PLAIN: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Quoting::None));
static SHELL: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Quoting::Shell));
static SQL: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Quoting::Sql));

const FOR_SHELL: &str = "shell";
const FOR_SQL: &str = "sql";

pub(super) fn for_quoting(quoting: Quoting) -> &'static Environment<'static> {
    match quoting {
        Quoting::None => &PLAIN,
        Quoting::Shell => &SHELL,
        Quoting::Sql => &SQL,
    }
}

fn environment(quoting: Quoting) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(64);
    if let Ok(syntax) = SyntaxConfig::builder().keep_trailing_newline(true).build() {
        environment.set_syntax(syntax);
    }
    // For the positions in errors. What else it adds to them may be secret and is shown nowhere.
    environment.set_debug(true);
    match quoting {
        Quoting::None => environment.set_formatter(format_plainly),
        Quoting::Shell => {
            environment.set_auto_escape_callback(|_| AutoEscape::Custom(FOR_SHELL.into()));
            environment.set_formatter(format_quoted);
        }
        Quoting::Sql => {
            environment.set_auto_escape_callback(|_| AutoEscape::Custom(FOR_SQL.into()));
            environment.set_formatter(format_quoted);
        }
    }
    add_filters(&mut environment);
    add_tests(&mut environment);
    environment.add_function("range", functions::range);
    environment
}

/// The filters there are; a test renders each.
pub(super) const FILTERS: &[&str] = &[
    "abs",
    "bool",
    "capitalize",
    "count",
    "d",
    "date",
    "default",
    "first",
    "float",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "max",
    "min",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
];

fn add_filters(environment: &mut Environment<'static>) {
    environment.add_filter("abs", filters::abs);
    environment.add_filter("bool", filters::bool);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("count", filters::length);
    environment.add_filter("d", filters::default);
    environment.add_filter("date", date);
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("float", filters::float);
    environment.add_filter("int", filters::int);
    environment.add_filter("items", filters::items);
    environment.add_filter("join", join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lines", filters::lines);
    environment.add_filter("list", filters::list);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("max", filters::max);
    environment.add_filter("min", filters::min);
    environment.add_filter("replace", replace);
    environment.add_filter("reverse", filters::reverse);
    environment.add_filter("round", filters::round);
    environment.add_filter("safe", filters::safe);
    environment.add_filter("sort", filters::sort);
    environment.add_filter("split", filters::split);
    environment.add_filter("string", filters::string);
    environment.add_filter("sum", filters::sum);
    environment.add_filter("title", filters::title);
    environment.add_filter("tojson", to_json);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("unique", filters::unique);
    environment.add_filter("upper", filters::upper);
}

/// The tests there are (`is defined`).
pub(super) const TESTS: &[&str] =
    &["defined", "even", "false", "in", "none", "number", "odd", "string", "true", "undefined"];

fn add_tests(environment: &mut Environment<'static>) {
    environment.add_test("defined", tests::is_defined);
    environment.add_test("even", tests::is_even);
    environment.add_test("false", tests::is_false);
    environment.add_test("in", tests::is_in);
    environment.add_test("none", tests::is_none);
    environment.add_test("number", tests::is_number);
    environment.add_test("odd", tests::is_odd);
    environment.add_test("string", tests::is_string);
    environment.add_test("true", tests::is_true);
    environment.add_test("undefined", tests::is_undefined);
}

fn format_plainly(output: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    output.write_str(&text_of(value)?).map_err(Error::from)
}

fn format_quoted(output: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    output.write_str(&quoted(state.auto_escape(), value)?).map_err(Error::from)
}

/// The value as the text around it wants it.
fn quoted<'a>(escape: &AutoEscape, value: &'a Value) -> Result<Cow<'a, str>, Error> {
    match escape {
        AutoEscape::Custom(_) if value.is_safe() => text_of(value),
        AutoEscape::Custom(which) if which == FOR_SQL => {
            Ok(sql::literal(&to_json(value)?, value.as_str()).into_owned().into())
        }
        AutoEscape::Custom(_) => Ok(shell::quote(&text_of(value)?).into_owned().into()),
        _ => text_of(value),
    }
}

/// Texts as they are, anything else as JSON: `true`, `null`, `[1,2]`.
fn text_of(value: &Value) -> Result<Cow<'_, str>, Error> {
    match value.as_str() {
        Some(text) => Ok(Cow::Borrowed(text)),
        None => to_json(value).map(Cow::Owned),
    }
}

/// `{{ run.scheduled_at | date }}`, `{{ run.date | date('%d.%m.%Y') }}`: days and times in the zone of the pipeline.
fn date(state: &State, value: &Value, format: Option<&str>) -> Result<String, Error> {
    let wrong =
        |what: &str| Error::new(ErrorKind::InvalidOperation, format!("the filter `date` wants {what}"));
    let text = value.as_str().ok_or_else(|| wrong("a date or a time as text"))?;
    let format = format.unwrap_or("%Y-%m-%d");
    let mut formatted = String::new();
    let result = if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        std::fmt::write(&mut formatted, format_args!("{}", midnight.format(format)))
    } else {
        let instant =
            DateTime::parse_from_rfc3339(text).map_err(|_| wrong("2026-11-21 or 2026-11-21T03:00:00Z"))?;
        let local = instant.with_timezone(&timezone(state));
        std::fmt::write(&mut formatted, format_args!("{}", local.format(format)))
    };
    result.map_err(|_| wrong("a format as of strftime, such as '%Y/%m/%d'"))?;
    Ok(formatted)
}

fn timezone(state: &State) -> Tz {
    let name = state.lookup(TIMEZONE);
    name.as_ref().and_then(Value::as_str).and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)
}

fn to_json(value: &Value) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))
}

fn replace(text: &str, from: &str, to: &str) -> Result<String, Error> {
    let grown = text.matches(from).count().saturating_mul(to.len());
    within_limit(text.len().saturating_add(grown))?;
    Ok(text.replace(from, to))
}

/// Where values are quoted each item is, and the joiner is not, so that `join(' ')` gives words.
fn join(state: &mut State, items: &Value, joiner: Option<&str>) -> Result<Value, Error> {
    let escape = state.auto_escape();
    let mut joined = String::new();
    for (index, item) in items.try_iter()?.enumerate() {
        if index > 0 {
            joined.push_str(joiner.unwrap_or_default());
        }
        let text = quoted(escape, &item)?;
        within_limit(joined.len().saturating_add(text.len()))?;
        joined.push_str(&text);
    }
    let is_quoted = matches!(escape, AutoEscape::Custom(_));
    Ok(if is_quoted { Value::from_safe_string(joined) } else { Value::from(joined) })
}

fn within_limit(length: usize) -> Result<(), Error> {
    let too_large =
        || Error::new(ErrorKind::WriteFailure, format!("the text grows beyond {OUTPUT_LIMIT} bytes"));
    if length <= OUTPUT_LIMIT { Ok(()) } else { Err(too_large()) }
}

/// Bytes up to [`OUTPUT_LIMIT`].
#[derive(Default)]
pub(super) struct Limited {
    pub(super) bytes: Vec<u8>,
}

impl io::Write for Limited {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + buffer.len() > OUTPUT_LIMIT {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.bytes.extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
