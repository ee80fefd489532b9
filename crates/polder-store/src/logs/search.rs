//! Finding a text in a log, frame by frame: memory does not grow with the log.

use super::{Line, LogKey, Shared, line, reader};
use crate::Result;

/// One search looks through this many frames (about 512 MiB of lines); the answer says where to go on.
const SEARCHED: usize = 2048;

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Found wherever a line contains it, in capitals or not.
    pub text: String,
    pub from_line: u64,
    /// At most this many lines.
    pub limit: usize,
}

/// The lines found, and where to go on if there is more to look through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub lines: Vec<Line>,
    pub go_on_from: Option<u64>,
}

pub(super) fn search(shared: &Shared, key: LogKey, search: &Search) -> Result<Found> {
    let view = reader::View::open(shared, key)?;
    let mut looking = Looking { search, needle: needle(&search.text), found: Found::default() };
    for (index, frame) in view.frames.from(search.from_line).iter().enumerate() {
        if index == SEARCHED {
            looking.found.go_on_from = Some(frame.first_line);
        }
        if looking.found.go_on_from.is_some() {
            return Ok(looking.found);
        }
        looking.through(&view.unpack(frame)?, frame.first_line)?;
    }
    if looking.found.go_on_from.is_none() {
        looking.through(&view.tail, view.frames.lines())?;
    }
    Ok(looking.found)
}

struct Looking<'a> {
    search: &'a Search,
    needle: String,
    found: Found,
}

impl Looking<'_> {
    fn through(&mut self, bytes: &[u8], first_line: u64) -> Result<()> {
        let mut folded = bytes.to_vec();
        folded.make_ascii_lowercase();
        // Most frames have no match at all: one look at the whole spares looking at each line.
        if self.needle.is_ascii() && !contains(&folded, &self.needle) {
            return Ok(());
        }
        for (number, (original, folded)) in (first_line..).zip(line::lines(bytes).zip(line::lines(&folded))) {
            if number < self.search.from_line || !self.matches(folded) {
                continue;
            }
            if self.found.lines.len() >= self.search.limit {
                self.found.go_on_from = Some(number);
                return Ok(());
            }
            self.found.lines.push(Line { number, content: reader::decode(original)? });
        }
        Ok(())
    }

    /// `line` is in lower case as far as ASCII goes.
    fn matches(&self, line: &[u8]) -> bool {
        let Some(text) = line::text_of(line) else { return false };
        if self.needle.is_ascii() {
            return contains(text, &self.needle);
        }
        String::from_utf8_lossy(text).to_lowercase().contains(&self.needle)
    }
}

/// The text as it would be stored, in lower case.
fn needle(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").to_lowercase()
}

fn contains(bytes: &[u8], needle: &str) -> bool {
    match str::from_utf8(bytes) {
        Ok(text) => text.contains(needle),
        Err(_) => String::from_utf8_lossy(bytes).contains(needle),
    }
}
