//! Reads what starts a pipeline.

use chrono_tz::Tz;

use super::pipeline::{Reference, Surroundings};
use super::reader::Field;
use super::shapes::{
    AnyItem, AnyTrigger, Block, Condition as ConditionShape, Executions,
    ExecutionsTrigger as ExecutionsShape, ManualTrigger, Nothing, Operator, ScheduleTrigger as ScheduleShape,
    WebhookTrigger,
};
use super::{
    Condition, Dialect, ExecutionsTrigger, Expression, ProblemCode, ScheduleTrigger, Trigger, Within,
    duration, values,
};
use crate::run::EventStatus;
use crate::schedule::{Error, Schedule};

const KINDS: [&str; 4] = ["schedule", "executions", "webhook", "manual"];

/// Reads `triggers:`; the pipelines that they name go to `references`.
pub(crate) fn read(
    field: &Field<'_>,
    around: &Surroundings<'_>,
    references: &mut Vec<Reference>,
) -> Vec<Trigger> {
    let items = field.items().unwrap_or_default();
    items.iter().filter_map(|item| trigger(item, around, references)).collect()
}

/// Whether something starts the pipeline without giving values: told by the keys, since the rest may be wrong.
pub(crate) fn start_without_values(field: &Field<'_>) -> bool {
    let starts = |item: &Field<'_>| item.has("schedule") || item.has("executions");
    field.is_list() && field.items().unwrap_or_default().iter().any(starts)
}

fn trigger(field: &Field<'_>, around: &Surroundings<'_>, references: &mut Vec<Reference>) -> Option<Trigger> {
    match field.kinds::<AnyTrigger>(&KINDS).as_slice() {
        ["schedule"] => schedule(field, around).map(Trigger::Schedule),
        ["executions"] => executions(field, around, references).map(Trigger::Executions),
        ["webhook"] => {
            empty(field.object::<WebhookTrigger>()?.get_or_null("webhook"));
            Some(Trigger::Webhook)
        }
        ["manual"] => {
            empty(field.object::<ManualTrigger>()?.get_or_null("manual"));
            Some(Trigger::Manual)
        }
        [] => unknown(field),
        several => {
            let message = format!("{} are {} triggers", several.join(" and "), several.len());
            let hint = "start each trigger with a `-` of its own".to_owned();
            field.error(ProblemCode::Conflict, message, Some(hint));
            None
        }
    }
}

fn unknown(field: &Field<'_>) -> Option<Trigger> {
    let object = field.object::<AnyTrigger>()?;
    object.ignore();
    if !object.seems_to_have(&KINDS) {
        let hint = format!("a trigger has one of {}", KINDS.join(", "));
        field.error(ProblemCode::MissingKey, "this trigger says nothing", Some(hint));
    }
    None
}

/// `webhook: {}`, or nothing at all.
fn empty(field: Option<Field<'_>>) {
    if let Some(field) = field.filter(|field| !field.is_null()) {
        drop(field.object::<Nothing>());
    }
}

fn schedule(field: &Field<'_>, around: &Surroundings<'_>) -> Option<ScheduleTrigger> {
    let object = field.object::<ScheduleShape>()?;
    let written = object.require("schedule");
    let timezone =
        object.get("timezone").map_or(Some(around.timezone.to_owned()), |field| values::timezone(&field));
    let catch_up = object.get("catch_up").map_or(Some(super::CatchUp::default()), |field| field.choice());
    let dialect = object.get("dialect").map_or(Some(None), |field| field.choice::<Dialect>().map(Some));
    let (written, dialect) = (written?, dialect?);
    let expression = written.text()?;
    let zone = timezone.as_deref().unwrap_or(Tz::UTC.name());
    let report = |error: Error| written.error(ProblemCode::InvalidSchedule, error.message, error.hint);
    let schedule = Schedule::parse_all(expression, dialect, zone)
        .map_err(|errors| errors.into_iter().for_each(report))
        .ok()?;
    Some(ScheduleTrigger {
        expression: expression.to_owned(),
        dialect: schedule.dialect(),
        timezone: timezone?,
        catch_up: catch_up?,
    })
}

fn executions(
    field: &Field<'_>,
    around: &Surroundings<'_>,
    references: &mut Vec<Reference>,
) -> Option<ExecutionsTrigger> {
    let outer = field.object::<ExecutionsShape>()?;
    let timezone =
        outer.get("timezone").map_or(Some(around.timezone.to_owned()), |field| values::timezone(&field));
    let field = outer.require("executions")?;
    let object = field.object::<Executions>()?;
    let within = object.get("within").map_or(Some(None), |field| within(&field).map(Some));
    let rerun = object.get("rerun").map_or(Some(super::Rerun::default()), |field| field.choice());
    let operator = object.get("operator").map_or(Some(Operator::And), |field| field.choice());
    let blocks = [object.get("allOf"), object.get("anyOf")];
    let expression =
        block(&field, operator, blocks, object.seems_to_have(&["allOf", "anyOf"]), around, references);
    Some(ExecutionsTrigger { expression: expression?, within: within?, timezone: timezone?, rerun: rerun? })
}

fn within(field: &Field<'_>) -> Option<Within> {
    match field.scalar_text()? {
        "day" => Some(Within::Day),
        text if duration::parse(text).is_err() && super::nearest::nearest(text, ["day"]).is_some() => {
            let hint = Some("write `day`, or a duration such as 6h".to_owned());
            field.error(ProblemCode::InvalidValue, format!("`{text}` is no duration"), hint);
            None
        }
        _ => values::positive_duration(field).map(Within::Duration),
    }
}

/// `allOf` and `anyOf` beside each other, folded into one expression.
fn block(
    field: &Field<'_>,
    operator: Option<Operator>,
    [all, any]: [Option<Field<'_>>; 2],
    is_misspelt: bool,
    around: &Surroundings<'_>,
    references: &mut Vec<Reference>,
) -> Option<Expression> {
    if all.is_none() && any.is_none() {
        if !is_misspelt {
            let hint = Some("list conditions under `allOf` or `anyOf`".to_owned());
            field.error(ProblemCode::MissingKey, "there is nothing to wait for", hint);
        }
        return None;
    }
    let all = all.map(|field| items(&field, around, references).map(Expression::All));
    let any = any.map(|field| items(&field, around, references).map(Expression::Any));
    let mut parts: Vec<Expression> = [all, any].into_iter().flatten().collect::<Option<_>>()?;
    match (parts.len(), operator?) {
        (1, _) => parts.pop(),
        (_, Operator::And) => Some(Expression::All(parts)),
        (_, Operator::Or) => Some(Expression::Any(parts)),
    }
}

fn items(
    field: &Field<'_>,
    around: &Surroundings<'_>,
    references: &mut Vec<Reference>,
) -> Option<Vec<Expression>> {
    let fields = field.items()?;
    if fields.is_empty() {
        field.error(
            ProblemCode::InvalidValue,
            "the list is empty",
            Some("name the pipelines to wait for".to_owned()),
        );
    }
    let read: Vec<_> = fields.iter().map(|field| item(field, around, references)).collect();
    read.into_iter().collect()
}

fn item(field: &Field<'_>, around: &Surroundings<'_>, references: &mut Vec<Reference>) -> Option<Expression> {
    let is_condition = field.has("pipeline") || field.has("status");
    let is_block = field.has("allOf") || field.has("anyOf") || field.has("operator");
    if is_condition && !is_block {
        return condition(field, around, references).map(Expression::Is);
    }
    if is_block && !is_condition {
        let object = field.object::<Block>()?;
        let operator = object.get("operator").map_or(Some(Operator::And), |field| field.choice());
        let blocks = [object.get("allOf"), object.get("anyOf")];
        return block(field, operator, blocks, object.seems_to_have(&["allOf", "anyOf"]), around, references);
    }
    let object = field.object::<AnyItem>()?;
    object.ignore();
    if !object.seems_to_have(&["pipeline", "allOf", "anyOf"]) {
        let hint = Some(
            "write `{pipeline: team/name, status: SUCCEEDED}`, or a block with `allOf` or `anyOf`".to_owned(),
        );
        field.error(ProblemCode::Conflict, "a condition has a pipeline, a block has others in it", hint);
    }
    None
}

fn condition(
    field: &Field<'_>,
    around: &Surroundings<'_>,
    references: &mut Vec<Reference>,
) -> Option<Condition> {
    let object = field.object::<ConditionShape>()?;
    let named = object.require("pipeline");
    let statuses = object.get("status").map_or(Some(vec![EventStatus::Succeeded]), |field| statuses(&field));
    let named = named?;
    let (team, pipeline) = values::full_name(&named, around.team)?;
    references.push(Reference { name: format!("{team}/{pipeline}"), place: named.place(), is_call: false });
    Some(Condition { team, pipeline, statuses: statuses? })
}

fn statuses(field: &Field<'_>) -> Option<Vec<EventStatus>> {
    let fields = field.one_or_many()?;
    if fields.is_empty() {
        let hint = Some("name a status, or leave `status` out for SUCCEEDED".to_owned());
        field.error(ProblemCode::InvalidValue, "the list is empty", hint);
    }
    let read: Vec<Option<EventStatus>> = fields.iter().map(Field::choice).collect();
    let mut statuses: Vec<EventStatus> = read.into_iter().collect::<Option<_>>()?;
    statuses.sort_unstable();
    statuses.dedup();
    Some(statuses)
}
