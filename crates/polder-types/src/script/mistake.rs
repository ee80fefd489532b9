//! What is wrong with a script, and where.

use std::fmt;

use sqlparser::parser::ParserError;
use sqlparser::tokenizer::{Location, TokenWithSpan, TokenizerError};

use super::pieces::{self, Piece};
use super::refusal::usage;
use super::{Kind, Statement};

const ONE_QUERY: &str = "write one SELECT: `WITH name AS (SELECT …)` gives its parts names";

/// One mistake. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub line: u64,
    pub column: u64,
    /// What was found, and what was expected.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}; {}", self.line, self.column, self.message, self.hint)
    }
}

impl std::error::Error for Mistake {}

impl Mistake {
    /// There is no statement.
    pub(super) fn nothing() -> Self {
        Self::at(Location { line: 1, column: 1 }, "there is no SQL", ONE_QUERY)
    }

    /// Where it stands in its text, in bytes.
    #[must_use]
    pub fn offset(&self, text: &str) -> usize {
        pieces::offset(text, Location { line: self.line, column: self.column })
    }

    pub(super) fn at(place: Location, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { line: place.line, column: place.column, message: message.into(), hint: hint.into() }
    }

    /// The text cannot even be cut into words.
    pub(super) fn broken(error: &TokenizerError) -> Self {
        let hint = match error.message.as_str() {
            message if message.contains("string literal") => {
                "text ends with `'`, and `''` stands for one in it"
            }
            message if message.contains("comment") => "such a comment ends with `*/`",
            message if message.contains("delimited identifier") => "a quoted name ends as it begins",
            _ => "what is in quotes or comments has an end, and all else is words, numbers and operators",
        };
        Self::at(error.location, error.message.clone(), hint)
    }
}

impl Statement {
    pub(super) fn not_a_query(&self) -> Option<Mistake> {
        let message = "this statement writes a table, where only a SELECT can be";
        (self.kind() != Kind::Select).then(|| Mistake::at(self.place(), message, ONE_QUERY))
    }

    pub(super) fn one_too_many(&self) -> Mistake {
        Mistake::at(self.place(), "a second statement begins here, where only one can be", ONE_QUERY)
    }

    fn place(&self) -> Location {
        Location { line: self.line, column: self.column }
    }
}

impl Piece<'_> {
    /// Something that is wrong with the statement as a whole.
    pub(super) fn refused(&self, message: impl Into<String>, hint: impl Into<String>) -> Mistake {
        Mistake::at(self.start, message, hint)
    }

    /// What the parser says. Its own words have the place at their end.
    pub(super) fn mistaken(&self, error: &ParserError) -> Mistake {
        let text = match error {
            ParserError::RecursionLimitExceeded => {
                return self.refused("this is nested too deeply", "use `WITH` to give its parts names");
            }
            ParserError::TokenizerError(text) | ParserError::ParserError(text) => text,
        };
        let (text, place) = cut_place(text);
        let place = place.unwrap_or(self.end);
        Mistake::at(place, in_our_words(text), usage(self.first()))
    }

    /// There is more than a statement.
    pub(super) fn unexpected(&self, found: &TokenWithSpan) -> Mistake {
        let message = format!("found `{}`, expected the end of the statement", found.token);
        let hint = "end each statement with `;`; and check what stands before this";
        Mistake::at(found.span.start, message, hint)
    }
}

fn cut_place(text: &str) -> (&str, Option<Location>) {
    let Some((before, place)) = text.rsplit_once(" at Line: ") else { return (text, None) };
    let numbers = place.split_once(", Column: ").map(|(line, column)| (line.parse(), column.parse()));
    match numbers {
        Some((Ok(line), Ok(column))) => (before, Some(Location { line, column })),
        _ => (text, None),
    }
}

/// `Expected: x, found: y`, as the others are said.
fn in_our_words(text: &str) -> String {
    let parts = text.strip_prefix("Expected: ").and_then(|rest| rest.rsplit_once(", found: "));
    match parts {
        Some((expected, "EOF")) => format!("found the end of the statement, expected {expected}"),
        Some((expected, found)) => format!("found `{found}`, expected {expected}"),
        None => text.to_owned(),
    }
}
