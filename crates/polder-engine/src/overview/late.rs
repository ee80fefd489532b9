//! What should have happened and has not.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::Tx;
use polder_store::overview as stored;
use polder_store::sight::Sight;
use polder_types::id::{PipelineId, RunId};
use polder_types::wire::{Late, LateKind, RunSummary};

use super::{seconds, usual_of, waiting};
use crate::Result;

/// What has waited for longer than this is late.
const QUEUED: TimeDelta = TimeDelta::seconds(60);
/// A run is slower than usual when it takes more than this many times its usual time, and more than this longer.
const TIMES: f64 = 2.0;
const LONGER: f64 = 60.0;
/// Ticks that were decided about before are no longer news.
const MISSED: TimeDelta = TimeDelta::days(1);
/// How many of each kind are looked at.
const LOOKED_AT: i64 = 1000;

/// Everything that is late, longest first.
pub(super) async fn late(tx: &mut Tx, sight: &Sight, now: DateTime<Utc>) -> Result<Vec<Late>> {
    let mut late = queued(tx, sight, now).await?;
    late.extend(slower_than_usual(tx, sight, now).await?);
    late.extend(missed_ticks(tx, sight, now).await?);
    late.extend(waiting::waiting(tx, sight, now).await?);
    let order = |late: &Late| (late.since, late.run.as_ref().map(|run| run.id), late.pipeline_id, late.day);
    late.sort_by_key(order);
    Ok(late)
}

/// Runs that wait for a place, and runs of which nothing happens because no agent takes a step.
async fn queued(tx: &mut Tx, sight: &Sight, now: DateTime<Utc>) -> Result<Vec<Late>> {
    let queued = stored::long_queued(tx, sight, now - QUEUED, LOOKED_AT).await?;
    let unclaimed: HashMap<RunId, DateTime<Utc>> =
        stored::unclaimed(tx, sight, now - QUEUED, LOOKED_AT).await?.into_iter().collect();
    let waiting = stored::runs_of(tx, unclaimed.keys().copied()).await?;
    let of = |run: RunSummary, since| of_run(LateKind::Queued, run, since, now);
    let queued = queued.into_iter().map(|run| (run.created_at, run));
    let waiting = waiting.into_iter().filter_map(|run| Some((*unclaimed.get(&run.id)?, run)));
    Ok(queued.chain(waiting).map(|(since, run)| of(run, since)).collect())
}

async fn slower_than_usual(tx: &mut Tx, sight: &Sight, now: DateTime<Utc>) -> Result<Vec<Late>> {
    let mut slow = stored::under_way(tx, sight, LOOKED_AT).await?;
    // None of the others can be slow, whatever is usual.
    slow.retain(|(_, _, started_at)| seconds(*started_at, now) > LONGER);
    let usual: HashMap<PipelineId, f64> = usual_of(tx, slow.iter().map(|(_, pipeline, _)| *pipeline)).await?;
    slow.retain(|(_, pipeline, started_at)| {
        usual.get(pipeline).is_some_and(|usual| is_slow(seconds(*started_at, now), *usual))
    });
    let runs = stored::runs_of(tx, slow.iter().map(|(run, _, _)| *run)).await?;
    let view = |run: RunSummary| {
        let usual_seconds = usual.get(&run.pipeline_id).copied();
        let since = run.started_at.unwrap_or(run.created_at);
        Late { usual_seconds, ..of_run(LateKind::SlowerThanUsual, run, since, now) }
    };
    Ok(runs.into_iter().map(view).collect())
}

fn is_slow(took: f64, usual: f64) -> bool {
    took > (TIMES * usual).max(usual + LONGER)
}

async fn missed_ticks(tx: &mut Tx, sight: &Sight, now: DateTime<Utc>) -> Result<Vec<Late>> {
    let missed = stored::missed_ticks(tx, sight, now - MISSED).await?;
    let view = |tick: stored::MissedTick| Late {
        team: tick.team,
        pipeline: tick.name,
        pipeline_id: tick.pipeline,
        environment: sight.environment.clone(),
        kind: LateKind::MissedTick,
        since: tick.planned_at,
        run: None,
        usual_seconds: None,
        seconds: seconds(tick.planned_at, now),
        waiting_for: Vec::new(),
        day: None,
    };
    Ok(missed.into_iter().map(view).collect())
}

fn of_run(kind: LateKind, run: RunSummary, since: DateTime<Utc>, now: DateTime<Utc>) -> Late {
    Late {
        team: run.team.clone(),
        pipeline: run.pipeline.clone(),
        pipeline_id: run.pipeline_id,
        environment: run.environment.clone(),
        kind,
        since,
        run: Some(run),
        usual_seconds: None,
        seconds: seconds(since, now),
        waiting_for: Vec::new(),
        day: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_is_twice_as_long_and_a_minute_longer() {
        for (took, usual, slow) in [
            (61.0, 0.5, true),
            (60.0, 1.0, false),
            (119.0, 60.0, false),
            (121.0, 60.0, true),
            (1999.0, 1000.0, false),
            (2001.0, 1000.0, true),
        ] {
            assert_eq!(is_slow(took, usual), slow, "{took} where {usual} is usual");
        }
    }
}
