//! Cleans up the lake: once a day, and when somebody asks. What is kept is decided by the engine; a program of its own deletes the rest.

use std::time::Duration;

use polder_engine::Engine;
use polder_engine::lake::{Asked, LONGEST_VACUUM, Vacuum};
use polder_types::wire::{VacuumReport, VacuumedTable};
use tokio_util::sync::CancellationToken;

use crate::Result;
use crate::metrics::Metrics;
use crate::programs::Programs;

/// How often it is looked whether it is time.
const EVERY: Duration = Duration::from_secs(3600);

/// Looks at the start and once an hour, until the server stops.
pub(crate) async fn run(engine: Engine, programs: Programs, metrics: Metrics, shutdown: CancellationToken) {
    loop {
        match when_due(&engine, &programs, &metrics).await {
            Ok(None) => {}
            Ok(Some(report)) => tell(&report),
            Err(error) => tracing::warn!(%error, "the lake could not be cleaned up; trying again in an hour"),
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn when_due(engine: &Engine, programs: &Programs, metrics: &Metrics) -> Result<Option<VacuumReport>> {
    match engine.begin_vacuum(Asked::ByTheClock).await? {
        Some(vacuum) => perform(engine, programs, metrics, &vacuum).await.map(Some),
        None => Ok(None),
    }
}

/// Cleans up now.
///
/// # Errors
/// When somebody else does so just now, or the lake cannot be reached.
pub(crate) async fn now(engine: &Engine, programs: &Programs, metrics: &Metrics) -> Result<VacuumReport> {
    match engine.begin_vacuum(Asked::ByHand).await? {
        Some(vacuum) => perform(engine, programs, metrics, &vacuum).await,
        None => Ok(VacuumReport::default()),
    }
}

/// What cleaning up now would do.
///
/// # Errors
/// When the lake cannot be reached.
pub(crate) async fn preview(engine: &Engine, programs: &Programs) -> Result<VacuumReport> {
    let vacuum = engine.try_vacuum().await?;
    let tables = delete(programs, &vacuum).await?;
    Ok(VacuumReport { dry_run: true, ..report(&vacuum, tables) })
}

/// The turn ends with it, whatever comes of it.
async fn perform(
    engine: &Engine,
    programs: &Programs,
    metrics: &Metrics,
    vacuum: &Vacuum,
) -> Result<VacuumReport> {
    let tables = delete(programs, vacuum).await;
    engine.end_vacuum(vacuum.begun_at, tables.is_ok()).await?;
    let report = report(vacuum, tables?);
    metrics.note_vacuum(&report);
    Ok(report)
}

async fn delete(programs: &Programs, vacuum: &Vacuum) -> Result<Vec<VacuumedTable>> {
    programs.ask("vacuum", &vacuum.spec, LONGEST_VACUUM.to_std().unwrap_or(EVERY)).await
}

fn report(vacuum: &Vacuum, tables: Vec<VacuumedTable>) -> VacuumReport {
    VacuumReport {
        dry_run: false,
        branches_removed: vacuum.branches_removed,
        files: tables.iter().map(|table| table.files).sum(),
        bytes: tables.iter().map(|table| table.bytes).sum(),
        tables,
    }
}

fn tell(report: &VacuumReport) {
    let VacuumReport { branches_removed, files, bytes, tables, .. } = report;
    tracing::info!(branches_removed, files, bytes, "the lake was cleaned up");
    for table in tables {
        if let Some(error) = &table.error {
            tracing::warn!(table = %table.name, %error, "nothing of a table was deleted");
        }
    }
}
