//! The outbox: does what was written down to be done, once each. What is done in the database is done in the transaction
//! that deletes the entry; what is told to others is repeated until they accept it.

use std::time::Duration;

use chrono::TimeDelta;
use polder_store::attempts::Place;
use polder_store::outbox::{self, Entry, Task};

use crate::moves::Mover;
use crate::{Engine, Result, calls, fault};

const BATCH: u32 = 64;
/// A sweep that only mends what a lost wake-up missed.
const SWEEP: Duration = Duration::from_secs(60);

/// Does what is due, then waits for more, until the engine stops.
pub(crate) async fn run(engine: Engine) {
    loop {
        let woken = engine.wakeups().outbox.notified();
        if let Err(error) = drain(&engine).await {
            tracing::error!(%error, "the outbox could not be read");
        }
        let wait = until_next(&engine).await;
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(wait) => {}
            () = engine.inner.shutdown.cancelled() => return,
        }
    }
}

async fn drain(engine: &Engine) -> Result<()> {
    while run_due(engine).await? {}
    Ok(())
}

/// Does what is due now; true if there may be more.
pub(crate) async fn run_due(engine: &Engine) -> Result<bool> {
    let entries = engine.store().due_outbox(engine.now(), BATCH).await?;
    let any = !entries.is_empty();
    for entry in entries {
        let id = entry.id;
        if let Err(error) = perform(engine, entry.clone()).await {
            tracing::error!(entry = %id, %error, "an entry of the outbox failed; it is tried again");
            let wait = TimeDelta::seconds(1 << entry.tries.min(8));
            engine.store().postpone_outbox(id, engine.now() + wait).await?;
        }
    }
    Ok(any)
}

async fn perform(engine: &Engine, entry: Entry) -> Result<()> {
    if let Task::CallBack { run } = entry.task {
        // It leaves the queue for as long as one try may take, so that it is not made twice at a time.
        engine.store().postpone_outbox(entry.id, engine.now() + TimeDelta::seconds(60)).await?;
        tokio::spawn(calls::call_back(engine.clone(), entry, run));
        return Ok(());
    }
    let mut mover = Mover::begin(engine).await?;
    if !outbox::remove(&mut mover.tx, entry.id).await? {
        return Ok(());
    }
    match entry.task {
        Task::Evaluate { trigger } => mover.evaluate(trigger).await?,
        Task::Admit { pipeline } => mover.admit(pipeline).await?,
        Task::StartChild { run, position, epoch } => {
            mover.start_child(Place { run, position, epoch }).await?
        }
        Task::ChildEnded { child, run, position, epoch } => {
            mover.child_ended(child, Place { run, position, epoch }).await?
        }
        Task::Abort { run } => drop(mover.abort(run, "the run that started it").await?),
        Task::CallBack { .. } => {}
    }
    mover.commit().await?;
    fault::point("done");
    Ok(())
}

async fn until_next(engine: &Engine) -> Duration {
    let Ok(Some(at)) = engine.store().next_outbox_at().await else { return SWEEP };
    (at - engine.now()).to_std().unwrap_or_default().min(SWEEP)
}
