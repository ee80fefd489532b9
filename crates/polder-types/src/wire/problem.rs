//! Errors as the API answers them (RFC 9457, `application/problem+json`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::Code;
use crate::definition::{self, ParameterProblem};

/// What went wrong, for programs (`code`) and for people (`detail`, `hint`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Where the page about the code is, relative to the server.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    pub code: Code,
    /// The code in words.
    pub title: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// What happened, for a person.
    pub detail: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Every mistake found, where there can be several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Mistake>,
    /// Further members that a code brings, such as `run_id` or `missing`.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// One mistake in a file or in parameters. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Mistake {
    #[serde(default, skip_serializing_if = "Severity::is_error")]
    pub severity: Severity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Where in the structure, such as `steps[1].retries`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What was found and what was expected.
    pub message: String,
    /// What to do, such as the nearest valid name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The line of the file that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

impl Mistake {
    /// A mistake that is about no place.
    pub fn new(severity: Severity, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            severity,
            file: None,
            line: None,
            column: None,
            path: None,
            message,
            hint: None,
            excerpt: None,
        }
    }

    /// What stands in the way, and is about no place.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// What does not stand in the way, and is about no place.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    /// With what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl From<definition::Problem> for Mistake {
    fn from(problem: definition::Problem) -> Self {
        let severity = match problem.severity {
            definition::Severity::Error => Severity::Error,
            definition::Severity::Warning => Severity::Warning,
        };
        Self {
            file: Some(problem.file),
            line: Some(problem.line),
            column: Some(problem.column),
            path: Some(problem.path).filter(|path| !path.is_empty()),
            hint: problem.hint,
            excerpt: problem.excerpt,
            ..Self::new(severity, problem.message)
        }
    }
}

impl From<ParameterProblem> for Mistake {
    fn from(problem: ParameterProblem) -> Self {
        let path = Some(format!("parameters.{}", problem.parameter));
        Self { path, hint: problem.hint, ..Self::error(problem.message) }
    }
}

/// Whether a mistake stands in the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    #[default]
    Error,
    Warning,
}

impl Severity {
    /// Whether it stands in the way.
    #[must_use]
    pub fn is_error(&self) -> bool {
        *self == Self::Error
    }
}
