//! The program: from what it is told on standard input to one publish.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use polder_lake::{Base, TableName, Work};
use polder_types::Clock;
use polder_types::definition::sync::{Stream, Sync};
use polder_types::id::RunId;
use polder_types::lake::{Intent, Staged};
use polder_types::wire::SyncSpec;
use polder_work::{Attempt, Begun, Telling, limits, report};
use serde_json::{Map, Value, json};

use crate::gathered::gather;
use crate::land::{Landed, Ready};
use crate::log::{AtWork, Log};
use crate::rejected::Origin;
use crate::state::State;
use crate::{Error, Result, rules, told, types};

/// Reads what to do (JSON of [`SyncSpec`]), does it, says in `log` what happens, and writes outputs to the file `output`: those of every
/// step that publishes, `rows` without those that do not fit; `rejected`, how many of these there are, `rejected_in`, how many in which table;
/// and what became of each of the `streams`.
///
/// # Errors
/// Every variant of [`Error`]; readers see what they saw before then.
pub async fn run(
    spec: &[u8],
    output: Option<&Path>,
    clock: &dyn Clock,
    log: &mut (dyn Write + Send),
) -> Result<()> {
    let spec: SyncSpec = serde_json::from_slice(spec)?;
    let (attempt, begun) = Attempt::begin(&spec).await?;
    let (published, streams) = match begun {
        Begun::Decided(decided) => {
            writeln!(log, "an earlier attempt has decided what is published: completing that")?;
            attempt.complete(&decided).await?;
            (decided, Map::new())
        }
        Begun::Branch(base) => Box::pin(sync(&spec, &attempt, *base, clock, log)).await?,
    };
    Ok(report(&published, outputs(&published, streams), output, log)?)
}

/// Brings what is new of all streams onto the branch of `work`, which publishes nothing of it. What became of each is the answer, as the output
/// `streams` has it.
///
/// # Errors
/// Every variant of [`Error`]; the branch is worth nothing then.
pub async fn bring(
    sync: &Sync,
    run: RunId,
    work: &mut Work,
    clock: &dyn Clock,
    telling: &Telling,
    log: &mut (dyn Write + Send),
) -> Result<Map<String, Value>> {
    let mut streams = Map::new();
    let mut log = Log::new(log, telling);
    for stream in &sync.streams {
        let origin = Origin { run, at: clock.now() };
        let landed = Box::pin(one(sync, stream, &origin, work, clock, &mut log))
            .await
            .map_err(Error::in_stream(&stream.name))?;
        streams.insert(stream.name.clone(), counts(&landed));
    }
    Ok(streams)
}

/// What the step puts out: rows that were written, and beside them those that do not fit, also of what an earlier attempt has published;
/// and what became of each of the `streams`, if this one has brought them.
#[must_use]
pub fn outputs(published: &Intent, streams: Map<String, Value>) -> Map<String, Value> {
    let streams = (!streams.is_empty()).then(|| ("streams".to_owned(), Value::Object(streams)));
    counted(published).into_iter().chain(streams).collect()
}

fn counted(published: &Intent) -> Map<String, Value> {
    let (rejected, written): (Vec<&Staged>, Vec<&Staged>) =
        published.tables.iter().partition(|staged| staged.table.is_of_rejected());
    let sum = |tables: &[&Staged]| tables.iter().map(|staged| staged.rows).sum::<u64>();
    let places: BTreeMap<&TableName, u64> =
        rejected.iter().filter(|staged| staged.rows > 0).map(|staged| (&staged.table, staged.rows)).collect();
    let outputs = json!({"rows": sum(&written), "rejected": sum(&rejected), "rejected_in": places});
    outputs.as_object().cloned().unwrap_or_default()
}

async fn sync(
    spec: &SyncSpec,
    attempt: &Attempt,
    base: Base,
    clock: &dyn Clock,
    log: &mut (dyn Write + Send),
) -> Result<(Intent, Map<String, Value>)> {
    let mut work = Work::begin(attempt.lake(), base, &limits(spec.task.compute))?;
    let telling = attempt.telling();
    let streams = bring(&spec.task, spec.key.run, &mut work, clock, &telling, log).await?;
    telling.end_tables().await;
    Ok((attempt.publish(&work).await?, streams))
}

fn counts(landed: &Landed) -> Value {
    let of = |number: fn(&polder_lake::Effect) -> u64| landed.effect.as_ref().map_or(0, number);
    json!({
        "inserted": of(|effect| effect.inserted), "updated": of(|effect| effect.updated),
        "duplicates": of(|effect| effect.duplicates), "rejected": landed.rejected,
    })
}

async fn one(
    sync: &Sync,
    stream: &Stream,
    origin: &Origin,
    work: &mut Work,
    clock: &dyn Clock,
    log: &mut Log<'_>,
) -> Result<Landed> {
    let at = AtWork { stream: &stream.name, table: &stream.table, began: Instant::now() };
    let mut state = State::of(work, &stream.table).await?;
    let hashed = types::settle(work, stream, &rules::columns(stream)?, &mut state.schema).await?;
    told::newly_hashed(&stream.name, &hashed, log)?;
    let config = json!(sync.config);
    let gathered = gather(stream, &config, &state, clock, &at, log).await?;
    if gathered.files.is_empty() {
        log.say(&format!("{}: {}", stream.name, gathered.nothing))?;
    }
    let options = Arc::new(rules::options(sync, stream, &gathered.format, origin.at)?);
    let ready = Ready { stream, state, gathered, options, origin, at: &at };
    let landed = Box::pin(ready.land(work, log)).await?;
    if let Some(effect) = &landed.effect {
        log.landed(&at, effect, landed.rejected)?;
    }
    Ok(landed)
}

#[cfg(test)]
mod tests {
    use polder_types::lake::Line;

    use super::*;

    fn staged(table: &str, rows: u64) -> Staged {
        let table = table.parse().expect("a name");
        Staged { table, from: Line::main(), before: None, version: 0, rows, bytes: 1 }
    }

    /// What an earlier attempt has published is all that the next one knows.
    #[test]
    fn rejected_rows_are_counted_apart_by_what_was_published() {
        let tables = [("raw.a", 5), ("raw.a__rejected", 2), ("raw.b", 1), ("raw.b__rejected", 0)];
        let tables = tables.map(|(table, rows)| staged(table, rows)).into();
        let told = counted(&Intent { publish: "p".to_owned(), tables });
        let expected = json!({"rows": 6, "rejected": 2, "rejected_in": {"raw.a__rejected": 2}});
        assert_eq!(Value::Object(told), expected);
    }
}
