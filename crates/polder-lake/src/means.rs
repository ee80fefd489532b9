//! What work on tables may use of this machine: memory, disk and threads.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use deltalake::datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use deltalake::datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use deltalake::datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};

use crate::{Error, Limits, Result};

/// So many of the largest holders of memory are named when it is used up.
const NAMED: usize = 5;
/// What sorting may hold where nobody says how much.
const UNLIMITED: usize = 128 << 20;
/// What merging sorted runs counts on, if there is enough.
const FOR_MERGING: usize = 16 << 20;

/// How many rows came in to be written so far, for whoever shows how far something is.
#[derive(Debug, Clone, Default)]
pub struct Taken(Arc<AtomicU64>);

impl Taken {
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.0.load(Relaxed)
    }

    pub(crate) fn add(&self, rows: usize) {
        self.0.fetch_add(rows as u64, Relaxed);
    }
}

/// Shared by all that is done with it.
#[derive(Debug, Clone)]
pub(crate) struct Means {
    pub(crate) runtime: Arc<RuntimeEnv>,
    pub(crate) memory: usize,
    pub(crate) threads: usize,
    /// Counts what comes in to be written.
    pub(crate) taken: Taken,
}

impl Means {
    /// # Errors
    /// When the folder for what does not fit into memory cannot be used.
    pub(crate) fn new(limits: &Limits) -> Result<Self> {
        let pool = FairSpillPool::new(limits.memory);
        let pool = TrackConsumersPool::new(pool, NAMED.try_into().expect("more than none"));
        let mode = limits.spill.as_ref().map_or(DiskManagerMode::OsTmpDirectory, |folder| {
            DiskManagerMode::Directories(vec![folder.clone()])
        });
        let disk = DiskManagerBuilder::default().with_mode(mode).with_max_temp_directory_size(limits.spilled);
        let runtime =
            RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_disk_manager_builder(disk);
        let runtime = runtime.build_arc().map_err(Error::query)?;
        Ok(Self { runtime, memory: limits.memory, threads: limits.threads.max(1), taken: Taken::default() })
    }

    /// Its own each time, for work that nobody limits.
    pub(crate) fn unlimited() -> Result<Self> {
        Self::new(&Limits { memory: UNLIMITED, ..Limits::default() })
    }

    /// The same, with a count of its own.
    pub(crate) fn apart(&self) -> Self {
        Self { taken: Taken::default(), ..self.clone() }
    }

    pub(crate) fn for_merging(&self) -> usize {
        FOR_MERGING.min(self.memory / 8)
    }
}
