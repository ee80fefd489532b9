//! Answers why a pipeline has not run, and why it ran last.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use polder_store::Tx;
use polder_store::pipelines::{self, Pipeline};
use polder_store::triggers::{Delivered, StoredTrigger};
use polder_types::definition::{Condition, ExecutionsTrigger, ScheduleTrigger, Trigger, Within};
use polder_types::executions::{self, Explained};
use polder_types::id::{PipelineId, TriggerId};
use polder_types::run::RunStatus;
use polder_types::schedule::Schedule;
use polder_types::wire::{ExpressionView, TriggerView, Waiting, Why};

use crate::{Engine, Result};

/// How many ticks ahead and back are shown.
const NEXT_TICKS: usize = 5;
const LAST_TICKS: u32 = 10;
/// How many open days are shown, newest first.
const OPEN_DAYS: usize = 7;
/// How many days that it has fired for are shown.
const FIRED_DAYS: u32 = 7;
/// How many matches that started nothing are shown.
const SKIPS: u32 = 5;
const MOST_EVENTS: u32 = 1000;

impl Engine {
    /// What a pipeline's triggers wait for, and why its newest run started.
    ///
    /// # Errors
    /// When there is no such pipeline.
    pub async fn why(&self, pipeline: PipelineId) -> Result<Why> {
        let found = {
            let mut tx = self.store().read().await?;
            pipelines::get(&mut tx, pipeline).await?
        };
        let (queued, active) = self
            .store()
            .active_runs(pipeline)
            .await?
            .into_iter()
            .partition(|run| run.status == RunStatus::Queued);
        Ok(Why {
            triggers: self.trigger_views(&found).await?,
            last_run: self.store().last_runs(pipeline, 1).await?.into_iter().next(),
            queued,
            active,
            team: found.team,
            pipeline: found.name,
            environment: found.environment,
            paused: found.paused,
        })
    }

    /// A pipeline's triggers with what each will do next.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trigger_views(&self, pipeline: &Pipeline) -> Result<Vec<TriggerView>> {
        let mut views = Vec::new();
        for trigger in self.store().triggers_of(pipeline.id).await? {
            views.push(match &trigger.definition {
                Trigger::Schedule(schedule) => self.schedule_view(pipeline, &trigger, schedule).await?,
                Trigger::Executions(executions) => {
                    self.executions_view(pipeline, trigger.id, executions).await?
                }
                Trigger::Webhook | Trigger::Manual => continue,
            });
        }
        let off = !views.iter().any(|view| matches!(view, TriggerView::Schedule { .. }));
        views.extend(
            pipeline.definition.triggers.iter().filter_map(|trigger| self.plain_view(pipeline, trigger, off)),
        );
        Ok(views)
    }

    /// A trigger that is not stored; `off` says that schedules are not, because they are off in the environment.
    fn plain_view(&self, pipeline: &Pipeline, trigger: &Trigger, off: bool) -> Option<TriggerView> {
        let Pipeline { team, name, environment, .. } = pipeline;
        match trigger {
            Trigger::Webhook => {
                let url =
                    format!("{}/api/v1/hooks/{team}/{name}?environment={environment}", self.public_url());
                Some(TriggerView::Webhook { url })
            }
            Trigger::Manual => Some(TriggerView::Manual),
            Trigger::Schedule(schedule) if off => Some(off_view(schedule)),
            Trigger::Schedule(_) | Trigger::Executions(_) => None,
        }
    }

    async fn schedule_view(
        &self,
        pipeline: &Pipeline,
        trigger: &StoredTrigger,
        schedule: &ScheduleTrigger,
    ) -> Result<TriggerView> {
        let parsed = Schedule::parse(&schedule.expression, Some(schedule.dialect), &schedule.timezone).ok();
        let next = match (&parsed, trigger.next_at.filter(|_| !pipeline.paused)) {
            (Some(parsed), Some(first)) => {
                std::iter::successors(Some(first), |at| parsed.next_after(*at)).take(NEXT_TICKS).collect()
            }
            _ => Vec::new(),
        };
        Ok(TriggerView::Schedule {
            id: Some(trigger.id),
            expression: schedule.expression.clone(),
            timezone: schedule.timezone.clone(),
            meaning: parsed.map(|parsed| parsed.describe()).unwrap_or_default(),
            next,
            last_ticks: self.store().ticks(trigger.id, LAST_TICKS).await?,
        })
    }

    async fn executions_view(
        &self,
        pipeline: &Pipeline,
        id: TriggerId,
        executions: &ExecutionsTrigger,
    ) -> Result<TriggerView> {
        let mut events = self.store().unused_events(id, MOST_EVENTS).await?;
        events.retain(|event| !is_over(executions, event, self.now()));
        let fired = self.store().fired_days(id, FIRED_DAYS).await?;
        let skipped = self.store().skipped(id, SKIPS).await?;
        let mut tx = self.store().read().await?;
        let mut exists = BTreeMap::new();
        for condition in executions.expression.conditions() {
            let known = is_deployed(&mut tx, pipeline, condition).await?;
            exists.insert((condition.team.clone(), condition.pipeline.clone()), known);
        }
        let waiting = groups(executions, &events).into_iter().map(|(day, events)| {
            let available: Vec<_> = events.iter().map(|event| event.event.clone()).collect();
            let expression = view(executions::explain(&executions.expression, &available), &events, &exists);
            Waiting { day, expression }
        });
        Ok(TriggerView::Executions {
            id,
            within: executions.within.map(within_text),
            timezone: executions.timezone.clone(),
            waiting: waiting.collect(),
            fired,
            skipped,
        })
    }
}

fn off_view(schedule: &ScheduleTrigger) -> TriggerView {
    let parsed = Schedule::parse(&schedule.expression, Some(schedule.dialect), &schedule.timezone);
    TriggerView::Schedule {
        id: None,
        expression: schedule.expression.clone(),
        timezone: schedule.timezone.clone(),
        meaning: parsed.map(|parsed| parsed.describe()).unwrap_or_default(),
        next: Vec::new(),
        last_ticks: Vec::new(),
    }
}

/// Whether an event lies so far back that nothing that happens from now on can be within the duration of it.
pub(crate) fn is_over(executions: &ExecutionsTrigger, event: &Delivered, now: DateTime<Utc>) -> bool {
    let Some(Within::Duration(longest)) = executions.within else { return false };
    TimeDelta::from_std(longest).is_ok_and(|longest| event.event.at < now - longest)
}

type Exists = BTreeMap<(String, String), bool>;

async fn is_deployed(tx: &mut Tx, pipeline: &Pipeline, condition: &Condition) -> Result<bool> {
    let key = pipelines::PipelineKey {
        workspace_id: &pipeline.workspace_id,
        environment: &pipeline.environment,
        team: &condition.team,
        name: &condition.pipeline,
    };
    Ok(pipelines::find(tx, key).await?.is_some_and(|found| found.archived_at.is_none()))
}

/// The events that are looked at together: a day each with `within: day`, otherwise all.
pub(crate) fn groups(
    executions: &ExecutionsTrigger,
    events: &[Delivered],
) -> Vec<(Option<NaiveDate>, Vec<Delivered>)> {
    if executions.within != Some(Within::Day) || events.is_empty() {
        return vec![(None, events.to_vec())];
    }
    let mut by_day: BTreeMap<NaiveDate, Vec<Delivered>> = BTreeMap::new();
    for event in events {
        by_day.entry(event.event.day).or_default().push(event.clone());
    }
    by_day.into_iter().rev().take(OPEN_DAYS).map(|(day, events)| (Some(day), events)).collect()
}

fn view(explained: Explained, events: &[Delivered], exists: &Exists) -> ExpressionView {
    let views = |parts: Vec<Explained>| parts.into_iter().map(|part| view(part, events, exists)).collect();
    match explained {
        Explained::All { met, parts } => ExpressionView::All { met, parts: views(parts) },
        Explained::Any { met, parts } => ExpressionView::Any { met, parts: views(parts) },
        Explained::Is { condition, met_by } => {
            let event = met_by.as_ref().and_then(|met| events.iter().find(|event| event.event.id == met.id));
            let name = (condition.team, condition.pipeline);
            ExpressionView::Is {
                met: met_by.is_some(),
                exists: exists.get(&name).copied().unwrap_or(false),
                event: event.map(Delivered::as_used),
                team: name.0,
                pipeline: name.1,
                statuses: condition.statuses,
            }
        }
    }
}

fn within_text(within: Within) -> String {
    match within {
        Within::Day => "day".into(),
        Within::Duration(longest) => format!("{}s", longest.as_secs()),
    }
}
