//! Where the templates in a text are, and the words within them, with their positions: what minijinja's public API does
//! not tell. It decides nothing about validity; minijinja does.

use std::ops::Range;

/// A part of a text, by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) kind: PieceKind,
    pub(crate) range: Range<usize>,
    /// The words of an expression or statement.
    pub(crate) tokens: Vec<Token>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PieceKind {
    Text,
    /// `{{ … }}`.
    Expression,
    /// `{% … %}`.
    Statement,
    /// `{# … #}`.
    Comment,
}

/// A word within `{{ }}` or `{% %}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) range: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Word,
    Number,
    /// A quoted text; the range has the quotes.
    Quoted,
    Sign(u8),
}

/// Takes a text apart; the pieces cover it without gaps.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = find_opening(text, at);
        if start > at {
            pieces.push(Piece { kind: PieceKind::Text, range: at..start, tokens: Vec::new() });
        }
        if start == text.len() {
            break;
        }
        let piece = block(text, start);
        at = piece.range.end;
        let is_raw = piece.kind == PieceKind::Statement
            && piece.tokens.first().is_some_and(|t| &text[t.range.clone()] == "raw");
        pieces.push(piece);
        if is_raw {
            let end = find_end_of_raw(text, at);
            pieces.push(Piece { kind: PieceKind::Text, range: at..end, tokens: Vec::new() });
            at = end;
        }
    }
    pieces
}

/// Whether a text has anything to fill in.
pub(crate) fn has_templates(text: &str) -> bool {
    find_opening(text, 0) < text.len()
}

fn find_opening(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    (from..bytes.len().saturating_sub(1))
        .find(|&at| bytes[at] == b'{' && matches!(bytes[at + 1], b'{' | b'%' | b'#'))
        .unwrap_or(text.len())
}

fn find_end_of_raw(text: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(found) = text[at..].find("{%") {
        let start = at + found;
        let rest = text[start + 2..].trim_start_matches(['-', '+']).trim_start();
        if rest.starts_with("endraw") {
            return start;
        }
        at = start + 2;
    }
    text.len()
}

fn block(text: &str, start: usize) -> Piece {
    let (kind, closing) = match text.as_bytes()[start + 1] {
        b'{' => (PieceKind::Expression, "}}"),
        b'%' => (PieceKind::Statement, "%}"),
        _ => (PieceKind::Comment, "#}"),
    };
    if kind == PieceKind::Comment {
        let end = text[start + 2..].find(closing).map_or(text.len(), |found| start + 2 + found + 2);
        return Piece { kind, range: start..end, tokens: Vec::new() };
    }
    let (tokens, end) = tokens(text, start + 2, closing.as_bytes());
    Piece { kind, range: start..end, tokens }
}

/// The words and signs of an expression without its braces.
pub(crate) fn words(expression: &str) -> Vec<Token> {
    tokens(expression, 0, b"\0\0").0
}

/// The second colon of a slice with a step, `x[a:b:c]`: minijinja panics on some that go backwards.
pub(crate) fn step_of_slice(tokens: &[Token]) -> Option<&Token> {
    let mut colons = Vec::new();
    tokens.iter().find(|token| {
        match token.kind {
            TokenKind::Sign(b'[' | b'(' | b'{') => colons.push((token.kind == TokenKind::Sign(b'['), 0)),
            TokenKind::Sign(b']' | b')' | b'}') => drop(colons.pop()),
            TokenKind::Sign(b':') => colons.last_mut().into_iter().for_each(|(_, count)| *count += 1),
            _ => {}
        }
        token.kind == TokenKind::Sign(b':')
            && colons.last().is_some_and(|(is_list, count)| *is_list && *count > 1)
    })
}

/// The tokens up to the closing sign, and the position after it.
fn tokens(text: &str, from: usize, closing: &[u8]) -> (Vec<Token>, usize) {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut depth = 0usize;
    let mut at = from;
    while at < bytes.len() {
        if depth == 0 && bytes[at..].starts_with(closing) {
            return (tokens, at + closing.len());
        }
        let (kind, end) = token(bytes, at);
        match kind {
            TokenKind::Sign(b'{' | b'[' | b'(') => depth += 1,
            TokenKind::Sign(b'}' | b']' | b')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if !bytes[at].is_ascii_whitespace() {
            tokens.push(Token { kind, range: at..end });
        }
        at = end;
    }
    (tokens, bytes.len())
}

fn token(bytes: &[u8], at: usize) -> (TokenKind, usize) {
    let end_of = |is_part: fn(u8) -> bool| {
        bytes[at..].iter().position(|byte| !is_part(*byte)).map_or(bytes.len(), |length| at + length)
    };
    match bytes[at] {
        quote @ (b'"' | b'\'') => (TokenKind::Quoted, end_of_quoted(bytes, at, quote)),
        byte if byte.is_ascii_digit() => {
            (TokenKind::Number, end_of(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        }
        byte if is_word_byte(byte) => (TokenKind::Word, end_of(is_word_byte)),
        byte => (TokenKind::Sign(byte), at + 1),
    }
}

/// Bytes beyond ASCII count as letters, so that no character is ever cut in two.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn end_of_quoted(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Vec<(PieceKind, &str)> {
        pieces(text).into_iter().map(|piece| (piece.kind, &text[piece.range])).collect()
    }

    #[test]
    fn finds_pieces() {
        use PieceKind::{Comment, Expression, Statement, Text};
        assert_eq!(
            shown("a {{ {'}}': {'b': 1}} }}{% if x %}{# {{ no }} #}b"),
            [
                (Text, "a "),
                (Expression, "{{ {'}}': {'b': 1}} }}"),
                (Statement, "{% if x %}"),
                (Comment, "{# {{ no }} #}"),
                (Text, "b")
            ]
        );
        assert_eq!(
            shown("{% raw %}{{ x }}{% endraw %}"),
            [(Statement, "{% raw %}"), (Text, "{{ x }}"), (Statement, "{% endraw %}")]
        );
        assert_eq!(shown("{{ 'open"), [(Expression, "{{ 'open")]);
    }

    proptest! {
        #[test]
        fn pieces_cover_every_text(text in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|#\\}|raw|endraw|['\"\\\\ aé.|])*") {
            let joined: String = pieces(&text).iter().map(|piece| &text[piece.range.clone()]).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
