//! Delivers an attempt's log to the server, line by line, in order.
//!
//! The first lines go at once; while more comes, batches go every [`PAUSE`] or [`ENOUGH`]. Each line has a number,
//! counted by what the server says that it has, so that sending again is harmless. While the server cannot be reached
//! the lines wait, and when the buffers are full the attempt does. A server that answers but cannot store lines (its
//! disk is full) does not hold up the attempt: lines are dropped then, counted, and the log says so where they are
//! missing, once it works again. Such a server may still have stored the beginning of a batch before it refused the
//! rest: that is asked for before anything is said.

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
    /// Lines that the server has certainly not stored, not yet told of in the log.
    dropped: usize,
    /// A batch, from `next_line` on, of which it is not certain how much the server has stored.
    doubtful: Option<Doubtful>,
    /// When the next batch may go.
    due: Instant,
    delivered: Delivered,
}

/// A batch that the server refused.
#[derive(Debug, Clone, Copy)]
struct Doubtful {
    lines: usize,
    /// How many missing lines its first one tells of; 0 if it has no such line.
    tells_of: usize,
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
        let due = Instant::now();
        Self { reporter, held, key, clock, next_line: 0, dropped: 0, doubtful: None, due, delivered }
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
        if self.is_dropping() {
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
        let was_dropping = self.is_dropping();
        if was_dropping && !self.find_position().await {
            self.dropped += lines.len();
            return;
        }
        let tells_of = self.dropped;
        if tells_of > 0 {
            lines.insert(0, self.remark(missing(tells_of)));
        }
        let doubtful = Doubtful { lines: lines.len(), tells_of };
        let mut batch = LogBatch { first_line: self.next_line, lines };
        let until = Instant::now() + if was_dropping { Duration::ZERO } else { PATIENCE };
        self.dropped = 0;
        if !batch.lines.is_empty() && !self.deliver(&mut batch, until).await {
            self.doubtful = Some(doubtful);
        }
    }

    const fn is_dropping(&self) -> bool {
        self.dropped > 0 || self.doubtful.is_some()
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
                    (self.next_line, batch.first_line) = (position.next_line, position.next_line);
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

    /// Asks how many lines the server has, and with that which are missing. False if it still cannot store any.
    async fn find_position(&mut self) -> bool {
        let before = self.next_line;
        let mut nothing = LogBatch { first_line: 0, lines: Vec::new() };
        if !self.deliver(&mut nothing, Instant::now()).await {
            return false;
        }
        if let Some(doubtful) = self.doubtful.take() {
            self.dropped += doubtful.missing(self.next_line.saturating_sub(before));
        }
        true
    }
}

impl Doubtful {
    /// How many lines are missing behind the last one that the server has, if it has stored `stored` lines of it.
    fn missing(self, stored: u64) -> usize {
        let rest = self.lines.saturating_sub(usize::try_from(stored).unwrap_or(usize::MAX));
        if rest == self.lines && self.tells_of > 0 { rest - 1 + self.tells_of } else { rest }
    }
}

fn missing(count: usize) -> String {
    let lines = if count == 1 { "1 line is".to_owned() } else { format!("{count} lines are") };
    format!("{lines} missing here: the server could not store them")
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
