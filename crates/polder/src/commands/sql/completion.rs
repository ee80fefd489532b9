//! What can be completed in a session: words of SQL, tables, columns. And when a query is complete.

use polder_types::wire::{LakeTable, OwnTable};
use rustyline::completion::Completer;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper, Highlighter, Hinter, Result};

const WORDS: &[&str] = &[
    "AND",
    "AS",
    "ASC",
    "AVG",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COUNT",
    "DATE",
    "DESC",
    "DISTINCT",
    "ELSE",
    "END",
    "EXISTS",
    "FROM",
    "GROUP",
    "HAVING",
    "IN",
    "INNER",
    "INTERVAL",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "LIMIT",
    "MAX",
    "MIN",
    "NOT",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "OVER",
    "PARTITION",
    "SELECT",
    "SUM",
    "THEN",
    "UNION",
    "USING",
    "WHEN",
    "WHERE",
    "WITH",
];

/// Completes with what it was told of.
#[derive(Helper, Highlighter, Hinter, Default)]
pub struct Words {
    names: Vec<String>,
}

impl Words {
    pub fn of(tables: &[LakeTable]) -> Self {
        let columns = tables.iter().flat_map(|table| &table.facts).flat_map(|facts| &facts.columns);
        let mut names: Vec<String> = columns.map(|column| column.name.clone()).collect();
        names.extend(tables.iter().map(|table| table.name.to_string()));
        for own in OwnTable::ALL {
            names.push(own.to_string());
            names.extend(own.columns().iter().map(|column| column.name.to_owned()));
        }
        names.sort();
        names.dedup();
        Self { names }
    }

    /// Where what is completed begins, and what it may become: of `o.am` the columns, if nothing is called so as a whole.
    fn completed(&self, begin: usize, word: &str) -> (usize, Vec<String>) {
        let whole = self.like(word);
        match word.rfind('.').filter(|_| whole.is_empty()) {
            Some(dot) => (begin + dot + 1, self.like(&word[dot + 1..])),
            None => (begin, whole),
        }
    }

    /// Those that begin like a word.
    fn like(&self, begin: &str) -> Vec<String> {
        let fits =
            |name: &str| name.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin));
        let is_lower = begin.chars().any(char::is_lowercase);
        let word = |word: &&str| if is_lower { word.to_lowercase() } else { (*word).to_owned() };
        let names = self.names.iter().filter(|name| fits(name)).cloned();
        names.chain(WORDS.iter().filter(|word| fits(word)).map(word)).collect()
    }
}

impl Completer for Words {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> Result<(usize, Vec<String>)> {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let begin = line[..at]
            .rfind(|c| !is_part(c))
            .map_or(0, |index| index + line[index..].chars().next().map_or(1, char::len_utf8));
        let word = &line[begin..at];
        Ok(if word.is_empty() { (begin, Vec::new()) } else { self.completed(begin, word) })
    }
}

impl Validator for Words {
    /// A line ends a query if it has a `;` at its end, or is an order of the session.
    fn validate(&self, context: &mut ValidationContext<'_>) -> Result<ValidationResult> {
        let text = context.input();
        let is_whole = text.trim().is_empty()
            || text.trim_start().starts_with('\\')
            || polder_sql::split(text).1.is_none();
        Ok(if is_whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_completed_in_their_own_case() {
        let words = Words { names: vec!["marts.days".to_owned(), "Amount".to_owned()] };
        assert_eq!(words.like("ma"), ["marts.days", "max"]);
        assert_eq!(words.like("AM"), ["Amount"]);
        assert_eq!(words.like("SEL"), ["SELECT"]);
        assert_eq!(words.like("é"), Vec::<String>::new());
        assert_eq!(words.completed(7, "marts.d"), (7, vec!["marts.days".to_owned()]));
        assert_eq!(words.completed(7, "o.Am"), (9, vec!["Amount".to_owned()]));
    }
}
