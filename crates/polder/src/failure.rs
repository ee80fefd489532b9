//! How a command tells that it failed: what happened, the cause, what to do next, and the code to look up.

use std::fmt;
use std::io::ErrorKind;
use std::process::ExitCode;

use polder_types::Code;
use polder_types::wire::Mistake;
use serde::Serialize;

use crate::output::{Output, mistakes};

/// A failure with what to do about it.
#[derive(Debug, Clone, Default)]
pub struct Failure {
    pub code: Option<Code>,
    pub message: String,
    pub cause: Option<String>,
    pub hint: Option<String>,
    pub errors: Vec<Mistake>,
    /// Whether the command line was used wrongly.
    pub usage: bool,
    /// Whether no server was reached.
    pub unreachable: bool,
}

/// A failure as programs read it: each has a code.
#[derive(Serialize)]
struct Told<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Mistake],
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// What programs tell failures apart by: a code of the server's, or one of the command line's own.
    fn name(&self) -> &'static str {
        match self.code {
            Some(code) => code.as_str(),
            None if self.usage => "USAGE",
            None if self.unreachable => "UNREACHABLE",
            None => "FAILED",
        }
    }

    fn told(&self) -> Told<'_> {
        Told {
            code: self.name(),
            message: &self.message,
            cause: self.cause.as_deref(),
            hint: self.hint.as_deref(),
            errors: &self.errors,
        }
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

/// Tells what the parser of the command line says: help and versions too, which are no failures.
pub fn misused(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    if !wants_json || !error.use_stderr() {
        let _ = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    }
    report(&usage_of(error).into(), &Output::new(true))
}

/// The first paragraph says what is wrong; what follows is for people.
fn usage_of(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n").map(str::trim);
    let message = paragraphs.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let hint = paragraphs.find_map(|paragraph| paragraph.strip_prefix("tip: ")).map(str::to_owned);
    Failure { hint, ..Failure::usage(message) }
}

fn tell(failure: &Failure, output: &Output) -> std::io::Result<()> {
    if output.json {
        return output.error_value(&serde_json::json!({ "error": failure.told() }));
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
        unreachable: matches!(error, polder_client::Error::Unreachable { .. }),
    }
}
