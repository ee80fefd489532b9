//! How things are shown: colour and tables on a terminal, plain aligned text otherwise, JSON when asked for.
//!
//! Results go to stdout; remarks, progress and errors go to stderr, so that a pipe carries results only.

pub mod format;
mod lines;
pub mod mistakes;
mod progress;
mod style;
mod table;

use std::fmt::Display;
use std::io::{self, Write as _};

use anyhow::Result;
use serde::Serialize;

pub use lines::LinePrinter;
pub use progress::Progress;
pub use style::{Style, Tone, run_tone, step_tone};
pub use table::{Cell, Table, cell};

/// Where remarks beside the result go.
#[derive(Clone, Copy)]
pub struct Remarks {
    wanted: bool,
}

impl Remarks {
    pub fn say(self, text: impl Display) {
        if self.wanted {
            // A remark that cannot be written is not worth failing for.
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }
}

/// Where a command's results go.
pub struct Output {
    pub json: bool,
    out: Style,
    error: Style,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self { json, out: Style::of_stdout(), error: Style::of_stderr() }
    }

    /// How text on stdout is coloured.
    pub fn style(&self) -> &Style {
        &self.out
    }

    /// How text on stderr is coloured.
    pub fn error_style(&self) -> Style {
        self.error.clone()
    }

    /// One line of the result.
    pub fn say(&self, text: impl Display) -> Result<()> {
        Ok(writeln!(io::stdout().lock(), "{text}")?)
    }

    /// Text of the result as it is.
    pub fn text(&self, text: impl Display) -> Result<()> {
        let mut out = io::stdout().lock();
        write!(out, "{text}")?;
        Ok(out.flush()?)
    }

    /// The result as JSON, over several lines.
    pub fn value(&self, value: &impl Serialize) -> Result<()> {
        self.say(serde_json::to_string_pretty(value)?)
    }

    /// One of several results as JSON, in one line.
    pub fn value_line(&self, value: &impl Serialize) -> Result<()> {
        self.say(serde_json::to_string(value)?)
    }

    /// The result as JSON if that is wanted, else as the text that `text` makes.
    pub fn show(&self, value: &impl Serialize, text: impl FnOnce(&Style) -> String) -> Result<()> {
        if self.json { self.value(value) } else { self.text(text(&self.out)) }
    }

    pub fn table(&self, table: Table) -> Result<()> {
        self.text(table.render(&self.out))
    }

    /// A remark beside the result. Left out when programs read the output.
    pub fn note(&self, text: impl Display) {
        self.remarks().say(text);
    }

    /// For remarks that are made from elsewhere.
    pub fn remarks(&self) -> Remarks {
        Remarks { wanted: !self.json }
    }

    pub fn error_text(&self, text: &str) -> io::Result<()> {
        io::stderr().lock().write_all(text.as_bytes())
    }

    pub fn error_value(&self, value: &impl Serialize) -> io::Result<()> {
        self.error_text(&format!("{}\n", serde_json::to_string(value).unwrap_or_default()))
    }

    /// Shows that something is going on, once it takes longer than a second.
    pub fn progress(&self, what: &str) -> Progress {
        Progress::start(self.error.terminal && !self.json, what)
    }
}
