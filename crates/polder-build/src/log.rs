//! What a build says in its log: a line for each model and test as it ends, and of what went wrong enough to begin with.

use std::io::{self, Write};

use polder_types::wire::{BadRows, CheckStatus, Checks, ModelRun, TestRun};
use polder_work::rows;

/// Bad rows that are shown of each test.
const SHOWN: usize = 5;
/// Characters of a value that are shown.
const WIDTH: usize = 40;

pub struct Log<'a> {
    output: &'a mut (dyn Write + Send),
}

impl<'a> Log<'a> {
    #[must_use]
    pub fn new(output: &'a mut (dyn Write + Send)) -> Self {
        Self { output }
    }

    /// # Errors
    /// When the log takes no more; as all of these.
    pub fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.output, "{text}")
    }

    pub(crate) fn output(&mut self) -> &mut (dyn Write + Send) {
        self.output
    }

    pub(crate) fn model(&mut self, run: &ModelRun) -> io::Result<()> {
        let what = match run.status {
            CheckStatus::Passed => rows(run.rows.unwrap_or_default()),
            _ => one_line(run.message.as_deref()),
        };
        self.line(run.status, &format!("{} ({})", run.table, run.file), &what, run.milliseconds)
    }

    pub(crate) fn test(&mut self, run: &TestRun) -> io::Result<()> {
        let what = match run.status {
            CheckStatus::Passed => String::new(),
            CheckStatus::Warned | CheckStatus::Failed => rows(run.rows.unwrap_or_default()),
            _ => one_line(run.message.as_deref()),
        };
        self.line(run.status, &format!("test {}", run.name), &what, run.milliseconds)?;
        run.bad_rows.as_ref().map_or(Ok(()), |bad| self.bad_rows(bad))
    }

    fn line(&mut self, status: CheckStatus, name: &str, what: &str, milliseconds: u64) -> io::Result<()> {
        let colon = if what.is_empty() { "" } else { ": " };
        let seconds = match status {
            CheckStatus::Skipped => String::new(),
            _ => format!(", {}.{:02} s", milliseconds / 1000, milliseconds % 1000 / 10),
        };
        writeln!(self.output, "{:<7} {name}{colon}{what}{seconds}", status.as_str())
    }

    fn bad_rows(&mut self, bad: &BadRows) -> io::Result<()> {
        for row in bad.rows.iter().take(SHOWN) {
            let values = bad.columns.iter().zip(row);
            let values: Vec<String> =
                values.map(|(name, value)| format!("{name}={}", shown(value.as_deref()))).collect();
            writeln!(self.output, "        {}", values.join(" "))?;
        }
        if bad.rows.len() > SHOWN {
            writeln!(self.output, "        …")?;
        }
        Ok(())
    }
}

fn one_line(message: Option<&str>) -> String {
    message.unwrap_or_default().lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// A value on a line of a log.
fn shown(value: Option<&str>) -> String {
    let Some(value) = value else { return "NULL".to_owned() };
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WIDTH).collect();
    if line.contains(' ') || line.is_empty() { format!("'{line}'") } else { line }
}

/// Why nothing may be published; none if all may be.
pub(crate) fn verdict(checks: &Checks) -> Option<(bool, String)> {
    let broken = checks.models.iter().filter(|run| run.status == CheckStatus::Broken);
    let broken: Vec<String> =
        broken.map(|run| told(&run.table.to_string(), run.message.as_deref())).collect();
    if !broken.is_empty() {
        return Some((
            false,
            format!(
                "{} of {} models could not be built: {}",
                broken.len(),
                checks.models.len(),
                first(&broken)
            ),
        ));
    }
    let failed =
        checks.tests.iter().filter(|run| matches!(run.status, CheckStatus::Failed | CheckStatus::Broken));
    let failed: Vec<String> = failed
        .map(|run| match run.status {
            CheckStatus::Failed => format!("{} ({})", run.name, rows(run.rows.unwrap_or_default())),
            _ => told(&run.name, run.message.as_deref()),
        })
        .collect();
    let count = failed.len();
    (count > 0).then(|| (true, format!("{count} of {} tests failed: {}", checks.tests.len(), first(&failed))))
}

fn told(name: &str, message: Option<&str>) -> String {
    format!("{name} ({})", message.unwrap_or_default().lines().next().unwrap_or_default())
}

/// A few, and how many more.
fn first(all: &[String]) -> String {
    const FEW: usize = 5;
    let more = all.len().saturating_sub(FEW);
    let few = all[..all.len() - more].join(", ");
    if more == 0 { few } else { format!("{few} and {more} more") }
}
