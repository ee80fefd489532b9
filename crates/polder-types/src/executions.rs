//! How an executions trigger decides: a pure function over the events that it has not used yet.
//!
//! `allOf` is met when every child is; `anyOf` when at least one is, and then the child that was complete first is
//! used. `within: day` looks at each logical day by itself and fires at most once for it; `within: 6h` wants all used
//! events that near to each other. What a match did not need stays available.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::definition::{Condition, ExecutionsTrigger, Expression, Within};
use crate::id::EventId;
use crate::run::EventStatus;

/// An event that a trigger may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Available {
    pub id: EventId,
    pub team: String,
    pub pipeline: String,
    pub status: EventStatus,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The logical date of the run that it is about.
    pub logical_at: DateTime<Utc>,
    /// The day of `logical_at` in the trigger's zone.
    pub day: NaiveDate,
}

/// Why a run is started: the events used, and the logical date that follows from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    pub events: Vec<EventId>,
    pub logical_at: DateTime<Utc>,
    /// Set by `within: day`.
    pub day: Option<NaiveDate>,
}

/// An expression with what is known of each part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explained {
    All { met: bool, parts: Vec<Self> },
    Any { met: bool, parts: Vec<Self> },
    Is { condition: Condition, met_by: Option<Available> },
}

/// The first match of `trigger` among `available`, if there is one. `fired` says for which days it has fired already.
#[must_use]
pub fn evaluate(
    trigger: &ExecutionsTrigger,
    available: &[Available],
    fired: impl Fn(NaiveDate) -> bool,
) -> Option<Match> {
    let mut ordered: Vec<&Available> = available.iter().collect();
    ordered.sort_by_key(|event| (event.at, event.id));
    match trigger.within {
        None => Some(found(&satisfy(&trigger.expression, &ordered)?, None)),
        Some(Within::Day) => within_day(&trigger.expression, &ordered, fired),
        Some(Within::Duration(longest)) => {
            within_duration(&trigger.expression, &ordered, TimeDelta::from_std(longest).ok()?)
        }
    }
}

/// What is met and what is waited for, over the events given.
#[must_use]
pub fn explain(expression: &Expression, events: &[Available]) -> Explained {
    let parts =
        |children: &[Expression]| children.iter().map(|child| explain(child, events)).collect::<Vec<_>>();
    match expression {
        Expression::Is(condition) => Explained::Is {
            condition: condition.clone(),
            met_by: events
                .iter()
                .filter(|event| condition.is_met_by(event))
                .min_by_key(|event| event.at)
                .cloned(),
        },
        Expression::All(children) => {
            let parts = parts(children);
            Explained::All { met: parts.iter().all(Explained::is_met), parts }
        }
        Expression::Any(children) => {
            let parts = parts(children);
            Explained::Any { met: parts.iter().any(Explained::is_met), parts }
        }
    }
}

impl Explained {
    /// Whether this part is met.
    #[must_use]
    pub const fn is_met(&self) -> bool {
        match self {
            Self::All { met, .. } | Self::Any { met, .. } => *met,
            Self::Is { met_by, .. } => met_by.is_some(),
        }
    }
}

impl Expression {
    /// Every condition in it, in the order written.
    #[must_use]
    pub fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::Is(condition) => vec![condition],
            Self::All(children) | Self::Any(children) => children.iter().flat_map(Self::conditions).collect(),
        }
    }
}

impl Condition {
    /// Whether the event is one that this condition asks for.
    #[must_use]
    pub fn is_met_by(&self, event: &Available) -> bool {
        event.team == self.team && event.pipeline == self.pipeline && self.statuses.contains(&event.status)
    }
}

fn within_day(
    expression: &Expression,
    ordered: &[&Available],
    fired: impl Fn(NaiveDate) -> bool,
) -> Option<Match> {
    let mut days: Vec<NaiveDate> = ordered.iter().map(|event| event.day).collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter().filter(|day| !fired(*day)).find_map(|day| {
        let of_day: Vec<&Available> = ordered.iter().copied().filter(|event| event.day == day).collect();
        Some(found(&satisfy(expression, &of_day)?, Some(day)))
    })
}

fn within_duration(expression: &Expression, ordered: &[&Available], longest: TimeDelta) -> Option<Match> {
    ordered.iter().find_map(|last| {
        let near = |event: &&&Available| event.at <= last.at && last.at - event.at <= longest;
        let window: Vec<&Available> = ordered.iter().filter(near).copied().collect();
        Some(found(&satisfy(expression, &window)?, None))
    })
}

/// The events that make the expression true, or `None` if they do not. `ordered` is by time.
fn satisfy<'a>(expression: &Expression, ordered: &[&'a Available]) -> Option<Vec<&'a Available>> {
    match expression {
        Expression::Is(condition) => Some(vec![*ordered.iter().find(|event| condition.is_met_by(event))?]),
        Expression::All(children) => {
            let used: Option<Vec<Vec<_>>> = children.iter().map(|child| satisfy(child, ordered)).collect();
            used.map(Vec::into_iter)
                .map(Iterator::flatten)
                .map(Iterator::collect)
                .filter(|used: &Vec<_>| !used.is_empty())
        }
        Expression::Any(children) => children
            .iter()
            .filter_map(|child| satisfy(child, ordered))
            .min_by_key(|used| used.iter().map(|event| event.at).max()),
    }
}

fn found(used: &[&Available], day: Option<NaiveDate>) -> Match {
    let mut events: Vec<EventId> = used.iter().map(|event| event.id).collect();
    events.sort_unstable();
    events.dedup();
    let logical_at = used.iter().map(|event| event.logical_at).max().unwrap_or_default();
    Match { events, logical_at, day }
}

#[cfg(test)]
mod tests;
