use memchr::{memchr, memchr_iter};

use super::elements::{Elements, Piece};
use super::object::{Keys, Objects, Refusal};
use super::{Place, Scan};
use crate::input::Blocks;
use crate::rows::{Quoting, Rows, Span};
use crate::{Error, Reason, Result};

/// Nothing is quoted so in JSON: its texts are unescaped as JSON.
const NO_QUOTING: Quoting = Quoting { quote: b'"', escape: None };

/// Where the rows of a JSON text are.
enum Layout {
    /// One to a line, whatever the others are.
    Lines,
    /// In a text that is JSON as a whole.
    Elements(Elements),
}

/// Cuts rows out of JSON.
pub(crate) struct JsonScanner {
    blocks: Blocks,
    layout: Layout,
    keys: Keys,
    place: Place,
    done: bool,
}

impl JsonScanner {
    pub(crate) fn lines(blocks: Blocks, place: Place) -> Self {
        Self { blocks, layout: Layout::Lines, keys: Keys::default(), place, done: false }
    }

    pub(crate) fn elements(blocks: Blocks, path: &str, place: Place) -> Self {
        let layout = Layout::Elements(Elements::new(path));
        Self { blocks, layout, keys: Keys::default(), place, done: false }
    }

    /// Cuts what rows there are in the buffer, and tells how far they go.
    fn cut(&mut self, rows: &mut Rows) -> Result<usize> {
        let mut at = 0;
        while rows.have_room(self.place.limits.batch_rows) {
            let complete = self.blocks.is_last();
            match self.layout.next(self.blocks.text(), at, complete) {
                Piece::Row { start, end } => {
                    let line = self.place.line + lines(&self.blocks.text()[at..start]);
                    if !self.row(rows, Span { start, end, line }) {
                        self.layout.again();
                        return Ok(at);
                    }
                    self.place.line += lines(&self.blocks.text()[at..end]);
                    at = end;
                }
                Piece::Passed { next } => {
                    self.place.line += lines(&self.blocks.text()[at..next]);
                    at = next;
                }
                Piece::Incomplete => return Ok(at),
                Piece::End => {
                    self.done = true;
                    return Ok(at);
                }
                // What came before it comes out first.
                Piece::Broken { .. } if !rows.is_empty() => return Ok(at),
                Piece::Broken { at: place, reason } => {
                    let line = self.place.line + lines(&self.blocks.text()[at..place]);
                    return Err(Error::corrupt(&self.place.file, line, reason));
                }
            }
        }
        Ok(at)
    }

    /// Adds a row. If it has so many new columns that the rows would not fit into memory, it is left for the next batch.
    fn row(&mut self, rows: &mut Rows, span: Span) -> bool {
        let row = rows.len();
        let most = self.place.limits.columns;
        let slots = &mut rows.slots;
        let read = Objects::new(self.blocks.text(), &mut self.keys, most).read(
            span.start,
            span.end,
            |column, cell| {
                if slots.len() <= column {
                    slots.resize_with(column + 1, Default::default);
                }
                slots[column].set(row, cell);
            },
        );
        if row > 0 && !rows.have_room(usize::MAX) {
            rows.undo();
            return false;
        }
        match read {
            Ok(()) => rows.spans.push(span),
            Err(Refusal(reason, message)) => {
                rows.undo();
                rows.reject(span.line, reason, message, &self.blocks.text()[span.start..span.end]);
            }
        }
        true
    }

    /// Rejects a row that is longer than it may be, and goes on behind it.
    fn skip_row(&mut self, rows: &mut Rows) {
        let limit = self.place.limits.record_bytes;
        rows.reject(
            self.place.line,
            Reason::TooLong,
            format!("the row is longer than {limit} bytes"),
            self.blocks.text(),
        );
        match &mut self.layout {
            Layout::Elements(elements) => elements.pass_row(),
            Layout::Lines => self.skip_line(),
        }
    }

    fn skip_line(&mut self) {
        loop {
            let end = memchr(b'\n', self.blocks.text());
            // The line's end stays, and is counted when it is passed.
            self.blocks.skip(end.unwrap_or(self.blocks.text().len()));
            if end.is_some() || self.blocks.is_exhausted() {
                return;
            }
            self.blocks.fill(self.place.limits.block_bytes);
        }
    }

    fn end(&mut self) -> Result<Option<Rows>> {
        let failed = |error| Error::reading(&self.place.file, self.place.line, error);
        if let Some(error) = self.blocks.failure() {
            return Err(failed(error));
        }
        if self.done || matches!(self.layout, Layout::Lines) {
            return Ok(None);
        }
        let reason = "the JSON in it is not closed".to_owned();
        Err(Error::Truncated { file: self.place.file.clone(), line: self.place.line, reason })
    }

    fn finished(&mut self, mut rows: Rows, used: usize) -> Rows {
        rows.slots.resize_with(self.keys.names.len(), Default::default);
        rows.names = self.keys.names.clone();
        rows.finish(self.blocks.take(used));
        rows
    }
}

impl Scan for JsonScanner {
    fn next_rows(&mut self) -> Result<Option<Rows>> {
        let (mut mark, most) = (self.place.limits.block_bytes, self.place.limits.record_bytes);
        let mut rows = Rows::new(self.keys.names.clone(), NO_QUOTING);
        loop {
            self.blocks.fill(mark);
            let used = self.cut(&mut rows)?;
            if !rows.is_empty() {
                return Ok(Some(self.finished(rows, used)));
            }
            self.blocks.skip(used);
            if used == 0 && (self.done || self.blocks.is_exhausted()) {
                return self.end();
            } else if used == 0 && self.blocks.text().len() >= most {
                self.skip_row(&mut rows);
                return Ok(Some(self.finished(rows, 0)));
            }
            mark = if used == 0 { (mark * 2).min(most) } else { self.place.limits.block_bytes };
        }
    }
}

impl Layout {
    fn next(&mut self, text: &[u8], at: usize, complete: bool) -> Piece {
        match self {
            Self::Lines => line(text, at, complete),
            Self::Elements(elements) => elements.next(text, at, complete),
        }
    }

    /// The row that was found last will be asked for again.
    fn again(&mut self) {
        if let Self::Elements(elements) = self {
            elements.again();
        }
    }
}

fn line(text: &[u8], at: usize, complete: bool) -> Piece {
    let start = at + text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    if start > at {
        return Piece::Passed { next: start };
    }
    if start == text.len() {
        return if complete { Piece::End } else { Piece::Incomplete };
    }
    match memchr(b'\n', &text[start..]) {
        Some(length) => Piece::Row { start, end: start + length },
        None if complete => Piece::Row { start, end: text.len() },
        None => Piece::Incomplete,
    }
}

fn lines(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}
