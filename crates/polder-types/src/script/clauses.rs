//! Clauses that the parser does not know, or does not know everywhere: they are taken out before it sees the statement.
//!
//! `PARTITIONED BY (…)` and `PRIMARY KEY (…)` may stand behind the columns of a new table in any order, and before the query that it
//! is made of. `ON CONFLICT` would be taken for a name: `SELECT 1 ON …` calls the column `on`.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::Mistake;
use super::names::plain;
use super::pieces::Piece;

/// What was taken out of a statement.
#[derive(Debug, Default)]
pub(super) struct Clauses {
    pub(super) partition_by: Vec<String>,
    pub(super) key: Vec<String>,
    /// From `ON CONFLICT` on.
    pub(super) conflict: Vec<TokenWithSpan>,
}

/// What is left for the parser, and what is not.
pub(super) fn take_clauses(piece: &Piece<'_>) -> Result<(Vec<TokenWithSpan>, Clauses), Mistake> {
    match piece.first()[0].as_str() {
        "CREATE" => of_create(piece),
        "INSERT" => Ok(of_insert(piece)),
        _ => Ok((piece.tokens.clone(), Clauses::default())),
    }
}

fn of_insert(piece: &Piece<'_>) -> (Vec<TokenWithSpan>, Clauses) {
    let mut rest = piece.tokens.clone();
    // Something may be called `conflict`, too.
    let is_column = |place: usize| rest.get(place).is_some_and(|token| token.token == Token::Period);
    let is_clause =
        |place: usize| is(&rest, place, &[Keyword::ON, Keyword::CONFLICT]) && !is_column(place + 2);
    let begin = outside(&rest).find(|place| is_clause(*place));
    let conflict = begin.map(|begin| rest.split_off(begin)).unwrap_or_default();
    (rest, Clauses { conflict, ..Clauses::default() })
}

fn of_create(piece: &Piece<'_>) -> Result<(Vec<TokenWithSpan>, Clauses), Mistake> {
    let (mut clauses, mut rest, mut from) = (Clauses::default(), Vec::new(), 0);
    for place in outside(&piece.tokens) {
        let starts = |words: &[Keyword]| is(&piece.tokens, place, words);
        if starts(&[Keyword::AS]) {
            break;
        }
        let list =
            match (starts(&[Keyword::PARTITIONED, Keyword::BY]), starts(&[Keyword::PRIMARY, Keyword::KEY])) {
                (true, _) => &mut clauses.partition_by,
                (_, true) => &mut clauses.key,
                _ => continue,
            };
        rest.extend_from_slice(&piece.tokens[from..place]);
        (*list, from) = names_in_brackets(piece, place + 2)?;
    }
    rest.extend_from_slice(&piece.tokens[from..]);
    Ok((rest, clauses))
}

/// The places that are within no brackets.
fn outside(tokens: &[TokenWithSpan]) -> impl Iterator<Item = usize> {
    let mut depth = 0_i32;
    let places = tokens.iter().enumerate().filter_map(move |(place, token)| {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(place)
    });
    places.collect::<Vec<_>>().into_iter()
}

fn is(tokens: &[TokenWithSpan], place: usize, words: &[Keyword]) -> bool {
    words.iter().enumerate().all(|(next, keyword)| {
        matches!(tokens.get(place + next).map(|token| &token.token), Some(Token::Word(word)) if word.keyword == *keyword)
    })
}

/// `(a, b)`, and the place behind it.
fn names_in_brackets(piece: &Piece<'_>, from: usize) -> Result<(Vec<String>, usize), Mistake> {
    let refused = |place: usize, expected: &str| {
        let found = piece.tokens.get(place);
        let message = match found {
            Some(found) => format!("found `{}`, expected {expected}", found.token),
            None => format!("found the end of the statement, expected {expected}"),
        };
        let place = found.map_or(piece.end, |found| found.span.start);
        Err(Mistake::at(place, message, "write `PARTITIONED BY (column, …)` and `PRIMARY KEY (column, …)`"))
    };
    let token = |place: usize| piece.tokens.get(place).map(|token| &token.token);
    if token(from) != Some(&Token::LParen) {
        return refused(from, "`(`");
    }
    let (mut names, mut place) = (Vec::new(), from + 1);
    loop {
        match token(place) {
            Some(Token::Word(word)) => names.push(plain(&word.clone().into_ident(piece.tokens[place].span))),
            _ => return refused(place, "a column"),
        }
        match token(place + 1) {
            Some(Token::Comma) => place += 2,
            Some(Token::RParen) => return Ok((names, place + 2)),
            _ => return refused(place + 1, "`,` or `)`"),
        }
    }
}
