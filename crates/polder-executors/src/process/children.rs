//! The children of this program: there is one list of them whatever the number of executors, so there is one lock.
//!
//! The program makes itself the *subreaper* of its descendants (prctl(2)): whoever loses its parent becomes a child of
//! this program, however it detached. That gives a cheap and certain test of whether an attempt left anything behind:
//! its main process is dead, and none of this program's children is the attempt's. Such a child must be taken notice
//! of when it dies; children that other parts of the program started must not be touched.
//!
//! A process that bears no trace of its attempt is known by what it cannot hide: that it came to this program as a
//! child, and when it was started. It is of an attempt that ran then. Of several it may be any one's, and so the last of
//! them to end takes it along: an attempt *withdraws* when it finds nothing that is its own, and whoever is the only
//! one left that has not withdrawn, and was there when the process was started, owns it.

use std::collections::HashMap;
use std::io;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wait4::{ResUse, try_wait4_pid};

use super::table::{self, ProcessId, Stat};

/// The main processes of all attempts that have not been waited for.
static MAINS: LazyLock<Mutex<HashMap<u32, Main>>> = LazyLock::new(Mutex::default);

struct Main {
    /// In ticks since the machine started.
    started: u64,
    withdrawn: bool,
}

/// Held while a process is started, while children are listed, and while they are waited for, so that each of these
/// finds the list complete.
pub(crate) struct Children(MutexGuard<'static, HashMap<u32, Main>>);

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
        let started = Stat::read(pid).map_or(0, |stat| stat.id.started);
        self.0.insert(pid, Main { started, withdrawn: false });
    }

    /// Lays no claim any more, for the attempt of `main`, to processes that might be anybody's.
    pub(crate) fn withdraw(&mut self, main: u32) {
        if let Some(main) = self.0.get_mut(&main) {
            main.withdrawn = true;
        }
    }

    /// Whether a process without a trace must be of the attempt of `main`: it came to this program as a child, and no
    /// other attempt ran when it was started.
    pub(crate) fn must_be_of(&self, main: ProcessId, stat: &Stat) -> bool {
        let may_be_of_others =
            self.0.iter().any(|(pid, it)| *pid != main.pid && !it.withdrawn && it.started <= stat.id.started);
        stat.id.started >= main.started && self.was_adopted(stat) && !may_be_of_others
    }

    /// Whether it was started by a descendant of this program, rather than by a part of the program itself: those stay
    /// in its session and group. An init process is brought others besides (`docker exec`), and so is not certain.
    fn was_adopted(&self, stat: &Stat) -> bool {
        let own = std::process::id();
        let is_child = own != 1 && stat.parent == own && !self.is_main(stat.id.pid);
        is_child && Stat::read(own).is_some_and(|own| (own.session, own.group) != (stat.session, stat.group))
    }

    /// Whether it is the main process of any attempt.
    pub(crate) fn is_main(&self, pid: u32) -> bool {
        self.0.contains_key(&pid)
    }

    /// The children that may have been left behind by an attempt; nothing if the system does not list children.
    pub(crate) fn strangers(&self) -> Option<Vec<u32>> {
        let mut all = table::children_of_main_thread()?;
        all.retain(|pid| !self.0.contains_key(pid));
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
