//! Which pipelines wait for one that failed.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use polder_store::Tx;
use polder_store::overview::{self as stored, Heard, Listener, Unmended};
use polder_store::runs::Logical;
use polder_store::sight::Sight;
use polder_types::definition::{ExecutionsTrigger, Trigger, Within};
use polder_types::id::{RunId, TriggerId};
use polder_types::run::EventStatus;
use polder_types::wire::{HeldBack, RunSummary};

use crate::Result;
use crate::triggers::day_for;

/// At most this many triggers, and failures, are looked at.
const MOST: i64 = 2000;

/// What is known of the triggers that listen.
struct Known {
    fired: HashSet<(TriggerId, NaiveDate)>,
    heard: HashSet<Heard>,
}

/// That a pipeline waits for one that failed.
struct Wait<'f> {
    failed: &'f RunSummary,
    team: String,
    name: String,
    /// With `within: day`.
    day: Option<NaiveDate>,
}

/// `team/name` of the pipelines that each of these failures holds back, given each run and whether it is its pipeline's newest.
pub(super) async fn held_back(
    tx: &mut Tx,
    sight: &Sight,
    failures: &[(RunSummary, bool)],
) -> Result<HashMap<RunId, Vec<String>>> {
    let mut held_back: HashMap<RunId, Vec<String>> = HashMap::new();
    for wait in waits(tx, sight, failures).await? {
        held_back.entry(wait.failed.id).or_default().push(format!("{}/{}", wait.team, wait.name));
    }
    held_back.values_mut().for_each(Vec::dedup);
    Ok(held_back)
}

/// What of a part of an environment waits for a failure anywhere in it, also while that is being mended.
pub(super) async fn held(tx: &mut Tx, sight: &Sight, since: DateTime<Utc>) -> Result<Vec<HeldBack>> {
    let everywhere = Sight { teams: None, ..sight.clone() };
    let unmended = stored::unmended(tx, &everywhere, since, MOST).await?;
    let unmended: HashMap<RunId, Unmended> = unmended.into_iter().map(|one| (one.run, one)).collect();
    let runs = stored::runs_of(tx, unmended.keys().copied()).await?;
    let newest = |run: &RunSummary| unmended.get(&run.id).is_some_and(|one| one.newest);
    let failures: Vec<(RunSummary, bool)> = runs.into_iter().map(|run| (run.clone(), newest(&run))).collect();
    let view = |Wait { failed, team, name, day }: Wait<'_>| HeldBack {
        team,
        pipeline: name,
        by: format!("{}/{}", failed.team, failed.pipeline),
        day,
        mending: sight.shows(&failed.team) && unmended.get(&failed.id).is_some_and(|one| one.mending),
    };
    let mut held: Vec<HeldBack> = waits(tx, sight, &failures).await?.into_iter().map(view).collect();
    held.sort();
    held.dedup();
    Ok(held)
}

/// Which pipelines wait for these failures.
///
/// A trigger with `within: day` waits if it has neither fired for the day of the run nor heard of a success for it; another one waits if
/// it has heard of no success that it has not used, and nothing newer has run.
async fn waits<'f>(tx: &mut Tx, sight: &Sight, failures: &'f [(RunSummary, bool)]) -> Result<Vec<Wait<'f>>> {
    let name = |run: &RunSummary| (run.team.clone(), run.pipeline.clone());
    let upstream: BTreeSet<_> = failures.iter().map(|(run, _)| name(run)).collect();
    let upstream: Vec<_> = upstream.into_iter().collect();
    let mut by_upstream: HashMap<(String, String), Vec<Listener>> = HashMap::new();
    for listener in stored::listeners(tx, sight, &upstream, MOST).await? {
        by_upstream.entry(listener.upstream.clone()).or_default().push(listener);
    }
    let known = known(tx, failures, &by_upstream).await?;
    let mut waits = Vec::new();
    for (run, newest) in failures {
        let listeners = by_upstream.get(&name(run)).into_iter().flatten();
        waits.extend(
            listeners.filter(|one| known.waits(one, run, *newest)).map(|listener| wait(listener, run)),
        );
    }
    Ok(waits)
}

fn wait<'f>(listener: &Listener, failed: &'f RunSummary) -> Wait<'f> {
    let daily = matches!(&listener.definition, Trigger::Executions(one) if one.within == Some(Within::Day));
    Wait {
        failed,
        team: listener.team.clone(),
        name: listener.name.clone(),
        day: daily.then(|| day_for(&listener.definition, logical(failed))),
    }
}

async fn known(
    tx: &mut Tx,
    failures: &[(RunSummary, bool)],
    by_upstream: &HashMap<(String, String), Vec<Listener>>,
) -> Result<Known> {
    let mut days = Vec::new();
    for (run, _) in failures {
        let listeners = by_upstream.get(&(run.team.clone(), run.pipeline.clone()));
        days.extend(
            listeners.into_iter().flatten().map(|one| (one.trigger, day_for(&one.definition, logical(run)))),
        );
    }
    let mut triggers: Vec<TriggerId> = days.iter().map(|(trigger, _)| *trigger).collect();
    triggers.sort_unstable();
    triggers.dedup();
    let fired = stored::fired(tx, &days).await?.into_iter().collect();
    let heard = stored::heard(tx, triggers).await?.into_iter().collect();
    Ok(Known { fired, heard })
}

impl Known {
    fn waits(&self, listener: &Listener, run: &RunSummary, newest: bool) -> bool {
        let Trigger::Executions(executions) = &listener.definition else { return false };
        if !wants_success(executions, run) {
            return false;
        }
        let (team, name) = listener.upstream.clone();
        let day = day_for(&listener.definition, logical(run));
        if executions.within == Some(Within::Day) {
            let heard = self.heard.contains(&(listener.trigger, day, team, name));
            return !heard && !self.fired.contains(&(listener.trigger, day));
        }
        let heard =
            self.heard.iter().any(|heard| heard.0 == listener.trigger && heard.2 == team && heard.3 == name);
        newest && !heard
    }
}

/// Whether a condition asks for a success of the run's pipeline, and would not have been content with how it ended.
fn wants_success(executions: &ExecutionsTrigger, run: &RunSummary) -> bool {
    let ended = run.status.event();
    executions.expression.conditions().into_iter().any(|condition| {
        condition.team == run.team
            && condition.pipeline == run.pipeline
            && condition.statuses.contains(&EventStatus::Succeeded)
            && ended.is_none_or(|ended| !condition.statuses.contains(&ended))
    })
}

fn logical(run: &RunSummary) -> Logical {
    Logical { at: run.logical_at, day: run.logical_day }
}
