//! Reads the file of a pipeline.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::project::Settings;
use super::reader::{Field, Located, Place};
use super::shapes::{Concurrency as ConcurrencyShape, PipelineFile};
use super::statements::Statements;
use super::steps::{self, Plan};
use super::{
    Concurrency, OnConflict, Pipeline, ProblemCode, Retries, parameters, sync, texts, triggers, values,
};
use crate::template::{Names, Quoting};

/// Steps of one pipeline at most.
const STEP_LIMIT: usize = 1000;

/// A pipeline that is being read, with the places that later checks need.
pub(crate) struct Draft {
    /// Complete only if the file has no problems.
    pub(crate) pipeline: Pipeline,
    pub(crate) name: Option<Located<String>>,
    /// The pipelines that it names.
    pub(crate) references: Vec<Reference>,
    /// The selectors of models, where they are written.
    pub(crate) selections: Vec<Located<String>>,
    /// The files of SQL that its steps name.
    pub(crate) statements: Vec<Statements>,
}

/// The name of another pipeline, `team/name`, where it is written.
pub(crate) struct Reference {
    pub(crate) name: String,
    pub(crate) place: Place,
    /// Whether it is started by a step here; else it is waited for by a trigger.
    pub(crate) is_call: bool,
}

/// What the parts of a pipeline need to know of the rest.
pub(crate) struct Surroundings<'s> {
    pub(crate) team: &'s str,
    pub(crate) timezone: &'s str,
    /// All files of the project.
    pub(crate) paths: &'s BTreeSet<String>,
    pub(crate) retries: Retries,
    pub(crate) timeout: Option<Duration>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) secrets: BTreeMap<String, String>,
    pub(crate) parameters: BTreeSet<String>,
    pub(crate) syncs: &'s BTreeMap<String, sync::Draft<'s>>,
}

pub(crate) fn read<'a>(
    field: &Field<'a>,
    settings: &Settings,
    paths: &BTreeSet<String>,
    syncs: &BTreeMap<String, sync::Draft<'a>>,
) -> Option<Draft> {
    let object = field.object::<PipelineFile>()?;
    let name = object.require("name").and_then(|field| values::name(&field));
    let text = |key| object.get(key).and_then(|field: Field<'_>| field.text().map(str::to_owned));
    let (description, owner) = (text("description"), text("owner"));
    let labels = object.get("labels").map(|field| labels(&field)).unwrap_or_default();
    let own_zone = object.get("timezone").and_then(|field| values::timezone(&field));
    let timezone = own_zone.or_else(|| settings.timezone.clone()).unwrap_or_else(|| "UTC".to_owned());
    let parameters_field = object.get("parameters");
    let parameters = parameters_field.as_ref().map(parameters::read).unwrap_or_default();
    let retries = object.get("retries").and_then(|field| values::retries(&field));
    let mut around = Surroundings {
        team: settings.team.as_deref().unwrap_or("team"),
        timezone: &timezone,
        paths,
        retries: retries.or(settings.retries).unwrap_or_default(),
        timeout: settings.timeout,
        env: settings.env.clone(),
        secrets: BTreeMap::new(),
        parameters: parameters.iter().map(|parameter| parameter.name.clone()).collect(),
        syncs,
    };
    read_environment(object.get("env"), object.get("secrets"), &mut around);
    let (mut references, mut selections, mut statements) = (Vec::new(), Vec::new(), Vec::new());
    let triggers_field = object.get("triggers");
    let triggers = triggers_field.as_ref().map(|field| triggers::read(field, &around, &mut references));
    let triggers = triggers.unwrap_or_default();
    if triggers_field.as_ref().is_some_and(triggers::start_without_values) {
        parameters_field.iter().for_each(|field| parameters::report_without_default(field, &parameters));
    }
    let concurrency = object.get("concurrency").and_then(|field| concurrency(&field));
    let timeout = object.get("timeout").and_then(|field| values::positive_duration(&field));
    let steps = object.require("steps").map(|field| {
        let plan = read_steps(&field, &around, &mut selections)?;
        statements = plan.statements(&around.parameters);
        Some(plan.finish(&mut references))
    });
    let pipeline = Pipeline {
        name: name.as_ref().map(|name| name.value.clone()).unwrap_or_default(),
        description,
        owner,
        labels,
        timezone: timezone.clone(),
        triggers,
        parameters,
        concurrency,
        timeout,
        steps: steps.flatten().unwrap_or_default(),
        file: field.reader.file.to_owned(),
    };
    Some(Draft { pipeline, name, references, selections, statements })
}

fn labels(field: &Field<'_>) -> BTreeMap<String, String> {
    let entries = values::texts(field).into_iter();
    entries
        .map(|(key, value)| (key.value.to_owned(), value.scalar_text().unwrap_or_default().to_owned()))
        .collect()
}

/// `env` and `secrets` of the pipeline, over those of the project.
fn read_environment(env: Option<Field<'_>>, secrets: Option<Field<'_>>, around: &mut Surroundings<'_>) {
    let entries = env.map(|field| values::env(&field)).unwrap_or_default();
    let names = Names { params: Some(around.parameters.clone()), ..Names::default() };
    around.secrets = secrets.map(|field| values::secrets(&field)).unwrap_or_default();
    around.secrets.keys().for_each(|name| drop(around.env.remove(name)));
    for (name, value) in entries {
        let text = value.scalar_text().unwrap_or_default();
        texts::check(&value, text, &names, Quoting::None);
        report_clash(&name, &value, &around.secrets);
        around.env.insert(name, text.to_owned());
    }
}

/// One level cannot give one variable two values.
pub(crate) fn report_clash(name: &str, value: &Field<'_>, secrets: &BTreeMap<String, String>) {
    if secrets.contains_key(name) {
        let message = format!("`{name}` is under `env` and under `secrets`");
        value.error(ProblemCode::Conflict, message, Some("remove one of them".to_owned()));
    }
}

fn concurrency(field: &Field<'_>) -> Option<Concurrency> {
    let object = field.object::<ConcurrencyShape>()?;
    let limit = object.get("limit").map_or(Some(1), |field| field.integer(1..=1000));
    let on_conflict = object.get("on_conflict").map_or(Some(OnConflict::default()), |field| field.choice());
    Some(Concurrency { limit: u32::try_from(limit?).ok()?, on_conflict: on_conflict? })
}

fn read_steps<'a>(
    field: &Field<'a>,
    around: &Surroundings<'a>,
    selections: &mut Vec<Located<String>>,
) -> Option<Plan<'a>> {
    let items = field.items()?;
    if items.is_empty() {
        field.error(ProblemCode::InvalidValue, "a pipeline has one step at least", None);
    }
    if items.len() > STEP_LIMIT {
        let message = format!("{} steps are more than {STEP_LIMIT}", items.len());
        field.error(ProblemCode::TooLarge, message, Some("split the pipeline".to_owned()));
        return None;
    }
    let drafts: Vec<_> = items.iter().filter_map(|item| steps::read(item, around)).collect();
    selections.extend(drafts.iter().flat_map(|draft| draft.selections.clone()));
    let plan = Plan::new(field.reader, drafts);
    plan.check_texts(&around.parameters);
    Some(plan)
}
