//! Reading fields from a positioned tree, collecting every mistake instead of stopping at the first.
//!
//! A [`Field`] is a node with the way to it (`steps[1].retries`). Its readers answer `None` after having reported what is
//! wrong, so that the rest of the file is still read. An [`Object`] is a map read by the keys of a [`Shape`]: the struct
//! that the JSON Schema is made from, so that schema and parser cannot disagree about keys.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use super::excerpt::excerpt;
use super::nearest::did_you_mean;
use super::tree::{Entry, Kind, MERGE, Mark, Node};
use super::{Problem, ProblemCode, Severity};

mod object;
mod scalar;

pub(crate) use object::Object;
pub(crate) use scalar::Plain;
use scalar::{json, meaning};

/// More than anybody reads; a file of garbage shall not become gigabytes of complaints.
const PROBLEM_LIMIT: usize = 500;

/// A file, and what is wrong with it.
pub(crate) struct Reader<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    problems: RefCell<Vec<Problem>>,
}

/// Where a value stands, in the text and in the structure.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) mark: Mark,
    pub(crate) path: String,
}

impl Place {
    /// Of a part of a text, in bytes.
    pub(crate) fn of(text: &str, part: Range<usize>) -> Self {
        let start = if text.is_char_boundary(part.start) { part.start } else { 0 };
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before[line_start..].chars().count() + 1;
        let mark = Mark { line: before.matches('\n').count() + 1, column, bytes: part };
        Self { mark, path: String::new() }
    }
}

/// A value together with its place, for checks that come later.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// A struct that stands for a map in a file: its fields are the keys.
pub(crate) trait Shape {
    /// The valid keys, from the JSON Schema of the struct.
    fn keys() -> &'static [String];
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: RefCell::default() }
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }

    pub(crate) fn failed(&self) -> bool {
        self.problems.borrow().iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Whether nothing more is recorded. Whoever would search for a hint looks here first: a file of garbage shall not
    /// cost minutes either.
    pub(crate) fn is_full(&self) -> bool {
        self.problems.borrow().len() >= PROBLEM_LIMIT
    }

    pub(crate) fn error(
        &self,
        place: &Place,
        code: ProblemCode,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        if !self.is_full() {
            self.report(self.problem(Severity::Error, place, code, message.into(), hint));
        }
    }

    pub(crate) fn report(&self, problem: Problem) {
        if !self.is_full() {
            self.problems.borrow_mut().push(problem);
        }
    }

    pub(crate) fn problem(
        &self,
        severity: Severity,
        place: &Place,
        code: ProblemCode,
        message: String,
        hint: Option<String>,
    ) -> Problem {
        let Place { mark, path } = place;
        Problem {
            severity,
            code,
            file: self.file.to_owned(),
            line: u32::try_from(mark.line).unwrap_or(u32::MAX),
            column: u32::try_from(mark.column).unwrap_or(u32::MAX),
            path: path.clone(),
            message,
            hint,
            excerpt: excerpt(self.text, mark),
        }
    }
}

/// A node and the way to it.
#[derive(Clone)]
pub(crate) struct Field<'a> {
    pub(crate) reader: &'a Reader<'a>,
    pub(crate) node: &'a Node,
    pub(crate) path: String,
}

impl<'a> Field<'a> {
    pub(crate) fn place(&self) -> Place {
        Place { mark: self.node.mark.clone(), path: self.path.clone() }
    }

    pub(crate) fn error(&self, code: ProblemCode, message: impl Into<String>, hint: Option<String>) {
        self.reader.error(&self.place(), code, message, hint);
    }

    pub(crate) fn located<T>(&self, value: T) -> Located<T> {
        Located { value, place: self.place() }
    }

    /// Where a part of the text here is written: found again in the file, since quotes, escapes and blocks move it.
    pub(crate) fn place_within(&self, value: &str, part: Range<usize>) -> Place {
        let whole = self.place();
        let source = self.reader.text.get(whole.mark.bytes.start..).unwrap_or_default();
        let snippet = value.get(part.clone()).and_then(|text| text.lines().next()).unwrap_or_default();
        let nth = value.get(..part.start).unwrap_or_default().matches(snippet).count();
        let found = source.match_indices(snippet).nth(nth).filter(|_| !snippet.is_empty());
        let Some((offset, _)) = found else { return whole };
        let start = whole.mark.bytes.start + offset;
        let line_start = self.reader.text[..start].rfind('\n').map_or(0, |end| end + 1);
        let mark = Mark {
            line: whole.mark.line + source[..offset].matches('\n').count(),
            column: self.reader.text[line_start..start].chars().count() + 1,
            bytes: start..start + snippet.len(),
        };
        Place { mark, path: whole.path }
    }

    fn wrong_type<T>(&self, expected: &str, hint: Option<String>) -> Option<T> {
        if matches!(self.node.kind, Kind::Broken) {
            return None;
        }
        let message = format!("expected {expected}, found {}", self.describe());
        self.error(ProblemCode::WrongType, message, hint);
        None
    }

    /// What stands here, for messages.
    pub(crate) fn describe(&self) -> String {
        match &self.node.kind {
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a map".to_owned(),
            Kind::Broken => "nothing".to_owned(),
            Kind::Scalar { text, .. } => match self.plain() {
                Some(Plain::Null) | None => "nothing".to_owned(),
                Some(Plain::Boolean(_)) => format!("the boolean `{text}`"),
                Some(Plain::Integer(_) | Plain::Number(_)) => format!("the number `{text}`"),
                Some(Plain::Text(_)) => format!("the text `{}`", shorten(text)),
            },
        }
    }

    /// What the scalar here means; `None` for lists, maps and what is broken.
    pub(crate) fn plain(&self) -> Option<Plain<'a>> {
        match &self.node.kind {
            Kind::Scalar { text, plain: true } => Some(meaning(text)),
            Kind::Scalar { text, plain: false } => Some(Plain::Text(text)),
            Kind::List(_) | Kind::Map(_) | Kind::Broken => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.plain() == Some(Plain::Null)
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.node.kind, Kind::Map(_))
    }

    /// The value of a key of a map, without a word if it is not there.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let Kind::Map(entries) = &self.node.kind else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| self.child(entry))
    }

    /// Whether a map here has the key.
    pub(crate) fn has(&self, key: &str) -> bool {
        matches!(&self.node.kind, Kind::Map(entries) if entries.iter().any(|entry| entry.key == key))
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.node.kind, Kind::List(_))
    }

    /// A text that is written as one.
    pub(crate) fn text(&self) -> Option<&'a str> {
        match self.plain() {
            Some(Plain::Text(text)) => Some(text),
            Some(Plain::Null) | None => self.wrong_type("a text", None),
            Some(_) => self.wrong_type("a text", Some("put it in quotes".to_owned())),
        }
    }

    /// The text of any scalar, as it is written.
    pub(crate) fn scalar_text(&self) -> Option<&'a str> {
        match &self.node.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => self.wrong_type("a text, number or boolean", None),
        }
    }

    pub(crate) fn integer(&self, range: RangeInclusive<i64>) -> Option<i64> {
        match self.plain() {
            Some(Plain::Integer(number)) if range.contains(&number) => Some(number),
            Some(Plain::Integer(_) | Plain::Number(_)) if self.is_whole() => {
                let number = self.scalar_text().map(shorten).unwrap_or_default();
                let message = format!("{number} is not between {} and {}", range.start(), range.end());
                self.error(ProblemCode::InvalidValue, message, None);
                None
            }
            _ => self.wrong_type("a whole number", None),
        }
    }

    /// Whether a number has nothing after its point: also one that is too large to count with.
    fn is_whole(&self) -> bool {
        !matches!(self.plain(), Some(Plain::Number(number)) if number.fract() != 0.0)
    }

    /// One of the names of an enum.
    pub(crate) fn choice<T: serde::de::DeserializeOwned + schemars::JsonSchema + 'static>(
        &self,
    ) -> Option<T> {
        let text = self.scalar_text()?;
        if let Ok(value) = serde_json::from_value(text.into()) {
            return Some(value);
        }
        let names = super::shapes::names_of::<T>();
        let list = names.join(", ");
        let hint = did_you_mean(text, names.iter().map(String::as_str));
        let message = format!("`{}` is none of: {list}", shorten(text));
        self.error(ProblemCode::InvalidValue, message, hint);
        None
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> Option<Vec<Self>> {
        let Kind::List(items) = &self.node.kind else {
            let hint = self.scalar_text_quietly().map(|text| format!("write `[{}]`", shorten(text)));
            return self.wrong_type("a list", hint);
        };
        let item =
            |(index, node)| Self { reader: self.reader, node, path: format!("{}[{index}]", self.path) };
        Some(items.iter().enumerate().map(item).collect())
    }

    pub(crate) fn scalar_text_quietly(&self) -> Option<&'a str> {
        match self.plain() {
            Some(Plain::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A list, or one item that stands for a list of one.
    pub(crate) fn one_or_many(&self) -> Option<Vec<Self>> {
        if self.is_list() { self.items() } else { Some(vec![self.clone()]) }
    }

    /// The entries of a map whose keys the user chooses.
    pub(crate) fn entries(&self) -> Option<Vec<(Located<&'a str>, Self)>> {
        let Kind::Map(entries) = &self.node.kind else { return self.wrong_type("a map", None) };
        let entries = entries.iter().filter(|entry| entry.key != MERGE);
        Some(entries.map(|entry| (self.key(entry), self.child(entry))).collect())
    }

    /// The same for what need not be a map: nothing for what is none.
    pub(crate) fn entries_or_none(&self) -> Vec<(Located<&'a str>, Self)> {
        if self.is_map() { self.entries().unwrap_or_default() } else { Vec::new() }
    }

    /// The text of a key that must be there.
    pub(crate) fn require_text(&self, key: &str) -> Option<Located<String>> {
        if !self.is_map() {
            return self.wrong_type("a map", None);
        }
        let Some(field) = self.get(key) else {
            self.error(
                ProblemCode::MissingKey,
                format!("`{key}` is missing"),
                Some(format!("add `{key}: …`")),
            );
            return None;
        };
        field.text().map(|text| field.located(text.to_owned()))
    }

    /// That a map has no other keys.
    pub(crate) fn check_keys(&self, keys: &[&str]) {
        for (key, _) in self.entries_or_none().iter().filter(|(key, _)| !keys.contains(&key.value)) {
            let hint = did_you_mean(key.value, keys.iter().copied())
                .unwrap_or_else(|| format!("the keys here are {}", keys.join(", ")));
            let message = format!("unknown key `{}`", shorten(key.value));
            self.reader.error(&key.place, ProblemCode::UnknownKey, message, Some(hint));
        }
    }

    fn key(&self, entry: &'a Entry) -> Located<&'a str> {
        let place = Place { mark: entry.mark.clone(), path: self.child(entry).path };
        Located { value: &entry.key, place }
    }

    fn child(&self, entry: &'a Entry) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{}", self.path, shorten(&entry.key));
        Self { reader: self.reader, node: &entry.value, path }
    }

    /// The map here, with the keys of `S`. Unknown keys are reported at once.
    pub(crate) fn object<S: Shape>(&self) -> Option<Object<'a>> {
        self.object_hinting::<S>(|_| None)
    }

    /// The same, with a hint of one's own for keys that belong elsewhere.
    pub(crate) fn object_hinting<S: Shape>(
        &self,
        hint: impl Fn(&str) -> Option<String>,
    ) -> Option<Object<'a>> {
        let object = self.object_quietly::<S>();
        if object.is_none() {
            return self.wrong_type("a map", Some(format!("its keys are {}", S::keys().join(", "))));
        }
        object.inspect(|object| object.report_unknown(hint))
    }

    fn object_quietly<S: Shape>(&self) -> Option<Object<'a>> {
        let Kind::Map(entries) = &self.node.kind else { return None };
        Some(Object::new(self.clone(), entries, S::keys()))
    }

    /// What kind of map this is: those of `kinds` that are keys here, or the one that a misspelt key was meant to be.
    pub(crate) fn kinds<'k, S: Shape>(&self, kinds: &[&'k str]) -> Vec<&'k str> {
        let written: Vec<&str> = kinds.iter().copied().filter(|kind| self.has(kind)).collect();
        if !written.is_empty() {
            return written;
        }
        let meant = |object: Object<'a>| {
            object.ignore();
            object.meant(kinds)
        };
        self.object_quietly::<S>().and_then(meant).into_iter().collect()
    }

    /// As JSON: plain scalars by their meaning, the rest as text.
    pub(crate) fn json(&self) -> serde_json::Value {
        json(self.node)
    }
}

/// A text short enough for a message.
pub(crate) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.len() < text.trim_end().len() => format!("{line}…"),
        None => line.to_owned(),
    }
}
