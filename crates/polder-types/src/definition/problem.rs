//! What is wrong in users' files. One style everywhere: where, what was found, what was expected, and the nearest valid
//! name. Problems travel over the API as they are; [`render`] is their plain text for terminals.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// One mistake in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    pub severity: Severity,
    /// What kind of mistake it is, as a name that programs may rely on.
    pub code: ProblemCode,
    /// The file, relative to the project.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The place within the file's structure, such as `steps[1].retries`; empty for the file as a whole.
    pub path: String,
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The line in question with its number and a caret below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

/// Whether a project with this problem can be deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    /// The word before the message.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The kinds of mistakes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The text is not YAML.
    Syntax,
    /// A file, a text or a list is larger than Polder reads.
    TooLarge,
    /// A file that must be there is not.
    MissingFile,
    /// The same key is written twice in one place.
    DuplicateKey,
    /// A key that means nothing here.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,
    /// A value of another type than expected.
    WrongType,
    /// A value of the right type that is not allowed.
    InvalidValue,
    /// Keys that exclude each other, or none where one is needed.
    Conflict,
    /// A name that breaks the rules for names.
    InvalidName,
    /// Two things of the same name.
    DuplicateName,
    /// A name that nothing has.
    UnknownName,
    /// Things that wait for each other.
    Cycle,
    /// A schedule that cannot be read.
    InvalidSchedule,
    /// A template that cannot be read, or that would render wrongly.
    InvalidTemplate,
    /// SQL that cannot be read, or that does what it may not do there.
    InvalidSql,
    /// A path that leaves the project.
    OutsideProject,
    /// Something that only a later version does.
    Unsupported,
    /// A trigger on a pipeline that is not deployed (yet).
    UnknownUpstream,
}

/// Problems as plain text: `file:line:column: error: message`, the excerpt, and the hint.
#[must_use]
pub fn render(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let Problem { file, line, column, message, .. } = problem;
        let _ = writeln!(text, "{file}:{line}:{column}: {}: {message}", problem.severity.as_str());
        if let Some(excerpt) = &problem.excerpt {
            let _ = writeln!(text, "{excerpt}");
        }
        if let Some(hint) = &problem.hint {
            let _ = writeln!(text, "  = hint: {hint}");
        }
    }
    text
}
