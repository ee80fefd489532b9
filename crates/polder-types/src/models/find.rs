//! Where in a text something stands that was found by what it does: a name that was asked for, a setting.

use std::ops::Range;

use crate::template::scan::{Token, TokenKind, pieces};

/// Where a template calls `function` with these texts: the last of them.
pub(super) fn call(text: &str, function: &str, arguments: &[&str]) -> Range<usize> {
    let tokens: Vec<Token> = pieces(text).into_iter().flat_map(|piece| piece.tokens).collect();
    let calls = (0..tokens.len()).filter(|at| &text[tokens[*at].range.clone()] == function);
    let matching = calls.filter_map(|at| {
        let given: Vec<&Token> = tokens[at + 1..]
            .iter()
            .filter(|token| token.kind == TokenKind::Quoted)
            .take(arguments.len())
            .collect();
        let same = given
            .iter()
            .map(|token| text[token.range.clone()].trim_matches(['\'', '"']))
            .eq(arguments.iter().copied());
        given.last().filter(|_| same).map(|token| token.range.clone())
    });
    matching.into_iter().next().unwrap_or(0..0)
}

/// Where a template has this word.
pub(super) fn word(text: &str, word: &str) -> Range<usize> {
    let tokens = pieces(text).into_iter().flat_map(|piece| piece.tokens);
    tokens.map(|token| token.range).find(|range| &text[range.clone()] == word).unwrap_or(0..0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Place;

    #[test]
    fn calls_are_found() {
        let text = "select ref('a') -- no template\nfrom {{ ref('a') }} join {{ ref(\"b\") }}, {{ source('b', 'c') }}";
        assert_eq!(&text[call(text, "ref", &["b"])], "\"b\"");
        assert_eq!(&text[call(text, "source", &["b", "c"])], "'c'");
        assert_eq!(call(text, "ref", &["c"]), 0..0);
        let at = Place::of(text, call(text, "ref", &["a"]));
        assert_eq!((at.mark.line, at.mark.column), (2, 13));
    }
}
