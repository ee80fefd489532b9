//! Reading the logs of a run: all attempts or some, from a position on, following or not.
//!
//! Attempts are in the order in which they became ready, which never changes. A position names the last line that was
//! read of each attempt from the first unfinished one on: `extract/1/40`, or `extract/1/40,load/1/3` where steps run
//! beside each other; `-` stands for no line yet. Attempts before the first one named are done with, others begin at
//! their first line. So a position is short, says where everything stands, and can be given to a client as an event's id.

mod position;

use std::collections::HashMap;

use polder_engine::{Change, ChangeKind};
use polder_store::logs::{Line, LogKey, Search};
use polder_types::id::RunId;
use polder_types::run::RunStatus;
use polder_types::wire::{NumberedLine, Run};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

pub(crate) use position::{Position, Seen};

use crate::{Api, Result};

/// Lines that are read at once from one attempt.
const BATCH: usize = 1_000;

/// Which attempts to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub step: Option<String>,
    pub epoch: Option<u32>,
}

/// A line, and the position after it.
#[derive(Debug)]
pub(crate) struct Read {
    pub line: NumberedLine,
    pub position: String,
}

/// Reads on and on.
pub(crate) struct Reader {
    api: Api,
    run: RunId,
    selection: Selection,
    /// Only lines that contain this text, given in lower case.
    wanted: Option<String>,
    attempts: Vec<Attempt>,
    /// Where the client said it was: consulted when attempts are met for the first time.
    position: Position,
    changes: Receiver<Change>,
    stale: bool,
    status: RunStatus,
}

#[derive(Debug)]
struct Attempt {
    step: String,
    key: LogKey,
    next_line: u64,
    ended: bool,
    /// Ended, and everything was read.
    done: bool,
}

impl Reader {
    pub(crate) fn new(api: &Api, run: &Run, selection: Selection, position: Position) -> Self {
        let mut reader = Self {
            api: api.clone(),
            run: run.summary.id,
            selection,
            wanted: None,
            attempts: Vec::new(),
            position,
            changes: api.engine().changes(),
            stale: true,
            status: run.summary.status,
        };
        reader.take_up(run);
        reader
    }

    /// Leaves lines without this text out.
    pub(crate) fn only(self, text: Option<&str>) -> Self {
        Self { wanted: text.filter(|text| !text.is_empty()).map(str::to_lowercase), ..self }
    }

    /// Whether the line has the text that is looked for.
    pub(crate) fn is_wanted(&self, line: &NumberedLine) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| line.content.text.to_lowercase().contains(wanted))
    }

    /// How the run stands, as far as is known here.
    pub(crate) fn status(&self) -> RunStatus {
        self.status
    }

    /// The next lines; none if nothing more is there now.
    pub(crate) async fn read(&mut self, limit: usize) -> Result<Vec<Read>> {
        let mut lines = Vec::new();
        for index in 0..self.attempts.len() {
            if lines.len() >= limit {
                break;
            }
            let attempt = &self.attempts[index];
            if attempt.done {
                continue;
            }
            let at_most = BATCH.min(limit - lines.len());
            let found = self.api.engine().logs().read(attempt.key, attempt.next_line, at_most).await?;
            self.attempts[index].done = attempt.ended && found.is_empty();
            lines.extend(found.into_iter().map(|line| self.read_line(index, line)));
        }
        Ok(lines)
    }

    /// Whether there are lines now that have not been read.
    pub(crate) async fn has_more(&self) -> Result<bool> {
        for attempt in self.attempts.iter().filter(|attempt| !attempt.done) {
            if self.api.engine().logs().next_line(attempt.key).await? > attempt.next_line {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The next lines, waiting for them; none at the run's end or when the server stops.
    pub(crate) async fn follow(&mut self) -> Result<Vec<Read>> {
        loop {
            if self.stale {
                self.stale = false;
                let run = self.api.engine().run(self.run).await?;
                self.take_up(&run);
            }
            let lines = self.read(BATCH).await?;
            if !lines.is_empty() || (self.status.is_terminal() && !self.stale) {
                return Ok(lines);
            }
            if !self.woken().await {
                return Ok(Vec::new());
            }
        }
    }

    /// The lines that contain a text, and the position to go on from.
    pub(crate) async fn search(
        &self,
        text: &str,
        limit: usize,
    ) -> Result<(Vec<NumberedLine>, Option<String>)> {
        let mut lines: Vec<NumberedLine> = Vec::new();
        for attempt in self.attempts.iter().filter(|attempt| !attempt.done) {
            let left = limit - lines.len();
            let search = Search { text: text.to_owned(), from_line: attempt.next_line, limit: left };
            let found = self.api.engine().logs().search(attempt.key, search).await?;
            lines.extend(found.lines.into_iter().map(|line| attempt.numbered(line)));
            if let Some(next) = found.go_on_from {
                return Ok((lines, Some(attempt.seen(next).to_string())));
            }
            if lines.len() >= limit {
                let last = lines.last().map(|last| attempt.seen(last.line + 1).to_string());
                return Ok((lines, last));
            }
        }
        Ok((lines, None))
    }

    fn read_line(&mut self, index: usize, line: Line) -> Read {
        self.attempts[index].next_line = line.number + 1;
        Read { line: self.attempts[index].numbered(line), position: self.position_now() }
    }

    fn position_now(&self) -> String {
        let unfinished = self.attempts.iter().position(|attempt| !attempt.done).unwrap_or(0);
        let begun = |attempt: &&Attempt| attempt.next_line > 0;
        let first = self.attempts.get(unfinished).filter(|attempt| attempt.next_line == 0).into_iter();
        let begun = self.attempts.iter().skip(unfinished).filter(begun);
        Position::text(first.chain(begun).map(|attempt| attempt.seen(attempt.next_line)))
    }

    /// Notes new attempts and ended ones.
    fn take_up(&mut self, run: &Run) {
        self.status = run.summary.status;
        let mut before: HashMap<LogKey, Attempt> =
            self.attempts.drain(..).map(|attempt| (attempt.key, attempt)).collect();
        let mut found = selected(run, &self.selection);
        let first_known = found.iter().position(|attempt| self.position.line(attempt).is_some());
        for (index, attempt) in found.iter_mut().enumerate() {
            if let Some(known) = before.remove(&attempt.key) {
                (attempt.next_line, attempt.done) = (known.next_line, known.done);
            } else if let Some(next_line) = self.position.line(attempt) {
                attempt.next_line = next_line;
            } else if first_known.is_some_and(|first| index < first) {
                attempt.done = true;
            }
        }
        self.attempts = found;
    }

    /// Waits for news of this run; false when the server stops.
    async fn woken(&mut self) -> bool {
        loop {
            let change = tokio::select! {
                change = self.changes.recv() => change,
                () = self.api.shutdown().cancelled() => return false,
            };
            match change {
                Ok(Change { kind: ChangeKind::Log { run, .. }, .. }) if run == self.run => return true,
                Ok(Change {
                    kind: ChangeKind::Step { run: id, .. } | ChangeKind::Run { id, .. }, ..
                }) if id == self.run => {
                    self.stale = true;
                    return true;
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => {
                    self.stale = true;
                    return true;
                }
                Err(RecvError::Closed) => return false,
            }
        }
    }
}

/// The attempts asked for, in the order in which they became ready.
fn selected(run: &Run, selection: &Selection) -> Vec<Attempt> {
    let mut found = Vec::new();
    for (position, step) in (0u32..).zip(&run.steps) {
        if selection.step.as_ref().is_some_and(|wanted| *wanted != step.name) {
            continue;
        }
        for attempt in
            step.attempts.iter().filter(|attempt| selection.epoch.is_none_or(|epoch| epoch == attempt.epoch))
        {
            let key = LogKey { run: run.summary.id, position, epoch: attempt.epoch };
            let ended = attempt.ended_at.is_some() || run.summary.terminal;
            let new = Attempt { step: step.name.clone(), key, next_line: 0, ended, done: false };
            found.push(((attempt.ready_at, position, attempt.epoch), new));
        }
    }
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, attempt)| attempt).collect()
}

impl Attempt {
    fn numbered(&self, line: Line) -> NumberedLine {
        NumberedLine {
            step: self.step.clone(),
            epoch: self.key.epoch,
            line: line.number,
            content: line.content,
        }
    }

    fn seen(&self, next_line: u64) -> Seen<'_> {
        Seen { step: &self.step, epoch: self.key.epoch, next_line }
    }
}

impl Position {
    fn line(&self, attempt: &Attempt) -> Option<u64> {
        self.next_line(&attempt.step, attempt.key.epoch)
    }
}
