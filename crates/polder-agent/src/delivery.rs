//! Delivers an attempt's log to the server, line by line, in order.
//!
//! The first lines go at once; while more comes, batches go every [`PAUSE`] or [`ENOUGH`]. Each line has a number,
//! counted by what the server says that it has, so that sending again is harmless. While the server cannot be reached
//! the lines wait, and when the buffers are full the attempt does. A server that answers but cannot store lines (its
//! disk is full) does not hold up the attempt: lines are dropped then, counted, and the log says so once it works again.

use std::sync::Arc;
use std::time::Duration;

use polder_client::Error;
use polder_types::run::StopReason;
use polder_types::wire::{AttemptKey, LogBatch, LogLine, LogStream, Stop};
use polder_types::{Clock, Code};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::backoff::Backoff;
use crate::held::Held;
use crate::report::{Reporter, is_fenced};

/// The time between two batches while lines come steadily.
const PAUSE: Duration = Duration::from_millis(75);

/// A batch of this size goes without waiting for more.
const ENOUGH: usize = 256 * 1024;

/// The largest batch, well below what the server takes.
const MOST: usize = 1024 * 1024;

/// How long a server that cannot store lines may take to recover before lines are dropped.
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) struct Delivery {
    reporter: Reporter,
    held: Arc<Held>,
    key: AttemptKey,
    clock: Arc<dyn Clock>,
    next_line: u64,
    /// Lines that the server could not store, not yet told of in the log.
    dropped: usize,
    /// When the next batch may go.
    due: Instant,
    delivered: Delivered,
}

/// What is left to say when the log is delivered.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    /// The server refused lines: the attempt is not this agent's any more.
    pub(crate) fenced: bool,
    /// The last line that the attempt wrote to standard error.
    pub(crate) last_error: Option<String>,
}

impl Delivery {
    pub(crate) fn new(reporter: Reporter, held: Arc<Held>, key: AttemptKey, clock: Arc<dyn Clock>) -> Self {
        let delivered = Delivered::default();
        Self { reporter, held, key, clock, next_line: 0, dropped: 0, due: Instant::now(), delivered }
    }

    /// Takes note that the attempt is not this agent's any more: it is killed, and its lines are thrown away.
    pub(crate) fn refuse(&mut self) {
        self.delivered.fenced = true;
        self.held.stop(&Stop { key: self.key.clone(), reason: StopReason::Fenced });
    }

    /// Delivers until the output and the remarks (Polder's own lines) have ended.
    pub(crate) async fn run(
        mut self,
        mut output: mpsc::Receiver<Vec<LogLine>>,
        mut remarks: mpsc::UnboundedReceiver<String>,
    ) -> Delivered {
        while let Some(mut lines) = self.next(&mut output, &mut remarks).await {
            let due = self.due;
            while size(&lines) < ENOUGH {
                tokio::select! {
                    biased;
                    more = self.next(&mut output, &mut remarks) => match more {
                        Some(more) => lines.extend(more),
                        None => break,
                    },
                    () = sleep_until(due) => break,
                }
            }
            self.send(lines).await;
        }
        if self.dropped > 0 {
            self.send(Vec::new()).await;
        }
        self.delivered
    }

    /// The next lines from either side; nothing when both have ended.
    async fn next(
        &mut self,
        output: &mut mpsc::Receiver<Vec<LogLine>>,
        remarks: &mut mpsc::UnboundedReceiver<String>,
    ) -> Option<Vec<LogLine>> {
        tokio::select! {
            biased;
            Some(lines) = output.recv() => {
                if let Some(line) = lines.iter().rfind(|line| line.stream == LogStream::Stderr) {
                    self.delivered.last_error = Some(line.text.clone());
                }
                Some(lines)
            }
            Some(remark) = remarks.recv() => Some(vec![self.remark(remark)]),
            else => None,
        }
    }

    fn remark(&self, text: String) -> LogLine {
        LogLine { stream: LogStream::System, at: self.clock.now(), text, continued: false }
    }

    async fn send(&mut self, mut lines: Vec<LogLine>) {
        while !self.delivered.fenced {
            let rest = split(&mut lines);
            self.send_batch(lines).await;
            self.due = Instant::now() + PAUSE;
            if rest.is_empty() {
                break;
            }
            lines = rest;
        }
    }

    async fn send_batch(&mut self, mut lines: Vec<LogLine>) {
        let count = lines.len();
        let was_dropping = self.dropped > 0;
        if was_dropping {
            if !self.find_position().await {
                self.dropped += count;
                return;
            }
            lines.insert(
                0,
                self.remark(format!(
                    "{} lines are missing here: the server could not store them",
                    self.dropped
                )),
            );
        }
        let mut batch = LogBatch { first_line: self.next_line, lines };
        let until = Instant::now() + if was_dropping { Duration::ZERO } else { PATIENCE };
        if self.deliver(&mut batch, until).await {
            self.dropped = 0;
        } else {
            self.dropped += count;
        }
    }

    /// Sends the batch until the server has it; false if it cannot store it.
    async fn deliver(&mut self, batch: &mut LogBatch, until: Instant) -> bool {
        let mut backoff = Backoff::new();
        loop {
            match self.reporter.client.append_log(&self.reporter.agent, &self.key, batch).await {
                Ok(position) if position.next_line >= batch.first_line => {
                    self.next_line = position.next_line;
                    return true;
                }
                Ok(position) => {
                    // What the server had before is gone with its disk; the rest is worth keeping.
                    batch.first_line = position.next_line;
                }
                Err(error) if is_fenced(&error) => {
                    self.refuse();
                    return true;
                }
                Err(error) if is_away(&error) => {}
                Err(error) if Instant::now() >= until => {
                    tracing::warn!(attempt = %self.key, %error, "the server cannot store lines of a log: dropping them");
                    return false;
                }
                Err(_) => {}
            }
            backoff.wait().await;
        }
    }

    /// After lines were dropped it is not certain how many the server has: asks. False if it still cannot store any.
    async fn find_position(&mut self) -> bool {
        let mut nothing = LogBatch { first_line: 0, lines: Vec::new() };
        self.deliver(&mut nothing, Instant::now()).await
    }
}

/// Whether nobody who could take lines was reached, as opposed to somebody who cannot.
fn is_away(error: &Error) -> bool {
    match error {
        Error::Unreachable { .. } => true,
        Error::Problem(problem) => problem.code == Code::TooManyRequests,
        other => other.is_temporary(),
    }
}

/// About what the lines take in a request.
fn size(lines: &[LogLine]) -> usize {
    lines.iter().map(line_size).sum()
}

const fn line_size(line: &LogLine) -> usize {
    line.text.len() + 100
}

/// Cuts off what does not fit into one batch.
fn split(lines: &mut Vec<LogLine>) -> Vec<LogLine> {
    let mut total = 0;
    let fitting = lines.iter().take_while(|line| {
        total += line_size(line);
        total <= MOST
    });
    let count = fitting.count().max(1).min(lines.len());
    lines.split_off(count)
}
