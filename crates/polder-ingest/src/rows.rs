//! Rows that are cut out of a file, with values that are not read yet.
//!
//! All text formats come down to this: a block of text, and for each column of the file where in the block its values are. Types
//! are decided and values are read column by column from there, by the same code whatever the format was.

use std::borrow::Cow;
use std::sync::Arc;

use crate::Reason;
use crate::value::Fits;

/// Rows of one batch have at most this many values, present or not: what bounds memory when there are very many columns.
const MOST_CELLS: usize = 2 << 20;
/// As much of a rejected row is kept.
pub(crate) const LONGEST_RAW: usize = 64 << 10;

/// Where a value is, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    start: u32,
    end: u32,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    /// As it is, in a format that says nothing of types.
    Plain,
    /// The same, in quotes.
    Quoted,
    /// The same, and with quotes or escapes inside.
    Escaped,
    /// A text in a format that has numbers too.
    Text,
    /// The same, with escapes inside; the quotes belong to the cell.
    EscapedText,
    Number,
    Boolean,
    /// An object or an array.
    Nested,
}

impl Cell {
    pub(crate) const NULL: Self = Self { start: 0, end: 0, kind: Kind::Null };

    /// # Panics
    /// Never: blocks are much smaller than 4 GiB.
    #[inline]
    pub(crate) fn new(start: usize, end: usize, kind: Kind) -> Self {
        let short = |at: usize| u32::try_from(at).expect("a block is below 4 GiB");
        Self { start: short(start), end: short(end), kind }
    }

    #[inline]
    pub(crate) fn raw<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.start as usize..self.end as usize]
    }

    pub(crate) fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }
}

/// How the texts of a format are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quoting {
    pub(crate) quote: u8,
    pub(crate) escape: Option<u8>,
}

/// A column of the file. Rows before `first` and after the last cell have no value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slot {
    pub(crate) first: usize,
    pub(crate) cells: Vec<Cell>,
}

impl Slot {
    /// The value of a row that is the last one so far.
    pub(crate) fn set(&mut self, row: usize, cell: Cell) {
        if self.cells.is_empty() {
            self.first = row;
        }
        let at = row - self.first;
        if at < self.cells.len() {
            self.cells[at] = cell;
        } else {
            self.cells.resize(at, Cell::NULL);
            self.cells.push(cell);
        }
    }

    fn forget_from(&mut self, row: usize) {
        self.cells.truncate(row.saturating_sub(self.first));
    }

    /// A cell for each row.
    pub(crate) fn cells(&self, rows: usize) -> Cow<'_, [Cell]> {
        if self.first == 0 && self.cells.len() == rows {
            return Cow::Borrowed(&self.cells);
        }
        let mut all = vec![Cell::NULL; rows];
        if let Some(place) = all.get_mut(self.first..self.first + self.cells.len()) {
            place.copy_from_slice(&self.cells);
        }
        Cow::Owned(all)
    }
}

/// Where a row is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) line: u64,
}

/// A row that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) line: u64,
    pub(crate) reason: Reason,
    pub(crate) message: String,
    pub(crate) raw: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) text: Vec<u8>,
    /// The columns of the file, by the names that they have there.
    pub(crate) names: Arc<Vec<String>>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) spans: Vec<Span>,
    pub(crate) bad: Vec<Bad>,
    pub(crate) quoting: Quoting,
}

impl Rows {
    pub(crate) fn new(names: Arc<Vec<String>>, quoting: Quoting) -> Self {
        let slots = vec![Slot::default(); names.len()];
        Self { text: Vec::new(), names, slots, spans: Vec::new(), bad: Vec::new(), quoting }
    }

    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.spans.is_empty() && self.bad.is_empty()
    }

    /// Whether another row is still for this batch.
    pub(crate) fn have_room(&self, most_rows: usize) -> bool {
        let count = self.spans.len() + self.bad.len();
        count < most_rows && (count + 1) * self.slots.len() <= MOST_CELLS.max(self.slots.len())
    }

    /// Takes back what was set of a row that was not finished.
    pub(crate) fn undo(&mut self) {
        let row = self.spans.len();
        self.slots.iter_mut().for_each(|slot| slot.forget_from(row));
    }

    pub(crate) fn reject(&mut self, line: u64, reason: Reason, message: impl Into<String>, raw: &[u8]) {
        self.bad.push(Bad { line, reason, message: message.into(), raw: Some(short(raw)) });
    }

    /// Takes out the rows whose text is not UTF-8, now that the text is complete.
    pub(crate) fn finish(&mut self, text: Vec<u8>) {
        self.text = text;
        if std::str::from_utf8(&self.text).is_ok() {
            return;
        }
        let is_good: Vec<bool> = self
            .spans
            .iter()
            .map(|span| std::str::from_utf8(&self.text[span.start..span.end]).is_ok())
            .collect();
        for (span, _) in self.spans.iter().zip(&is_good).filter(|(_, good)| !**good) {
            let raw = Some(short(&self.text[span.start..span.end]));
            let message = "this is not text in the file's encoding".to_owned();
            self.bad.push(Bad { line: span.line, reason: Reason::InvalidText, message, raw });
        }
        self.keep(&is_good);
    }

    fn keep(&mut self, is_good: &[bool]) {
        let rows = self.spans.len();
        for slot in &mut self.slots {
            let kept = slot
                .cells(rows)
                .iter()
                .zip(is_good)
                .filter(|(_, good)| **good)
                .map(|(cell, _)| *cell)
                .collect();
            *slot = Slot { first: 0, cells: kept };
        }
        let mut good = is_good.iter();
        self.spans.retain(|_| *good.next().unwrap_or(&true));
    }

    /// The text of a value as it is meant, without quotes and escapes; `None` if its escapes mean nothing.
    #[inline]
    pub(crate) fn value(&self, cell: Cell) -> Option<Cow<'_, [u8]>> {
        let raw = cell.raw(&self.text);
        match cell.kind {
            Kind::Escaped => Some(Cow::Owned(self.unescape(raw))),
            Kind::EscapedText => {
                serde_json::from_slice(raw).ok().map(|text: String| Cow::Owned(text.into_bytes()))
            }
            _ => Some(Cow::Borrowed(raw)),
        }
    }

    /// A doubled quote is one, and what follows an escape is itself.
    fn unescape(&self, raw: &[u8]) -> Vec<u8> {
        let mut bytes = raw.iter().copied();
        let mut text = Vec::with_capacity(raw.len());
        while let Some(byte) = bytes.next() {
            let escapes = byte == self.quoting.quote || Some(byte) == self.quoting.escape;
            text.extend(if escapes { bytes.next() } else { Some(byte) });
        }
        text
    }

    /// Of which types all values of a column can be; `None` if there is no value.
    pub(crate) fn fits(&self, slot: usize) -> Option<Fits> {
        let values = self.slots[slot].cells.iter().filter(|cell| !cell.is_null());
        let mut seen = None;
        for cell in values {
            if let Some(fits) = self.cell_fits(*cell) {
                seen = Some(seen.unwrap_or_default());
                seen = seen.map(|seen: Fits| seen.and(fits));
            }
            if seen.is_some_and(Fits::is_text) {
                break;
            }
        }
        seen
    }

    fn cell_fits(&self, cell: Cell) -> Option<Fits> {
        let text = self.value(cell).unwrap_or_default();
        match cell.kind {
            Kind::Quoted if text.is_empty() => None,
            Kind::Null => None,
            Kind::Plain | Kind::Quoted | Kind::Escaped => Some(Fits::text(&text)),
            Kind::Text | Kind::EscapedText => Some(Fits::quoted(&text)),
            Kind::Number => Some(Fits::own_number(&text)),
            Kind::Boolean => Some(Fits::truth()),
            Kind::Nested => Some(Fits::nested()),
        }
    }
}

/// What is kept of a rejected row's text.
pub(crate) fn short(raw: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(&raw[..raw.len().min(LONGEST_RAW)]).into_owned();
    if raw.len() > LONGEST_RAW && text.ends_with(char::REPLACEMENT_CHARACTER) {
        text.pop();
    }
    text.truncate(text.floor_char_boundary(LONGEST_RAW));
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    text
}
