//! Executions triggers: deployed, given events, evaluated. An event is used at most once by a trigger, decided in the
//! transaction that creates the run.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use polder_store::pipelines::{self, Pipeline};
use polder_store::runs::{self, Logical, PipelineRef};
use polder_store::triggers::{self as stored, Delivered, StoredTrigger};
use polder_store::{Tx, schedules};
use polder_types::definition::{Condition, ExecutionsTrigger, Rerun, Trigger, Within};
use polder_types::executions::{self, Match};
use polder_types::id::{PipelineId, RunId, TriggerId};
use polder_types::schedule::Schedule;
use polder_types::wire::Reason;
use sha2::{Digest, Sha256};

use crate::create::{Blueprint, Made};
use crate::moves::Mover;
use crate::repeat::{carried_over, repetition};
use crate::start::{day_of, zone};
use crate::{Error, Result};

/// A trigger looks at no more than this many of the newest events that it has not used.
const MOST_EVENTS: u32 = 1000;
/// An event that no match has needed for this long is forgotten, such as of a day whose other half never came.
const KEPT: TimeDelta = TimeDelta::days(90);

/// Puts a pipeline's triggers in force as its definition has them. A trigger that did not change keeps its identity: its
/// events, its days and its next tick. So does an executions trigger that was only reworded, and one that comes back after
/// it was gone: no day fires twice, and what it fed still follows. With `schedules` off, schedules do not tick.
///
/// # Errors
/// When the database fails.
pub async fn sync(
    tx: &mut Tx,
    pipeline: &PipelineRef,
    wanted: &[Trigger],
    schedules: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut old = stored::of_pipeline(tx, pipeline.id).await?;
    let mut new: Vec<(&Trigger, String)> = wanted
        .iter()
        .filter(|trigger| is_kept(trigger, schedules))
        .map(|trigger| (trigger, content_hash(trigger)))
        .collect();
    new.retain(|(_, hash)| take(&mut old, |old| old.content_hash == *hash).is_none());
    for (trigger, hash) in new {
        match take(&mut old, |old| is_reworded(&old.definition, trigger)) {
            Some(old) => reword(tx, pipeline, &old, trigger, &hash).await?,
            None => put_in_force(tx, pipeline, trigger, hash, now).await?,
        }
    }
    for gone in old {
        stored::retire(tx, gone.id, now).await?;
    }
    Ok(())
}

fn take(old: &mut Vec<StoredTrigger>, fits: impl Fn(&StoredTrigger) -> bool) -> Option<StoredTrigger> {
    old.iter().position(fits).map(|index| old.remove(index))
}

/// Whether both are about the same: they share an upstream, and mean the same days.
fn is_reworded(old: &Trigger, new: &Trigger) -> bool {
    let (Trigger::Executions(old), Trigger::Executions(new)) = (old, new) else { return false };
    let upstream = |condition: &Condition| (condition.team.clone(), condition.pipeline.clone());
    let before: BTreeSet<_> = old.expression.conditions().into_iter().map(upstream).collect();
    old.timezone == new.timezone
        && new.expression.conditions().into_iter().any(|condition| before.contains(&upstream(condition)))
}

/// Changes a trigger in force. What only the new wording makes true of events from before starts nothing: an edit must not
/// set off a run for each day that was waiting.
async fn reword(
    tx: &mut Tx,
    pipeline: &PipelineRef,
    old: &StoredTrigger,
    trigger: &Trigger,
    content_hash: &str,
) -> Result<()> {
    stored::reword(tx, pipeline, old.id, trigger, content_hash).await?;
    let (Trigger::Executions(before), Trigger::Executions(after)) = (&old.definition, trigger) else {
        return Ok(());
    };
    let mut waiting: Vec<_> =
        stored::unused(tx, old.id, MOST_EVENTS).await?.into_iter().map(|event| event.event).collect();
    if executions::evaluate(before, &waiting, |_| false).is_some() {
        return Ok(());
    }
    while let Some(found) = executions::evaluate(after, &waiting, |_| false) {
        waiting.retain(|event| !found.events.contains(&event.id));
        for event in found.events {
            stored::discard(tx, old.id, event).await?;
        }
    }
    Ok(())
}

/// Puts a trigger in force, or again in force: then it has its days, and hears only of what happens from now on.
async fn put_in_force(
    tx: &mut Tx,
    pipeline: &PipelineRef,
    trigger: &Trigger,
    content_hash: String,
    now: DateTime<Utc>,
) -> Result<()> {
    let next_at = first_tick(trigger, now);
    if let Some(gone) = stored::retired(tx, pipeline.id, &content_hash).await? {
        return Ok(stored::revive(tx, pipeline, gone, trigger, next_at).await?);
    }
    let (id, definition) = (TriggerId::new(now), trigger.clone());
    let new =
        StoredTrigger { id, pipeline: pipeline.id, definition, content_hash, deployed_at: now, next_at };
    Ok(stored::insert(tx, pipeline, &new).await?)
}

/// Puts all triggers of a pipeline out of force.
///
/// # Errors
/// When the database fails.
pub async fn retire_all(tx: &mut Tx, pipeline: PipelineId, now: DateTime<Utc>) -> Result<()> {
    for trigger in stored::of_pipeline(tx, pipeline).await? {
        stored::retire(tx, trigger.id, now).await?;
    }
    Ok(())
}

/// The day that a run with this logical date is about, in the zone of a trigger.
pub(crate) fn day_for(trigger: &Trigger, logical: Logical) -> NaiveDate {
    let timezone = match trigger {
        Trigger::Executions(executions) => zone(&executions.timezone),
        _ => chrono_tz::Tz::UTC,
    };
    day_of(logical, timezone)
}

fn is_kept(trigger: &Trigger, schedules: bool) -> bool {
    match trigger {
        Trigger::Schedule(_) => schedules,
        Trigger::Executions(_) => true,
        Trigger::Webhook | Trigger::Manual => false,
    }
}

fn first_tick(trigger: &Trigger, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let Trigger::Schedule(schedule) = trigger else { return None };
    let parsed = Schedule::parse(&schedule.expression, Some(schedule.dialect), &schedule.timezone);
    parsed.ok().and_then(|schedule| schedule.next_after(now))
}

fn content_hash(trigger: &Trigger) -> String {
    let json = serde_json::to_string(trigger).unwrap_or_default();
    Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Mover<'_> {
    /// Lets a trigger decide about the events that it has not used.
    pub(crate) async fn evaluate(&mut self, trigger: TriggerId) -> Result<()> {
        self.tx.lock("trigger", trigger.0).await?;
        let Some(found) = stored::active(&mut self.tx, trigger).await? else { return Ok(()) };
        let pipeline = pipelines::get(&mut self.tx, found.pipeline).await?;
        let Trigger::Executions(executions) = &found.definition else { return Ok(()) };
        if pipeline.paused || pipeline.archived_at.is_some() {
            return Ok(());
        }
        self.follow(&pipeline, trigger, executions).await?;
        while self.fire(&pipeline, trigger, executions).await? {}
        self.expire(trigger, executions).await
    }

    /// Repeats dependents whose upstream run was run again and reached the status again.
    async fn follow(
        &mut self,
        pipeline: &Pipeline,
        trigger: TriggerId,
        executions: &ExecutionsTrigger,
    ) -> Result<()> {
        for event in
            stored::unused(&mut self.tx, trigger, MOST_EVENTS).await?.iter().filter(|event| event.rerun)
        {
            let fed = stored::used_of_root(&mut self.tx, trigger, event.root).await?;
            let Some(fed) = fed
                .iter()
                .rev()
                .find(|used| used.event.status == event.event.status)
                .and_then(|used| used.used_by)
            else {
                continue;
            };
            if executions.rerun == Rerun::Ignore {
                stored::mark_used(&mut self.tx, trigger, event.event.id, fed).await?;
                continue;
            }
            self.repeat_for(pipeline, trigger, fed, event).await?;
        }
        Ok(())
    }

    async fn repeat_for(
        &mut self,
        pipeline: &Pipeline,
        trigger: TriggerId,
        fed: RunId,
        event: &Delivered,
    ) -> Result<()> {
        let old = runs::load(&mut self.tx, fed).await?;
        let reason = Reason::Follow { trigger, follows: fed, events: vec![event.as_used()] };
        let mut blueprint = repetition(&old, reason);
        // A parameter that must be given and is not leaves the run to say so itself: nobody waits here for an answer.
        if let Ok(parameters) = carried_over(&old.parameters, &pipeline.definition) {
            blueprint.parameters = parameters;
        }
        blueprint.causes.push(event.run);
        match self.create(pipeline, blueprint).await? {
            Made::Run(run, _) => Ok(stored::mark_used(&mut self.tx, trigger, event.event.id, run).await?),
            Made::Taken(_) => Ok(stored::mark_used(&mut self.tx, trigger, event.event.id, fed).await?),
        }
    }

    /// Starts a run if the expression is met; true if it was, so that there may be another match.
    async fn fire(
        &mut self,
        pipeline: &Pipeline,
        trigger: TriggerId,
        executions: &ExecutionsTrigger,
    ) -> Result<bool> {
        let events = stored::unused(&mut self.tx, trigger, MOST_EVENTS).await?;
        let fired = self.fired_days(trigger, &events, executions).await?;
        let available: Vec<_> = events.iter().map(|event| event.event.clone()).collect();
        let Some(found) = executions::evaluate(executions, &available, |day| fired.contains(&day)) else {
            return Ok(false);
        };
        let used: Vec<&Delivered> =
            events.iter().filter(|event| found.events.contains(&event.event.id)).collect();
        let run = self.start_for(pipeline, trigger, &found, &used).await?;
        for event in &used {
            match run {
                Some(run) => stored::mark_used(&mut self.tx, trigger, event.event.id, run).await?,
                None => stored::discard(&mut self.tx, trigger, event.event.id).await?,
            }
        }
        if let Some(day) = found.day {
            stored::fire_day(&mut self.tx, trigger, day, run).await?;
        }
        Ok(true)
    }

    async fn start_for(
        &mut self,
        pipeline: &Pipeline,
        trigger: TriggerId,
        found: &Match,
        used: &[&Delivered],
    ) -> Result<Option<RunId>> {
        let reason =
            Reason::Executions { trigger, events: used.iter().map(|event| event.as_used()).collect() };
        let logical = Logical { at: found.logical_at, day: found.day.or_else(|| common_day(used)) };
        let parameters = polder_types::definition::resolve_parameters(
            &pipeline.definition.parameters,
            &serde_json::Map::new(),
        );
        let parameters = parameters.unwrap_or_default();
        let mut blueprint = Blueprint::new(reason, logical, parameters);
        blueprint.causes = used.iter().map(|event| event.run).collect();
        match self.create(pipeline, blueprint).await? {
            Made::Run(run, _) => Ok(Some(run)),
            Made::Taken(busy) => {
                stored::skip(&mut self.tx, trigger, found, busy, self.now).await?;
                Ok(None)
            }
        }
    }

    async fn fired_days(
        &mut self,
        trigger: TriggerId,
        events: &[Delivered],
        executions: &ExecutionsTrigger,
    ) -> Result<Vec<NaiveDate>> {
        if executions.within != Some(Within::Day) {
            return Ok(Vec::new());
        }
        let mut days: Vec<NaiveDate> = events.iter().map(|event| event.event.day).collect();
        days.sort_unstable();
        days.dedup();
        let mut fired = Vec::new();
        for day in days {
            if stored::has_fired(&mut self.tx, trigger, day).await? {
                fired.push(day);
            }
        }
        Ok(fired)
    }

    /// Throws away what nothing can use any more, so that a trigger never has much to look at.
    async fn expire(&mut self, trigger: TriggerId, executions: &ExecutionsTrigger) -> Result<()> {
        stored::expire_before(&mut self.tx, trigger, self.now - KEPT).await?;
        match executions.within {
            None => Ok(()),
            Some(Within::Day) => {
                let events = stored::unused(&mut self.tx, trigger, MOST_EVENTS).await?;
                for day in self.fired_days(trigger, &events, executions).await? {
                    stored::expire_day(&mut self.tx, trigger, day).await?;
                }
                Ok(())
            }
            Some(Within::Duration(longest)) => {
                let longest =
                    TimeDelta::from_std(longest).map_err(|error| Error::Internal(error.to_string()))?;
                Ok(stored::expire_before(&mut self.tx, trigger, self.now - longest).await?)
            }
        }
    }
}

/// The day that all events are about, if it is one.
fn common_day(used: &[&Delivered]) -> Option<NaiveDate> {
    let first = used.first()?.logical_day?;
    used.iter().all(|event| event.logical_day == Some(first)).then_some(first)
}

/// Has every trigger of a pipeline look again, such as when it is resumed.
pub(crate) async fn look_again(tx: &mut Tx, pipeline: PipelineId, now: DateTime<Utc>) -> Result<()> {
    for trigger in stored::of_pipeline(tx, pipeline).await? {
        if matches!(trigger.definition, Trigger::Executions(_)) {
            let task = polder_store::outbox::Task::Evaluate { trigger: trigger.id };
            polder_store::outbox::add(tx, &task, now).await?;
        } else if trigger.next_at.is_none() {
            schedules::set_next(tx, trigger.id, first_tick(&trigger.definition, now)).await?;
        }
    }
    Ok(())
}
