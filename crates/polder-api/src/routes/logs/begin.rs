//! Where an answer begins: where the client was, else where it wants to, else at the first line.

use polder_store::logs::LogKey;
use polder_types::wire::{Run, StepRun};

use super::Asked;
use crate::logs::Position;
use crate::{Api, Error, Result};

pub(super) async fn position(
    api: &Api,
    run: &Run,
    asked: &Asked,
    last_event: Option<&str>,
) -> Result<Position> {
    let from = last_event.or(asked.cursor.as_deref()).or(asked.from.as_deref());
    match (from, asked.tail) {
        (None, Some(lines)) => before_end(api, run, asked, lines).await,
        (from, _) => after(run, asked, from),
    }
}

/// A number is a line of one attempt: the one asked for, or the step's newest.
fn after(run: &Run, asked: &Asked, from: Option<&str>) -> Result<Position> {
    let Some(from) = from.filter(|from| !matches!(*from, "" | "0")) else { return Ok(Position::default()) };
    let Ok(line) = from.parse() else { return Position::parse(from) };
    let (_, step) = step(run, asked)
        .ok_or_else(|| Error::bad_request("`from` as a number needs the `step` whose line it is"))?;
    Ok(Position::at(&step.name, asked.epoch.unwrap_or(step.epoch), line))
}

async fn before_end(api: &Api, run: &Run, asked: &Asked, lines: u64) -> Result<Position> {
    let (position, step) =
        step(run, asked).ok_or_else(|| Error::bad_request("`tail` needs the `step` whose lines they are"))?;
    let epoch = asked.epoch.unwrap_or(step.epoch);
    let key = LogKey { run: run.summary.id, position, epoch };
    let next = api.engine().logs().next_line(key).await?;
    Ok(Position::at(&step.name, epoch, next.saturating_sub(lines)))
}

fn step<'a>(run: &'a Run, asked: &Asked) -> Option<(u32, &'a StepRun)> {
    (0..).zip(&run.steps).find(|(_, step)| Some(&step.name) == asked.step.as_ref())
}
