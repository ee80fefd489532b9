use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use super::dialect::{CsvOptions, Dialect};
use super::record::Step;
use super::{Place, Scan};
use crate::input::Blocks;
use crate::rows::{Cell, Kind, LONGEST_RAW, Quoting, Rows, Span};
use crate::{Error, Reason, Result};

/// So much may be read again because of quotes that are not closed, before the file is given up.
const MOST_READ_AGAIN: usize = 1 << 30;

/// Cuts rows out of CSV.
///
/// Where quotes do not work out, only the line with the opening quote is rejected, and the next row begins at the next line: a stray quote
/// costs one row and not the rest of the file.
pub(crate) struct CsvScanner {
    blocks: Blocks,
    dialect: Dialect,
    options: CsvOptions,
    names: Arc<Vec<String>>,
    place: Place,
    begun: bool,
    read_again: usize,
    /// Those of one record, kept for their memory.
    cells: Vec<Cell>,
}

impl CsvScanner {
    pub(crate) fn new(blocks: Blocks, options: &CsvOptions, place: Place) -> Result<Self> {
        let dialect = Dialect::new(options)?;
        let (options, names, cells) = (options.clone(), Arc::default(), Vec::new());
        Ok(Self { blocks, dialect, options, names, place, begun: false, read_again: 0, cells })
    }

    /// Reads the header, or counts the columns of the first row.
    fn begin(&mut self) -> Result<()> {
        self.begun = true;
        self.blocks.fill(self.place.limits.block_bytes);
        if !self.dialect.has_line(self.blocks.text()) {
            self.blocks.fill(self.place.limits.record_bytes);
        }
        self.dialect.look(self.blocks.text(), &self.options);
        loop {
            let complete = self.blocks.is_last();
            match self.dialect.record(self.blocks.text(), 0, complete, true, &mut self.cells) {
                Step::Nothing { next } => self.pass(next),
                _ if self.blocks.text().is_empty() => return self.end().map(drop),
                Step::Record { next, .. } => return self.name_columns(next),
                Step::BadQuotes { message, .. } => return Err(self.corrupt(message)),
                Step::Incomplete => {
                    self.end()?;
                    return Err(
                        self.corrupt("the first row is too long: is it CSV, and is the delimiter right?")
                    );
                }
            }
        }
    }

    fn pass(&mut self, bytes: usize) {
        self.blocks.skip(bytes);
        self.place.line += 1;
        self.blocks.fill(self.place.limits.block_bytes);
    }

    fn name_columns(&mut self, next: usize) -> Result<()> {
        let most = self.place.limits.columns;
        if self.cells.len() > most {
            return Err(
                self.corrupt(&format!("there are {} columns, and at most {most} are read", self.cells.len()))
            );
        }
        if !self.options.header {
            self.names = Arc::new((1..=self.cells.len()).map(|place| format!("column_{place}")).collect());
            return Ok(());
        }
        let header = self.blocks.take(next);
        self.blocks.fill(self.place.limits.block_bytes);
        let names = self.names_in(&header).ok_or_else(|| {
            self.corrupt(
                "the names of the columns are no text in UTF-8. Set `encoding`, for example to windows-1252",
            )
        })?;
        self.place.line += self.lines(&header, &self.cells);
        self.names = Arc::new(names);
        Ok(())
    }

    fn names_in(&self, header: &[u8]) -> Option<Vec<String>> {
        let mut rows = Rows::new(Arc::default(), self.quoting());
        rows.text = header.to_vec();
        let name = |cell: &Cell| String::from_utf8(rows.value(*cell)?.into_owned()).ok();
        self.cells.iter().map(name).collect()
    }

    fn quoting(&self) -> Quoting {
        Quoting { quote: self.dialect.quote.unwrap_or(b'"'), escape: self.dialect.escape }
    }

    /// How many lines a record goes over.
    fn lines(&self, record: &[u8], cells: &[Cell]) -> u64 {
        let is_quoted = |cell: &Cell| matches!(cell.kind, Kind::Quoted | Kind::Escaped);
        if !cells.iter().any(is_quoted) {
            return 1;
        }
        let ends = memchr_iter(self.dialect.line_end, record).count() as u64;
        ends.max(1)
    }

    /// Cuts what rows there are in the buffer, and tells how far they go.
    fn cut(&mut self, rows: &mut Rows) -> Result<usize> {
        let mut at = 0;
        let mut cells = std::mem::take(&mut self.cells);
        while at < self.blocks.text().len() && rows.have_room(self.place.limits.batch_rows) {
            let text = self.blocks.text();
            let enough = text.len() - at >= self.place.limits.record_bytes;
            let step = self.dialect.record(text, at, self.blocks.is_last(), enough, &mut cells);
            match self.doubt(step, at, &cells) {
                Step::Record { end, next } => {
                    push(rows, &cells, &text[at..end], at, self.place.line);
                    self.place.line += self.lines(&text[at..next], &cells);
                    at = next;
                }
                Step::Nothing { next } => {
                    self.place.line += 1;
                    at = next;
                }
                Step::Incomplete => break,
                Step::BadQuotes { message, scanned } => {
                    let Some(next) = self.leave_line(rows, at, message) else { break };
                    self.read_again += scanned.saturating_sub(next);
                    at = next;
                }
            }
            if self.read_again > MOST_READ_AGAIN {
                return Err(
                    self.corrupt("too many quotes are not closed. If they are text, set `quote` to null")
                );
            }
        }
        self.cells = cells;
        Ok(at)
    }

    /// A row of many lines that has not as many fields as it should is more likely a stray quote and the next one after it, with good rows
    /// in between. What could be kept whole as a rejected row is left as it is.
    fn doubt(&self, step: Step, start: usize, cells: &[Cell]) -> Step {
        match step {
            Step::Record { end, next } if end - start > LONGEST_RAW && cells.len() != self.names.len() => {
                let several_lines = memchr(self.dialect.line_end, &self.blocks.text()[start..end]).is_some();
                let message =
                    "a quote goes over many lines, and the fields are not as many as the columns then";
                if several_lines { Step::BadQuotes { message, scanned: next } } else { step }
            }
            step => step,
        }
    }

    /// Rejects a line whose quotes do not work out. None if its end is not there.
    fn leave_line(&mut self, rows: &mut Rows, at: usize, message: &str) -> Option<usize> {
        let text = self.blocks.text();
        let end = memchr(self.dialect.line_end, &text[at..]).map(|length| at + length);
        let end = end.or_else(|| self.blocks.is_last().then_some(text.len()))?;
        rows.reject(self.place.line, Reason::BadQuotes, message, &text[at..end]);
        self.place.line += 1;
        Some((end + 1).min(text.len()))
    }

    /// Rejects a line that is longer than a record may be, and goes on behind it.
    fn skip_line(&mut self, rows: &mut Rows) {
        let limit = self.place.limits.record_bytes;
        let message = format!("the row is longer than {limit} bytes");
        rows.reject(self.place.line, Reason::TooLong, message, self.blocks.text());
        self.place.line += 1;
        loop {
            let end = memchr(self.dialect.line_end, self.blocks.text());
            self.blocks.skip(end.map_or(self.blocks.text().len(), |end| end + 1));
            if end.is_some() || self.blocks.is_exhausted() {
                return;
            }
            self.blocks.fill(self.place.limits.block_bytes);
        }
    }

    fn end(&mut self) -> Result<Option<Rows>> {
        let failure = self.blocks.failure();
        failure.map_or(Ok(None), |error| Err(Error::reading(&self.place.file, self.place.line, error)))
    }

    fn corrupt(&self, reason: &str) -> Error {
        Error::corrupt(&self.place.file, self.place.line, reason)
    }
}

impl Scan for CsvScanner {
    fn header(&self) -> Option<Rows> {
        let is_named = self.options.header && !self.names.is_empty();
        is_named.then(|| Rows::new(self.names.clone(), self.quoting()))
    }

    fn next_rows(&mut self) -> Result<Option<Rows>> {
        if !self.begun {
            self.begin()?;
        }
        let (mut mark, most) = (self.place.limits.block_bytes, self.place.limits.record_bytes);
        let mut rows = Rows::new(self.names.clone(), self.quoting());
        loop {
            self.blocks.fill(mark);
            let used = self.cut(&mut rows)?;
            if used > 0 {
                rows.finish(self.blocks.take(used));
                if !rows.is_empty() {
                    return Ok(Some(rows));
                }
            } else if self.blocks.is_exhausted() {
                return self.end();
            } else if self.blocks.text().len() >= most {
                self.skip_line(&mut rows);
                return Ok(Some(rows));
            } else {
                mark = (mark * 2).min(most);
            }
        }
    }
}

/// Adds a record to the rows, if it has as many fields as there are columns.
fn push(rows: &mut Rows, cells: &[Cell], record: &[u8], start: usize, line: u64) {
    let columns = rows.slots.len();
    if cells.len() != columns {
        let reason = if cells.len() > columns { Reason::TooManyFields } else { Reason::TooFewFields };
        let message = format!("there are {} fields, and {columns} columns", cells.len());
        return rows.reject(line, reason, message, record);
    }
    let row = rows.spans.len();
    for (slot, cell) in rows.slots.iter_mut().zip(cells) {
        debug_assert_eq!(slot.cells.len(), row, "every record has every column");
        slot.cells.push(*cell);
    }
    rows.spans.push(Span { start, end: start + record.len(), line });
}
