//! `polder task models`: the models of a step, and what is brought in before, on a branch of the lake, tested, and published together at the end if
//! no test failed.

use std::io::Write;
use std::path::Path;

use polder_lake::{Base, Work};
use polder_types::Clock;
use polder_types::lake::Intent;
use polder_types::wire::{Checks, ModelsSpec, ModelsTask};
use polder_work::{Attempt, Begun, Telling, limits, report};
use serde_json::{Map, Value};

use crate::log::verdict;
use crate::plan::Wish;
use crate::{AT_ONCE, Build, Error, Log, Plan, Project, Result};

/// Reads what to do (JSON of [`ModelsSpec`]), does it with the project in `root`, says in `log` what happens, and writes outputs to the file
/// `output`.
///
/// # Errors
/// Every variant of [`Error`]; readers see what they saw before then.
pub async fn run(
    spec: &[u8],
    root: &Path,
    output: Option<&Path>,
    clock: &dyn Clock,
    log: &mut (dyn Write + Send),
) -> Result<()> {
    let spec: ModelsSpec = serde_json::from_slice(spec)?;
    let mut log = Log::new(log);
    let plan = Plan::new(Project::read(root)?, wish(&spec.task), &mut log)?;
    plan.check(&mut log)?;
    let (attempt, begun) = Attempt::begin(&spec).await?;
    let (published, streams) = match begun {
        Begun::Decided(decided) => {
            log.say("an earlier attempt has decided what is published: completing that")?;
            attempt.complete(&decided).await?;
            (decided, Map::new())
        }
        Begun::Branch(base) => Box::pin(branch(&spec, plan, &attempt, *base, clock, &mut log)).await?,
    };
    let more = spec.task.sync.map_or_else(Map::new, |_| polder_sync::step::outputs(&published, streams));
    Ok(report(&published, more, output, log.output())?)
}

fn wish(task: &ModelsTask) -> Wish {
    Wish { select: task.select.clone(), vars: task.vars.clone(), full_refresh: task.full_refresh }
}

/// All that the step does, and what became of each stream that was brought in.
async fn branch(
    spec: &ModelsSpec,
    plan: Plan,
    attempt: &Attempt,
    base: Base,
    clock: &dyn Clock,
    log: &mut Log<'_>,
) -> Result<(Intent, Map<String, Value>)> {
    let mut work = Work::begin(attempt.lake(), base, &limits(spec.task.compute))?;
    let telling = attempt.telling();
    let streams = match &spec.task.sync {
        Some(sync) => {
            polder_sync::step::bring(sync, spec.key.run, &mut work, clock, &telling, log.output()).await?
        }
        None => Map::new(),
    };
    build(spec, plan, telling, &mut work, log).await?;
    Ok((attempt.publish(&work).await?, streams))
}

async fn build(
    spec: &ModelsSpec,
    plan: Plan,
    telling: Telling,
    work: &mut Work,
    log: &mut Log<'_>,
) -> Result<()> {
    let at_once = spec.task.compute.cpus.map_or(AT_ONCE, |cpus| AT_ONCE.min(cpus as usize));
    let checks = Build::new(plan, work, at_once).heard_by(|checks| telling.tell(checks)).run(log).await?;
    if let Err(error) = telling.end(&checks).await {
        log.say(&format!("the server was not told what became of each: {error}"))?;
    }
    gate(&checks)
}

/// Whether all may be published.
///
/// # Errors
/// When a test failed, or a model could not be built.
pub fn gate(checks: &Checks) -> Result<()> {
    match verdict(checks) {
        None => Ok(()),
        Some((true, message)) => Err(Error::Tests(message)),
        Some((false, message)) => Err(Error::Models(message)),
    }
}
