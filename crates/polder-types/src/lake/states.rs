//! The words for where a branch or a publish stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::run::UnknownStatus;
use crate::run::status::statuses;

statuses! {
    /// Where a branch stands.
    BranchState {
        /// Its writer may still write.
        Open = "OPEN",
        /// Its tables are on the line that it was made from.
        Published = "PUBLISHED",
        /// It never will be published; it can be looked into until it is removed.
        Failed = "FAILED",
        /// Its time is over: nobody is shown it any more, and its files go.
        Removed = "REMOVED",
    }
}

statuses! {
    /// Where a publish stands.
    PublishState {
        /// It is decided. Its tables are being written, and belong to it meanwhile.
        Prepared = "PREPARED",
        /// Readers see it.
        Done = "DONE",
        /// It could not be completed; readers never saw it.
        Undone = "UNDONE",
    }
}
