//! The lines of a log, as they come: of one step, or of all with the step's name before each line.

use anyhow::Result;
use polder_types::wire::{LogStream, NumberedLine};

use super::{Output, Tone};

/// Prints lines; puts pieces of a long line together again.
pub struct LinePrinter<'a> {
    output: &'a Output,
    prefixed: bool,
    /// The step and attempt whose line has not ended.
    open: Option<(String, u32)>,
}

impl<'a> LinePrinter<'a> {
    pub fn new(output: &'a Output, prefixed: bool) -> Self {
        Self { output, prefixed, open: None }
    }

    pub fn print(&mut self, line: &NumberedLine) -> Result<()> {
        if self.output.json {
            return self.output.value_line(line);
        }
        let text = self.rendered(line);
        self.output.text(text)
    }

    /// Ends a line that is open.
    pub fn finish(mut self) -> Result<()> {
        if self.open.take().is_some() { self.output.say("") } else { Ok(()) }
    }

    fn rendered(&mut self, line: &NumberedLine) -> String {
        let source = (line.step.clone(), line.epoch);
        let before = match self.open.take() {
            Some(open) if open == source => String::new(),
            Some(_) => format!("\n{}", self.prefix(&line.step)),
            None => self.prefix(&line.step),
        };
        let after = if line.content.continued { "" } else { "\n" };
        if line.content.continued {
            self.open = Some(source);
        }
        format!("{before}{}{after}", self.content(line))
    }

    fn prefix(&self, step: &str) -> String {
        if self.prefixed {
            format!("{} ", self.output.style().dim(&format!("[{step}]")))
        } else {
            String::new()
        }
    }

    fn content(&self, line: &NumberedLine) -> String {
        let style = self.output.style();
        let text = if style.terminal { harmless(&line.content.text) } else { line.content.text.clone() };
        match line.content.stream {
            LogStream::Stdout => text,
            LogStream::Stderr => style.paint(Tone::Warning, &text),
            LogStream::System => style.dim(&text),
        }
    }
}

/// Keeps what a step printed from taking over the terminal: colours may pass, other control sequences do not.
fn harmless(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() || *c == '\t';
    console::AnsiCodeIterator::new(text)
        .map(|(part, is_code)| match is_code {
            true if part.starts_with("\u{1b}[") && part.ends_with('m') => part.to_owned(),
            true => String::new(),
            false => part.chars().filter(allowed).collect(),
        })
        .collect::<Vec<_>>()
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_pass_and_other_sequences_do_not() {
        assert_eq!(
            harmless("a\u{1b}[31mred\u{1b}[0m\u{1b}[2J\u{1b}]0;title\u{7}\rb\tc"),
            "a\u{1b}[31mred\u{1b}[0mb\tc"
        );
    }
}
