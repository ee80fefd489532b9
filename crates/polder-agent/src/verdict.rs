//! What the server is told about an attempt that was started: how it ended, and whose doing that was.

use chrono::{DateTime, Utc};
use polder_executors::{Error, Exit};
use polder_types::Code;
use polder_types::run::{Outcome, StopReason};
use polder_types::wire::{AttemptEnded, EXIT_CONFLICT, EXIT_SYNC, EXIT_TESTS, Task};

use crate::report;

const SHUT_DOWN: &str = "the agent was shut down";

/// What is known beside the exit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdict {
    /// What the server ordered.
    pub(crate) order: Option<StopReason>,
    /// The agent itself found that the attempt has had its time.
    pub(crate) timed_out: bool,
    pub(crate) at: DateTime<Utc>,
}

impl Verdict {
    pub(crate) fn on(&self, exit: Result<Exit, Error>) -> AttemptEnded {
        match exit {
            // It was quicker than the order, if there was one.
            Ok(exit) if !exit.stopped => report::of_exit(exit),
            Ok(exit) => self.stopped(report::of_exit(exit)),
            Err(error) => report::without_exit(Outcome::Lost, self.at, Code::AgentLost, error.to_string()),
        }
    }

    /// For an attempt that was stopped before it was started.
    pub(crate) fn without_exit(&self) -> AttemptEnded {
        self.stopped(report::without_exit(Outcome::Stopped, self.at, Code::Aborted, String::new()))
    }

    fn stopped(&self, mut ended: AttemptEnded) -> AttemptEnded {
        let (outcome, code, message) = match self.order {
            Some(reason) => (Outcome::Stopped, code_of(reason), remark(Some(reason))),
            // The server does not know why it ended, so that the report must say it all.
            None if self.timed_out => (Outcome::Failed, Code::TimedOut, remark(Some(StopReason::TimedOut))),
            None => (Outcome::Lost, Code::AgentLost, SHUT_DOWN.to_owned()),
        };
        (ended.outcome, ended.code, ended.message) = (outcome, Some(code), Some(message));
        ended
    }
}

/// Polder's own programs say in their last line why they failed, which is more than their exit code.
#[must_use]
pub fn of_task(mut ended: AttemptEnded, task: &Task, last_error: Option<String>) -> AttemptEnded {
    let code = match task {
        Task::Run(_) => return ended,
        Task::Http(_) => Code::HttpFailed,
        Task::Sql(_) | Task::Sync(_) | Task::Models(_) => {
            match ended.exit_code.and_then(|code| u8::try_from(code).ok()) {
                Some(EXIT_CONFLICT) => Code::PublishConflict,
                Some(EXIT_TESTS) => Code::TestsFailed,
                Some(EXIT_SYNC) => Code::SyncFailed,
                _ if matches!(task, Task::Sync(_)) => Code::SyncFailed,
                _ => Code::SqlFailed,
            }
        }
    };
    if ended.code == Some(Code::StepFailed) {
        ended.code = Some(code);
        ended.message = last_error.or(ended.message);
    }
    ended
}

/// What the log says when an attempt is told to stop; without a reason, by the agent's shutting down.
pub(crate) fn remark(reason: Option<StopReason>) -> String {
    let text = match reason {
        Some(StopReason::Abort) => "told to stop: the run was aborted",
        Some(StopReason::TimedOut) => "told to stop: it took longer than it may",
        Some(StopReason::Fenced) => "told to stop: a newer attempt has taken its place",
        None => "told to stop: the agent is shutting down",
    };
    text.to_owned()
}

const fn code_of(reason: StopReason) -> Code {
    match reason {
        StopReason::Abort => Code::Aborted,
        StopReason::TimedOut => Code::TimedOut,
        StopReason::Fenced => Code::Fenced,
    }
}
