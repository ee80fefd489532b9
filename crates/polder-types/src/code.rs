//! Error codes: stable names for what can go wrong, each with a page in `docs/errors/` that is compiled in.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:tt),+ $(,)?) => {
        /// What went wrong, as a name that programs may rely on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The page about it, Markdown.
            #[must_use]
            pub const fn page(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("../../../docs/errors/", $text, ".md"))),+ }
            }
        }
    };
}

codes! {
    /// A definition has mistakes; each is listed with its position.
    InvalidDefinition = "INVALID_DEFINITION",
    /// Parameters of a start do not fit the pipeline's.
    InvalidParameters = "INVALID_PARAMETERS",
    /// The request is not understood.
    BadRequest = "BAD_REQUEST",
    /// The route is there, but does not answer to this method.
    MethodNotAllowed = "METHOD_NOT_ALLOWED",
    /// The body is of a kind that the route does not read.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE",
    /// No valid token came with the request.
    Unauthenticated = "UNAUTHENTICATED",
    /// The token's roles do not allow it.
    Forbidden = "FORBIDDEN",
    /// A browser's request does not show that it comes from Polder's own pages.
    CsrfToken = "CSRF_TOKEN",
    /// It is not there, or the caller may not see it.
    NotFound = "NOT_FOUND",
    /// The pipeline is paused.
    Paused = "PAUSED",
    /// The concurrency limit is reached and the policy is not to wait.
    AlreadyRunning = "ALREADY_RUNNING",
    /// The same idempotency key came with another body.
    IdempotencyMismatch = "IDEMPOTENCY_MISMATCH",
    /// The first request with this idempotency key is still being worked on.
    IdempotencyInFlight = "IDEMPOTENCY_IN_FLIGHT",
    /// The run has no result yet.
    NotReady = "NOT_READY",
    /// Files of the deployment have not been uploaded.
    MissingFiles = "MISSING_FILES",
    /// A body, file or project is larger than the limit.
    TooLarge = "TOO_LARGE",
    /// Too many requests of a kind.
    TooManyRequests = "TOO_MANY_REQUESTS",
    /// The report is about an attempt that is no longer the current one.
    Fenced = "FENCED",
    /// What is asked does not fit the present state.
    Conflict = "CONFLICT",
    /// Something broke inside the server.
    Internal = "INTERNAL",
    /// The database or the disk cannot be reached just now.
    Unavailable = "UNAVAILABLE",
    /// A step's command ended with an exit code other than 0.
    StepFailed = "STEP_FAILED",
    /// A step's command could not be started.
    CannotStart = "CANNOT_START",
    /// A statement over the lake failed.
    SqlFailed = "SQL_FAILED",
    /// A source could not be brought into the lake.
    SyncFailed = "SYNC_FAILED",
    /// Tests of models found rows that must not be there.
    TestsFailed = "TESTS_FAILED",
    /// Somebody else has published one of the tables meanwhile.
    PublishConflict = "PUBLISH_CONFLICT",
    /// It was kept for as long as the lake keeps things, and is gone.
    RetentionOver = "RETENTION_OVER",
    /// A step or run took longer than it may.
    TimedOut = "TIMED_OUT",
    /// The run was aborted.
    Aborted = "ABORTED",
    /// The agent died with the step running.
    AgentLost = "AGENT_LOST",
    /// A step asks for a secret that does not exist in its team and environment.
    UnknownSecret = "UNKNOWN_SECRET",
    /// Nobody has declared the environment, and nothing is in it.
    UnknownEnvironment = "UNKNOWN_ENVIRONMENT",
    /// A template could not be rendered.
    TemplateFailed = "TEMPLATE_FAILED",
    /// An HTTP step got an answer that does not count as success, or none.
    HttpFailed = "HTTP_FAILED",
    /// The pipeline that a step started did not succeed.
    ChildFailed = "CHILD_FAILED",
    /// What a step wrote to its output file cannot be read.
    BadOutput = "BAD_OUTPUT",
    /// The data folder belongs to another server that is running.
    DataInUse = "DATA_IN_USE",
    /// The master key is missing or does not fit the stored secrets.
    MasterKey = "MASTER_KEY",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Code {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no error code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_says_what_happened_and_what_to_do() {
        for code in Code::ALL {
            let page = code.page();
            assert!(page.starts_with(&format!("# {code}\n")), "{code}: the page starts with its name");
            assert!(page.contains("## What to do"), "{code}: the page says what to do");
        }
    }
}
