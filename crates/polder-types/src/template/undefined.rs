//! What a template used that is not there, by name. Messages have names only, never values: those may be secret.

use std::ops::Range;

use super::context::Context;
use super::scan::{Piece, PieceKind, Token, TokenKind, pieces, words};
use crate::definition::nearest::nearest;

/// Names beside the missing one that are told at most.
const LISTED: usize = 10;
/// Characters of a template that are told at most.
const SHOWN: usize = 200;

/// The missing name and the nearest that is there; what minijinja marks, or its line, if that cannot be told.
pub(super) fn describe(error: &minijinja::Error, text: &str, context: &Context) -> String {
    let range = error.range().filter(|range| text.get(range.clone()).is_some()).unwrap_or(0..text.len());
    let marked = text[range.clone()].trim();
    // Of a long chain only the end is marked.
    let whole = around(text, &range);
    let shown = || format!("`{}`", whole.chars().take(SHOWN).collect::<String>());
    missing(marked, context).or_else(|| missing(whole, context)).unwrap_or_else(shown)
}

/// The expression that a range is in.
fn around<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    let is_around = |piece: &Piece| piece.kind != PieceKind::Text && piece.range.contains(&range.start);
    let piece = pieces(text).into_iter().find(is_around);
    let whole = piece.map_or(text, |piece| &text[piece.range]);
    whole.trim_matches(['{', '}', '%', '-', '+', ' '])
}

/// The first name in an expression that the context does not have.
pub(super) fn missing(source: &str, context: &Context) -> Option<String> {
    let tokens = words(source);
    let starts = (0..tokens.len()).filter(|index| is_start(source, &tokens, *index));
    starts.map(|index| chain(source, &tokens[index..])).find_map(|chain| lookup(&chain, context))
}

fn is_start(source: &str, tokens: &[Token], index: usize) -> bool {
    let before = index.checked_sub(1).map(|before| &tokens[before]);
    let follows = before.is_some_and(|before| {
        matches!(before.kind, TokenKind::Sign(b'.' | b'|')) || &source[before.range.clone()] == "is"
    });
    tokens[index].kind == TokenKind::Word && !follows
}

/// `steps.a.rows` and `steps['a'].rows` as words.
fn chain<'a>(source: &'a str, tokens: &[Token]) -> Vec<&'a str> {
    let word = |token: &Token| source[token.range.clone()].trim_matches(['"', '\'']);
    let mut words: Vec<&str> = tokens.first().map(word).into_iter().collect();
    let mut rest = tokens.get(1..).unwrap_or_default();
    loop {
        rest = match rest {
            [dot, name, tail @ ..] if dot.kind == TokenKind::Sign(b'.') && name.kind == TokenKind::Word => {
                words.push(word(name));
                tail
            }
            [open, name, _, tail @ ..]
                if open.kind == TokenKind::Sign(b'[') && name.kind == TokenKind::Quoted =>
            {
                words.push(word(name));
                tail
            }
            _ => return words,
        };
    }
}

/// Follows the words through the context; what is told stops at the first that is not there.
fn lookup(chain: &[&str], context: &Context) -> Option<String> {
    let mut value = context.root();
    for (index, word) in chain.iter().enumerate() {
        let next = value.get_attr(word).ok().filter(|next| !next.is_undefined());
        match next {
            Some(next) => value = next,
            // Words of the language, and names that the template itself makes.
            None if index == 0 => return None,
            None => return Some(told(&chain[..index], word, &names(&value))),
        }
    }
    None
}

fn names(value: &minijinja::Value) -> Vec<String> {
    value.try_iter().map(|keys| keys.map(|key| key.to_string()).collect()).unwrap_or_default()
}

fn told(parents: &[&str], word: &str, names: &[String]) -> String {
    let group = parents.join(".");
    let hint = match nearest(word, names.iter().map(String::as_str)) {
        Some(near) => format!("; did you mean `{group}.{near}`?"),
        None if names.is_empty() => format!("; `{group}` has no values"),
        None => format!("; `{group}` has {}", names[..names.len().min(LISTED)].join(", ")),
    };
    format!("`{group}.{word}`{hint}")
}
