//! What agents and the server say to each other. Agents' reports are no deeds of people: they are not in the audit log.

use axum::Json;
use axum::extract::State;
use chrono::TimeDelta;
use polder_types::id::RunId;
use polder_types::wire::{
    AgentView, AttemptEnded, AttemptKey, AttemptStarted, Claim, Claimed, Continued, Heartbeat, LogBatch,
    LogPosition, Orders, Page, Role,
};
use serde_json::{Value, json};

use super::{Answer, Search};
use crate::extract::{Path, Query, Report};
use crate::{Api, Caller};

/// An agent that was not heard of for this long counts as gone.
const ALIVE: TimeDelta = TimeDelta::seconds(60);

/// Which attempt: agent, run, step, epoch.
type Attempt = (String, RunId, String, u32);

/// Agents, and when each was last heard of
#[utoipa::path(get, path = "/agents", tag = "agents", operation_id = "list_agents", params(Search),
    responses((status = 200, body = Page<AgentView>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(search): Query<Search>,
) -> Answer<Page<AgentView>> {
    caller.require_somewhere(Role::Viewer)?;
    let now = api.now();
    let small = |number: i64| u32::try_from(number).unwrap_or(0);
    let agents = api.store().agents().await?.into_iter().map(|agent| AgentView {
        name: agent.name,
        executors: agent.executors,
        slots: small(agent.slots),
        running: small(agent.running),
        last_seen_at: agent.last_seen_at,
        alive: now - agent.last_seen_at < ALIVE,
    });
    Ok(Json(search.page(agents, |agent| format!("{} {}", agent.name, agent.executors.join(" ")))))
}

/// Ask for attempts to execute, and wait for them
#[utoipa::path(post, path = "/agents/{agent}/claim", tag = "agents", operation_id = "claim", params(("agent" = String, Path)),
    request_body = Claim, responses((status = 200, body = Claimed)))]
pub(crate) async fn claim(
    State(api): State<Api>,
    caller: Caller,
    Path(agent): Path<String>,
    Report(claim): Report<Claim>,
) -> Answer<Claimed> {
    caller.require_everywhere(Role::Agent)?;
    let _place = api.open().take(api.limits(), &caller.name)?;
    Ok(Json(api.engine().claim(&agent, claim).await?))
}

/// Say that an agent is alive, and with what
#[utoipa::path(post, path = "/agents/{agent}/heartbeat", tag = "agents", operation_id = "heartbeat",
    params(("agent" = String, Path)), request_body = Heartbeat, responses((status = 200, body = Orders)))]
pub(crate) async fn heartbeat(
    State(api): State<Api>,
    caller: Caller,
    Path(agent): Path<String>,
    Report(heartbeat): Report<Heartbeat>,
) -> Answer<Orders> {
    caller.require_everywhere(Role::Agent)?;
    Ok(Json(api.engine().heartbeat(&agent, heartbeat).await?))
}

/// Report that an attempt's process is running
#[utoipa::path(post, path = "/agents/{agent}/attempts/{run}/{step}/{epoch}/started", tag = "agents", operation_id = "attempt_started",
    params(("agent" = String, Path), ("run" = RunId, Path), ("step" = String, Path), ("epoch" = u32, Path)),
    request_body = AttemptStarted, responses((status = 200, body = Object)))]
pub(crate) async fn started(
    State(api): State<Api>,
    caller: Caller,
    Path((agent, run, step, epoch)): Path<Attempt>,
    Report(report): Report<AttemptStarted>,
) -> Answer<Value> {
    caller.require_everywhere(Role::Agent)?;
    api.engine().attempt_started(&agent, &AttemptKey { run, step, epoch }, report).await?;
    Ok(Json(json!({})))
}

/// Send lines of an attempt's log
#[utoipa::path(post, path = "/agents/{agent}/attempts/{run}/{step}/{epoch}/logs", tag = "agents", operation_id = "append_log",
    params(("agent" = String, Path), ("run" = RunId, Path), ("step" = String, Path), ("epoch" = u32, Path)),
    request_body = LogBatch, responses((status = 200, body = LogPosition)))]
pub(crate) async fn logs(
    State(api): State<Api>,
    caller: Caller,
    Path((agent, run, step, epoch)): Path<Attempt>,
    Report(batch): Report<LogBatch>,
) -> Answer<LogPosition> {
    caller.require_everywhere(Role::Agent)?;
    let bytes = batch.lines.iter().map(|line| line.text.len() + 1).sum();
    let position = api.engine().append_log(&agent, &AttemptKey { run, step, epoch }, batch).await?;
    api.metrics().note_log(run, bytes);
    Ok(Json(position))
}

/// Report that an attempt is over, and go on with the run's next one
#[utoipa::path(post, path = "/agents/{agent}/attempts/{run}/{step}/{epoch}/ended", tag = "agents", operation_id = "attempt_ended",
    params(("agent" = String, Path), ("run" = RunId, Path), ("step" = String, Path), ("epoch" = u32, Path)),
    request_body = AttemptEnded, responses((status = 200, body = Continued)))]
pub(crate) async fn ended(
    State(api): State<Api>,
    caller: Caller,
    Path((agent, run, step, epoch)): Path<Attempt>,
    Report(mut report): Report<AttemptEnded>,
) -> Answer<Continued> {
    caller.require_everywhere(Role::Agent)?;
    // No database's text can hold U+0000, and a report must not be refused for what a program said.
    report.message = report.message.map(|message| message.replace('\0', "\u{fffd}"));
    let next = api.engine().attempt_ended(&agent, &AttemptKey { run, step, epoch }, report).await?;
    Ok(Json(Continued { next }))
}
