//! The words for where a run, a step or an event stands, as they are stored and shown.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A stored or received text that is no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a known status")]
pub struct UnknownStatus(pub String);

macro_rules! statuses {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every status, in the order of a life.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that is stored and shown.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownStatus;

            fn from_str(text: &str) -> Result<Self, UnknownStatus> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(UnknownStatus(text.to_owned())) }
            }
        }
    };
}

pub(crate) use statuses;

statuses! {
    /// Where a run stands.
    RunStatus {
        /// Made, but not let in yet: its pipeline's concurrency limit is reached.
        Queued = "QUEUED",
        Running = "RUNNING",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
        TimedOut = "TIMED_OUT",
        Aborted = "ABORTED",
    }
}

statuses! {
    /// Where a step of a run stands.
    StepStatus {
        /// Needs other steps to end first.
        Waiting = "WAITING",
        /// An attempt may be claimed.
        Ready = "READY",
        /// An agent has claimed the attempt.
        Running = "RUNNING",
        /// The last attempt failed; the next one waits for its back-off.
        Retrying = "RETRYING",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
        TimedOut = "TIMED_OUT",
        Aborted = "ABORTED",
        /// Its condition was not met, or its run ended before it could start.
        Skipped = "SKIPPED",
    }
}

statuses! {
    /// The status changes of a run that other pipelines can be triggered by.
    EventStatus {
        Running = "RUNNING",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
        TimedOut = "TIMED_OUT",
        Aborted = "ABORTED",
    }
}

impl RunStatus {
    /// Whether nothing can change any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::TimedOut | Self::Aborted)
    }

    /// The event that reaching this status is, if it is one.
    #[must_use]
    pub const fn event(self) -> Option<EventStatus> {
        match self {
            Self::Queued => None,
            Self::Running => Some(EventStatus::Running),
            Self::Succeeded => Some(EventStatus::Succeeded),
            Self::Failed => Some(EventStatus::Failed),
            Self::TimedOut => Some(EventStatus::TimedOut),
            Self::Aborted => Some(EventStatus::Aborted),
        }
    }
}

impl StepStatus {
    /// Whether nothing can change any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::TimedOut | Self::Aborted | Self::Skipped)
    }

    /// Whether it ended, and not well.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut | Self::Aborted)
    }
}
