//! What a step says in its log.

use std::io::{self, Write};
use std::time::Instant;

use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::util::pretty::pretty_format_batches;
use futures::TryStreamExt;
use polder_lake::operations::Batches;
use polder_lake::{Effect, Kind, Mistake, Statement};
use polder_work::{Turn, rows};

use crate::answer::refuse_without_text;
use crate::{Error, Result};

/// So many rows of a query are shown.
const SHOWN: usize = 20;
/// So much of a statement.
const WIDTH: usize = 100;

pub(super) struct Log<'a> {
    pub(super) output: &'a mut (dyn Write + Send),
    turn: Turn,
}

impl<'a> Log<'a> {
    pub(super) fn new(output: &'a mut (dyn Write + Send)) -> Self {
        Self { output, turn: Turn::new() }
    }

    pub(super) fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.output, "{line}")
    }

    /// Each with the line that it is in.
    pub(super) fn mistakes(&mut self, whose: &str, text: &str, mistakes: &[Mistake]) -> io::Result<()> {
        for mistake in mistakes {
            let line = usize::try_from(mistake.line).unwrap_or(usize::MAX);
            let source = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
            let pad = " ".repeat(usize::try_from(mistake.column).unwrap_or(1).saturating_sub(1));
            writeln!(self.output, "{whose}:{}:{}: {}", mistake.line, mistake.column, mistake.message)?;
            writeln!(self.output, "  {source}\n  {pad}^\n  = hint: {}", mistake.hint)?;
        }
        Ok(())
    }

    pub(super) fn begins(&mut self, number: usize, count: usize, statement: &Statement) -> io::Result<()> {
        let words: Vec<&str> = statement.text().split_whitespace().collect();
        let text = words.join(" ");
        let short: String = text.chars().take(WIDTH).collect();
        let more = if short.len() < text.len() { "…" } else { "" };
        writeln!(self.output, "{number}/{count} {short}{more}")
    }

    /// How far a statement is, if nothing was said for a while. Before it writes the first row it reads, sorts and groups.
    pub(super) fn so_far(&mut self, rows: u64, begin: Instant) -> io::Result<()> {
        if !self.turn.is_due() {
            return Ok(());
        }
        let rows = if rows == 0 { "at it".to_owned() } else { format!("{rows} rows so far") };
        writeln!(self.output, "    {rows}, {}", took(begin))
    }

    /// The first rows of a query, and how many more there are.
    pub(super) async fn rows(&mut self, rows: Batches, begin: Instant) -> Result<()> {
        let mut stream = rows.into_stream();
        let (mut shown, mut count): (Vec<RecordBatch>, usize) = (Vec::new(), 0);
        while let Some(batch) = stream.try_next().await? {
            let room = SHOWN.saturating_sub(count).min(batch.num_rows());
            if room > 0 {
                let rows = batch.slice(0, room);
                refuse_without_text(&rows)?;
                shown.push(rows);
            }
            count += batch.num_rows();
        }
        if !shown.is_empty() {
            let table = pretty_format_batches(&shown)
                .map_err(|error| Error::Format { format: "a table", reason: error.to_string() })?;
            writeln!(self.output, "{table}")?;
        }
        let more = if count > SHOWN { format!(", of which {SHOWN} are shown") } else { String::new() };
        let rows = polder_work::rows(count as u64);
        Ok(writeln!(self.output, "    {rows}{more}, {}", took(begin))?)
    }

    pub(super) fn wrote(&mut self, effect: &Effect, begin: Instant) -> Result<()> {
        let mut parts = Vec::new();
        let mut count = |number: u64, what: &str| {
            if number > 0 {
                parts.push(format!("{} {what}", rows(number)));
            }
        };
        count(effect.inserted, if effect.kind == Kind::Overwrite { "written" } else { "inserted" });
        count(effect.updated, "updated");
        count(effect.deleted.unwrap_or(0), "deleted");
        count(effect.duplicates, "left out, because another one has their key");
        if parts.is_empty() {
            parts.push("no rows changed".to_owned());
        }
        let (table, what) = (&effect.table, parts.join(", "));
        Ok(writeln!(
            self.output,
            "    {table}: {what}; {} bytes in {} {}, {}",
            effect.bytes,
            effect.files,
            if effect.files == 1 { "file" } else { "files" },
            took(begin)
        )?)
    }
}

fn took(begin: Instant) -> String {
    format!("{:.2} s", begin.elapsed().as_secs_f64())
}
