//! How a command tells that it failed: what happened, the cause, what to do next, and the code to look up.

use std::fmt;
use std::io::ErrorKind;
use std::process::ExitCode;

use polder_types::Code;
use polder_types::wire::Mistake;
use serde::Serialize;

use crate::output::{Output, mistakes};

/// A failure with what to do about it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Failure {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Mistake>,
    /// Whether the command line was used wrongly.
    #[serde(skip)]
    pub usage: bool,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// The command line was used wrongly: exit status 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { usage: true, ..Self::new(message) }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    #[must_use]
    pub fn errors(mut self, errors: Vec<Mistake>) -> Self {
        self.errors = errors;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Tells the failure on stderr, and gives the exit status.
pub fn report(error: &anyhow::Error, output: &Output) -> ExitCode {
    // The reader of our output went away, as `head` does: nobody wants to hear about it.
    if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    let failure = failure_of(error);
    let _ = tell(&failure, output);
    ExitCode::from(if failure.usage { 2 } else { 1 })
}

fn tell(failure: &Failure, output: &Output) -> std::io::Result<()> {
    if output.json {
        return output.error_value(&serde_json::json!({ "error": failure }));
    }
    let style = output.error_style();
    let mut text = format!("{} {}\n", style.bad("error:"), failure.message);
    for (name, value) in [("cause", &failure.cause), ("hint", &failure.hint)] {
        if let Some(value) = value {
            text.push_str(&format!("  {} {value}\n", style.dim(&format!("{name}:"))));
        }
    }
    if let Some(code) = failure.code {
        text.push_str(&format!(
            "  {} {code} {}\n",
            style.dim("code:"),
            style.dim(&format!("(see `polder explain {code}`)"))
        ));
    }
    if !failure.errors.is_empty() {
        text.push('\n');
        text.push_str(&mistakes::render(&failure.errors, &style));
    }
    output.error_text(&text)
}

/// What is known of an error, wherever it comes from.
fn failure_of(error: &anyhow::Error) -> Failure {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.clone();
    }
    if let Some(error) = error.downcast_ref::<polder_client::Error>() {
        return of_client(error);
    }
    let cause = error.chain().skip(1).map(ToString::to_string).collect::<Vec<_>>().join(": ");
    Failure {
        message: error.to_string(),
        cause: Some(cause).filter(|cause| !cause.is_empty()),
        ..Failure::default()
    }
}

fn of_client(error: &polder_client::Error) -> Failure {
    let (cause, errors) = match error {
        polder_client::Error::Unreachable { source, .. } => (Some(source.to_string()), Vec::new()),
        polder_client::Error::Problem(problem) => (None, problem.errors.clone()),
        _ => (None, Vec::new()),
    };
    Failure {
        code: error.code(),
        message: error.to_string(),
        cause,
        hint: error.hint(),
        errors,
        usage: false,
    }
}
