//! `polder task sql`: the statements of a step, on a branch of the lake, published together at the end.
//!
//! What the server has decided is completed, whatever happens: the step's last words are [`finish`], and an attempt that finds the
//! decision of an earlier one begins there. Nothing that went wrong before has left anything that readers see.

mod log;
mod server;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use polder_lake::operations::Note;
use polder_lake::{Base, Lake, Limits, Occasion, Script, Statement, StorageOptions, Work};
use polder_types::definition::Compute;
use polder_types::id::PublishId;
use polder_types::lake::Intent;
use polder_types::wire::{LakeWork, PublishRequest, SqlSpec};
use serde_json::{Value, json};

use self::log::Log;
use self::server::Server;
use crate::{Error, Result};

/// Reads what to do (JSON of [`SqlSpec`]), does it, says in `log` what happens, and writes outputs to the file `output`.
///
/// # Errors
/// Every variant of [`Error`]; readers see what they saw before then.
pub async fn run(spec: &[u8], output: Option<&Path>, log: &mut (dyn std::io::Write + Send)) -> Result<()> {
    let spec: SqlSpec = serde_json::from_slice(spec)?;
    let mut log = Log::new(log);
    let script = parse(&spec, &mut log)?;
    let server = Server::new(&spec)?;
    let given = server.begin().await?;
    let lake = Lake::open(&given.lake, &StorageOptions::from_environment())?;
    let published = match &given.decided {
        Some(decided) => {
            log.say("an earlier attempt has decided what is published: completing that")?;
            finish(&lake, &server, decided).await?;
            decided.clone()
        }
        None => work(&spec, &script, &lake, &server, given, &mut log).await?,
    };
    log.published(&published)?;
    match output {
        Some(path) => Ok(std::fs::write(path, outputs(&published).to_string())?),
        None => Ok(()),
    }
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
    lake: &Lake,
    server: &Server,
    given: LakeWork,
    log: &mut Log<'_>,
) -> Result<Intent> {
    let (publish, at) = (given.publish, spec.logical_at);
    let base = Base { view: given.view, root: given.root, branch: given.branch, at, note: note(spec) };
    let mut work = Work::begin(lake, base, &limits(spec.task.compute))?;
    let count = script.statements().len();
    for (index, statement) in script.statements().iter().enumerate() {
        log.begins(index + 1, count, statement)?;
        one(&mut work, statement, log).await?;
    }
    let about = json!({"run": spec.key.run, "step": spec.key.step, "pipeline": pipeline(spec)});
    let occasion = Occasion { publish: publish.to_string(), about, at };
    let (tables, facts) = work.stage(&occasion).await?.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    let facts = tables.iter().map(|staged| staged.table.clone()).zip(facts).collect();
    let intent = Intent { publish: publish.to_string(), tables };
    let reads = work.tables_read().iter().cloned().collect();
    server.decide(&PublishRequest { intent: intent.clone(), reads, facts }).await?;
    finish(lake, server, &intent).await?;
    Ok(intent)
}

async fn one(work: &mut Work, statement: &Statement, log: &mut Log<'_>) -> Result<()> {
    let begin = Instant::now();
    match work.run(statement).await? {
        polder_lake::Outcome::Rows(rows) => log.rows(rows, begin).await,
        polder_lake::Outcome::Wrote(effect) => log.wrote(&effect, begin),
    }
}

/// Brings what was decided to readers: first to those from outside, then, all at once, to those who come through Polder.
async fn finish(lake: &Lake, server: &Server, intent: &Intent) -> Result<()> {
    lake.complete(intent).await?;
    let id = intent.publish.parse::<PublishId>().map_err(|error| Error::Answer(error.to_string()))?;
    server.finish(id).await
}

/// What every commit on the branch says.
fn note(spec: &SqlSpec) -> Note {
    let about = [
        ("run", json!(spec.key.run)),
        ("step", json!(spec.key.step)),
        ("epoch", json!(spec.key.epoch)),
        ("pipeline", json!(pipeline(spec))),
    ];
    let about = about.map(|(name, value)| (format!("polder.{name}"), value));
    Note { about: BTreeMap::from(about), ..Note::default() }
}

fn pipeline(spec: &SqlSpec) -> String {
    format!("{}/{}", spec.team, spec.pipeline)
}

/// What a step may use: what it says, otherwise half of the machine's memory and all of its processors.
fn limits(compute: Compute) -> Limits {
    let mut limits = Limits::default();
    let memory = compute.memory_bytes.or_else(|| machine_memory().map(|bytes| bytes / 2));
    if let Some(memory) = memory {
        limits.memory = usize::try_from(memory).unwrap_or(usize::MAX);
    }
    if let Some(cpus) = compute.cpus {
        limits.threads = usize::try_from(cpus).unwrap_or(usize::MAX);
    }
    limits
}

/// In bytes.
fn machine_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok()?.checked_mul(1024)
}

fn outputs(intent: &Intent) -> Value {
    let sum = |of: fn(&polder_types::lake::Staged) -> u64| intent.tables.iter().map(of).sum::<u64>();
    let tables: Vec<String> = intent.tables.iter().map(|staged| staged.table.to_string()).collect();
    json!({
        "rows": sum(|staged| staged.rows), "bytes": sum(|staged| staged.bytes),
        "tables": tables, "publish": intent.publish,
    })
}
