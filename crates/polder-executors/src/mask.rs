//! Hides the secrets of an attempt in whatever it writes.
//!
//! Searched for are each value, each line of a value of several lines, and the forms in which programs like to show
//! values ([`forms`]): base64, URL-encoded, escaped for JSON. The leftmost and there the longest is replaced by
//! [`REPLACEMENT`]. A stream is masked piece by piece with the same result as if it were masked whole
//! ([`MaskStream`]): what may be the beginning of a secret is held back until more comes.
//!
//! Values and lines shorter than [`SHORTEST`] characters are not searched for: hiding every `1` or `prod` would make
//! logs useless and tell the value besides. [`Masker::too_short`] names them, so that the user can be warned.

mod forms;
mod stream;

use std::borrow::Cow;
use std::fmt;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

pub use stream::MaskStream;

/// What is written in place of a secret.
pub const REPLACEMENT: &str = "***";

/// The fewest characters of a value, or of a line of it, that is masked.
pub const SHORTEST: usize = 4;

/// Finds and replaces secrets.
#[derive(Default)]
pub struct Masker {
    search: Option<Search>,
    too_short: Vec<String>,
}

struct Search {
    automaton: AhoCorasick,
    /// Sorted, so that one comparison tells whether a text begins one of them.
    patterns: Vec<Vec<u8>>,
    begins: [bool; 256],
    longest: usize,
}

impl Masker {
    /// Masks the values of `secrets`, pairs of a name and a value.
    pub fn new<'a>(secrets: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut patterns, mut too_short) = (Vec::new(), Vec::new());
        for (name, value) in secrets {
            if !forms::collect(value, &mut patterns) {
                too_short.push(name.to_owned());
            }
        }
        Self { search: Search::new(patterns), too_short }
    }

    /// The names of the secrets whose values are too short to be masked.
    #[must_use]
    pub fn too_short(&self) -> &[String] {
        &self.too_short
    }

    /// The text without secrets.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.search {
            Some(search) if search.automaton.is_match(text) => {
                let mut masked = Vec::with_capacity(text.len());
                search.finish(text.as_bytes(), &mut masked);
                // Patterns are whole characters, so that what is left between them is too.
                Cow::Owned(String::from_utf8_lossy(&masked).into_owned())
            }
            _ => Cow::Borrowed(text),
        }
    }
}

impl Search {
    fn new(mut patterns: Vec<Vec<u8>>) -> Option<Self> {
        patterns.sort_unstable();
        patterns.dedup();
        let longest = patterns.iter().map(Vec::len).max()?;
        let mut begins = [false; 256];
        patterns.iter().for_each(|pattern| begins[usize::from(pattern[0])] = true);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // The quickest to build; an attempt of a second must not wait for its masker.
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .build(&patterns)
            .ok()?;
        Some(Self { automaton, patterns, begins, longest })
    }

    /// Masks what of `input` more input cannot change any more; gives its length.
    fn advance(&self, input: &[u8], out: &mut Vec<u8>) -> usize {
        let (mut at, mut held) = (0, self.held_from(input, 0));
        while let Some(found) =
            self.automaton.find(Input::new(input).range(at..)).filter(|m| m.start() < held)
        {
            out.extend_from_slice(&input[at..found.start()]);
            out.extend_from_slice(REPLACEMENT.as_bytes());
            at = found.end();
            if held < at {
                held = self.held_from(input, at);
            }
        }
        out.extend_from_slice(&input[at..held]);
        held
    }

    /// Masks all of `input`: nothing more comes.
    fn finish(&self, input: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        for found in self.automaton.find_iter(input) {
            out.extend_from_slice(&input[at..found.start()]);
            out.extend_from_slice(REPLACEMENT.as_bytes());
            at = found.end();
        }
        out.extend_from_slice(&input[at..]);
    }

    /// Where the longest end of `input` begins, not before `from`, that may be the beginning of a pattern.
    fn held_from(&self, input: &[u8], from: usize) -> usize {
        let first = input.len().saturating_sub(self.longest - 1).max(from);
        (first..input.len())
            .find(|&start| self.begins[usize::from(input[start])] && self.begins_pattern(&input[start..]))
            .unwrap_or(input.len())
    }

    fn begins_pattern(&self, text: &[u8]) -> bool {
        let next = self.patterns.partition_point(|pattern| pattern.as_slice() <= text);
        self.patterns.get(next).is_some_and(|pattern| pattern.starts_with(text))
    }
}

impl fmt::Debug for Masker {
    /// Names no value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let patterns = self.search.as_ref().map_or(0, |search| search.patterns.len());
        write!(f, "Masker({patterns} patterns)")
    }
}

#[cfg(test)]
mod tests;
