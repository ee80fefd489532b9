//! How a line is written down: `o 1763723132000000 text`, one to a line of the file.
//!
//! The first letter is the stream (`o`ut, `e`rr, `s`ystem), a capital if the next line goes on with this one; then microseconds
//! since 1970. In the text a line feed is `\n` and a backslash `\\`.

use std::fmt::Write;

use chrono::DateTime;
use polder_types::wire::{LogLine, LogStream};

pub(super) fn encode(line: &LogLine, into: &mut String) {
    let letter = match line.stream {
        LogStream::Stdout => 'o',
        LogStream::Stderr => 'e',
        LogStream::System => 's',
    };
    into.push(if line.continued { letter.to_ascii_uppercase() } else { letter });
    let _ = write!(into, " {} ", line.at.timestamp_micros());
    for c in line.text.chars() {
        match c {
            '\n' => into.push_str("\\n"),
            '\\' => into.push_str("\\\\"),
            c => into.push(c),
        }
    }
    into.push('\n');
}

/// The line, given without its line feed; `None` if this is not one.
pub(super) fn decode(bytes: &[u8]) -> Option<LogLine> {
    let (head, micros, text) = parts(bytes)?;
    let stream = match head.to_ascii_lowercase() {
        b'o' => LogStream::Stdout,
        b'e' => LogStream::Stderr,
        b's' => LogStream::System,
        _ => return None,
    };
    let at = DateTime::from_timestamp_micros(micros)?;
    Some(LogLine { stream, at, text: unescape(text), continued: head.is_ascii_uppercase() })
}

/// When the line was written.
pub(super) fn time_of(bytes: &[u8]) -> Option<i64> {
    parts(bytes).map(|(_, micros, _)| micros)
}

/// The text as it is stored, escapes and all.
pub(super) fn text_of(bytes: &[u8]) -> Option<&[u8]> {
    parts(bytes).map(|(_, _, text)| text)
}

/// Lines without their line feeds; what follows the last line feed is torn, and left out.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"))
}

fn parts(bytes: &[u8]) -> Option<(u8, i64, &[u8])> {
    let (head, rest) = bytes.split_first()?;
    let rest = rest.strip_prefix(b" ")?;
    let space = rest.iter().position(|byte| *byte == b' ')?;
    let micros = str::from_utf8(&rest[..space]).ok()?.parse().ok()?;
    Some((*head, micros, &rest[space + 1..]))
}

fn unescape(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    if !text.contains('\\') {
        return text.into_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => '\n',
            (_, Some(escaped)) => escaped,
            (c, None) => c,
        });
    }
    plain
}
