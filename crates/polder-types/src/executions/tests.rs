use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::definition::Rerun;

fn is(pipeline: &str) -> Expression {
    is_one_of(pipeline, &[EventStatus::Succeeded])
}

fn is_one_of(pipeline: &str, statuses: &[EventStatus]) -> Expression {
    Expression::Is(Condition { team: "t".into(), pipeline: pipeline.into(), statuses: statuses.to_vec() })
}

fn trigger(expression: Expression, within: Option<Within>) -> ExecutionsTrigger {
    ExecutionsTrigger { expression, within, timezone: "UTC".into(), rerun: Rerun::Follow }
}

/// An event of `pipeline` at an hour of a day, about that day.
fn event(pipeline: &str, day: u32, hour: i64) -> Available {
    let day = NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
    let at = day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(hour);
    let (team, status) = ("t".to_owned(), EventStatus::Succeeded);
    Available { id: EventId::new(at), team, pipeline: pipeline.into(), status, at, logical_at: at, day }
}

fn ids(events: &[&Available]) -> Vec<EventId> {
    let mut ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    ids.sort_unstable();
    ids
}

const NEVER: fn(NaiveDate) -> bool = |_| false;

#[test]
fn all_of_waits_for_the_last() {
    let both = trigger(Expression::All(vec![is("a"), is("b")]), None);
    let (a, b) = (event("a", 1, 3), event("b", 2, 5));
    assert_eq!(evaluate(&both, std::slice::from_ref(&a), NEVER), None);
    let found = evaluate(&both, &[b.clone(), a.clone()], NEVER).expect("both are there");
    assert_eq!((found.events, found.logical_at, found.day), (ids(&[&a, &b]), b.logical_at, None));
}

#[test]
fn within_day_never_mixes_days_and_fires_once_for_each() {
    let both = trigger(Expression::All(vec![is("a"), is("b")]), Some(Within::Day));
    let (a1, b2, a2) = (event("a", 1, 3), event("b", 2, 5), event("a", 2, 6));
    assert_eq!(evaluate(&both, &[a1.clone(), b2.clone()], NEVER), None);
    let found = evaluate(&both, &[a1, b2.clone(), a2.clone()], NEVER).expect("day 2 is whole");
    assert_eq!((found.events, found.day), (ids(&[&b2, &a2]), Some(b2.day)));
    assert_eq!(evaluate(&both, &[b2.clone(), a2], |day| day == b2.day), None);
}

#[test]
fn within_a_duration_wants_events_near_each_other() {
    let both = trigger(
        Expression::All(vec![is("a"), is("b")]),
        Some(Within::Duration(Duration::from_secs(6 * 3600))),
    );
    let (early, b, late) = (event("a", 1, 0), event("b", 1, 7), event("a", 1, 9));
    assert_eq!(evaluate(&both, &[early.clone(), b.clone()], NEVER), None);
    let found = evaluate(&both, &[early, b.clone(), late.clone()], NEVER).expect("two are near");
    assert_eq!(found.events, ids(&[&b, &late]));
}

#[test]
fn any_of_uses_what_was_complete_first_and_leaves_the_rest() {
    let nested = trigger(Expression::Any(vec![Expression::All(vec![is("a"), is("b")]), is("c")]), None);
    let (a, c, b) = (event("a", 1, 1), event("c", 1, 2), event("b", 1, 3));
    let found = evaluate(&nested, &[a, b, c.clone()], NEVER).expect("c alone is enough");
    assert_eq!(found.events, ids(&[&c]));
}

#[test]
fn a_status_that_is_not_asked_for_is_nothing() {
    let failed = trigger(is_one_of("a", &[EventStatus::Failed, EventStatus::TimedOut]), None);
    assert_eq!(evaluate(&failed, &[event("a", 1, 1)], NEVER), None);
}

#[test]
fn the_explanation_agrees_with_the_decision() {
    let nested = Expression::All(vec![is("a"), Expression::Any(vec![is("b"), is("c")])]);
    let events = [event("a", 1, 1), event("c", 1, 2)];
    assert!(explain(&nested, &events).is_met());
    assert!(!explain(&nested, &events[..1]).is_met());
}

fn any_expression() -> impl Strategy<Value = Expression> {
    let leaf = (0usize..4).prop_map(|index| is(["a", "b", "c", "d"][index]));
    leaf.prop_recursive(3, 12, 3, |inner| {
        let children = proptest::collection::vec(inner, 1..3);
        prop_oneof![children.clone().prop_map(Expression::All), children.prop_map(Expression::Any)]
    })
}

fn any_events() -> impl Strategy<Value = Vec<Available>> {
    let one = (0usize..4, 1u32..4, 0i64..24)
        .prop_map(|(index, day, hour)| event(["a", "b", "c", "d"][index], day, hour));
    proptest::collection::vec(one, 0..12)
}

proptest! {
    #[test]
    fn a_match_is_enough_by_itself_and_is_explained_so(expression in any_expression(), events in any_events()) {
        let trigger = trigger(expression.clone(), None);
        match evaluate(&trigger, &events, NEVER) {
            Some(found) => {
                let used: Vec<Available> = events.iter().filter(|event| found.events.contains(&event.id)).cloned().collect();
                prop_assert!(explain(&expression, &used).is_met());
            }
            None => prop_assert!(!explain(&expression, &events).is_met()),
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(expression in any_expression(), events in any_events()) {
        let trigger = trigger(expression, Some(Within::Day));
        let mut turned = events.clone();
        turned.reverse();
        prop_assert_eq!(evaluate(&trigger, &events, NEVER), evaluate(&trigger, &turned, NEVER));
    }

    #[test]
    fn within_day_every_used_event_is_of_the_day(expression in any_expression(), events in any_events()) {
        if let Some(found) = evaluate(&trigger(expression, Some(Within::Day)), &events, NEVER) {
            let days: Vec<_> = events.iter().filter(|event| found.events.contains(&event.id)).map(|event| Some(event.day)).collect();
            prop_assert!(days.iter().all(|day| *day == found.day));
        }
    }
}
