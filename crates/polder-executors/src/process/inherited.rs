//! Open files that this program was started with, by a shell, a supervisor or a test: nothing of them is meant for the
//! steps. What the program opens itself is closed in its children anyway.

use std::fs;
use std::os::fd::{BorrowedFd, RawFd};

use rustix::io::{FdFlags, fcntl_setfd};

/// Marks all open files but the standard streams to be closed in whatever is started from now on.
pub(super) fn close_on_exec() {
    let Ok(entries) = fs::read_dir("/proc/self/fd") else { return };
    let numbers: Vec<RawFd> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.into_iter().filter(|number| *number > 2).for_each(mark);
}

#[expect(unsafe_code, reason = "a file is known by nothing but its number here")]
fn mark(number: RawFd) {
    // SAFETY: the number is used for one call that neither reads, writes nor closes. If another thread has closed the
    // file since, the call fails; if it has opened another one, that one has the mark already.
    let file = unsafe { BorrowedFd::borrow_raw(number) };
    let _ = fcntl_setfd(file, FdFlags::CLOEXEC);
}
