//! `polder task sql`: the statements of a step, on a branch of the lake, published together at the end.

mod log;

use std::path::Path;
use std::time::Instant;

use polder_lake::{Base, Script, Statement, Work};
use polder_types::lake::Intent;
use polder_types::wire::SqlSpec;
use polder_work::{Attempt, Begun, OFTEN, Telling, limits, meanwhile, report};
use serde_json::Map;

use self::log::Log;
use crate::{Error, Result};

/// Reads what to do (JSON of [`SqlSpec`]), does it, says in `log` what happens, and writes outputs to the file `output`.
///
/// # Errors
/// Every variant of [`Error`]; readers see what they saw before then.
pub async fn run(spec: &[u8], output: Option<&Path>, log: &mut (dyn std::io::Write + Send)) -> Result<()> {
    let spec: SqlSpec = serde_json::from_slice(spec)?;
    let mut log = Log::new(log);
    let script = parse(&spec, &mut log)?;
    let (attempt, begun) = Attempt::begin(&spec).await?;
    let published = match begun {
        Begun::Decided(decided) => {
            log.say("an earlier attempt has decided what is published: completing that")?;
            attempt.complete(&decided).await?;
            decided
        }
        Begun::Branch(base) => work(&spec, &script, &attempt, *base, &mut log).await?,
    };
    Ok(report(&published, Map::new(), output, log.output)?)
}

/// The statements; every mistake in them is told at once.
fn parse(spec: &SqlSpec, log: &mut Log<'_>) -> Result<Script> {
    let whose = spec.task.file.as_deref().unwrap_or("the step's SQL");
    Script::parse(&spec.task.text).map_err(|mistakes| {
        // What cannot be said in the log is said by the error.
        let _ = log.mistakes(whose, &spec.task.text, &mistakes);
        Error::Mistakes { whose: whose.to_owned(), mistakes }
    })
}

async fn work(
    spec: &SqlSpec,
    script: &Script,
    attempt: &Attempt,
    base: Base,
    log: &mut Log<'_>,
) -> Result<Intent> {
    let mut work = Work::begin(attempt.lake(), base, &limits(spec.task.compute))?;
    let (count, telling) = (script.statements().len(), attempt.telling());
    for (index, statement) in script.statements().iter().enumerate() {
        log.begins(index + 1, count, statement)?;
        one(&mut work, statement, &telling, log).await?;
    }
    telling.end_tables().await;
    Ok(attempt.publish(&work).await?)
}

async fn one(work: &mut Work, statement: &Statement, telling: &Telling, log: &mut Log<'_>) -> Result<()> {
    let begin = Instant::now();
    let taken = work.taken();
    let before = taken.rows();
    let run = Box::pin(work.run(statement));
    let so_far = || {
        let rows = taken.rows() - before;
        if let Some(table) = statement.table() {
            telling.came_in(table, rows, begin);
        }
        log.so_far(rows, begin)
    };
    match meanwhile(run, OFTEN, so_far).await?? {
        polder_lake::Outcome::Rows(rows) => log.rows(rows, begin).await,
        polder_lake::Outcome::Wrote(effect) => {
            telling.wrote(&effect.table, effect.inserted + effect.updated, effect.bytes, begin);
            log.wrote(&effect, begin)
        }
    }
}
