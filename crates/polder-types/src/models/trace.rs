//! Where in a template something stands that was found in what the template renders to.

use std::fmt::Write as _;
use std::ops::Range;

use crate::script::word_at;
use crate::template::scan::{PieceKind, pieces};

/// Marks are written as such characters around a number: they are private, so that no text means anything by them.
const BEGIN: char = '\u{E000}';
const OF_TEXT: char = '\u{E001}';
const OF_EXPRESSION: char = '\u{E002}';

/// The template with a mark before each part that renders to something; nothing if it has such characters itself.
pub(super) fn marked(text: &str) -> Option<String> {
    if text.contains([BEGIN, OF_TEXT, OF_EXPRESSION]) {
        return None;
    }
    let mut marked = String::new();
    for piece in pieces(text) {
        let end = match piece.kind {
            PieceKind::Text => Some(OF_TEXT),
            PieceKind::Expression => Some(OF_EXPRESSION),
            PieceKind::Statement | PieceKind::Comment => None,
        };
        if let Some(end) = end {
            write!(marked, "{BEGIN}{}{end}", piece.range.start).ok()?;
        }
        marked.push_str(&text[piece.range]);
    }
    Some(marked)
}

/// What a marked template rendered to, and where its parts come from.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Trace {
    /// Without marks.
    pub(super) sql: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    /// Where it begins in what was rendered.
    rendered: usize,
    /// Where it begins in the template.
    written: usize,
    /// Whether it is text of the template, and not what an expression became.
    is_text: bool,
}

impl Trace {
    pub(super) fn of(rendered: &str) -> Self {
        let mut trace = Self::default();
        let mut parts = rendered.split(BEGIN);
        trace.sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            trace.add(part);
        }
        trace
    }

    /// A mark without its beginning, and what follows it.
    fn add(&mut self, part: &str) {
        let Some((number, rest)) = part.split_once([OF_TEXT, OF_EXPRESSION]) else { return };
        let is_text = part[number.len()..].starts_with(OF_TEXT);
        let written = number.parse().unwrap_or_default();
        self.parts.push(Part { rendered: self.sql.len(), written, is_text });
        self.sql.push_str(rest);
    }

    /// The word in the template that the one at a place of [`Self::sql`] comes from, or the expression that became it.
    pub(super) fn written(&self, text: &str, rendered: usize) -> Range<usize> {
        let rendered = word_at(&self.sql, rendered).start;
        let Some(part) = self.parts.iter().rfind(|part| part.rendered <= rendered) else { return 0..0 };
        if part.is_text {
            return word_at(text, part.written + rendered - part.rendered);
        }
        let rest = text.get(part.written..).unwrap_or_default();
        part.written..part.written + rest.find("}}").map_or(rest.len(), |end| end + 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_again() {
        let text = "select {% for x in [1, 2] %}{{ x }} as é{{ x }},{% endfor %}\n  {#- no -#} nowhere\n";
        let rendered = crate::template::render_model(&marked(text).unwrap(), minijinja::Value::UNDEFINED);
        let trace = Trace::of(&rendered.unwrap());
        assert_eq!(trace.sql.replace(char::is_whitespace, " ").trim_end(), "select 1 as é1,2 as é2, nowhere");
        let written = |word: &str| trace.written(text, trace.sql.rfind(word).unwrap());
        assert_eq!(
            ["as", "2 as", "where", "\n"].map(|word| &text[written(word)]),
            ["as", "{{ x }}", "nowhere", "nowhere"]
        );
        assert_eq!(text.find("{{ x }}"), Some(written("1 as").start));
        assert_eq!(marked("\u{E001}"), None);
    }
}
