//! The children of this program: there is one list of them whatever the number of executors, so there is one lock.
//!
//! The program makes itself the *subreaper* of its descendants (prctl(2)): whoever loses its parent becomes a child of
//! this program, however it detached. That gives a cheap and certain test of whether an attempt left anything behind:
//! its main process is dead, and none of this program's children is the attempt's. Such a child must be taken notice
//! of when it dies; children that other parts of the program started must not be touched.

use std::collections::HashSet;
use std::io;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wait4::{ResUse, try_wait4_pid};

use super::table::{self, Stat};

/// The main processes of all attempts that have not been waited for.
static MAINS: LazyLock<Mutex<HashSet<u32>>> = LazyLock::new(Mutex::default);

/// Held while a process is started, while children are listed, and while they are waited for, so that each of these
/// finds the list complete.
pub(crate) struct Children(MutexGuard<'static, HashSet<u32>>);

/// What processes used that this program waited for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) cpu: Duration,
    pub(crate) peak_memory: u64,
}

impl Usage {
    fn of(ended: &ResUse) -> Self {
        Self { cpu: ended.rusage.utime + ended.rusage.stime, peak_memory: ended.rusage.maxrss }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.peak_memory = self.peak_memory.max(other.peak_memory);
    }
}

impl Children {
    pub(crate) fn lock() -> Self {
        Self(MAINS.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Registers the main process of an attempt.
    pub(crate) fn add(&mut self, pid: u32) {
        self.0.insert(pid);
    }

    /// Whether it is the main process of any attempt.
    pub(crate) fn is_main(&self, pid: u32) -> bool {
        self.0.contains(&pid)
    }

    /// The children that may have been left behind by an attempt; nothing if the system does not list children.
    pub(crate) fn strangers(&self) -> Option<Vec<u32>> {
        let mut all = table::children_of_main_thread()?;
        all.retain(|pid| !self.0.contains(pid));
        Some(all)
    }

    /// Takes notice of the end of a main process, if it has ended.
    pub(crate) fn wait_main(&mut self, pid: u32) -> Option<(ResUse, Usage)> {
        let ended = try_wait4_pid(pid).ok()??;
        self.0.remove(&pid);
        let usage = Usage::of(&ended);
        Some((ended, usage))
    }

    /// Stops keeping the place of a main process that cannot be ended.
    pub(crate) fn give_up(&mut self, pid: u32) {
        self.0.remove(&pid);
    }

    /// Takes notice of the end of a child that an attempt left behind.
    pub(crate) fn wait_stray(&self, stat: &Stat) -> Option<Usage> {
        let own = stat.parent == std::process::id() && !self.is_main(stat.id.pid);
        own.then(|| try_wait4_pid(stat.id.pid))
            .and_then(io::Result::ok)
            .flatten()
            .map(|ended| Usage::of(&ended))
    }
}
