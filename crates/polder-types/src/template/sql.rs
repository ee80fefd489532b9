//! SQL: writing values as literals, and finding templates that stand where a literal cannot.

use std::borrow::Cow;

use super::scan::{Piece, PieceKind, pieces};
use super::shell::ends_in_safe;

/// A text as a literal.
pub(crate) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value as a literal: numbers and truth values as they are, nothing as `NULL`, anything else as text.
pub(crate) fn literal<'a>(json: &'a str, text: Option<&str>) -> Cow<'a, str> {
    match (json, text) {
        (_, Some(text)) => Cow::Owned(quote(text)),
        ("null", None) => Cow::Borrowed("NULL"),
        ("true" | "false", None) => Cow::Borrowed(json),
        _ if json.parse::<f64>().is_ok() => Cow::Borrowed(json),
        _ => Cow::Owned(quote(json)),
    }
}

/// The expressions that stand within quotes, where the quotes that rendering adds would end the text. Those that end in
/// `| safe` are the author's business.
pub(crate) fn misplaced(text: &str) -> Vec<Piece> {
    let mut inside = Inside::Nothing;
    let mut found = Vec::new();
    for piece in pieces(text) {
        match piece.kind {
            PieceKind::Text => inside = inside.after(&text[piece.range]),
            PieceKind::Expression if inside.is_quotes() && !ends_in_safe(text, &piece) => found.push(piece),
            PieceKind::Expression | PieceKind::Statement | PieceKind::Comment => {}
        }
    }
    found
}

/// What a place in the text is within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    /// A text, or a name in double quotes.
    Quotes(char),
    Line,
    Block,
}

impl Inside {
    fn is_quotes(self) -> bool {
        matches!(self, Self::Quotes(_))
    }

    /// Two quotes for one end the text and begin the next, which comes to the same.
    fn after(mut self, text: &str) -> Self {
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            let next = characters.peek().copied();
            self = match (self, c) {
                (Self::Nothing, '\'' | '"') => Self::Quotes(c),
                (Self::Nothing, '-') if next == Some('-') => Self::Line,
                (Self::Nothing, '/') if next == Some('*') => Self::Block,
                (Self::Quotes(quote), _) if c == quote => Self::Nothing,
                (Self::Line, '\n') => Self::Nothing,
                (Self::Block, '*') if next == Some('/') => Self::Nothing,
                (same, _) => same,
            };
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_literals() {
        let cases = [
            ("null", None, "NULL"),
            ("1.5", None, "1.5"),
            ("true", None, "true"),
            ("[1]", None, "'[1]'"),
            ("\"it's\"", Some("it's"), "'it''s'"),
            ("\"1\"", Some("1"), "'1'"),
        ];
        for (json, text, expected) in cases {
            assert_eq!(literal(json, text), expected);
        }
    }

    #[test]
    fn quotes_around_a_value_are_found() {
        let count = |text: &str| misplaced(text).len();
        assert_eq!(count("select {{ a }}, '{{ b }}', \"{{ c }}\", '{{ d | safe }}'"), 2);
        assert_eq!(count("select 'it''s', {{ a }} -- '\n, {{ b }} /* ' */ , {{ c }}"), 0);
    }
}
