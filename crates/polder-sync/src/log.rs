//! What a sync says in its log.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use polder_lake::{Effect, Kind, TableName};
use polder_types::lake::rejected_in_words;

/// Between two reports of progress.
const PAUSE: Duration = Duration::from_secs(5);

pub(crate) struct Log<'a> {
    pub(crate) output: &'a mut (dyn Write + Send),
    told: Instant,
}

impl<'a> Log<'a> {
    pub(crate) fn new(output: &'a mut (dyn Write + Send)) -> Self {
        Self { output, told: Instant::now() }
    }

    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.output, "{line}")
    }

    /// Says it if nothing was said for a while.
    pub(crate) fn progress(&mut self, line: impl FnOnce() -> String) -> io::Result<()> {
        if self.told.elapsed() < PAUSE {
            return Ok(());
        }
        self.so_far(&line())
    }

    /// Says now how far it is.
    pub(crate) fn so_far(&mut self, line: &str) -> io::Result<()> {
        self.told = Instant::now();
        self.say(line)
    }

    pub(crate) fn landed(
        &mut self,
        stream: &str,
        effect: &Effect,
        rejected: u64,
        begin: Instant,
    ) -> io::Result<()> {
        let mut parts = Vec::new();
        let mut count = |number: u64, what: &str| {
            if number > 0 {
                parts.push(format!("{number} rows {what}"));
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
