//! One record of a CSV text. Only this knows what quotes do.

use memchr::{memchr, memchr2};

use super::dialect::Dialect;
use crate::rows::{Cell, Kind};

/// What is at some place of the text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A record whose cells were found; it goes to `end`, and the next begins at `next`.
    Record { end: usize, next: usize },
    /// A line without one.
    Nothing { next: usize },
    /// More text is needed to tell.
    Incomplete,
    /// Quotes that do not work out.
    BadQuotes { message: &'static str, scanned: usize },
}

/// A field, and where what follows it begins.
enum Field {
    Is(Cell, usize),
    Incomplete,
    Bad(&'static str, usize),
}

impl Dialect {
    /// The record at `start`. `complete` means that no more text comes, `enough` that a record must not be longer than this text.
    pub(crate) fn record(
        &self,
        text: &[u8],
        start: usize,
        complete: bool,
        enough: bool,
        cells: &mut Vec<Cell>,
    ) -> Step {
        cells.clear();
        if let Some(step) = self.empty_line(text, start, complete) {
            return step;
        }
        let mut at = start;
        loop {
            let field = if self.quote.is_some() && text.get(at).copied() == self.quote {
                self.quoted(text, at, complete, enough)
            } else {
                self.plain(text, at)
            };
            let (cell, after) = match field {
                Field::Is(cell, after) => (cell, after),
                Field::Incomplete => return Step::Incomplete,
                Field::Bad(message, scanned) => return Step::BadQuotes { message, scanned },
            };
            cells.push(cell);
            match text.get(after) {
                Some(byte) if *byte == self.delimiter => at = after + 1,
                Some(_) => return Step::Record { end: after, next: after + 1 },
                None if complete => return Step::Record { end: after, next: after },
                None => return Step::Incomplete,
            }
        }
    }

    fn empty_line(&self, text: &[u8], start: usize, complete: bool) -> Option<Step> {
        let line = &text[start..];
        let next = |length: usize| Some(Step::Nothing { next: start + length });
        match line {
            [first, ..] if *first == self.line_end => next(1),
            [b'\r', b'\n', ..] if self.line_end == b'\n' => next(2),
            [b'\r'] if self.line_end == b'\n' => {
                if complete {
                    next(1)
                } else {
                    Some(Step::Incomplete)
                }
            }
            [first, ..] if Some(*first) == self.comment => match memchr(self.line_end, line) {
                Some(end) => next(end + 1),
                None if complete => next(line.len()),
                None => Some(Step::Incomplete),
            },
            _ => None,
        }
    }

    #[inline]
    fn plain(&self, text: &[u8], start: usize) -> Field {
        let is_end = |byte: &u8| *byte == self.delimiter || *byte == self.line_end;
        let after = text[start..].iter().position(is_end).map_or(text.len(), |length| start + length);
        let last = text.get(after).is_none_or(|byte| *byte != self.delimiter);
        let end = after - usize::from(last && self.line_end == b'\n' && text[start..after].ends_with(b"\r"));
        let value = &text[start..end];
        let is_null = value.is_empty() || self.null.iter().any(|null| null == value);
        Field::Is(Cell::new(start, end, if is_null { Kind::Null } else { Kind::Plain }), after)
    }

    fn quoted(&self, text: &[u8], open: usize, complete: bool, enough: bool) -> Field {
        let quote = text[open];
        let (mut at, mut kind) = (open + 1, Kind::Quoted);
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let found =
                self.escape.map_or_else(|| memchr(quote, rest), |escape| memchr2(quote, escape, rest));
            let Some(found) = found.map(|length| at + length) else {
                return if complete || enough {
                    Field::Bad("a quote is never closed", text.len())
                } else {
                    Field::Incomplete
                };
            };
            let is_escape = text[found] != quote;
            if is_escape || text.get(found + 1) == Some(&quote) {
                (at, kind) = (found + 2, Kind::Escaped);
                continue;
            }
            return self.closed(text, Cell::new(open + 1, found, kind), found + 1, complete);
        }
    }

    /// After a closing quote comes a delimiter or the line's end, perhaps after spaces.
    fn closed(&self, text: &[u8], cell: Cell, close: usize, complete: bool) -> Field {
        let spaces = text[close..].iter().take_while(|byte| **byte == b' ').count();
        let after = close + spaces;
        match text[after..] {
            [byte, ..] if byte == self.delimiter || byte == self.line_end => Field::Is(cell, after),
            [b'\r', b'\n', ..] if self.line_end == b'\n' => Field::Is(cell, after + 1),
            [] | [b'\r'] if !complete => Field::Incomplete,
            [] => Field::Is(cell, after),
            [b'\r'] => Field::Is(cell, after + 1),
            _ => Field::Bad("there is text behind a closed quote", after),
        }
    }
}
