//! Where rows are in a JSON text: in an array at its top or at a path, or one after the other.
//!
//! The text comes in pieces and is never there as a whole, so this is a machine with states. What is not on the path is passed over
//! without being kept, and nesting is counted, not followed.

use super::object::{balance, quoted_length};

/// What is next in the text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A row, which goes from `start` to `end`.
    Row { start: usize, end: usize },
    /// Something else, up to here.
    Passed { next: usize },
    /// More text is needed to tell.
    Incomplete,
    /// There is nothing more.
    End,
    /// The text does not go on as JSON does, at this place.
    Broken { at: usize, reason: String },
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The value that the first `matched` keys of the path lead to.
    Value,
    /// A key of the object on the path, or its end.
    Key,
    /// The rows of the array.
    Rows,
    /// What is behind a row.
    AfterRow,
    /// Values one after the other, without an array around them.
    Loose,
    /// What is behind the array: the ends of what is around it.
    Tail,
}

#[derive(Debug)]
pub(crate) struct Elements {
    path: Vec<String>,
    matched: usize,
    state: State,
    passing: Option<Passing>,
}

impl Elements {
    /// `path` is keys with dots between; empty for the top.
    pub(crate) fn new(path: &str) -> Self {
        let path = path.split('.').filter(|key| !key.is_empty()).map(str::to_owned).collect();
        Self { path, matched: 0, state: State::Value, passing: None }
    }

    /// What comes at this place. `complete` means that no more text comes.
    pub(crate) fn next(&mut self, text: &[u8], at: usize, complete: bool) -> Piece {
        if let Some(passing) = &mut self.passing {
            let (length, done) = passing.feed(&text[at..]);
            self.passing = self.passing.take().filter(|_| !done);
            return if done || length > 0 { Piece::Passed { next: at + length } } else { Piece::Incomplete };
        }
        let start = at + text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if start > at {
            return Piece::Passed { next: start };
        }
        let Some(byte) = text.get(start) else { return self.at_end(complete) };
        match self.state {
            State::Value => self.value(start, *byte),
            State::Key => self.key(text, start),
            // A comma before the end is one too many, and nothing is lost by it.
            State::Rows if *byte == b']' => self.go(State::Tail, start + 1),
            State::Rows => self.row(text, start, State::AfterRow, complete),
            State::AfterRow => self.after_row(start, *byte),
            State::Loose => self.row(text, start, State::Loose, complete),
            State::Tail => self.tail(start, *byte),
        }
    }

    /// Passes over the row that begins next, because it is too long.
    pub(crate) fn pass_row(&mut self) {
        self.passing = Some(Passing::default());
        if matches!(self.state, State::Rows) {
            self.state = State::AfterRow;
        }
    }

    /// The row that was found last will be asked for again.
    pub(crate) fn again(&mut self) {
        if self.state == State::AfterRow {
            self.state = State::Rows;
        }
    }

    fn at_end(&self, complete: bool) -> Piece {
        let may_end = match self.state {
            State::Loose => true,
            State::Value | State::Tail => self.matched == 0,
            _ => false,
        };
        if complete && may_end { Piece::End } else { Piece::Incomplete }
    }

    fn value(&mut self, at: usize, byte: u8) -> Piece {
        let on_the_way = self.matched < self.path.len();
        match byte {
            b'{' if on_the_way => self.go(State::Key, at + 1),
            b'[' if !on_the_way => self.go(State::Rows, at + 1),
            _ if self.path.is_empty() => self.go(State::Loose, at),
            _ if on_the_way => self.broken(at, "is not in an object"),
            _ => self.broken(at, "is not an array"),
        }
    }

    fn go(&mut self, state: State, next: usize) -> Piece {
        self.state = state;
        Piece::Passed { next }
    }

    fn broken(&self, at: usize, what: &str) -> Piece {
        Piece::Broken { at, reason: format!("what `path` names, `{}`, {what}", self.path.join(".")) }
    }

    fn key(&mut self, text: &[u8], at: usize) -> Piece {
        match text[at] {
            b',' => return Piece::Passed { next: at + 1 },
            b'}' => return self.broken(at, "is not there"),
            b'"' => {}
            _ => return misplaced(at),
        }
        let Some(length) = quoted_length(&text[at..]) else { return Piece::Incomplete };
        let after = at + length;
        let colon = after + text[after..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        match text.get(colon) {
            Some(b':') => self.take_key(&text[at..after]),
            Some(_) => return misplaced(colon),
            None => return Piece::Incomplete,
        }
        Piece::Passed { next: colon + 1 }
    }

    fn take_key(&mut self, raw: &[u8]) {
        let is_on_path =
            serde_json::from_slice::<String>(raw).is_ok_and(|key| key == self.path[self.matched]);
        if is_on_path {
            self.matched += 1;
            self.state = State::Value;
        } else {
            self.passing = Some(Passing::default());
        }
    }

    fn row(&mut self, text: &[u8], start: usize, then: State, complete: bool) -> Piece {
        let length = match text[start] {
            b'{' | b'[' => balance(&text[start..]).map(|found| found.length),
            b'"' => quoted_length(&text[start..]),
            _ => word_length(&text[start..], complete),
        };
        match length {
            None => Piece::Incomplete,
            Some(0) => misplaced(start),
            Some(length) => {
                self.state = then;
                Piece::Row { start, end: start + length }
            }
        }
    }

    fn after_row(&mut self, at: usize, byte: u8) -> Piece {
        match byte {
            b',' => self.go(State::Rows, at + 1),
            b']' => self.go(State::Tail, at + 1),
            _ => misplaced(at),
        }
    }

    /// Each object on the path has to be closed; what else is in them is passed over.
    fn tail(&mut self, at: usize, byte: u8) -> Piece {
        match byte {
            b'}' if self.matched > 0 => self.matched -= 1,
            b'{' | b'[' | b'"' if self.matched > 0 => {
                self.passing = Some(Passing::default());
                return Piece::Passed { next: at };
            }
            _ if self.matched > 0 => {}
            _ => return misplaced(at),
        }
        Piece::Passed { next: at + 1 }
    }
}

fn misplaced(at: usize) -> Piece {
    Piece::Broken {
        at,
        reason: "this is not JSON: something is where a value, a comma or an end should be".to_owned(),
    }
}

/// How long a number or word is that begins here.
fn word_length(text: &[u8], complete: bool) -> Option<usize> {
    let is_end =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}' | b'{' | b'[' | b'"');
    let end = text.iter().position(is_end);
    end.or_else(|| complete.then_some(text.len()))
}

/// A value that nobody wants, of any length.
#[derive(Debug, Default)]
struct Passing {
    depth: usize,
    in_text: bool,
    escaped: bool,
    begun: bool,
}

impl Passing {
    /// How far the value goes in this piece, and whether it ends there.
    fn feed(&mut self, text: &[u8]) -> (usize, bool) {
        for (at, byte) in text.iter().enumerate() {
            if let Some(extra) = self.step(*byte) {
                return (at + extra, true);
            }
        }
        (text.len(), false)
    }

    /// Whether the value ended, and whether this byte belongs to it.
    fn step(&mut self, byte: u8) -> Option<usize> {
        if self.in_text {
            let ends = byte == b'"' && !self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            self.in_text = !ends;
            return (ends && self.depth == 0).then_some(1);
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth == 0 => return Some(0),
            b'}' | b']' => {
                self.depth -= 1;
                return (self.depth == 0).then_some(1);
            }
            b',' if self.depth == 0 => return Some(0),
            byte if byte.is_ascii_whitespace() && self.depth == 0 => return self.begun.then_some(0),
            _ => {}
        }
        self.begun = true;
        None
    }
}
