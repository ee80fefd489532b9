//! Broken pipelines with the reason right there.

use std::collections::HashMap;

use futures::future::join_all;
use polder_store::Tx;
use polder_store::logs::{Line, LogKey};
use polder_store::overview::{self as stored, BrokenPipeline, FailedStep};
use polder_store::sight::Sight;
use polder_types::id::{PipelineId, RunId};
use polder_types::wire::{Broken, NumberedLine, RunSummary};

use super::held_back::held_back;
use crate::{Engine, Result};

/// How many lines of the failing attempt are shown.
const LINES: usize = 8;

/// The newest unmended run of each, with its failing step and what it holds back; in the order given.
pub(super) async fn described(
    tx: &mut Tx,
    sight: &Sight,
    broken: &[BrokenPipeline],
) -> Result<Vec<(Broken, Option<FailedStep>)>> {
    let newest: HashMap<RunId, bool> = stored::newest_unmended(tx, broken).await?.into_iter().collect();
    let mut runs: HashMap<PipelineId, RunSummary> = HashMap::new();
    for run in stored::runs_of(tx, newest.keys().copied()).await? {
        runs.insert(run.pipeline_id, run);
    }
    let steps = stored::failed_steps(tx, &runs.values().map(|run| run.id).collect::<Vec<_>>()).await?;
    let mut steps: HashMap<RunId, FailedStep> = steps.into_iter().map(|step| (step.run, step)).collect();
    let standing = |run: &RunSummary| (run.clone(), newest.get(&run.id).copied().unwrap_or(false));
    let failures: Vec<(RunSummary, bool)> = runs.values().map(standing).collect();
    let mut holding = held_back(tx, sight, &failures).await?;
    let describe = |one: &BrokenPipeline| {
        let run = runs.remove(&one.pipeline)?;
        let step = steps.remove(&run.id);
        let broken = Broken {
            step: step.as_ref().map(|step| step.name.clone()),
            epoch: step.as_ref().map(|step| step.epoch),
            last_lines: Vec::new(),
            newest: newest.get(&run.id).copied().unwrap_or(false),
            failures: one.failures,
            holds_back: holding.remove(&run.id).unwrap_or_default(),
            run,
        };
        Some((broken, step))
    };
    Ok(broken.iter().filter_map(describe).collect())
}

/// Adds the last lines of the failing attempts. A log that is gone or cannot be read leaves them out: the rest is still worth showing.
pub(super) async fn with_lines(engine: &Engine, broken: Vec<(Broken, Option<FailedStep>)>) -> Vec<Broken> {
    let read = broken.into_iter().map(|(mut broken, step)| async move {
        if let Some(step) = step {
            broken.last_lines = last_lines(engine, &step).await;
        }
        broken
    });
    join_all(read).await
}

async fn last_lines(engine: &Engine, step: &FailedStep) -> Vec<NumberedLine> {
    let key = LogKey { run: step.run, position: step.position, epoch: step.epoch };
    let lines = engine.logs().last(key, LINES).await.unwrap_or_else(|error| {
        tracing::warn!(run = %step.run, step = step.name, %error, "a log cannot be read");
        Vec::new()
    });
    let numbered = |line: Line| NumberedLine {
        step: step.name.clone(),
        epoch: step.epoch,
        line: line.number,
        content: line.content,
    };
    lines.into_iter().map(numbered).collect()
}
