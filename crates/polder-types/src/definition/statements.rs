//! The SQL of steps, judged before it is run: the templates in it, and the statements that have none. What the others say is known when a
//! run fills them in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::reader::{Field, Place, Reader};
use super::{Problem, ProblemCode};
use crate::script::{Mistake, Script, word_at};
use crate::template::scan::{PieceKind, pieces};
use crate::template::{self, Names, Quoting};

/// Stands in what is judged where an expression stands: no text means anything by it.
const UNKNOWN: char = '\u{E000}';

/// A file of statements that a step names, and the names that its templates may use.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statements {
    pub(crate) file: String,
    pub(crate) names: Names,
}

/// Reports what is wrong with the statements that are written in a step.
pub(crate) fn check(field: &Field<'_>, text: &str) {
    for (word, mistake) in mistakes(text) {
        let place = field.place_within(text, word);
        field.reader.error(&place, ProblemCode::InvalidSql, mistake.message, Some(mistake.hint));
    }
}

/// What is wrong with files of statements, each told once, by file and line.
pub(crate) fn problems(named: &[Statements], texts: &BTreeMap<String, String>) -> Vec<Problem> {
    let files: BTreeSet<&str> = named.iter().map(|statements| statements.file.as_str()).collect();
    let texts = files.into_iter().filter_map(|file| Some(Reader::new(file, texts.get(file)?)));
    texts.flat_map(|reader| of_file(reader, named)).collect()
}

fn of_file(reader: Reader<'_>, named: &[Statements]) -> Vec<Problem> {
    for statements in named.iter().filter(|statements| statements.file == reader.file) {
        for mistake in template::check(reader.text, &statements.names, Quoting::Sql) {
            reader.error(&Place::of(reader.text, mistake.range), mistake.code, mistake.message, mistake.hint);
        }
    }
    for (word, mistake) in mistakes(reader.text) {
        let place = Place::of(reader.text, word);
        reader.error(&place, ProblemCode::InvalidSql, mistake.message, Some(mistake.hint));
    }
    let mut problems = reader.into_problems();
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.dedup();
    problems
}

/// With the word of the text that each is about.
fn mistakes(text: &str) -> Vec<(Range<usize>, Mistake)> {
    let Some(filled) = stand_in(text) else { return Vec::new() };
    let found = Script::mistakes(&filled, |statement| !statement.contains(UNKNOWN));
    found.into_iter().map(|mistake| (word_at(text, mistake.offset(&filled)), mistake)).collect()
}

/// The text with literals instead of its templates, everything else at the same place. Nothing if a template may become more than a value.
fn stand_in(text: &str) -> Option<String> {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        let length = piece.range.len();
        let part = &text[piece.range];
        match piece.kind {
            PieceKind::Text => filled.push_str(part),
            PieceKind::Expression if part.contains("safe") => return None,
            PieceKind::Expression => filled.push_str(&literal(length)),
            PieceKind::Comment => filled.push_str(&" ".repeat(length)),
            PieceKind::Statement => return None,
        }
    }
    Some(filled)
}

/// A literal of so many bytes that no one can have written.
fn literal(length: usize) -> String {
    format!("'{UNKNOWN}{}'", "_".repeat(length.saturating_sub(UNKNOWN.len_utf8() + 2)))
}
