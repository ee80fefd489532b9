//! Ids: one type for each kind of thing, so that a run's id cannot be passed where a revision's is wanted.
//!
//! They are UUIDs of version 7: they sort by time of creation, which keeps the databases' indexes compact.

use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, Mutex};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::{ContextV7, Timestamp, Uuid};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id whose order follows `at`.
            #[must_use]
            pub fn new(at: DateTime<Utc>) -> Self {
                Self(new_uuid(at))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// One execution of a pipeline.
    RunId,
    /// A project in an environment, over all its revisions.
    ProjectId,
    /// One immutable deployment of a project.
    RevisionId,
    /// A pipeline in an environment, over all its revisions.
    PipelineId,
    /// A schedule or executions trigger as it was deployed; an unchanged trigger keeps its id over deployments.
    TriggerId,
    /// One status change of one run.
    EventId,
    /// An API token (not its secret part).
    TokenId,
    /// A stored secret (not its value).
    SecretId,
    /// An entry of the audit log.
    AuditId,
    /// A branch of the lake.
    BranchId,
    /// One publish of a branch's tables.
    PublishId,
    /// An entry of the outbox.
    OutboxId,
}

/// Counts within a millisecond, so that ids made one after the other sort that way too.
static ORDER: LazyLock<Mutex<ContextV7>> = LazyLock::new(|| Mutex::new(ContextV7::new()));

fn new_uuid(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(&*ORDER, seconds, at.timestamp_subsec_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_sort_in_the_order_in_which_they_were_made() {
        let ids: Vec<RunId> = (0..1000).map(|_| RunId::new(DateTime::UNIX_EPOCH)).collect();
        assert!(ids.is_sorted(), "they are strictly ordered");
    }
}
