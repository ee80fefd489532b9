//! Cuts a text into statements.

use std::str::Chars;

use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::{DIALECT, Mistake};

/// What stands between two `;`, without space and comments around it.
pub(super) struct Piece<'a> {
    pub(super) tokens: Vec<TokenWithSpan>,
    pub(super) text: &'a str,
    pub(super) start: Location,
    /// Behind the last character.
    pub(super) end: Location,
}

/// All that are not empty, and what was found where the text is no longer words: what follows it is not looked at.
pub(super) fn pieces(sql: &str) -> (Vec<Piece<'_>>, Option<Mistake>) {
    let mut tokens = Vec::new();
    let broken = Tokenizer::new(&DIALECT, sql).tokenize_with_location_into_buf(&mut tokens);
    let broken = broken.err().map(|error| Mistake::broken(&error));
    let mut groups: Vec<_> =
        tokens.split(|token| token.token == Token::SemiColon).map(<[TokenWithSpan]>::to_vec).collect();
    if broken.is_some() {
        // Its statement is not complete.
        groups.pop();
    }
    let mut reader = Reader::new(sql);
    (groups.into_iter().filter_map(|tokens| piece(tokens, &mut reader)).collect(), broken)
}

fn piece<'a>(tokens: Vec<TokenWithSpan>, reader: &mut Reader<'a>) -> Option<Piece<'a>> {
    let is_word = |token: &TokenWithSpan| !matches!(token.token, Token::Whitespace(_));
    let first = tokens.iter().find(|token| is_word(token))?.span.start;
    let last = tokens.iter().rfind(|token| is_word(token))?.span.end;
    let begin = reader.offset(first);
    let text = &reader.text[begin..reader.offset(last)];
    let tokens = tokens.into_iter().filter(is_word).collect();
    Some(Piece { tokens, text, start: first, end: last })
}

/// The byte of a text that a place is at.
pub(super) fn offset(text: &str, place: Location) -> usize {
    Reader::new(text).offset(place)
}

impl Piece<'_> {
    /// The words that it begins with, in upper case.
    pub(super) fn first(&self) -> [String; 2] {
        [self.word(0), self.word(1)]
    }

    /// In upper case.
    pub(super) fn word(&self, place: usize) -> String {
        match self.tokens.get(place).map(|token| &token.token) {
            Some(Token::Word(word)) if word.quote_style.is_none() => word.value.to_uppercase(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }
}

/// Finds places of a text in the order in which they stand in it.
struct Reader<'a> {
    text: &'a str,
    rest: Chars<'a>,
    at: Location,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, rest: text.chars(), at: Location { line: 1, column: 1 } }
    }

    fn offset(&mut self, place: Location) -> usize {
        while (self.at.line, self.at.column) < (place.line, place.column) {
            match self.rest.next() {
                None => break,
                Some('\n') => self.at = Location { line: self.at.line + 1, column: 1 },
                Some(_) => self.at.column += 1,
            }
        }
        self.text.len() - self.rest.as_str().len()
    }
}
