//! Timers: sleeps until the next one is due. Retries, deadlines of runs and steps, ticks of schedules.

use std::time::Duration;

use chrono::TimeDelta;
use polder_store::timers::{self, Timer, TimerKind};
use polder_types::run::Event;

use crate::moves::Mover;
use crate::{Engine, Result, schedules};

const BATCH: u32 = 256;
/// The longest sleep: a clock that is set, or a lost wake-up, is noticed after it.
const SWEEP: Duration = Duration::from_secs(60);

/// Does what is due, sleeps until the next is, until the engine stops.
pub(crate) async fn run(engine: Engine) {
    loop {
        let woken = engine.wakeups().timers.notified();
        if let Err(error) = run_due(&engine).await {
            tracing::error!(%error, "timers could not be attended to");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let wait = until_next(&engine).await;
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(wait) => {}
            () = engine.inner.shutdown.cancelled() => return,
        }
    }
}

/// Does what is due now; true if there was anything.
pub(crate) async fn run_due(engine: &Engine) -> Result<bool> {
    let mut any = false;
    loop {
        let due = engine.store().due_timers(engine.now(), BATCH).await?;
        if due.is_empty() {
            break;
        }
        any = true;
        for timer in due {
            if let Err(error) = fire(engine, timer).await {
                tracing::error!(run = %timer.run, %error, "a timer failed; it is tried again");
                put_off(engine, timer).await?;
            }
        }
    }
    Ok(schedules::run_due(engine).await? | any)
}

/// Applies a timer and takes it away. One that fits nothing any more is only taken away.
async fn fire(engine: &Engine, timer: Timer) -> Result<()> {
    let mut mover = Mover::begin(engine).await?;
    let mut loaded = mover.load(timer.run).await?;
    timers::clear(&mut mover.tx, timer).await?;
    let event = match timer.kind {
        TimerKind::Retry { position, .. } => Event::RetryDue { step: position },
        TimerKind::StepDeadline { position, epoch } => Event::StepDeadline { step: position, epoch },
        TimerKind::RunDeadline => Event::RunDeadline,
    };
    if let Err(illegal) = mover.apply(&mut loaded, &event).await? {
        tracing::debug!(run = %timer.run, %illegal, "a timer came too late");
    }
    mover.commit().await
}

/// So that one timer that cannot be attended to does not hold up the others.
async fn put_off(engine: &Engine, timer: Timer) -> Result<()> {
    let mut tx = engine.store().begin().await?;
    timers::set(&mut tx, timer, engine.now() + TimeDelta::seconds(30)).await?;
    Ok(tx.commit().await?)
}

async fn until_next(engine: &Engine) -> Duration {
    let timer = engine.store().next_timer_at().await.ok().flatten();
    let tick = engine.store().next_schedule_at().await.ok().flatten();
    let next = [timer, tick].into_iter().flatten().min();
    next.map_or(SWEEP, |at| (at - engine.now()).to_std().unwrap_or_default().min(SWEEP))
}
