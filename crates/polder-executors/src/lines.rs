//! Cuts a stream of bytes into lines that can be stored and shown.
//!
//! A line longer than [`LONGEST`] comes in pieces; so does one whose end keeps the reader waiting, such as a prompt
//! ([`Splitter::flush`]). Every piece but the last of a line is marked `continued`. Text is UTF-8: what is not becomes
//! U+FFFD; control characters become their pictures (`␀`), since a log is shown on terminals and stored in databases
//! that take offence. Tabs stay, and so do the escape sequences that only set colours.

use chrono::{DateTime, Utc};
use polder_types::wire::{LogLine, LogStream};

/// The most bytes of a line, as written by the program, that one piece holds.
pub const LONGEST: usize = 64 * 1024;

/// Cuts one stream.
#[derive(Debug)]
pub struct Splitter {
    stream: LogStream,
    /// What came since the last line or piece.
    rest: Vec<u8>,
    /// Whether a piece of the present line has been given out.
    continuing: bool,
}

impl Splitter {
    #[must_use]
    pub const fn new(stream: LogStream) -> Self {
        Self { stream, rest: Vec::new(), continuing: false }
    }

    /// Takes bytes that were read `at`, and appends the lines that are complete.
    pub fn push(&mut self, bytes: &[u8], at: DateTime<Utc>, lines: &mut Vec<LogLine>) {
        let mut parts = bytes.split(|byte| *byte == b'\n');
        let last = parts.next_back().unwrap_or_default();
        for part in parts {
            self.extend(part, at, lines);
            self.end_line(at, lines);
        }
        self.extend(last, at, lines);
    }

    /// Whether there is something that [`Splitter::flush`] would give out.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Gives out the beginning of a line whose end is not in sight.
    pub fn flush(&mut self, at: DateTime<Utc>, lines: &mut Vec<LogLine>) {
        let whole = self.rest.len() - unfinished_character(&self.rest);
        if whole > 0 {
            let rest = self.rest.split_off(whole);
            let piece = std::mem::replace(&mut self.rest, rest);
            self.give(&piece, true, at, lines);
        }
    }

    /// Ends the stream, and with it the last line, if it has no end of its own.
    pub fn finish(&mut self, at: DateTime<Utc>, lines: &mut Vec<LogLine>) {
        if self.continuing || self.is_waiting() {
            self.end_line(at, lines);
        }
    }

    fn extend(&mut self, mut part: &[u8], at: DateTime<Utc>, lines: &mut Vec<LogLine>) {
        while self.rest.len() + part.len() > LONGEST {
            let (now, later) = part.split_at(LONGEST - self.rest.len());
            self.rest.extend_from_slice(now);
            self.flush(at, lines);
            part = later;
        }
        self.rest.extend_from_slice(part);
    }

    fn end_line(&mut self, at: DateTime<Utc>, lines: &mut Vec<LogLine>) {
        let mut line = std::mem::take(&mut self.rest);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        self.give(&line, false, at, lines);
        line.clear();
        self.rest = line;
    }

    fn give(&mut self, piece: &[u8], continued: bool, at: DateTime<Utc>, lines: &mut Vec<LogLine>) {
        lines.push(LogLine { stream: self.stream, at, text: text(piece), continued });
        self.continuing = continued;
    }
}

/// How many bytes at the end are the beginning of a character whose rest is yet to come.
fn unfinished_character(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let Some(lead) = tail.iter().rposition(|byte| *byte >= 0xC0) else { return 0 };
    match std::str::from_utf8(&tail[lead..]) {
        Err(error) if error.error_len().is_none() => tail.len() - lead,
        _ => 0,
    }
}

/// The bytes as text that harms nobody.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7F || byte == 0xC2) {
        tamed(&text)
    } else {
        text.into_owned()
    }
}

fn tamed(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len() + 16);
    for (at, character) in text.char_indices() {
        match character {
            '\t' => tamed.push('\t'),
            '\x1b' if sets_colours(&text[at..]) => tamed.push('\x1b'),
            '\0'..='\x1f' => tamed.push(char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{FFFD}')),
            '\x7f' => tamed.push('␡'),
            '\u{80}'..='\u{9f}' => tamed.push('\u{FFFD}'),
            _ => tamed.push(character),
        }
    }
    tamed
}

/// Whether the text begins with `ESC [ … m` (ECMA-48's SGR), which changes colour and weight and nothing else.
fn sets_colours(text: &str) -> bool {
    text.strip_prefix("\x1b[")
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';' || c == ':'))
        .is_some_and(|rest| rest.starts_with('m'))
}

#[cfg(test)]
mod tests {
    use polder_types::{Clock, SystemClock};

    use super::*;

    fn split(pieces: &[&[u8]]) -> Vec<(String, bool)> {
        let (mut splitter, mut lines, at) = (Splitter::new(LogStream::Stdout), Vec::new(), SystemClock.now());
        pieces.iter().for_each(|piece| splitter.push(piece, at, &mut lines));
        splitter.finish(at, &mut lines);
        lines.into_iter().map(|line| (line.text, line.continued)).collect()
    }

    fn whole(text: &str) -> (String, bool) {
        (text.to_owned(), false)
    }

    #[test]
    fn lines_end_at_new_lines_wherever_the_reads_do() {
        assert_eq!(
            split(&[b"a\nb", b"c\r\n", b"\n", b"d"]),
            [whole("a"), whole("bc"), whole(""), whole("d")]
        );
        assert_eq!(split(&[b"a\n"]), [whole("a")]);
        assert_eq!(split(&[]), []);
    }

    #[test]
    fn a_long_line_comes_in_pieces_of_whole_characters() {
        let line = "é".repeat(LONGEST) + "\nnext\n";
        let lines = split(&[format!("x{line}").as_bytes()]);
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().take(2).all(|(text, continued)| *continued && text.len() <= LONGEST));
        assert_eq!(
            lines.iter().take(3).map(|(text, _)| text.as_str()).collect::<String>() + "\nnext\n",
            format!("x{line}")
        );
        assert!(!lines[2].1 && !lines[3].1);
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_one_piece() {
        assert_eq!(split(&[&[b'a'; LONGEST], b"\n"]), [whole(&"a".repeat(LONGEST))]);
    }

    #[test]
    fn a_flushed_beginning_is_continued_by_the_rest() {
        let (mut splitter, mut lines, at) = (Splitter::new(LogStream::Stderr), Vec::new(), SystemClock.now());
        splitter.push("Password: \u{e9}".as_bytes().split_last().unwrap().1, at, &mut lines);
        splitter.flush(at, &mut lines);
        splitter.flush(at, &mut lines);
        assert_eq!((lines.len(), lines[0].text.as_str(), lines[0].continued), (1, "Password: ", true));
        splitter.push(b"\xa9\n", at, &mut lines);
        assert_eq!((lines.len(), lines[1].text.as_str(), lines[1].continued), (2, "é", false));
        splitter.finish(at, &mut lines);
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn a_flushed_line_is_ended_even_if_nothing_follows() {
        let (mut splitter, mut lines, at) = (Splitter::new(LogStream::Stdout), Vec::new(), SystemClock.now());
        splitter.push(b"? ", at, &mut lines);
        splitter.flush(at, &mut lines);
        splitter.finish(at, &mut lines);
        assert_eq!(lines.iter().map(|line| line.continued).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn what_could_harm_a_terminal_or_database_is_shown_instead() {
        assert_eq!(text(b"a\tb\0c\x07\xff\x7f\x1b[2Jd"), "a\tb␀c␇\u{FFFD}␡␛[2Jd");
        assert_eq!(text(b"\x1b[1;31mred\x1b[0m 10%\r20%"), "\x1b[1;31mred\x1b[0m 10%␍20%");
        assert_eq!(text("caf\u{e9} \u{9b}31m".as_bytes()), "café \u{FFFD}31m");
    }

    #[test]
    fn binary_output_is_kept_in_order() {
        let bytes: Vec<u8> = (0..=255u8).cycle().take(300_000).collect();
        let lines = split(&[&bytes]);
        assert_eq!(lines.len(), bytes.iter().filter(|byte| **byte == b'\n').count() + 1);
    }
}
