//! Executions triggers of which a part is met, and the rest does not come.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use polder_store::Tx;
use polder_store::overview::{self as stored, Partly};
use polder_store::sight::Sight;
use polder_store::triggers::Delivered;
use polder_types::definition::{ExecutionsTrigger, Trigger};
use polder_types::executions::{self, Explained};
use polder_types::wire::{Late, LateKind};

use super::on_its_way::Coming;
use super::seconds;
use crate::Result;
use crate::mending::COUNTED;
use crate::start::zone;
use crate::why::{groups, is_over};

/// A part that was met more lately than this does not wait yet.
const WAITED: TimeDelta = TimeDelta::minutes(15);
/// How many triggers are looked at, and how many events of each.
const MOST: i64 = 200;
const EVENTS: u32 = 500;

/// A truth table of which something is met and something is not.
struct Open<'p> {
    of: &'p Partly,
    executions: &'p ExecutionsTrigger,
    day: Option<NaiveDate>,
    explained: Explained,
    /// When its first part was met.
    since: DateTime<Utc>,
}

/// The triggers, and days, that wait for something that is not on its way: no run of it is active, and none is to come by schedule or
/// from its own upstreams, on that day or, without `within: day`, at all.
pub(super) async fn waiting(tx: &mut Tx, sight: &Sight, now: DateTime<Utc>) -> Result<Vec<Late>> {
    let between = (now - COUNTED, now - WAITED);
    let partly = stored::partly_met(tx, sight, between, MOST, EVENTS).await?;
    let open: Vec<Open<'_>> = partly
        .iter()
        .flat_map(|partly| open(partly, now))
        .filter(|open| open.since >= between.0 && open.since < between.1)
        .collect();
    let missing: BTreeSet<(String, String)> = open.iter().flat_map(|open| missing(&open.explained)).collect();
    let coming = Coming::of(tx, sight, missing).await?;
    Ok(open.iter().filter_map(|open| late(open, &coming, sight, now)).collect())
}

fn open(partly: &Partly, now: DateTime<Utc>) -> Vec<Open<'_>> {
    let Trigger::Executions(executions) = &partly.definition else { return Vec::new() };
    let mut events = partly.events.clone();
    events.retain(|event| !is_over(executions, event, now));
    let table = |(day, events): (Option<NaiveDate>, Vec<_>)| {
        let available: Vec<_> = events.iter().map(|event: &Delivered| event.event.clone()).collect();
        let explained = executions::explain(&executions.expression, &available);
        let since = first_met(&explained)?;
        (!explained.is_met()).then_some(Open { of: partly, executions, day, explained, since })
    };
    groups(executions, &events).into_iter().filter_map(table).collect()
}

fn late(open: &Open<'_>, coming: &Coming, sight: &Sight, now: DateTime<Utc>) -> Option<Late> {
    let zone = zone(&open.executions.timezone);
    if may_come(&open.explained, &|name| coming.is_on_its_way(name, open.day, zone)) {
        return None;
    }
    let waiting_for: BTreeSet<String> =
        missing(&open.explained).into_iter().map(|(team, name)| format!("{team}/{name}")).collect();
    Some(Late {
        team: open.of.team.clone(),
        pipeline: open.of.name.clone(),
        pipeline_id: open.of.pipeline,
        environment: sight.environment.clone(),
        kind: LateKind::Waiting,
        since: open.since,
        run: None,
        usual_seconds: None,
        seconds: seconds(open.since, now),
        waiting_for: waiting_for.into_iter().collect(),
        day: open.day,
    })
}

/// When the first condition that is met was met; none if none is.
fn first_met(explained: &Explained) -> Option<DateTime<Utc>> {
    match explained {
        Explained::All { parts, .. } | Explained::Any { parts, .. } => {
            parts.iter().filter_map(first_met).min()
        }
        Explained::Is { met_by, .. } => met_by.as_ref().map(|event| event.at),
    }
}

/// What an expression that is not met still waits for.
fn missing(explained: &Explained) -> Vec<(String, String)> {
    if explained.is_met() {
        return Vec::new();
    }
    match explained {
        Explained::All { parts, .. } | Explained::Any { parts, .. } => {
            parts.iter().flat_map(missing).collect()
        }
        Explained::Is { condition, .. } => vec![(condition.team.clone(), condition.pipeline.clone())],
    }
}

/// Whether it would be met if all that is on its way arrived.
fn may_come(explained: &Explained, on_its_way: &dyn Fn(&(String, String)) -> bool) -> bool {
    match explained {
        Explained::All { parts, .. } => parts.iter().all(|part| may_come(part, on_its_way)),
        Explained::Any { parts, .. } => parts.iter().any(|part| may_come(part, on_its_way)),
        Explained::Is { condition, met_by } => {
            met_by.is_some() || on_its_way(&(condition.team.clone(), condition.pipeline.clone()))
        }
    }
}
