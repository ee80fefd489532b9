//! What is wrong with a text that is not YAML, in words that say what to do, and where it begins: the parser tells where it
//! could not go on, which for a quote that nobody closes is at something innocent.

use serde_saphyr::granit_parser::{ErrorKind, ScanError};

use super::{DEPTH_LIMIT, Fault, Mark};
use crate::definition::ProblemCode;

/// The parser's error; what it has read as a whole ends at byte `read`.
pub(super) fn fault(text: &str, read: usize, error: &ScanError) -> Fault {
    let marker = error.marker();
    let at = marker.byte_offset().unwrap_or(0).min(text.len());
    if let Some(template) = template_before(text, at) {
        return unquoted_template(text, &mark_at(text, template));
    }
    let (mark, message, hint) = match error.kind() {
        ErrorKind::UnclosedQuotedScalar => unclosed(text, at),
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::DocumentIndicatorInQuotedScalar => {
            unclosed(text, last_quote(text, read, at).unwrap_or(at))
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            trailing(text, last_quote(text, read, at), at)
        }
        ErrorKind::RecursionLimitExceeded => (mark_at(text, at), too_deep(), Some(LESS_DEEP)),
        ErrorKind::UnexpectedCharacter { character } if "@%`".contains(*character) => {
            let message = format!("a text without quotes cannot start with {}", shown(*character));
            (mark_at(text, at), message, Some("put the whole text in quotes"))
        }
        kind => (mark_at(text, at), format!("this is not YAML: {kind}"), hint(kind)),
    };
    let code = if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        ProblemCode::TooLarge
    } else {
        ProblemCode::Syntax
    };
    Fault { code, mark, message, hint: hint.map(str::to_owned) }
}

/// `run: {{ params.x }}`, which YAML takes for a map in a map.
pub(super) fn unquoted_template(text: &str, mark: &Mark) -> Fault {
    let rest = text.get(mark.bytes.start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let template = rest.find("}}").map(|end| &rest[..end + 2]);
    let shown = template.unwrap_or("{{ … }}");
    let hint = match (shown.contains('"'), shown.contains('\'')) {
        (false, _) => format!("put the whole text in quotes: \"{shown}\""),
        (true, false) => format!("put the whole text in quotes: '{shown}'"),
        (true, true) => "write it as a block: `|`, and the text indented in the next line".to_owned(),
    };
    let bytes = mark.bytes.start..mark.bytes.start + template.map_or(1, str::len);
    Fault {
        code: ProblemCode::Syntax,
        mark: Mark { bytes, ..mark.clone() },
        message: "a text that starts with `{{` needs quotes".to_owned(),
        hint: Some(hint),
    }
}

/// A `{{` in the same line that stands where a value begins: whatever the parser did not like came after it.
fn template_before(text: &str, at: usize) -> Option<usize> {
    let line_start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = &text[line_start..at];
    let found = line.find("{{")?;
    line[..found].trim_end().ends_with([':', '-', ',', '[']).then_some(line_start + found)
}

const LESS_DEEP: &str = "nothing here needs more than a few levels; is a bracket or the indentation wrong?";

fn too_deep() -> String {
    format!("lists and maps are nested more than {DEPTH_LIMIT} deep")
}

fn shown(character: char) -> String {
    if character == '`' { "a backtick".to_owned() } else { format!("`{character}`") }
}

fn hint(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::MappingValueNotAllowed => {
            "quote a text that contains `: `, or write it as a block with `|`"
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => "YAML is indented with spaces, never with tabs",
        ErrorKind::UnknownQuotedScalarEscape => {
            "in double quotes a backslash begins an escape: write `\\\\`, or use single quotes"
        }
        _ => return None,
    })
}

type Told = (Mark, String, Option<&'static str>);

fn unclosed(text: &str, at: usize) -> Told {
    let hint = "close it, or use the other kind of quotes for a text that has this one in it";
    (mark_at(text, at), "this quote is not closed".to_owned(), Some(hint))
}

/// Something follows the quote that closes; told at the one that opens if that is in another line.
fn trailing(text: &str, opening: Option<usize>, at: usize) -> Told {
    let end = mark_at(text, at);
    match opening.map(|opening| mark_at(text, opening)).filter(|mark| mark.line < end.line) {
        Some(mark) => {
            let message = format!("the text that begins with this quote ends in line {}", end.line);
            (mark, message, Some("is the closing quote missing in this line?"))
        }
        None => {
            let hint =
                "a text in quotes is in quotes as a whole; use the other kind for one that has this in it";
            (end, "something follows the closing quote".to_owned(), Some(hint))
        }
    }
}

/// The quote that opens the last text in quotes between two bytes.
fn last_quote(text: &str, from: usize, until: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut last) = (from, None);
    while at < until {
        let begins =
            at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'\r' | b'[' | b'{' | b',' | b':');
        match bytes[at] {
            b'#' if begins => at += text.get(at..)?.find('\n').unwrap_or(text.len()),
            quote @ (b'"' | b'\'') if begins => {
                last = Some(at);
                at = end_of_quoted(bytes, at, quote, until);
            }
            _ => at += 1,
        }
    }
    last
}

fn end_of_quoted(bytes: &[u8], start: usize, quote: u8, until: usize) -> usize {
    let mut at = start + 1;
    while at < until {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    until
}

/// The place of a byte; of the last one that can be seen, if it is at the end of the text.
fn mark_at(text: &str, at: usize) -> Mark {
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let at = if at == text.len() { text.trim_end().len() } else { at };
    let line_start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    Mark {
        line: text[..at].matches('\n').count() + 1,
        column: text[line_start..at].chars().count() + 1,
        bytes: at..at,
    }
}
