//! The rules that hold whatever happens, by random runs and random events; and the ways that people rely on, by name.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::definition::{Retries, When};

fn step(name: &str, needs: &[usize]) -> StepPlan {
    StepPlan {
        name: name.into(),
        needs: needs.to_vec(),
        when: When::OnSuccess,
        retries: Retries::default(),
        timeout: None,
    }
}

fn run_of(plans: Vec<StepPlan>) -> RunState {
    let steps = plans.into_iter().map(StepState::new).collect();
    RunState {
        status: RunStatus::Queued,
        steps,
        timeout: None,
        stopping: None,
        started_at: None,
        ended_at: None,
    }
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
}

/// Applies events that must all be legal.
fn after(mut state: RunState, events: &[Event]) -> RunState {
    for event in events {
        state = next(&state, event, at(0)).unwrap_or_else(|error| panic!("{error}")).0;
    }
    state
}

fn done(step: usize, epoch: u32, outcome: Outcome) -> [Event; 2] {
    [Event::Claimed { step, epoch }, Event::Ended { step, epoch, outcome }]
}

fn statuses(state: &RunState) -> Vec<StepStatus> {
    state.steps.iter().map(|step| step.status).collect()
}

#[test]
fn a_chain_runs_in_order_and_succeeds() {
    let state = after(run_of(vec![step("a", &[]), step("b", &[0])]), &[Event::Admitted]);
    assert_eq!(statuses(&state), [StepStatus::Ready, StepStatus::Waiting]);
    let state = after(state, &done(0, 1, Outcome::Succeeded));
    assert_eq!(statuses(&state), [StepStatus::Succeeded, StepStatus::Ready]);
    let state = after(state, &done(1, 1, Outcome::Succeeded));
    assert_eq!(state.status, RunStatus::Succeeded);
}

#[test]
fn what_was_decided_is_completed_whatever_the_policy() {
    let state = after(run_of(vec![step("a", &[])]), &[Event::Admitted, Event::Claimed { step: 0, epoch: 1 }]);
    let (state, effects) = next(&state, &Event::Interrupted { step: 0, epoch: 1 }, at(0)).expect("legal");
    assert_eq!(statuses(&state), [StepStatus::Retrying]);
    let wait = std::time::Duration::from_secs(2);
    assert_eq!(effects, [Effect::RetryTimer { step: 0, wait, at: at(2) }]);
    let again = [
        Event::RetryDue { step: 0 },
        Event::Claimed { step: 0, epoch: 2 },
        Event::StepDeadline { step: 0, epoch: 2 },
        Event::Interrupted { step: 0, epoch: 2 },
    ];
    let state = after(state, &again);
    assert_eq!(statuses(&state), [StepStatus::Retrying], "nor does its time end it");
    let stopped = after(state.clone(), &[Event::AbortRequested]);
    assert_eq!(stopped.status, RunStatus::Aborted);
    let state = after(after(state, &[Event::RetryDue { step: 0 }]), &done(0, 3, Outcome::Succeeded));
    assert_eq!(state.status, RunStatus::Succeeded);
}

#[test]
fn after_a_failure_only_the_handlers_run() {
    let mut handler = step("tell", &[0]);
    handler.when = When::OnFailure;
    let mut always = step("tidy", &[2]);
    always.when = When::Always;
    let state = after(run_of(vec![step("a", &[]), handler, step("b", &[1]), always]), &[Event::Admitted]);
    let state = after(state, &done(0, 1, Outcome::Failed));
    assert_eq!(
        statuses(&state),
        [StepStatus::Failed, StepStatus::Ready, StepStatus::Waiting, StepStatus::Waiting]
    );
    let state = after(after(state, &done(1, 1, Outcome::Succeeded)), &done(3, 1, Outcome::Succeeded));
    assert_eq!(
        statuses(&state),
        [StepStatus::Failed, StepStatus::Succeeded, StepStatus::Skipped, StepStatus::Succeeded]
    );
    assert_eq!(state.status, RunStatus::Failed);
}

#[test]
fn a_skipped_handler_does_not_hold_up_what_follows() {
    let mut handler = step("tell", &[0]);
    handler.when = When::OnFailure;
    let state = after(run_of(vec![step("a", &[]), handler, step("b", &[1])]), &[Event::Admitted]);
    let state = after(state, &done(0, 1, Outcome::Succeeded));
    assert_eq!(statuses(&state), [StepStatus::Succeeded, StepStatus::Skipped, StepStatus::Ready]);
}

#[test]
fn a_late_report_of_an_older_attempt_is_refused() {
    let mut flaky = step("a", &[]);
    flaky.retries.limit = 2;
    let state = after(run_of(vec![flaky]), &[Event::Admitted]);
    let state = after(after(state, &done(0, 1, Outcome::Lost)), &[Event::RetryDue { step: 0 }]);
    let late = Event::Ended { step: 0, epoch: 1, outcome: Outcome::Succeeded };
    let refused = next(&state, &late, at(0)).expect_err("epoch 1 is over");
    assert_eq!(refused.reason, "step a is at attempt 2, not 1");
}

#[test]
fn retries_wait_longer_each_time_and_end() {
    let mut flaky = step("a", &[]);
    flaky.retries = Retries {
        limit: 2,
        backoff: std::time::Duration::from_secs(30),
        max_backoff: std::time::Duration::from_secs(45),
    };
    let mut state = after(run_of(vec![flaky]), &[Event::Admitted]);
    for (epoch, wait) in [(1, 30), (2, 45)] {
        state = after(state, &[Event::Claimed { step: 0, epoch }]);
        let (failed, effects) =
            next(&state, &Event::Ended { step: 0, epoch, outcome: Outcome::Failed }, at(0)).expect("legal");
        assert!(
            matches!(effects[..], [Effect::RetryTimer { at: due, .. }] if due == at(wait)),
            "{effects:?}"
        );
        state = after(failed, &[Event::RetryDue { step: 0 }]);
    }
    assert_eq!(after(state, &done(0, 3, Outcome::Failed)).status, RunStatus::Failed);
}

#[test]
fn an_abort_stops_what_runs_and_skips_the_rest() {
    let state = after(
        run_of(vec![step("a", &[]), step("b", &[]), step("c", &[0])]),
        &[Event::Admitted, Event::Claimed { step: 0, epoch: 1 }],
    );
    let (state, effects) = next(&state, &Event::AbortRequested, at(0)).expect("legal");
    let expected = [
        Effect::Withdraw { step: 1, epoch: 1 },
        Effect::Stop { step: 0, epoch: 1, reason: StopReason::Abort },
    ];
    assert_eq!(effects, expected);
    let state = after(state, &[Event::Ended { step: 0, epoch: 1, outcome: Outcome::Stopped }]);
    assert_eq!(statuses(&state), [StepStatus::Aborted, StepStatus::Skipped, StepStatus::Skipped]);
    assert_eq!(state.status, RunStatus::Aborted);
}

#[test]
fn a_queued_run_is_aborted_at_once() {
    let state = after(run_of(vec![step("a", &[])]), &[Event::AbortRequested]);
    assert_eq!(state.status, RunStatus::Aborted);
}

#[test]
fn a_step_out_of_time_may_be_tried_again() {
    let mut slow = step("a", &[]);
    slow.retries.limit = 1;
    let state = after(
        run_of(vec![slow]),
        &[Event::Admitted, Event::Claimed { step: 0, epoch: 1 }, Event::StepDeadline { step: 0, epoch: 1 }],
    );
    let state = after(state, &[Event::Ended { step: 0, epoch: 1, outcome: Outcome::Stopped }]);
    assert_eq!(statuses(&state), [StepStatus::Retrying]);
    let state = after(
        state,
        &[
            Event::RetryDue { step: 0 },
            Event::Claimed { step: 0, epoch: 2 },
            Event::StepDeadline { step: 0, epoch: 2 },
        ],
    );
    assert_eq!(
        after(state, &[Event::Ended { step: 0, epoch: 2, outcome: Outcome::Stopped }]).status,
        RunStatus::TimedOut
    );
}

#[test]
fn what_was_taken_over_from_an_earlier_run_is_not_run_again() {
    let mut state = run_of(vec![step("a", &[]), step("b", &[0])]);
    state.steps[0].status = StepStatus::Succeeded;
    let state = after(state, &[Event::Admitted]);
    assert_eq!(statuses(&state), [StepStatus::Succeeded, StepStatus::Ready]);
}

fn any_plan(position: usize) -> impl Strategy<Value = StepPlan> {
    let when = prop_oneof![4 => Just(When::OnSuccess), 1 => Just(When::OnFailure), 1 => Just(When::Always)];
    let needs = proptest::collection::btree_set(0..position.max(1), 0..=position.min(3));
    (needs, when, 0u32..3, any::<bool>()).prop_map(move |(needs, when, limit, timeout)| StepPlan {
        name: format!("s{position}"),
        needs: if position == 0 { vec![] } else { needs.into_iter().collect() },
        when,
        retries: Retries { limit, ..Retries::default() },
        timeout: timeout.then_some(std::time::Duration::from_secs(60)),
    })
}

fn any_run() -> impl Strategy<Value = RunState> {
    (1usize..7).prop_flat_map(|count| (0..count).map(any_plan).collect::<Vec<_>>()).prop_map(run_of)
}

fn any_event() -> impl Strategy<Value = Event> {
    let outcome = prop_oneof![4 => Just(Outcome::Succeeded), 2 => Just(Outcome::Failed), 1 => Just(Outcome::Lost), 1 => Just(Outcome::Stopped)];
    prop_oneof![
        2 => Just(Event::Admitted),
        8 => (0usize..7, 1u32..4).prop_map(|(step, epoch)| Event::Claimed { step, epoch }),
        8 => (0usize..7, 1u32..4, outcome).prop_map(|(step, epoch, outcome)| Event::Ended { step, epoch, outcome }),
        1 => (0usize..7, 1u32..4).prop_map(|(step, epoch)| Event::Interrupted { step, epoch }),
        4 => (0usize..7).prop_map(|step| Event::RetryDue { step }),
        1 => (0usize..7, 1u32..4).prop_map(|(step, epoch)| Event::StepDeadline { step, epoch }),
        1 => prop_oneof![Just(Event::RunDeadline), Just(Event::AbortRequested), Just(Event::Refused)],
    ]
}

/// What must hold of every legal move.
fn check_move(before: &RunState, after: &RunState, effects: &[Effect], interrupted: u32) {
    assert!(moves::run_may(before.status, after.status), "{} to {}", before.status, after.status);
    for (old, new) in before.steps.iter().zip(&after.steps) {
        assert!(
            moves::step_may(old.status, new.status),
            "{} from {} to {}",
            old.plan.name,
            old.status,
            new.status
        );
        assert!(new.epoch == old.epoch || new.epoch == old.epoch + 1, "epochs count up by one");
        // Completing what was decided is nothing that the policy is asked for.
        assert!(
            new.epoch <= new.plan.retries.limit + 1 + interrupted,
            "never more attempts than the policy allows"
        );
    }
    let ends = effects.iter().filter(|effect| matches!(effect, Effect::RunEnded { .. })).count();
    assert_eq!(ends == 1, after.status.is_terminal(), "the end is told exactly once, when it comes");
    assert_eq!(after.status.is_terminal(), after.ended_at.is_some());
    if after.status.is_terminal() {
        assert!(after.steps.iter().all(|step| step.status.is_terminal()), "nothing goes on after the end");
    }
    for effect in effects {
        if let Effect::Offer { step, epoch } = effect {
            assert!(
                before.status == RunStatus::Queued || before.stopping.is_none(),
                "nothing new while stopping"
            );
            assert_eq!(after.steps[*step].epoch, *epoch);
            assert!(after.steps[*step].plan.needs.iter().all(|need| after.steps[*need].status.is_terminal()));
        }
    }
}

/// Plays the part of agents and timers until the run ends.
fn drive_to_the_end(mut state: RunState, interrupted: u32) -> RunState {
    for _ in 0..200 {
        if state.status.is_terminal() {
            return state;
        }
        let event = possible_event(&state).expect("a run that has not ended can go on");
        let (moved, effects) = next(&state, &event, at(0)).expect("legal");
        check_move(&state, &moved, &effects, interrupted);
        state = moved;
    }
    panic!("the run does not end: {state:?}");
}

fn possible_event(state: &RunState) -> Option<Event> {
    if state.status == RunStatus::Queued {
        return Some(Event::Admitted);
    }
    state.steps.iter().enumerate().find_map(|(step, it)| match it.status {
        StepStatus::Ready => Some(Event::Claimed { step, epoch: it.epoch }),
        StepStatus::Running => Some(Event::Ended { step, epoch: it.epoch, outcome: Outcome::Failed }),
        StepStatus::Retrying => Some(Event::RetryDue { step }),
        _ => None,
    })
}

proptest! {
    #[test]
    fn whatever_happens_moves_are_legal_and_runs_can_end(state in any_run(), events in proptest::collection::vec(any_event(), 0..60)) {
        let (mut state, mut interrupted) = (state, 0);
        for event in &events {
            if let Ok((moved, effects)) = next(&state, event, at(1)) {
                interrupted += u32::from(matches!(event, Event::Interrupted { .. }));
                check_move(&state, &moved, &effects, interrupted);
                state = moved;
            }
        }
        drive_to_the_end(state, interrupted);
    }

    #[test]
    fn a_status_reads_back_as_it_was_written(index in 0usize..StepStatus::ALL.len()) {
        let status = StepStatus::ALL[index];
        prop_assert_eq!(status.as_str().parse::<StepStatus>(), Ok(status));
    }
}
