//! The parameters of a pipeline, and the values of a start.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::nearest::did_you_mean;
use super::reader::Field;
use super::values::{is_identifier, names_hint};
use super::{Parameter, ParameterType, ProblemCode, shapes};

/// What is wrong with one value of a start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ParameterProblem {
    pub parameter: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The value of each parameter: what was given, converted to its type, else the default.
///
/// Texts are converted (`"3"` is an integer), since the command line and URLs have nothing else; null counts as not given.
///
/// # Errors
/// Every unknown name, missing value, wrong type and value that is not allowed, at once.
pub fn resolve_parameters(
    parameters: &[Parameter],
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<ParameterProblem>> {
    let mut problems: Vec<_> = given.keys().filter_map(|name| unknown(parameters, name)).collect();
    let mut values = Map::new();
    for parameter in parameters {
        match resolve(parameter, given.get(&parameter.name)) {
            Ok(value) => drop(values.insert(parameter.name.clone(), value)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

fn unknown(parameters: &[Parameter], name: &str) -> Option<ParameterProblem> {
    let names = parameters.iter().map(|parameter| parameter.name.as_str());
    if names.clone().any(|known| known == name) {
        return None;
    }
    let hint = names_hint(name, names).or_else(|| Some("the pipeline has no parameters".to_owned()));
    Some(ParameterProblem {
        parameter: name.to_owned(),
        message: format!("there is no parameter `{name}`"),
        hint,
    })
}

fn resolve(parameter: &Parameter, given: Option<&Value>) -> Result<Value, ParameterProblem> {
    let problem = |message: String, hint: Option<String>| {
        let hint = hint.or_else(|| parameter.description.clone());
        ParameterProblem { parameter: parameter.name.clone(), message, hint }
    };
    let Some(given) = given.filter(|value| !value.is_null()) else {
        let missing = || problem(format!("`{}` has no default and must be given", parameter.name), None);
        return parameter.default.clone().ok_or_else(missing);
    };
    let value = coerce(parameter.r#type, given)
        .ok_or_else(|| problem(format!("{given} is not {}", described(parameter.r#type)), None))?;
    if parameter.choices.is_empty() || is_allowed(&value, &parameter.choices) {
        return Ok(value);
    }
    let (message, hint) = not_allowed(&value, &parameter.choices);
    Err(problem(message, hint))
}

/// Numbers are compared by value: `1` is `1.0`.
fn is_allowed(value: &Value, choices: &[Value]) -> bool {
    let same = |choice: &Value| choice == value || (choice.is_number() && choice.as_f64() == value.as_f64());
    choices.iter().any(same)
}

fn not_allowed(value: &Value, choices: &[Value]) -> (String, Option<String>) {
    let list: Vec<String> = choices.iter().map(plain_text).collect();
    let text = plain_text(value);
    let hint = did_you_mean(&text, list.iter().map(String::as_str));
    (format!("`{text}` is none of: {}", list.join(", ")), hint)
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The value as the type has it; `None` if it does not fit.
fn coerce(r#type: ParameterType, value: &Value) -> Option<Value> {
    match (r#type, value) {
        (ParameterType::String, Value::String(_)) | (ParameterType::Boolean, Value::Bool(_)) => {
            Some(value.clone())
        }
        (ParameterType::Integer, Value::Number(_)) => value.as_i64().map(Value::from),
        (ParameterType::Integer, Value::String(text)) => text.trim().parse::<i64>().ok().map(Value::from),
        (ParameterType::Number, Value::Number(_)) => Some(value.clone()),
        (ParameterType::Number, Value::String(text)) => number(text.trim()),
        (ParameterType::Boolean, Value::String(text)) => text.trim().parse::<bool>().ok().map(Value::from),
        (ParameterType::Date, Value::String(text)) => date(text.trim()),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    text.parse::<i64>()
        .map(Value::from)
        .ok()
        .or_else(|| text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from))
}

/// Only the one way of writing it: `2026-11-21`.
fn date(text: &str) -> Option<Value> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (date.to_string() == text).then(|| text.into())
}

fn described(r#type: ParameterType) -> &'static str {
    match r#type {
        ParameterType::String => "a text",
        ParameterType::Integer => "a whole number",
        ParameterType::Number => "a number",
        ParameterType::Boolean => "true or false",
        ParameterType::Date => "a date such as 2026-11-21",
    }
}

/// Reads `parameters:` of a pipeline.
pub(crate) fn read(field: &Field<'_>) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for (key, field) in field.entries().unwrap_or_default() {
        if !is_identifier(key.value) {
            let message = format!("`{}` is not a valid name of a parameter", key.value);
            let hint = "a name has letters, digits and `_`, and does not start with a digit".to_owned();
            field.reader.error(&key.place, ProblemCode::InvalidName, message, Some(hint));
        }
        parameters.push(parameter(key.value, &field));
    }
    parameters
}

/// A tick or an upstream run gives no values: without defaults, each such start would fail.
pub(crate) fn report_without_default(field: &Field<'_>, parameters: &[Parameter]) {
    if !field.is_map() {
        return;
    }
    for (key, value) in field.entries().unwrap_or_default() {
        let is_required = |parameter: &Parameter| parameter.name == key.value && parameter.default.is_none();
        // A default that is there and wrong has been reported as such.
        let is_written = value.get("default").is_some_and(|field| !field.is_null());
        if !is_written && parameters.iter().any(is_required) {
            let message =
                format!("`{}` has no default, but a trigger starts this pipeline without values", key.value);
            field.reader.error(
                &key.place,
                ProblemCode::MissingKey,
                message,
                Some("add a `default`".to_owned()),
            );
        }
    }
}

fn parameter(name: &str, field: &Field<'_>) -> Parameter {
    let mut parameter = Parameter {
        name: name.to_owned(),
        r#type: ParameterType::String,
        description: None,
        default: None,
        choices: Vec::new(),
    };
    if field.is_null() {
        return parameter;
    }
    let Some(object) = field.object::<shapes::Parameter>() else { return parameter };
    let written = object.get("type");
    let r#type = written.as_ref().map_or(Some(ParameterType::String), Field::choice);
    parameter.description = object.get("description").and_then(|field| field.text().map(str::to_owned));
    let (choices, default) = (object.get("enum"), object.get("default"));
    if let Some(r#type) = r#type {
        parameter.r#type = r#type;
        parameter.choices = choices.map(|field| read_choices(&field, r#type)).unwrap_or_default();
        parameter.default = default.and_then(|field| read_default(&field, &parameter));
    }
    parameter
}

fn read_choices(field: &Field<'_>, r#type: ParameterType) -> Vec<Value> {
    let items = field.items().unwrap_or_default();
    if field.is_list() && items.is_empty() {
        field.error(
            ProblemCode::InvalidValue,
            "no value is allowed",
            Some("leave `enum` out to allow any".to_owned()),
        );
    }
    items.iter().filter_map(|item| typed(item, r#type)).collect()
}

fn read_default(field: &Field<'_>, parameter: &Parameter) -> Option<Value> {
    let value = typed(field, parameter.r#type)?;
    if !parameter.choices.is_empty() && !is_allowed(&value, &parameter.choices) {
        let (message, hint) = not_allowed(&value, &parameter.choices);
        field.error(ProblemCode::InvalidValue, message, hint);
    }
    if value.as_str().is_some_and(|text| text.contains("{{")) {
        let hint = "defaults are plain values; use the template where the parameter is used".to_owned();
        field.error(ProblemCode::InvalidTemplate, "a default is not a template", Some(hint));
    }
    Some(value)
}

/// A value in a file, of the type exactly: `enum: [1, 2]` of a string is more likely a mistake than meant.
fn typed(field: &Field<'_>, r#type: ParameterType) -> Option<Value> {
    let json = field.json();
    let is_text = json.is_string() && !matches!(r#type, ParameterType::String | ParameterType::Date);
    let value = if is_text { None } else { coerce(r#type, &json) };
    if value.is_none() {
        let quote = r#type == ParameterType::String && field.plain().is_some();
        let hint = quote.then(|| "put it in quotes".to_owned());
        let message = format!("expected {}, found {}", described(r#type), field.describe());
        field.error(ProblemCode::WrongType, message, hint);
    }
    value
}
