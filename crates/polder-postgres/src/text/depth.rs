//! Refuses a text that would use up the stack: of the parser, of the planner, or of whatever drops what they made.
//!
//! The parser has a bound for brackets only. What follows one another is nested, too: each operator in the next, and each query of a `UNION`.
//! A process whose stack is used up ends without a word, which its client takes for a fault of the network. The bounds are what a debug
//! build can take in the eight megabytes that a process usually has.

use deltalake::datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use deltalake::datafusion::sql::sqlparser::keywords::Keyword;
use deltalake::datafusion::sql::sqlparser::tokenizer::{Location, Token, Tokenizer};

use super::position_of;
use crate::error::{Error, Result};

/// Operators one after another, between commas and brackets.
const OPERATORS: usize = 1_000;
/// Queries and joins in a statement, and types within types.
const TABLES: usize = 300;

#[derive(Default)]
struct Depth {
    /// Operators outside of all brackets.
    outside: usize,
    /// For each bracket that is open, operators since it was opened or since the last comma.
    within: Vec<usize>,
    tables: usize,
    types: usize,
}

pub(super) fn refuse(text: &str) -> Result<()> {
    // What is no text of SQL at all, the parser says better.
    let Ok(tokens) = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize_with_location() else {
        return Ok(());
    };
    let (mut depth, mut before) = (Depth::default(), Keyword::NoKeyword);
    for token in tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))) {
        depth.follow(&token.token, before);
        depth.excess(text, token.span.start)?;
        before = keyword(&token.token);
    }
    Ok(())
}

impl Depth {
    fn follow(&mut self, token: &Token, before: Keyword) {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                *self.operators() += 1;
                self.within.push(0);
            }
            Token::RParen | Token::RBracket | Token::RBrace => drop(self.within.pop()),
            Token::Comma => *self.operators() = 0,
            Token::SemiColon => *self = Self::default(),
            Token::Lt if before != Keyword::NoKeyword => self.types += 1,
            Token::Word(word) => self.word(word.keyword),
            Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_) | Token::Period => {}
            _ => *self.operators() += 1,
        }
    }

    fn word(&mut self, keyword: Keyword) {
        use Keyword::{
            AND, AT, BETWEEN, COLLATE, ELSE, ESCAPE, ILIKE, IN, IS, JOIN, LIKE, NOT, OR, SELECT, SIMILAR,
            THEN, VALUES, WHEN,
        };
        match keyword {
            SELECT | JOIN | VALUES => self.tables += 1,
            AND | OR | NOT | IS | IN | LIKE | ILIKE | SIMILAR | ESCAPE | BETWEEN | COLLATE | AT => {
                *self.operators() += 1;
            }
            // The branches of a `CASE` stand beside one another.
            WHEN | THEN | ELSE => *self.operators() = 0,
            _ => {}
        }
    }

    fn operators(&mut self) -> &mut usize {
        self.within.last_mut().unwrap_or(&mut self.outside)
    }

    fn excess(&mut self, text: &str, at: Location) -> Result<()> {
        let (what, hint) = if *self.operators() > OPERATORS {
            (format!("{OPERATORS} operators follow one another"), "write `x IN (…)` for many values")
        } else if self.tables > TABLES {
            (format!("{TABLES} queries and joins are in one statement"), "ask in several statements")
        } else if self.types > TABLES {
            (format!("{TABLES} types are within one another"), "nobody needs that many")
        } else {
            return Ok(());
        };
        let error = Error::new("54001", format!("more than {what} here")).hint(hint);
        Err(Error { position: position_of(text, at), ..error })
    }
}

fn keyword(token: &Token) -> Keyword {
    match token {
        Token::Word(word) => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(text: &str) -> Option<&'static str> {
        refuse(text).err().map(|error| error.state)
    }

    #[test]
    fn what_is_too_deep_is_refused() {
        let many = |before: &str, one: &str, behind: &str| format!("{before}{}{behind}", one.repeat(5_000));
        for text in [
            many("SELECT 1", " + 1", ""),
            many("SELECT 1 WHERE true", " OR a = 1", ""),
            many("SELECT 1", "::int", ""),
            many("SELECT 1", " UNION ALL SELECT 1", ""),
            many("SELECT 1 FROM a", " JOIN a ON true", ""),
            many("SELECT CAST(1 AS ", "ARRAY<", ""),
            many("SELECT a", "[1]", ""),
            many("SELECT true", " IS NULL", ""),
            many("SELECT a", " LIKE 'x' ESCAPE '/'", ""),
        ] {
            assert_eq!(state(&text), Some("54001"), "{}", &text[..40]);
        }
        let error = refuse(&many("SELECT 1,\n  2", " + 1", "")).unwrap_err();
        assert_eq!(error.position, Some(4_015));
    }

    #[test]
    fn what_is_long_is_not_deep() {
        let many = |before: &str, one: &str, behind: &str| format!("{before}{}{behind}", one.repeat(5_000));
        for text in [
            many("SELECT 1 WHERE a IN (1", ", -1", ")"),
            many("SELECT ", "a + 1 AS a, ", "1"),
            many("SELECT CASE", " WHEN a = 1 THEN b + 1", " END"),
            many("SELECT a FROM (VALUES (1)", ", (2)", ") t"),
            many("", "SELECT 1 + 1;", ""),
            many("SELECT '", "+ ", "'"),
        ] {
            assert_eq!(state(&text), None, "{}", &text[..30]);
        }
    }
}
