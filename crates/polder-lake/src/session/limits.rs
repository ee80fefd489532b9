//! What queries may use.

use std::path::PathBuf;

use polder_types::wire::QueryLimits;

/// What queries may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes for sorting, joining and grouping, for all queries of the session together; what is over it goes to disk, or fails.
    pub memory: usize,
    /// Where that goes to; in the system's temporary folder if none is given.
    pub spill: Option<PathBuf>,
    /// Bytes on that disk.
    pub spilled: u64,
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { memory: 1 << 30, spill: None, spilled: 64 << 30, threads }
    }
}

impl From<QueryLimits> for Limits {
    fn from(limits: QueryLimits) -> Self {
        let size = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
        Self {
            memory: size(limits.memory),
            spilled: limits.disk,
            threads: usize::try_from(limits.threads).unwrap_or(1).max(1),
            ..Self::default()
        }
    }
}
