//! Values that must not stand on a command line, where others can read them: from a prompt, a file or stdin.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use console::Term;

use crate::failure::Failure;

/// The value in the file (`-` is stdin), or what is typed without echo, or what is piped in. One line break at the end is
/// not part of it.
pub fn read(what: &str, file: Option<&Path>) -> Result<String> {
    let text = match file {
        Some(path) if path != Path::new("-") => {
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?
        }
        None if Term::stderr().is_term() && io::IsTerminal::is_terminal(&io::stdin()) => prompt(what)?,
        _ => io::read_to_string(io::stdin().lock().take(16 << 20))
            .with_context(|| format!("cannot read {what} from stdin"))?,
    };
    let value = text.strip_suffix('\n').unwrap_or(&text);
    let value = value.strip_suffix('\r').unwrap_or(value);
    if value.is_empty() {
        return Err(Failure::new(format!("{what} is empty"))
            .hint("Type it at the prompt, pipe it in, or name a file that has it.")
            .into());
    }
    Ok(value.to_owned())
}

fn prompt(what: &str) -> Result<String> {
    let term = Term::stderr();
    term.write_str(&format!("{what} (not shown): "))?;
    Ok(term.read_secure_line()?)
}
