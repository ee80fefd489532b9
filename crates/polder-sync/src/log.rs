//! What a sync says in its log.

use std::io::{self, Write};
use std::time::Instant;

use polder_lake::{Effect, Kind, TableName};
use polder_types::lake::rejected_in_words;
use polder_work::{Telling, Turn, rows};

pub(crate) struct Log<'a> {
    pub(crate) output: &'a mut (dyn Write + Send),
    turn: Turn,
    telling: &'a Telling,
}

/// A table that is being written, and since when.
pub(crate) struct AtWork<'a> {
    pub(crate) stream: &'a str,
    pub(crate) table: &'a TableName,
    pub(crate) began: Instant,
}

impl<'a> Log<'a> {
    pub(crate) fn new(output: &'a mut (dyn Write + Send), telling: &'a Telling) -> Self {
        Self { output, turn: Turn::new(), telling }
    }

    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.output, "{line}")
    }

    /// Says it if nothing was said for a while.
    pub(crate) fn progress(&mut self, line: impl FnOnce() -> String) -> io::Result<()> {
        if self.turn.is_due() { self.say(&line()) } else { Ok(()) }
    }

    /// Tells the server at once, and says it if nothing was said for a while.
    pub(crate) fn came_in(
        &mut self,
        at: &AtWork<'_>,
        rows: u64,
        line: impl FnOnce() -> String,
    ) -> io::Result<()> {
        self.telling.came_in(at.table, rows, at.began);
        self.progress(line)
    }

    pub(crate) fn landed(&mut self, at: &AtWork<'_>, effect: &Effect, rejected: u64) -> io::Result<()> {
        let (stream, begin) = (at.stream, at.began);
        self.telling.wrote(at.table, effect.inserted + effect.updated, effect.bytes, begin);
        let mut parts = Vec::new();
        let mut count = |number: u64, what: &str| {
            if number > 0 {
                parts.push(format!("{} {what}", rows(number)));
            }
        };
        count(effect.inserted, if effect.kind == Kind::Overwrite { "written" } else { "inserted" });
        count(effect.updated, "updated");
        count(effect.duplicates, "left out, because another one has their key");
        if parts.is_empty() {
            parts.push("no rows".to_owned());
        }
        let (table, bytes, seconds) = (&effect.table, effect.bytes, begin.elapsed().as_secs_f64());
        self.say(&format!("{stream}: {} in {table}; {bytes} bytes, {seconds:.2} s", parts.join(", ")))?;
        if rejected > 0 {
            let beside = format!("{table}{}", TableName::REJECTED);
            self.say(&format!("{stream}: {}", rejected_in_words(rejected, beside)))?;
        }
        Ok(())
    }
}
