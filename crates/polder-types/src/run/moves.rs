//! The legal moves, as a table that a person can read.

use super::RunStatus as R;
use super::StepStatus as S;

/// From which status to which other a step may go. A test checks that [`super::next()`] makes no other move.
pub const STEP_MOVES: &[(S, &[S])] = &[
    (S::Waiting, &[S::Ready, S::Skipped]),
    (S::Ready, &[S::Running, S::Skipped]),
    (S::Running, &[S::Succeeded, S::Failed, S::TimedOut, S::Aborted, S::Retrying]),
    (S::Retrying, &[S::Ready, S::Failed, S::TimedOut, S::Aborted]),
    (S::Succeeded, &[]),
    (S::Failed, &[]),
    (S::TimedOut, &[]),
    (S::Aborted, &[]),
    (S::Skipped, &[]),
];

/// From which status to which other a run may go.
pub const RUN_MOVES: &[(R, &[R])] = &[
    // Straight to SUCCEEDED when nothing is left to do: all was taken over from an earlier run, or is skipped.
    (R::Queued, &[R::Running, R::Succeeded, R::Failed, R::Aborted]),
    (R::Running, &[R::Succeeded, R::Failed, R::TimedOut, R::Aborted]),
    (R::Succeeded, &[]),
    (R::Failed, &[]),
    (R::TimedOut, &[]),
    (R::Aborted, &[]),
];

/// Whether a step may go from `from` to `to`; staying is always allowed.
#[must_use]
pub fn step_may(from: S, to: S) -> bool {
    from == to || STEP_MOVES.iter().any(|(status, to_any)| *status == from && to_any.contains(&to))
}

/// Whether a run may go from `from` to `to`; staying is always allowed.
#[must_use]
pub fn run_may(from: R, to: R) -> bool {
    from == to || RUN_MOVES.iter().any(|(status, to_any)| *status == from && to_any.contains(&to))
}
