//! The line of a mistake, with a caret below it.

use super::tree::Mark;

/// Characters of a line that are shown at most.
const WIDTH: usize = 110;

/// The line with its number, and carets below what is meant; `None` if the file has no such line.
pub(crate) fn excerpt(text: &str, mark: &Mark) -> Option<String> {
    let line: Vec<char> = text.lines().nth(mark.line - 1)?.chars().map(printable).collect();
    let column = (mark.column - 1).min(line.len());
    let start = if column < WIDTH { 0 } else { column - WIDTH / 2 };
    let shown: String = line[start..].iter().take(WIDTH).collect();
    let carets =
        "^".repeat(caret_count(text, mark, &line[column..], WIDTH - (column - start).min(WIDTH - 1)));
    let number = mark.line.to_string();
    let margin = " ".repeat(number.len());
    Some(format!("  {number} | {}\n  {margin} | {}{carets}", shown.trim_end(), " ".repeat(column - start)))
}

/// How many characters of the line the mark covers, one at least.
fn caret_count(text: &str, mark: &Mark, rest: &[char], limit: usize) -> usize {
    let marked = text.get(mark.bytes.clone()).unwrap_or_default();
    let first = marked.lines().next().unwrap_or_default().trim_end();
    first.chars().count().min(rest.len()).clamp(1, limit.max(1))
}

fn printable(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}
