//! One JSON object: where the values of its keys are. What is nested is not looked into, only checked.

use std::collections::HashMap;
use std::sync::Arc;

use serde::de::IgnoredAny;

use crate::Reason;
use crate::rows::{Cell, Kind};
use crate::value::Number;

/// Deeper than this nothing is kept: many readers of JSON would not read it back.
const DEEPEST: usize = 128;

/// Why a text is not a row, and how that is said.
pub(crate) struct Refusal(pub(crate) Reason, pub(crate) &'static str);

/// The keys that were seen in a file. The order in which they come mostly stays the same, so that finding one is comparing it.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) names: Arc<Vec<String>>,
    places: HashMap<String, usize>,
}

impl Keys {
    fn place(&mut self, key: &[u8], expected: usize, most: usize) -> Result<usize, Refusal> {
        if self.names.get(expected).is_some_and(|name| name.as_bytes() == key) {
            return Ok(expected);
        }
        let key = std::str::from_utf8(key)
            .map_err(|_| Refusal(Reason::InvalidText, "a key is no text in UTF-8"))?;
        if let Some(place) = self.places.get(key) {
            return Ok(*place);
        }
        if self.names.len() >= most {
            return Err(Refusal(Reason::TooManyColumns, "it has a key for which there is no column left"));
        }
        self.places.insert(key.to_owned(), self.names.len());
        Arc::make_mut(&mut self.names).push(key.to_owned());
        Ok(self.names.len() - 1)
    }
}

/// Reads objects in one text.
pub(crate) struct Objects<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) keys: &'a mut Keys,
    pub(crate) most_columns: usize,
    at: usize,
    end: usize,
}

const NOT_JSON: fn(&'static str) -> Refusal = |message| Refusal(Reason::NotJson, message);

impl<'a> Objects<'a> {
    pub(crate) fn new(text: &'a [u8], keys: &'a mut Keys, most_columns: usize) -> Self {
        Self { text, keys, most_columns, at: 0, end: 0 }
    }

    /// The values of the object that is all there is between two places, each given with its column.
    pub(crate) fn read(
        &mut self,
        start: usize,
        end: usize,
        mut value: impl FnMut(usize, Cell),
    ) -> Result<(), Refusal> {
        (self.at, self.end) = (start, end);
        match self.token() {
            Some(b'{') => self.at += 1,
            Some(_) => return Err(self.not_an_object(start, end)),
            None => return Err(NOT_JSON("it is empty")),
        }
        let mut expected = 0;
        if self.token() == Some(b'}') {
            self.at += 1;
            return self.nothing_follows();
        }
        loop {
            let place = self.key(expected)?;
            let cell = self.value()?;
            value(place, cell);
            expected = place + 1;
            match self.token() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(NOT_JSON("after a value, neither a comma nor the object's end follows")),
            }
        }
        self.at += 1;
        self.nothing_follows()
    }

    fn not_an_object(&self, start: usize, end: usize) -> Refusal {
        match serde_json::from_slice::<IgnoredAny>(&self.text[start..end]) {
            Ok(_) => Refusal(Reason::NotAnObject, "it is JSON, but not an object with names and values"),
            Err(_) => NOT_JSON("it is not a JSON object"),
        }
    }

    fn nothing_follows(&mut self) -> Result<(), Refusal> {
        self.token().map_or(Ok(()), |_| Err(NOT_JSON("something follows the object's end")))
    }

    /// The next byte that is not a space.
    #[inline]
    fn token(&mut self) -> Option<u8> {
        while self.at < self.end {
            match self.text[self.at] {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                byte => return Some(byte),
            }
        }
        None
    }

    fn key(&mut self, expected: usize) -> Result<usize, Refusal> {
        if self.token() != Some(b'"') {
            return Err(NOT_JSON("a name in quotes is missing"));
        }
        let cell = self.string()?;
        if self.token() != Some(b':') {
            return Err(NOT_JSON("a colon is missing after a name"));
        }
        self.at += 1;
        let raw = cell.raw(self.text);
        if cell.kind == Kind::Text {
            return self.keys.place(raw, expected, self.most_columns);
        }
        let name: String =
            serde_json::from_slice(raw).map_err(|_| NOT_JSON("a name has an escape that means nothing"))?;
        self.keys.place(name.as_bytes(), expected, self.most_columns)
    }

    fn value(&mut self) -> Result<Cell, Refusal> {
        match self.token() {
            Some(b'"') => self.string(),
            Some(b'{' | b'[') => self.nested(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word(b"true", Kind::Boolean),
            Some(b'f') => self.word(b"false", Kind::Boolean),
            Some(b'n') => self.word(b"null", Kind::Null),
            _ => Err(NOT_JSON("a value is missing or is none of JSON's")),
        }
    }

    /// A text; with its quotes if it has escapes.
    #[inline]
    fn string(&mut self) -> Result<Cell, Refusal> {
        let open = self.at;
        let mut escaped = false;
        self.at += 1;
        while self.at < self.end {
            match self.text[self.at] {
                b'"' => {
                    self.at += 1;
                    return Ok(if escaped {
                        Cell::new(open, self.at, Kind::EscapedText)
                    } else {
                        Cell::new(open + 1, self.at - 1, Kind::Text)
                    });
                }
                b'\\' => {
                    escaped = true;
                    self.at += 2;
                }
                0..0x20 => return Err(NOT_JSON("a text has a control character in it")),
                _ => self.at += 1,
            }
        }
        Err(NOT_JSON("a quote is never closed"))
    }

    fn number(&mut self) -> Result<Cell, Refusal> {
        let start = self.at;
        let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
        self.at += self.text[start..self.end].iter().take_while(|byte| is_part(byte)).count();
        let number = Number::scan(&self.text[start..self.at]).filter(Number::is_json);
        number.map(|_| Cell::new(start, self.at, Kind::Number)).ok_or(NOT_JSON("a number is none of JSON's"))
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Cell, Refusal> {
        let start = self.at;
        self.at += word.len();
        let is_word = self.at <= self.end && &self.text[start..self.at] == word;
        is_word.then(|| Cell::new(start, self.at, kind)).ok_or(NOT_JSON("a value is none of JSON's"))
    }

    fn nested(&mut self) -> Result<Cell, Refusal> {
        let start = self.at;
        let Some(found) = balance(&self.text[start..self.end]) else {
            return Err(NOT_JSON("an object or array is never closed"));
        };
        if found.deepest > DEEPEST {
            return Err(Refusal(Reason::TooDeep, "it is nested more than 128 deep"));
        }
        self.at = start + found.length;
        let raw = &self.text[start..self.at];
        serde_json::from_slice::<IgnoredAny>(raw)
            .map_err(|_| NOT_JSON("what is nested in it is not JSON"))?;
        Ok(Cell::new(start, self.at, Kind::Nested))
    }
}

/// Where an object or array that begins a text ends.
pub(crate) struct Balance {
    pub(crate) length: usize,
    pub(crate) deepest: usize,
}

/// Counts brackets outside of texts; whether they match is not its business. However deep they go, it takes no stack.
pub(crate) fn balance(text: &[u8]) -> Option<Balance> {
    let (mut depth, mut deepest, mut at) = (0usize, 0, 0);
    while at < text.len() {
        match text[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => at += quoted_length(&text[at..])? - 1,
            _ => {}
        }
        at += 1;
        deepest = deepest.max(depth);
        if depth == 0 {
            return Some(Balance { length: at, deepest });
        }
    }
    None
}

/// How long the text in quotes is that begins here, with them.
pub(crate) fn quoted_length(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}
