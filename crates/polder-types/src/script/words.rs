//! Words of a text, for whoever shows where in it something is.

use std::ops::Range;

/// The word that a place is in, in bytes; the one before it, where there is none.
pub(crate) fn word_at(text: &str, place: usize) -> Range<usize> {
    let place = text.floor_char_boundary(place);
    let last = |text: &str| text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
    let is_word = text[place..].starts_with(|c: char| !c.is_whitespace());
    let place = if is_word { place } else { last(&text[..place]) };
    let begin = text[..place].trim_end_matches(is_part).len();
    match text[place..].chars().next() {
        None => 0..0,
        Some(c) if is_part(c) => {
            begin..text[place..].find(|c| !is_part(c)).map_or(text.len(), |end| place + end)
        }
        Some(c) => place..place + c.len_utf8(),
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole() {
        let text = "select é_1 +  ";
        let words = [0, 3, 7, 12, 6, 14, 99].map(|place| &text[word_at(text, place)]);
        assert_eq!(words, ["select", "select", "é_1", "+", "select", "+", "+"]);
        assert_eq!(word_at("", 0), 0..0);
    }
}
