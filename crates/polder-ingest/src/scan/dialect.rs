use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// What is tried if no delimiter is given, in this order when there are as many of each.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a CSV file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CsvOptions {
    /// One ASCII character. If it is not given, the one of `,` `;` tab `|` that is most often in the first line, outside of quotes.
    pub delimiter: Option<char>,
    /// `null` if quotes mean nothing.
    pub quote: Option<char>,
    /// What stands before a quote that is text, if it is not another quote.
    pub escape: Option<char>,
    /// Whether the first row has the names. Otherwise columns are `column_1`, `column_2`, …
    pub header: bool,
    /// Lines that begin with it are passed over.
    pub comment: Option<char>,
    /// Texts that mean null, when they are not in quotes. An empty field is null too.
    pub null: Vec<String>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            delimiter: None,
            quote: Some('"'),
            escape: None,
            header: true,
            comment: None,
            null: Vec::new(),
        }
    }
}

/// The same as bytes, checked.
#[derive(Debug, Clone)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) quote: Option<u8>,
    pub(crate) escape: Option<u8>,
    pub(crate) comment: Option<u8>,
    /// `\n`, before which there may be a `\r`; or `\r` if the first line ends so.
    pub(crate) line_end: u8,
    pub(crate) null: Vec<Vec<u8>>,
}

impl Dialect {
    /// Delimiter and line ends may still have to be found out.
    pub(crate) fn new(options: &CsvOptions) -> Result<Self> {
        let dialect = Self {
            delimiter: byte("delimiter", options.delimiter)?.unwrap_or(b','),
            quote: byte("quote", options.quote)?,
            escape: byte("escape", options.escape)?.filter(|escape| Some(*escape as char) != options.quote),
            comment: byte("comment", options.comment)?,
            line_end: b'\n',
            null: options.null.iter().map(|text| text.as_bytes().to_vec()).collect(),
        };
        dialect.check()?;
        Ok(dialect)
    }

    fn check(&self) -> Result<()> {
        let mut used: Vec<u8> =
            [Some(self.delimiter), self.quote, self.escape, self.comment].into_iter().flatten().collect();
        used.sort_unstable();
        if used.windows(2).any(|pair| pair[0] == pair[1]) {
            let reason = "delimiter, quote, escape and comment must be different characters".to_owned();
            return Err(Error::Options { reason });
        }
        Ok(())
    }

    /// Finds out what the first line tells. It has to be in the text, unless it is very long.
    pub(crate) fn look(&mut self, start: &[u8], options: &CsvOptions) {
        let outside = self.outside_of_quotes(start);
        let end = outside.clone().find(|(_, byte)| matches!(byte, b'\r' | b'\n'));
        let lone = end.is_some_and(|(at, byte)| byte == b'\r' && start.get(at + 1) != Some(&b'\n'));
        self.line_end = if lone { b'\r' } else { b'\n' };
        if options.delimiter.is_none() {
            let line = end.map_or(start.len(), |(at, _)| at);
            let count = |wanted: u8| {
                outside.clone().take_while(|(at, _)| *at < line).filter(|(_, byte)| *byte == wanted).count()
            };
            let most = DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter));
            self.delimiter = most.unwrap_or(b',');
        }
    }

    /// Whether the first line is there as a whole, so that [`Self::look`] sees all there is to see.
    pub(crate) fn has_line(&self, start: &[u8]) -> bool {
        let end = self.outside_of_quotes(start).find(|(_, byte)| matches!(byte, b'\r' | b'\n'));
        end.is_some_and(|(at, _)| at + 1 < start.len())
    }

    fn outside_of_quotes<'a>(&self, text: &'a [u8]) -> impl Iterator<Item = (usize, u8)> + Clone + 'a {
        let quote = self.quote;
        let mut inside = false;
        text.iter().copied().enumerate().filter(move |(_, byte)| {
            inside ^= Some(*byte) == quote;
            !inside
        })
    }
}

fn byte(name: &str, letter: Option<char>) -> Result<Option<u8>> {
    let Some(letter) = letter else { return Ok(None) };
    let fits = letter.is_ascii() && !matches!(letter, '\r' | '\n' | '\0');
    fits.then_some(Some(letter as u8)).ok_or_else(|| Error::Options {
        reason: format!("`{name}` must be one ASCII character and no line end, not {letter:?}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(start: &str) -> (char, u8) {
        let options = CsvOptions::default();
        let mut dialect = Dialect::new(&options).unwrap();
        dialect.look(start.as_bytes(), &options);
        (dialect.delimiter as char, dialect.line_end)
    }

    #[test]
    fn the_first_line_tells_delimiter_and_line_end() {
        assert_eq!(look("a;b;c,d\n1,2,3,4"), (';', b'\n'));
        assert_eq!(look("a\tb\r\n1"), ('\t', b'\n'));
        assert_eq!(look("a|b\r1|2\r"), ('|', b'\r'));
        assert_eq!(look("\"a;\r;\",b\n"), (',', b'\n'));
        assert_eq!(look("only"), (',', b'\n'));
    }

    #[test]
    fn one_character_means_one_thing() {
        let options = CsvOptions { delimiter: Some('"'), ..CsvOptions::default() };
        assert!(matches!(Dialect::new(&options), Err(Error::Options { .. })));
        let options = CsvOptions { delimiter: Some('→'), ..CsvOptions::default() };
        assert!(matches!(Dialect::new(&options), Err(Error::Options { .. })));
    }
}
