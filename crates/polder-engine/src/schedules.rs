//! Ticks: each planned one is written into the ledger with what came of it, once, whatever happens to the server.

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::pipelines::{self, Pipeline};
use polder_store::runs::Logical;
use polder_store::schedules;
use polder_store::triggers::{StoredTrigger, active};
use polder_types::definition::{CatchUp, ScheduleTrigger, Trigger, resolve_parameters};
use polder_types::id::RunId;
use polder_types::run::RunStatus;
use polder_types::schedule::Schedule;
use polder_types::wire::{Reason, Tick, TickOutcome};

use crate::create::{Blueprint, Made};
use crate::moves::Mover;
use crate::{Engine, Error, Result};

const BATCH: u32 = 256;
/// At most this many ticks of one schedule are decided in one transaction.
const MOST_TICKS: usize = 256;
/// A tick that is noticed later than this passed while the server was down.
const LATE: TimeDelta = TimeDelta::seconds(60);

/// Decides about all ticks that are due; true if there were any.
pub(crate) async fn run_due(engine: &Engine) -> Result<bool> {
    let mut any = false;
    loop {
        let due = engine.store().due_schedules(engine.now(), BATCH).await?;
        if due.is_empty() {
            return Ok(any);
        }
        any = true;
        for trigger in due {
            if let Err(error) = tick(engine, &trigger).await {
                tracing::error!(trigger = %trigger.id, %error, "a schedule's tick failed; it is tried again");
                return Ok(false);
            }
        }
    }
}

/// Decides about the ticks of one schedule that have passed.
async fn tick(engine: &Engine, trigger: &StoredTrigger) -> Result<()> {
    let mut mover = Mover::begin(engine).await?;
    mover.tx.lock("trigger", trigger.id.0).await?;
    let Some(current) = active(&mut mover.tx, trigger.id).await? else { return Ok(()) };
    let (Some(first), Trigger::Schedule(schedule)) = (current.next_at, &current.definition) else {
        return Ok(());
    };
    if first > mover.now {
        return Ok(());
    }
    let parsed = Schedule::parse(&schedule.expression, Some(schedule.dialect), &schedule.timezone);
    let parsed = parsed.map_err(|error| Error::Internal(format!("stored schedule: {error}")))?;
    let (passed, next) = passed_ticks(&parsed, first, mover.now);
    let pipeline = pipelines::get(&mut mover.tx, current.pipeline).await?;
    let last = passed.len() - 1;
    for (index, planned_at) in passed.into_iter().enumerate() {
        // With more ticks to come in a further transaction, none of these is the last one.
        let is_last = index == last && next.is_none_or(|next| next > mover.now);
        mover.decide(&pipeline, &current, schedule, planned_at, is_last).await?;
    }
    schedules::set_next(&mut mover.tx, trigger.id, next).await?;
    mover.commit().await
}

/// The ticks from `first` up to now, and the one after them.
fn passed_ticks(
    schedule: &Schedule,
    first: DateTime<Utc>,
    now: DateTime<Utc>,
) -> (Vec<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let mut passed = vec![first];
    let mut next = schedule.next_after(first);
    while let Some(at) = next.filter(|at| *at <= now && passed.len() < MOST_TICKS) {
        passed.push(at);
        next = schedule.next_after(at);
    }
    (passed, next)
}

impl Mover<'_> {
    async fn decide(
        &mut self,
        pipeline: &Pipeline,
        trigger: &StoredTrigger,
        schedule: &ScheduleTrigger,
        planned_at: DateTime<Utc>,
        is_last: bool,
    ) -> Result<()> {
        let late = self.now - planned_at > LATE;
        let wanted =
            !late || schedule.catch_up == CatchUp::All || (schedule.catch_up == CatchUp::Last && is_last);
        let (outcome, run) = match (pipeline.paused, wanted) {
            (true, _) => (TickOutcome::SkippedPaused, None),
            (_, false) => (TickOutcome::MissedDown, None),
            _ => self.start_tick(pipeline, trigger, schedule, planned_at, late).await?,
        };
        let tick = Tick { planned_at, decided_at: self.now, outcome, run };
        if schedules::insert_tick(&mut self.tx, trigger.id, &tick).await? {
            return Ok(());
        }
        Err(Error::Conflict { detail: format!("tick {planned_at} of {} was decided before", trigger.id) })
    }

    async fn start_tick(
        &mut self,
        pipeline: &Pipeline,
        trigger: &StoredTrigger,
        schedule: &ScheduleTrigger,
        planned_at: DateTime<Utc>,
        late: bool,
    ) -> Result<(TickOutcome, Option<RunId>)> {
        let reason =
            Reason::Schedule { trigger: trigger.id, planned_at, schedule: schedule.expression.clone() };
        let parameters =
            resolve_parameters(&pipeline.definition.parameters, &serde_json::Map::new()).unwrap_or_default();
        let blueprint = Blueprint::new(reason, Logical { at: planned_at, day: None }, parameters);
        Ok(match self.create(pipeline, blueprint).await? {
            Made::Run(run, RunStatus::Failed) => (TickOutcome::Rejected, Some(run)),
            Made::Run(run, _) if late => (TickOutcome::CaughtUp, Some(run)),
            Made::Run(run, _) => (TickOutcome::Fired, Some(run)),
            Made::Taken(_) => (TickOutcome::SkippedOverlap, None),
        })
    }
}
