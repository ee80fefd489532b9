//! Whom a failure holds back: triggers that wait for a pipeline to succeed.

use chrono::NaiveDate;
use polder_types::definition::Trigger;
use polder_types::id::TriggerId;
use uuid::Uuid;

use crate::runs::day;
use crate::sight::Sight;
use crate::statement::{Statement, Value, ids, text};
use crate::{JsonText, Result, Tx};

/// A trigger that waits for a pipeline to succeed.
#[derive(Debug, Clone)]
pub struct Listener {
    pub trigger: TriggerId,
    pub team: String,
    pub name: String,
    pub definition: Trigger,
    /// The pipeline that it listens to.
    pub upstream: (String, String),
}

/// Trigger, its pipeline's team and name, its definition, and the pipeline that it listens to.
type ListenerRow = (Uuid, String, String, JsonText<Trigger>, String, String);

/// The triggers of pipelines in the part that is seen that listen for one of these to succeed.
pub async fn listeners(
    tx: &mut Tx,
    sight: &Sight,
    upstream: &[(String, String)],
    limit: i64,
) -> Result<Vec<Listener>> {
    let sql = "SELECT t.id, p.team, p.name, t.definition, c.team, c.pipeline FROM trigger_conditions c
        JOIN triggers t ON t.id = c.trigger_id AND t.active JOIN pipelines p ON p.id = t.pipeline_id
        WHERE c.status = 'SUCCEEDED' AND p.archived_at IS NULL AND NOT p.paused";
    let pairs = upstream.iter().map(|(team, name)| (text(team), text(name)));
    let statement = Statement::new(sql)
        .with("AND c.workspace_id = ?", text(&sight.workspace))
        .with("AND c.environment = ?", text(&sight.environment))
        .any_pair("AND (c.team, c.pipeline)", pairs);
    let statement = match &sight.teams {
        None => statement,
        Some(teams) => statement.any("AND p.team", teams.iter().map(|team| text(team))),
    };
    let rows: Vec<ListenerRow> =
        statement.with("ORDER BY p.team, p.name LIMIT ?", Value::Number(limit)).all(tx).await?;
    let listener = |(trigger, team, name, definition, of, upstream): ListenerRow| Listener {
        trigger: TriggerId(trigger),
        team,
        name,
        definition: definition.0,
        upstream: (of, upstream),
    };
    Ok(rows.into_iter().map(listener).collect())
}

/// Which of these days each trigger has fired for.
pub async fn fired(tx: &mut Tx, days: &[(TriggerId, NaiveDate)]) -> Result<Vec<(TriggerId, NaiveDate)>> {
    let pairs = days.iter().map(|(trigger, day)| (Value::Id(trigger.0), Value::Text(day.to_string())));
    let statement = Statement::new("SELECT trigger_id, day FROM trigger_days WHERE TRUE");
    let rows: Vec<(Uuid, String)> = statement.any_pair("AND (trigger_id, day)", pairs).all(tx).await?;
    rows.into_iter().map(|(trigger, text)| Ok((TriggerId(trigger), day(&text)?))).collect()
}

/// Trigger, day, team and pipeline of an event.
pub type Heard = (TriggerId, NaiveDate, String, String);

/// Which successes each of these triggers has heard of and not used.
pub async fn heard(tx: &mut Tx, triggers: impl IntoIterator<Item = TriggerId>) -> Result<Vec<Heard>> {
    let sql = "SELECT DISTINCT trigger_id, day, team, pipeline FROM trigger_events WHERE used_by IS NULL AND status = 'SUCCEEDED'";
    let statement = Statement::new(sql).any("AND trigger_id", ids(triggers.into_iter().map(|id| id.0)));
    let rows: Vec<(Uuid, String, String, String)> = statement.and("LIMIT 10000").all(tx).await?;
    rows.into_iter().map(|(id, text, team, name)| Ok((TriggerId(id), day(&text)?, team, name))).collect()
}
