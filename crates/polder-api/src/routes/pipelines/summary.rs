//! Pipelines as they stand in a list.

use polder_store::Tx;
use polder_store::pipelines::{self as stored, Pipeline, Standings};
use polder_types::definition::{Condition, Trigger};
use polder_types::schedule::Schedule;
use polder_types::wire::{PipelineState, PipelineSummary};

use crate::{Api, Result};

/// These pipelines with so many of their newest runs, in the order given.
pub(super) async fn summaries(
    api: &Api,
    tx: &mut Tx,
    pipelines: Vec<Pipeline>,
    runs: u32,
) -> Result<Vec<PipelineSummary>> {
    let ids: Vec<_> = pipelines.iter().map(|pipeline| pipeline.id).collect();
    let mut standings = stored::standings(tx, &ids, runs, api.engine().failures_count_since()).await?;
    Ok(pipelines.into_iter().map(|pipeline| summary(pipeline, &mut standings)).collect())
}

fn summary(pipeline: Pipeline, standings: &mut Standings) -> PipelineSummary {
    let next_at = standings.next_at.get(&pipeline.id).copied().filter(|_| !pipeline.paused);
    let starts = pipeline.definition.triggers.iter().filter_map(|trigger| words(trigger, &pipeline.team));
    PipelineSummary {
        id: pipeline.id,
        starts: starts.collect(),
        state: state(&pipeline, standings),
        team: pipeline.team,
        name: pipeline.name,
        environment: pipeline.environment,
        project: Some(pipeline.project).filter(|_| !pipeline.job),
        job: pipeline.job,
        description: pipeline.definition.description,
        owner: pipeline.definition.owner,
        labels: pipeline.definition.labels,
        paused: pipeline.paused,
        revision: Some(pipeline.revision_id),
        next_at,
        file: Some(pipeline.definition.file).filter(|_| !pipeline.job),
        last_runs: standings.last_runs.remove(&pipeline.id).unwrap_or_default(),
    }
}

fn state(pipeline: &Pipeline, standings: &Standings) -> PipelineState {
    if standings.broken.contains(&pipeline.id) {
        PipelineState::Broken
    } else if standings.running.contains(&pipeline.id) {
        PipelineState::Running
    } else if pipeline.paused {
        PipelineState::Paused
    } else {
        PipelineState::Ok
    }
}

/// What starts it, in a few words; nothing of people, who always can.
fn words(trigger: &Trigger, team: &str) -> Option<String> {
    match trigger {
        Trigger::Schedule(schedule) => {
            let parsed = Schedule::parse(&schedule.expression, Some(schedule.dialect), &schedule.timezone);
            Some(parsed.map_or_else(|_| schedule.expression.clone(), |parsed| parsed.describe()))
        }
        Trigger::Executions(executions) => Some(after(&executions.expression.conditions(), team)),
        Trigger::Webhook => Some("webhook".to_owned()),
        Trigger::Manual => None,
    }
}

/// The pipelines that it listens to, those of its own team by their names only.
fn after(conditions: &[&Condition], team: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    for condition in conditions {
        let name = match condition.team == team {
            true => condition.pipeline.clone(),
            false => format!("{}/{}", condition.team, condition.pipeline),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    format!("after {}", names.join(", "))
}
