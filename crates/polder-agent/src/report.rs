//! Tells the server how attempts start and end, until it knows.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use polder_client::{Client, Error};
use polder_executors::Exit;
use polder_types::Code;
use polder_types::run::Outcome;
use polder_types::wire::{Assignment, AttemptEnded, AttemptKey, AttemptStarted};
use serde_json::Map;

use crate::backoff::Backoff;

/// How often a report is repeated that the server takes offence at, before it is given up.
const PATIENCE: u32 = 10;

/// Sends the reports of one agent.
#[derive(Clone)]
pub(crate) struct Reporter {
    pub(crate) client: Client,
    pub(crate) agent: Arc<str>,
}

/// What the server made of a report.
#[derive(Debug)]
pub(crate) enum Told {
    /// It was taken; the answer to an end may bring what comes next.
    Accepted(Option<Box<Assignment>>),
    /// The attempt is not this agent's any more.
    Fenced,
    /// It could not be made to take it, and will find out by itself.
    GivenUp,
}

impl Reporter {
    pub(crate) async fn started(&self, key: &AttemptKey, started_at: DateTime<Utc>) -> Told {
        self.until_told(key, Report::Started(AttemptStarted { started_at })).await
    }

    pub(crate) async fn ended(&self, key: &AttemptKey, report: AttemptEnded) -> Told {
        self.until_told(key, Report::Ended(Box::new(report))).await
    }

    async fn until_told(&self, key: &AttemptKey, mut report: Report) -> Told {
        let (mut backoff, mut left) = (Backoff::new(), PATIENCE);
        loop {
            match self.tell(key, &report).await {
                Ok(next) => return Told::Accepted(next),
                Err(error) if is_fenced(&error) => return Told::Fenced,
                Err(error) if error.is_temporary() => {
                    tracing::debug!(attempt = %key, %error, "the server is away")
                }
                Err(error) => {
                    tracing::warn!(attempt = %key, %error, "the server does not take a report");
                    if report.shorten(&error) {
                        continue;
                    }
                    left -= 1;
                    if left == 0 {
                        return Told::GivenUp;
                    }
                }
            }
            backoff.wait().await;
        }
    }

    async fn tell(&self, key: &AttemptKey, report: &Report) -> Result<Option<Box<Assignment>>, Error> {
        match report {
            Report::Started(started) => {
                self.client.attempt_started(&self.agent, key, started).await.map(|()| None)
            }
            Report::Ended(ended) => {
                let continued = self.client.attempt_ended(&self.agent, key, ended).await?;
                Ok(continued.next.map(Box::new))
            }
        }
    }
}

enum Report {
    Started(AttemptStarted),
    Ended(Box<AttemptEnded>),
}

impl Report {
    /// Outputs that the server refuses, for whatever reason, must not keep the end from being told. True if there was
    /// something to leave out: then it is worth trying again at once.
    fn shorten(&mut self, error: &Error) -> bool {
        let Self::Ended(report) = self else { return false };
        if report.outputs.is_empty() || !takes_offence(error) {
            return false;
        }
        report.outputs = Map::new();
        (report.rows, report.bytes) = (None, None);
        if report.outcome == Outcome::Succeeded {
            fail(report, Code::BadOutput, refusal(error));
        }
        true
    }
}

/// Whether the server refuses what the report says, rather than who says it, when, or how often.
fn takes_offence(error: &Error) -> bool {
    let status = match error {
        Error::Problem(problem) => problem.status,
        Error::Unexpected { status: Some(status), .. } => *status,
        _ => return false,
    };
    matches!(status, 400..=499) && !matches!(status, 401 | 403 | 404 | 407 | 408 | 429)
}

fn refusal(error: &Error) -> String {
    match error.code() {
        Some(Code::TooLarge) => "the outputs are larger than the server takes: write less".to_owned(),
        _ => format!("the server does not take the outputs: {error}"),
    }
}

/// Whether the attempt is not this agent's any more.
pub(crate) fn is_fenced(error: &Error) -> bool {
    matches!(error.code(), Some(Code::Fenced | Code::NotFound))
}

/// The report of an attempt that ended by itself or was stopped.
#[must_use]
pub fn of_exit(exit: Exit) -> AttemptEnded {
    let success = exit.is_success();
    let mut report = AttemptEnded {
        outcome: if success { Outcome::Succeeded } else { Outcome::Failed },
        ended_at: exit.ended_at,
        exit_code: exit.code,
        signal: exit.signal,
        peak_memory_bytes: exit.peak_memory_bytes.and_then(|bytes| bytes.try_into().ok()),
        cpu_seconds: Some(exit.cpu.as_secs_f64()),
        code: (!success).then_some(Code::StepFailed),
        message: exit.message,
        ..nothing(exit.ended_at)
    };
    match exit.outputs {
        Ok(outputs) => {
            (report.outputs, report.rows, report.bytes) = (outputs.values, outputs.rows, outputs.bytes);
        }
        Err(error) if success => fail(&mut report, Code::BadOutput, error.to_string()),
        // The exit is what matters then.
        Err(_) => {}
    }
    report
}

/// The report of an attempt that did not come to run, or whose end nobody saw.
#[must_use]
pub fn without_exit(outcome: Outcome, at: DateTime<Utc>, code: Code, message: String) -> AttemptEnded {
    AttemptEnded { outcome, code: Some(code), message: Some(message), ..nothing(at) }
}

pub(crate) fn fail(report: &mut AttemptEnded, code: Code, message: String) {
    (report.outcome, report.code, report.message) = (Outcome::Failed, Some(code), Some(message));
}

fn nothing(ended_at: DateTime<Utc>) -> AttemptEnded {
    AttemptEnded {
        outcome: Outcome::Failed,
        ended_at,
        exit_code: None,
        signal: None,
        peak_memory_bytes: None,
        cpu_seconds: None,
        outputs: Map::new(),
        rows: None,
        bytes: None,
        code: None,
        message: None,
        goes_on_with: Vec::new(),
    }
}
