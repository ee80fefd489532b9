//! Reads the system's table of processes (`/proc`, see proc(5)).

use std::collections::HashMap;
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A process, told from a later one that got the same number by when it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ProcessId {
    pub(crate) pid: u32,
    /// In ticks since the machine started.
    pub(crate) started: u64,
}

/// What the table says of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stat {
    pub(crate) id: ProcessId,
    pub(crate) parent: u32,
    pub(crate) group: u32,
    pub(crate) session: u32,
    /// Dead, and waiting for its parent to take notice.
    pub(crate) zombie: bool,
}

impl Stat {
    pub(crate) fn read(pid: u32) -> Option<Self> {
        Self::parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(pid: u32, line: &str) -> Option<Self> {
        // The second field is the program's name in parentheses; it may hold anything, parentheses too.
        let mut fields = line.rsplit_once(") ")?.1.split(' ');
        let zombie = matches!(fields.next()?, "Z" | "X" | "x");
        let parent = fields.next()?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        let session = fields.next()?.parse().ok()?;
        let started = fields.nth(15)?.parse().ok()?;
        Some(Self { id: ProcessId { pid, started }, parent, group, session, zombie })
    }

    /// All processes that this one may see.
    pub(crate) fn all() -> HashMap<u32, Self> {
        let Ok(folder) = fs::read_dir("/proc") else { return HashMap::new() };
        folder
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|pid| Some((pid, Self::read(pid)?)))
            .collect()
    }
}

/// Whether the process was started with `variable` (`NAME=value`) in its environment. A program may overwrite what is
/// shown here; few do.
pub(crate) fn has_variable(pid: u32, variable: &[u8]) -> bool {
    fs::read(format!("/proc/{pid}/environ"))
        .is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == variable))
}

pub(crate) fn working_directory(pid: u32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/cwd")).ok()
}

/// Whether it runs another program than this one. A process on its way from this program to another one still has all
/// files of this one open, so that they say nothing about it.
pub(crate) fn runs_another_program(pid: u32) -> bool {
    match (fs::read_link(format!("/proc/{pid}/exe")), fs::read_link("/proc/self/exe")) {
        (Ok(theirs), Ok(own)) => theirs != own,
        _ => false,
    }
}

/// Whether the process has one of `files` open, given as the links in `/proc/PID/fd` show them.
pub(crate) fn has_open(pid: u32, files: &[PathBuf]) -> bool {
    let Ok(folder) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    folder.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|target| files.contains(&target)))
}

/// The children of the main thread of this process: those it started, and all that came to it because their own parent
/// died. `None` if the system does not tell.
pub(crate) fn children_of_main_thread() -> Option<Vec<u32>> {
    let own = std::process::id();
    children(Path::new(&format!("/proc/self/task/{own}/children")))
}

/// All children of a process.
pub(crate) fn children_of(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    threads.flatten().filter_map(|thread| children(&thread.path().join("children"))).flatten().collect()
}

fn children(file: &Path) -> Option<Vec<u32>> {
    Some(fs::read_to_string(file).ok()?.split_whitespace().filter_map(|pid| pid.parse().ok()).collect())
}

/// The largest memory that the process has had, in bytes; nothing once it is dead.
pub(crate) fn peak_memory(pid: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// A hold on one process: what is done through it cannot hit another one with the same number.
#[derive(Debug)]
pub(crate) struct Handle {
    pub(crate) id: ProcessId,
    fd: AsyncFd<OwnedFd>,
}

impl Handle {
    /// Nothing if that process is gone.
    pub(crate) fn open(id: ProcessId) -> Option<Self> {
        let fd = pidfd_open(raw(id.pid)?, PidfdFlags::NONBLOCK).ok()?;
        // Opened by number, so make sure that the number still means the same.
        (Stat::read(id.pid)?.id == id).then_some(())?;
        Some(Self { id, fd: watched(fd)? })
    }

    /// Failure is no news: the process is gone, or may not be signalled and turns up as a survivor.
    pub(crate) fn signal(&self, signal: Signal) {
        let _ = pidfd_send_signal(self.fd.as_fd(), signal);
    }

    /// Completes when the process is dead.
    pub(crate) async fn dead(&self) {
        drop(self.fd.readable().await);
    }
}

#[expect(unsafe_code, reason = "tokio leaves it to the caller that the descriptor stays open and the same")]
fn watched(fd: OwnedFd) -> Option<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` is open and the same for as long as it lives, and the `AsyncFd` owns it.
    unsafe { AsyncFd::register_with_interest(fd, Interest::READABLE) }.ok()
}

/// The number as the system's calls want it.
pub(crate) fn raw(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_may_be_called_anything() {
        let line = "42 (a) Z 9 (b)) S 7 40 41 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 0 0\n";
        let stat = Stat::parse(42, line).unwrap();
        assert_eq!(
            (stat.parent, stat.group, stat.session, stat.zombie, stat.id.started),
            (7, 40, 41, false, 987_654)
        );
    }

    #[test]
    fn this_process_is_in_the_table() {
        let own = Stat::all()[&std::process::id()];
        assert!(!own.zombie && own.id.started > 0);
        assert!(peak_memory("self").unwrap() > 0);
    }
}
