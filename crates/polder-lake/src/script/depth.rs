//! Refuses text that would use up the stack: of the parser, of the planner, or of whatever drops what they made.

use deltalake::datafusion::sql::sqlparser::keywords::Keyword;
use deltalake::datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use super::Mistake;
use super::pieces::Piece;

/// Brackets within brackets.
const DEEPEST: usize = 30;
/// Operators one after another: each is nested in the next.
const LONGEST: usize = 1000;
/// Queries and joins in a statement: each is nested in the next, too.
const TABLES: usize = 300;
/// `WITH` in a statement: the planner looks at what is within one twice, and within two four times.
const NAMED: usize = 12;

impl Piece<'_> {
    pub(super) fn refuse_depth(&self) -> Result<(), Mistake> {
        let mut runs = vec![0];
        let (mut types, mut tables, mut named) = (0_usize, 0, 0);
        for (place, token) in self.tokens.iter().enumerate() {
            match &token.token {
                Token::LParen | Token::LBracket | Token::LBrace => runs.push(0),
                Token::RParen | Token::RBracket | Token::RBrace => close(&mut runs),
                Token::Comma => restart(&mut runs),
                Token::Lt if self.is_type(place) => types += 1,
                Token::Gt => types = types.saturating_sub(1),
                Token::ShiftRight => types = types.saturating_sub(2),
                _ => {}
            }
            tables += usize::from(is_table(&token.token));
            named += usize::from(self.is_with(place));
            let run = runs.last_mut().map_or(0, |run| {
                *run += usize::from(is_operator(&token.token));
                *run
            });
            if runs.len() + types > DEEPEST {
                return Err(refused(
                    token,
                    "brackets are nested too deeply here",
                    "use `WITH` to give the inner parts names",
                ));
            }
            if run > LONGEST {
                let hint = "write `x IN (…)` for many values, or put them into a table";
                return Err(refused(
                    token,
                    format!("more than {LONGEST} operators follow one another here"),
                    hint,
                ));
            }
            if tables > TABLES {
                let hint = "do it in several statements, with tables between them";
                return Err(refused(token, format!("this has more than {TABLES} queries and joins"), hint));
            }
            if named > NAMED {
                let hint = "name all parts in the first `WITH`";
                return Err(refused(token, format!("this has more than {NAMED} times `WITH`"), hint));
            }
        }
        Ok(())
    }

    /// Whether the word at a place names queries, and is not part of a type.
    fn is_with(&self, place: usize) -> bool {
        let keyword = |place: usize| match self.tokens.get(place).map(|token| &token.token) {
            Some(Token::Word(word)) => word.keyword,
            _ => Keyword::NoKeyword,
        };
        keyword(place) == Keyword::WITH && keyword(place + 1) != Keyword::TIME
    }

    /// Whether the `<` at a place begins the types within a type.
    fn is_type(&self, place: usize) -> bool {
        let before = place.checked_sub(1).and_then(|before| self.tokens.get(before));
        matches!(before.map(|token| &token.token), Some(Token::Word(word)) if word.keyword != Keyword::NoKeyword)
    }
}

/// What follows a bracket goes on where it was opened, one operator further.
fn close(runs: &mut Vec<usize>) {
    if runs.len() > 1 {
        runs.pop();
    }
    if let Some(run) = runs.last_mut() {
        *run += 1;
    }
}

fn restart(runs: &mut [usize]) {
    if let Some(run) = runs.last_mut() {
        *run = 0;
    }
}

fn refused(token: &TokenWithSpan, message: impl Into<String>, hint: &str) -> Mistake {
    Mistake::at(token.span.start, message, hint)
}

fn is_table(token: &Token) -> bool {
    matches!(token, Token::Word(word) if matches!(word.keyword, Keyword::SELECT | Keyword::JOIN | Keyword::VALUES))
}

fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.keyword != Keyword::NoKeyword,
        Token::Number(..) | Token::Comma | Token::Period | Token::SingleQuotedString(_) => false,
        _ => true,
    }
}
