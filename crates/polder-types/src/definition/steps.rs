//! Reads steps, and puts them into their order.

use std::collections::BTreeMap;

use super::pipeline::{Reference, Surroundings, report_clash};
use super::reader::{Field, Located, Object, shorten};
use super::shapes::{AnyStep, Call, Http, HttpStep, Method, PipelineStep, RunStep};
use super::texts::{self, Text};
use super::{
    Command, HttpRequest, PipelineCall, ProblemCode, Retries, Step, StepKind, When, scripts, values,
};
use crate::template::Quoting;

mod models;
mod plan;
mod sql;
mod sync;

pub(crate) use plan::Plan;
pub(crate) use sql::compute;

const KINDS: [&str; 6] = ["run", "http", "pipeline", "sql", "sync", "models"];

/// Who writes one of these beside `sync` means models.
const OF_MODELS: [&str; 3] = ["model", "vars", "full_refresh"];

/// A step that is being read.
pub(crate) struct Draft<'a> {
    /// Its `needs` are filled in by the [`Plan`].
    pub(crate) step: Step,
    pub(crate) name: Located<String>,
    /// The names under `needs`; `None` if it is left out.
    pub(crate) needs: Option<Vec<Located<String>>>,
    pub(crate) texts: Vec<Text<'a>>,
    pub(crate) reference: Option<Reference>,
    /// The selectors of models, where they are written.
    pub(crate) selections: Vec<Located<String>>,
}

pub(crate) fn read<'a>(field: &Field<'a>, around: &Surroundings<'a>) -> Option<Draft<'a>> {
    match field.kinds::<AnyStep>(&KINDS).as_slice() {
        ["run"] => run(&field.object::<RunStep>()?, around),
        ["http"] => http(&field.object::<HttpStep>()?, around),
        ["pipeline"] => call(&field.object::<PipelineStep>()?, around),
        ["sql"] => sql::read(field, around),
        ["sync"] if OF_MODELS.iter().any(|key| field.has(key)) => models::read(field, around),
        ["sync"] => sync::read(field, around),
        ["models"] | ["sync", "models"] => models::read(field, around),
        [] => {
            let object = field.object::<AnyStep>()?;
            if !object.seems_to_have(&KINDS) {
                let hint = format!("a step has one of {}", KINDS.join(", "));
                field.error(ProblemCode::MissingKey, "this step does nothing", Some(hint));
            }
            unusable(&object, around)
        }
        several => {
            let message = format!("a step cannot have {} at once", several.join(" and "));
            field.error(ProblemCode::Conflict, message, Some("make two steps of it".to_owned()));
            unusable(&field.object::<AnyStep>()?, around)
        }
    }
}

/// A step of no clear kind: others may need it, so its name counts.
fn unusable<'a>(object: &Object<'a>, around: &Surroundings<'_>) -> Option<Draft<'a>> {
    object.ignore();
    let mut texts = Vec::new();
    if let Some(field) = object.get("run") {
        command(&field, around, &mut texts);
    }
    if let Some(field) = object.get("http") {
        request(&field, &mut texts);
    }
    let secrets = object.get("secrets").map(|field| values::secrets(&field)).unwrap_or_default();
    env(object.get("env"), &secrets, &mut texts);
    let mut draft = common(object, StepKind::Run(Command::Arguments(Vec::new())), around)?;
    draft.step.secrets = around.secrets.clone();
    draft.step.secrets.extend(secrets);
    draft.texts = texts;
    Some(draft)
}

/// The variables of a step as they are written; their templates are checked with its other texts.
fn env<'a>(
    field: Option<Field<'a>>,
    secrets: &BTreeMap<String, String>,
    texts: &mut Vec<Text<'a>>,
) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    for (name, value) in field.map(|field| values::env(&field)).unwrap_or_default() {
        let text = value.scalar_text().unwrap_or_default();
        report_clash(&name, &value, secrets);
        texts.push(Text { field: value, value: text, quoting: Quoting::None, has_secrets: false });
        env.insert(name, text.to_owned());
    }
    env
}

/// What every step has.
fn common<'a>(object: &Object<'a>, kind: StepKind, around: &Surroundings<'_>) -> Option<Draft<'a>> {
    let name = object.require("name").and_then(|field| values::name(&field));
    let needs = object.get("needs").map(|field| needs(&field));
    let when = object.get("when").and_then(|field| field.choice::<When>()).unwrap_or_default();
    let retries: Retries =
        object.get("retries").and_then(|field| values::retries(&field)).unwrap_or(around.retries);
    let timeout =
        object.get("timeout").and_then(|field| values::positive_duration(&field)).or(around.timeout);
    let name = name?;
    let step = Step {
        name: name.value.clone(),
        kind,
        needs: Vec::new(),
        when,
        env: BTreeMap::new(),
        secrets: BTreeMap::new(),
        retries,
        timeout,
    };
    Some(Draft { step, name, needs, texts: Vec::new(), reference: None, selections: Vec::new() })
}

fn needs(field: &Field<'_>) -> Vec<Located<String>> {
    let items = field.items().unwrap_or_default();
    items.iter().filter_map(|item| item.text().map(|text| item.located(text.to_owned()))).collect()
}

fn run<'a>(object: &Object<'a>, around: &Surroundings<'_>) -> Option<Draft<'a>> {
    let mut texts = Vec::new();
    let command = object.require("run").and_then(|field| command(&field, around, &mut texts));
    let (variables, secrets) = (object.get("env"), object.get("secrets"));
    let draft =
        common(object, StepKind::Run(command.unwrap_or_else(|| Command::Arguments(Vec::new()))), around);
    let own_secrets = secrets.map(|field| values::secrets(&field)).unwrap_or_default();
    let own_env = env(variables, &own_secrets, &mut texts);
    let mut draft = draft?;
    (draft.step.env, draft.step.secrets) = (around.env.clone(), around.secrets.clone());
    for (name, text) in own_env {
        draft.step.secrets.remove(&name);
        draft.step.env.insert(name, text);
    }
    for (name, secret) in own_secrets {
        draft.step.env.remove(&name);
        draft.step.secrets.insert(name, secret);
    }
    draft.texts = texts;
    Some(draft)
}

fn command<'a>(field: &Field<'a>, around: &Surroundings<'_>, texts: &mut Vec<Text<'a>>) -> Option<Command> {
    if field.is_list() {
        return arguments(field, around, texts);
    }
    let value = field.text()?;
    if value.trim().is_empty() {
        field.error(ProblemCode::InvalidValue, "the command is empty", None);
    }
    for missing in scripts::missing_in_shell(value, around.paths) {
        let place = field.place_within(value, missing.range);
        field.reader.error(&place, missing.code, missing.message, missing.hint);
    }
    texts.push(Text { field: field.clone(), value, quoting: Quoting::Shell, has_secrets: false });
    Some(Command::Shell(value.to_owned()))
}

fn arguments<'a>(field: &Field<'a>, around: &Surroundings<'_>, texts: &mut Vec<Text<'a>>) -> Option<Command> {
    let items = field.items()?;
    let values: Vec<&str> =
        items.iter().map(|item| item.scalar_text()).collect::<Vec<_>>().into_iter().collect::<Option<_>>()?;
    if values.first().is_none_or(|program| program.trim().is_empty()) {
        field.error(
            ProblemCode::InvalidValue,
            "the command is empty",
            Some("the first item is the program".to_owned()),
        );
    }
    if let Some((index, missing)) = scripts::missing_in_arguments(&values, around.paths) {
        items[index].error(missing.code, missing.message, missing.hint);
    }
    let text = |(field, value)| Text { field, value, quoting: Quoting::None, has_secrets: false };
    texts.extend(items.into_iter().zip(values.iter().copied()).map(text));
    Some(Command::Arguments(values.into_iter().map(str::to_owned).collect()))
}

fn http<'a>(object: &Object<'a>, around: &Surroundings<'_>) -> Option<Draft<'a>> {
    let mut texts = Vec::new();
    let request = object.require("http").and_then(|field| request(&field, &mut texts));
    let secrets = object.get("secrets").map(|field| values::secrets(&field)).unwrap_or_default();
    let mut draft = common(object, StepKind::Run(Command::Arguments(Vec::new())), around)?;
    if let Some(request) = request {
        draft.step.kind = StepKind::Http(request);
    }
    draft.step.secrets = around.secrets.clone();
    draft.step.secrets.extend(secrets);
    draft.texts = texts;
    Some(draft)
}

fn request<'a>(field: &Field<'a>, texts: &mut Vec<Text<'a>>) -> Option<HttpRequest> {
    let object = field.object::<Http>()?;
    let mut template = |field: Field<'a>, value: &'a str| {
        texts.push(Text { field, value, quoting: Quoting::None, has_secrets: true });
        value.to_owned()
    };
    let url = object.require("url").and_then(|field| url(&field).map(|text| template(field, text)));
    let headers = object.get("headers").map(|field| values::texts(&field)).unwrap_or_default();
    let headers = headers.into_iter().map(|(key, field)| {
        let text = field.scalar_text().unwrap_or_default();
        (key.value.to_owned(), template(field, text))
    });
    let headers = headers.collect();
    let body = object.get("body");
    body.iter().flat_map(texts::within).for_each(|(field, text)| drop(template(field, text)));
    let method = object.get("method").and_then(|field| field.choice::<Method>());
    let method = method.unwrap_or(if body.is_some() { Method::Post } else { Method::Get });
    let expect = object.get("expect").map(|field| expected(&field)).unwrap_or_default();
    let method = serde_json::to_value(method).ok()?.as_str()?.to_owned();
    Some(HttpRequest { method, url: url?, headers, body: body.map(|field| field.json()), expect })
}

fn url<'a>(field: &Field<'a>) -> Option<&'a str> {
    let text = field.text()?;
    if !["http://", "https://", "{{"].iter().any(|start| text.starts_with(start)) {
        let message = format!("`{}` is no address", shorten(text));
        field.error(ProblemCode::InvalidValue, message, Some("start it with https:// or http://".to_owned()));
    }
    Some(text)
}

fn expected(field: &Field<'_>) -> Vec<u16> {
    let codes = field.one_or_many().unwrap_or_default();
    codes
        .iter()
        .filter_map(|code| code.integer(100..=599))
        .filter_map(|code| u16::try_from(code).ok())
        .collect()
}

fn call<'a>(object: &Object<'a>, around: &Surroundings<'_>) -> Option<Draft<'a>> {
    let field = object.require("pipeline");
    let mut draft = common(object, StepKind::Run(Command::Arguments(Vec::new())), around)?;
    let field = field?;
    let (named, parameters) = if field.is_map() {
        let call = field.object::<Call>()?;
        let (named, parameters) = (call.require("name"), call.get("parameters"));
        (named?, parameters)
    } else {
        (field, None)
    };
    let text = |(field, value)| Text { field, value, quoting: Quoting::None, has_secrets: false };
    draft.texts = parameters.iter().flat_map(texts::within).map(text).collect();
    let entries = parameters.map(|field| field.entries().unwrap_or_default()).unwrap_or_default();
    let parameters = entries.into_iter().map(|(key, field)| (key.value.to_owned(), field.json())).collect();
    let (team, pipeline) = values::full_name(&named, around.team)?;
    draft.reference =
        Some(Reference { name: format!("{team}/{pipeline}"), place: named.place(), is_call: true });
    draft.step.kind = StepKind::Pipeline(PipelineCall { team, pipeline, parameters });
    Some(draft)
}
