//! Mistakes in files as text: where, what, the line in question, and what to do.

use std::fmt::Write as _;

use polder_types::wire::{Mistake, Severity};

use super::{Style, Tone, format};

pub fn render(mistakes: &[Mistake], style: &Style) -> String {
    let mut text = String::new();
    for mistake in mistakes {
        let kind = match mistake.severity {
            Severity::Error => style.bad("error"),
            Severity::Warning => style.paint(Tone::Warning, "warning"),
        };
        let _ = writeln!(text, "{}{kind}: {}", style.bold(&place(mistake)), mistake.message);
        if let Some(excerpt) = &mistake.excerpt {
            let _ = writeln!(text, "{}", excerpt.trim_end());
        }
        if let Some(hint) = &mistake.hint {
            let _ = writeln!(text, "  = {} {hint}", style.dim("hint:"));
        }
    }
    text
}

/// `file:line:column: `, as far as it is known; else the place in the structure.
fn place(mistake: &Mistake) -> String {
    let numbers = [mistake.line, mistake.column].into_iter().flatten().map(|number| number.to_string());
    let parts: Vec<String> = mistake.file.clone().into_iter().chain(numbers).collect();
    match (&mistake.path, parts.is_empty()) {
        (Some(path), true) => format!("{path}: "),
        (None, true) => String::new(),
        _ => format!("{}: ", parts.join(":")),
    }
}

/// `2 errors, 1 warning`.
pub fn summary(mistakes: &[Mistake]) -> String {
    let errors = mistakes.iter().filter(|mistake| mistake.severity.is_error()).count();
    let counted = [(errors, "error"), (mistakes.len() - errors, "warning")];
    let parts: Vec<String> = counted
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format::count(number, what))
        .collect();
    parts.join(", ")
}
