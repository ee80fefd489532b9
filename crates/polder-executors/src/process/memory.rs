//! Tells how much memory the largest process of an attempt took.
//!
//! The system counts that for every process (wait4(2), `ru_maxrss`), but a process that was just started inherits the
//! count of the one that started it: nothing below this program's own peak can be told that way. So the peaks of the
//! living processes are read now and then, ever less often, and the system's count is taken where it is larger than
//! what was inherited.

use std::time::Duration;

use tokio::time::Instant;

use super::table;

const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(5);

/// More processes than this are not looked at: an attempt with thousands must not make its agent slow.
const MOST: usize = 64;

/// The peaks seen so far.
#[derive(Debug)]
pub(crate) struct Peak {
    pid: u32,
    pub(crate) next_at: Instant,
    pause: Duration,
    seen: Option<u64>,
}

impl Peak {
    pub(crate) fn new(pid: u32) -> Self {
        Self { pid, next_at: Instant::now() + FIRST, pause: FIRST, seen: None }
    }

    /// Looks at the processes that descend from the main one.
    pub(crate) fn look(&mut self) {
        let (mut open, mut count) = (vec![self.pid], 0);
        while let Some(pid) = open.pop().filter(|_| count < MOST) {
            count += 1;
            self.seen = self.seen.max(table::peak_memory(&pid.to_string()));
            open.extend(table::children_of(pid));
        }
        self.pause = (self.pause * 2).min(LONGEST);
        self.next_at = Instant::now() + self.pause;
    }

    /// The peak, given what the system counted.
    pub(crate) fn judge(&self, counted: u64) -> Option<u64> {
        let inherited = table::peak_memory("self").unwrap_or(0);
        if counted > inherited { Some(counted).max(self.seen) } else { self.seen }
    }
}
