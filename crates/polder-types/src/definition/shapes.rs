//! The forms of users' files: the JSON Schema is made from these structs, and the parser reads maps by their keys.
//!
//! Nobody makes values of them: the parser goes from the positioned tree straight to the model, so that it can report
//! every mistake with its place.
#![expect(dead_code, reason = "the fields are read by the derived JSON Schema only")]

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::Value;

use super::{CatchUp, Dialect, OnConflict, ParameterType, Rerun, When};
use crate::run::EventStatus;

pub(crate) mod connector;
mod keys;
pub(crate) mod sync;

pub(crate) use keys::{AnyItem, AnyStep, AnyTrigger, later, names_of};

type Map<T> = BTreeMap<String, T>;

/// `polder.yaml`: what the folder is.
#[derive(JsonSchema)]
#[schemars(title = "polder.yaml", deny_unknown_fields)]
pub(crate) struct ProjectFile {
    /// The name of the project.
    project: Name,
    /// The team that owns the project.
    team: Name,
    /// What holds for all pipelines that do not say otherwise.
    defaults: Option<Defaults>,
    /// The places to deploy to. Without any, there is `prod`.
    environments: Option<Map<Option<EnvironmentSettings>>>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Defaults {
    /// The zone in which times and days are meant; UTC if left out.
    timezone: Option<TimeZone>,
    /// How often a failed step is tried again.
    retries: Option<Retries>,
    /// The longest time for one attempt of a step.
    timeout: Option<PositiveDuration>,
    /// Environment variables of every `run` step.
    env: Option<Map<Scalar>>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct EnvironmentSettings {
    /// Whether schedules start runs in this environment; `on` if left out.
    schedules: Option<Switch>,
}

#[derive(JsonSchema, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Switch {
    On,
    Off,
}

/// A file in `pipelines/`, or `pipeline.yaml`.
#[derive(JsonSchema)]
#[schemars(title = "A pipeline", deny_unknown_fields)]
pub(crate) struct PipelineFile {
    /// The name; with the team before it, it is unique: `team/name`.
    name: Name,
    description: Option<String>,
    /// Who answers for it: a person or a team.
    owner: Option<String>,
    labels: Option<Map<Scalar>>,
    /// The zone in which times and days are meant.
    timezone: Option<TimeZone>,
    /// What starts a run. It can always be started by hand.
    triggers: Option<Vec<Trigger>>,
    /// The values that a start may give.
    parameters: Option<Map<Option<Parameter>>>,
    concurrency: Option<Concurrency>,
    /// The longest time for the whole run, from its start.
    timeout: Option<PositiveDuration>,
    /// How often a failed step is tried again.
    retries: Option<Retries>,
    /// Environment variables of every `run` step.
    env: Option<Map<Scalar>>,
    /// Environment variable: name of the secret; for every `run` and `http` step.
    secrets: Option<Map<String>>,
    /// What it does. Without `needs`, a step waits for the one written before it.
    #[schemars(length(min = 1))]
    steps: Vec<Step>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Trigger {
    Schedule(ScheduleTrigger),
    Executions(ExecutionsTrigger),
    Webhook(WebhookTrigger),
    Manual(ManualTrigger),
}

/// Starts at planned times.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ScheduleTrigger {
    /// 5 fields, `@daily` and the like, or AWS's 6 fields: `0 3 * * ? *`.
    schedule: String,
    timezone: Option<TimeZone>,
    /// What happens to the times that passed while the server was down; `last` if left out.
    catch_up: Option<CatchUp>,
    /// How to read the schedule, if it does not show by itself.
    dialect: Option<Dialect>,
}

/// Starts when status changes of other pipelines make the expression true.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ExecutionsTrigger {
    executions: Executions,
    /// The zone whose days `within: day` compares.
    timezone: Option<TimeZone>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("anyOf" = serde_json::json!([{"required": ["allOf"]}, {"required": ["anyOf"]}])))]
pub(crate) struct Executions {
    /// How `allOf` and `anyOf` beside each other combine; `AND` if left out.
    operator: Option<Operator>,
    #[schemars(rename = "allOf", length(min = 1))]
    all_of: Option<Vec<Item>>,
    #[schemars(rename = "anyOf", length(min = 1))]
    any_of: Option<Vec<Item>>,
    /// How near to each other the events must be: `day`, or a duration such as `6h`.
    within: Option<WithinText>,
    /// Whether it follows when an upstream run is run again; `follow` if left out.
    rerun: Option<Rerun>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Item {
    Condition(Condition),
    Block(Block),
}

/// Met when a run of the pipeline reaches the status.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Condition {
    /// `team/name`.
    pipeline: FullName,
    /// One or a list; `SUCCEEDED` if left out.
    status: Option<Statuses>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("anyOf" = serde_json::json!([{"required": ["allOf"]}, {"required": ["anyOf"]}])))]
pub(crate) struct Block {
    operator: Option<Operator>,
    #[schemars(rename = "allOf", length(min = 1))]
    all_of: Option<Vec<Item>>,
    #[schemars(rename = "anyOf", length(min = 1))]
    any_of: Option<Vec<Item>>,
}

#[derive(JsonSchema, serde::Deserialize, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    #[serde(rename = "AND")]
    And,
    #[serde(rename = "OR")]
    Or,
}

/// Starts on `POST` to the pipeline's hook.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct WebhookTrigger {
    webhook: Nothing,
}

/// Starts by hand, which is always possible: this only says that it is meant.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ManualTrigger {
    manual: Nothing,
}

/// `{}`, or nothing at all.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("type" = ["object", "null"]))]
pub(crate) struct Nothing {}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Parameter {
    /// `string` if left out.
    r#type: Option<ParameterType>,
    /// Used when a start gives no value; without it, a start must.
    default: Option<Value>,
    /// The values allowed.
    #[schemars(length(min = 1))]
    r#enum: Option<Vec<Value>>,
    description: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Concurrency {
    /// How many runs may be active at once; 1 if left out.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
    /// What happens to a run that finds no free place; `queue` if left out.
    on_conflict: Option<OnConflict>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Step {
    Run(RunStep),
    Http(HttpStep),
    Pipeline(PipelineStep),
    Sql(SqlStep),
    Sync(sync::SyncStep),
    Models(ModelsStep),
}

/// A command.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RunStep {
    name: Name,
    /// A text for `sh -c`, or a list: a program and its arguments.
    run: CommandForm,
    /// The steps that must have ended before; without it, the step written before this one.
    needs: Option<Vec<Name>>,
    /// `on_success` if left out.
    when: Option<When>,
    /// Environment variables; the values are templates.
    env: Option<Map<Scalar>>,
    /// Environment variable: name of the secret.
    secrets: Option<Map<String>>,
    retries: Option<Retries>,
    /// The longest time for one attempt.
    timeout: Option<PositiveDuration>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum CommandForm {
    Text(#[schemars(regex(pattern = "\\S"))] String),
    Arguments(#[schemars(length(min = 1))] Vec<Scalar>),
}

/// One HTTP request.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct HttpStep {
    name: Name,
    http: Http,
    needs: Option<Vec<Name>>,
    when: Option<When>,
    /// Name in `{{ secrets.NAME }}`: name of the secret.
    secrets: Option<Map<String>>,
    retries: Option<Retries>,
    timeout: Option<PositiveDuration>,
}

/// Starts another pipeline and waits for its end.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct PipelineStep {
    name: Name,
    /// `team/name`, or a map with its parameters.
    pipeline: CallForm,
    needs: Option<Vec<Name>>,
    when: Option<When>,
    retries: Option<Retries>,
    timeout: Option<PositiveDuration>,
}

/// SQL over the tables of the lake. What it writes is published when all of it has succeeded, or not at all.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SqlStep {
    name: Name,
    /// Statements, or a file of the project that has them: `queries/daily.sql`.
    #[schemars(regex(pattern = "\\S"))]
    sql: String,
    compute: Option<ComputeMap>,
    needs: Option<Vec<Name>>,
    when: Option<When>,
    retries: Option<Retries>,
    /// The longest time for one attempt.
    timeout: Option<PositiveDuration>,
}

/// Models of the project, built and tested. They are published when no test has found an error, or not at all.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ModelsStep {
    name: Name,
    /// Which: `orders`, `+orders` with all that it is made from, `orders+`, `tag:daily`, `path:models/marts`, `"*"` for all. A list, or words with spaces between: each of them counts.
    models: Selection,
    /// The name of a file in `syncs/`, without its ending: it is run before, and what it brings is published with the models or not at all.
    sync: Option<Name>,
    /// Builds incremental models anew.
    full_refresh: Option<bool>,
    /// What `var` answers in models; the values are templates.
    vars: Option<Map<Value>>,
    compute: Option<ComputeMap>,
    needs: Option<Vec<Name>>,
    when: Option<When>,
    retries: Option<Retries>,
    /// The longest time for one attempt.
    timeout: Option<PositiveDuration>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Selection {
    One(#[schemars(regex(pattern = "\\S"))] String),
    Many(#[schemars(length(min = 1))] Vec<String>),
}

/// What the step may use; of what is left out, all that the machine has to give.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ComputeMap {
    /// `512MiB`, `2GiB`: what needs more goes to disk, or fails.
    memory: Option<SizeText>,
    /// Processors.
    #[schemars(range(min = 1, max = 1024))]
    cpus: Option<u32>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum CallForm {
    Name(FullName),
    Call(Call),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Call {
    /// `team/name`.
    name: FullName,
    /// Values for its parameters; texts are templates.
    parameters: Option<Map<Value>>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Http {
    /// `GET` if left out, or `POST` if there is a body.
    method: Option<Method>,
    url: String,
    headers: Option<Map<Scalar>>,
    /// A text is sent as it is, anything else as JSON. Texts within are templates.
    body: Option<Value>,
    /// The status codes that count as success; 200 to 299 if left out.
    expect: Option<OneOrMany<StatusCode>>,
}

#[derive(JsonSchema, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Head,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Retries {
    Limit(RetryLimit),
    Map(RetriesMap),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RetriesMap {
    /// Attempts after the first.
    limit: RetryLimit,
    /// The wait before the first retry; each further wait is twice as long. 10s if left out.
    backoff: Option<DurationText>,
    /// The longest wait; 10m if left out.
    max_backoff: Option<DurationText>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Statuses {
    One(EventStatus),
    Many(#[schemars(length(min = 1))] Vec<EventStatus>),
}

/// A text, number or boolean: taken as it is written.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Scalar {
    Text(String),
    Number(f64),
    Boolean(bool),
    Nothing(()),
}

#[derive(JsonSchema)]
#[schemars(transparent, inline)]
pub(crate) struct RetryLimit(#[schemars(range(min = 0, max = 100))] u32);

#[derive(JsonSchema)]
#[schemars(transparent, inline)]
pub(crate) struct StatusCode(#[schemars(range(min = 100, max = 599))] u16);

/// Lower-case letters, digits, `-` and `_`.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(crate) struct Name(#[schemars(regex(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$"))] String);

/// A pipeline's full name: `team/name`.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(crate) struct FullName(
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9_-]{0,62}/[a-z0-9][a-z0-9_-]{0,62}$"))] String,
);

/// `30s`, `15m`, `2h`, `7d`; at most ten years.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(crate) struct DurationText(
    #[schemars(regex(pattern = "^0*([0-9]{1,9}s|[0-9]{1,7}m|[0-9]{1,5}h|[0-9]{1,4}d)$"))] String,
);

/// `30s`, `15m`, `2h`, `7d`; more than nothing, at most ten years.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(crate) struct PositiveDuration(
    #[schemars(regex(
        pattern = "^0*([1-9][0-9]{0,8}s|[1-9][0-9]{0,6}m|[1-9][0-9]{0,4}h|[1-9][0-9]{0,3}d)$"
    ))]
    String,
);

/// `512MiB`, `2GiB`.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(crate) struct SizeText(#[schemars(regex(pattern = "^[0-9]{1,10}[KMGT]iB$"))] String);

/// `day`, or a duration.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(crate) struct WithinText(
    #[schemars(regex(
        pattern = "^(day|0*([1-9][0-9]{0,8}s|[1-9][0-9]{0,6}m|[1-9][0-9]{0,4}h|[1-9][0-9]{0,3}d))$"
    ))]
    String,
);

/// A name of the IANA time zone database, such as `Europe/Berlin`.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(crate) struct TimeZone(String);
