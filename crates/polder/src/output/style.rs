//! Colour, where it is wanted.

use console::{Term, style};
use polder_types::run::{RunStatus, StepStatus};

/// Whether and how a stream is coloured.
#[derive(Debug, Clone)]
pub struct Style {
    /// Whether a person looks at it.
    pub terminal: bool,
    /// Whether it may be coloured: on a terminal, unless NO_COLOR says no.
    pub color: bool,
    /// How many characters a line of the terminal has.
    pub width: usize,
}

/// What a piece of text says by its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Active,
    Warning,
    Dim,
    Bold,
}

impl Style {
    pub fn of_stdout() -> Self {
        Self::of(&Term::stdout(), console::colors_enabled())
    }

    pub fn of_stderr() -> Self {
        Self::of(&Term::stderr(), console::colors_enabled_stderr())
    }

    fn of(term: &Term, color: bool) -> Self {
        Self { terminal: term.is_term(), color: color && may_color(), width: width(term) }
    }

    /// For a file or a test.
    #[cfg(test)]
    pub fn plain() -> Self {
        Self { terminal: false, color: false, width: 80 }
    }

    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let text = style(text).force_styling(true);
        match tone {
            Tone::Good => text.green(),
            Tone::Bad => text.red().bold(),
            Tone::Active => text.cyan(),
            Tone::Warning => text.yellow(),
            Tone::Dim => text.dim(),
            Tone::Bold => text.bold(),
        }
        .to_string()
    }

    pub fn bad(&self, text: &str) -> String {
        self.paint(Tone::Bad, text)
    }

    pub fn dim(&self, text: &str) -> String {
        self.paint(Tone::Dim, text)
    }

    pub fn bold(&self, text: &str) -> String {
        self.paint(Tone::Bold, text)
    }

    pub fn run_status(&self, status: RunStatus) -> String {
        self.paint(run_tone(status), status.as_str())
    }

    pub fn step_status(&self, status: StepStatus) -> String {
        self.paint(step_tone(status), status.as_str())
    }
}

/// What the table crate finds, else the terminal's own answer: the one that knows no number of lines says 80.
fn width(term: &Term) -> usize {
    comfy_table::Table::new().width().unwrap_or_else(|| term.size().1).into()
}

fn may_color() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

pub fn run_tone(status: RunStatus) -> Tone {
    match status {
        RunStatus::Queued => Tone::Dim,
        RunStatus::Running => Tone::Active,
        RunStatus::Succeeded => Tone::Good,
        RunStatus::Failed | RunStatus::TimedOut => Tone::Bad,
        RunStatus::Aborted => Tone::Warning,
    }
}

pub fn step_tone(status: StepStatus) -> Tone {
    match status {
        StepStatus::Waiting | StepStatus::Skipped => Tone::Dim,
        StepStatus::Ready | StepStatus::Running => Tone::Active,
        StepStatus::Succeeded => Tone::Good,
        StepStatus::Failed | StepStatus::TimedOut => Tone::Bad,
        StepStatus::Retrying | StepStatus::Aborted => Tone::Warning,
    }
}
