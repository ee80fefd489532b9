//! For how long the lake keeps what readers are no longer shown, and who relies on that.
//!
//! All bounds follow from one time, so that they cannot contradict each other. Nobody who reads may go on with one view for longer than
//! [`Retention::longest_read`]; so what was taken from readers before that is read by nobody. What may still be asked for is kept for that
//! much longer than it may be asked for, so that it is there until whoever asked in the last moment is done.

use chrono::{DateTime, TimeDelta, Utc};

/// No reader needs longer: a query is done in minutes, and a transaction that was left open must not keep files for ever.
const LONGEST_READ: TimeDelta = TimeDelta::days(1);
/// How far the clocks of servers, agents and stores may lie apart.
const SKEW: TimeDelta = TimeDelta::hours(1);

/// How long a branch stays after its end, and a version after its last reader could begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention(TimeDelta);

impl Default for Retention {
    /// A week: who was away finds what failed on Friday; and readers of Delta tables expect it, since it is what Delta's own vacuum keeps.
    fn default() -> Self {
        Self(TimeDelta::days(7))
    }
}

impl Retention {
    #[must_use]
    pub const fn new(kept: TimeDelta) -> Self {
        Self(kept)
    }

    #[must_use]
    pub const fn kept(self) -> TimeDelta {
        self.0
    }

    /// How long one view may be read.
    #[must_use]
    pub fn longest_read(self) -> TimeDelta {
        self.0.min(LONGEST_READ)
    }

    /// What has ended before is shown to nobody who asks from now on: branches, and publishes to go back from.
    #[must_use]
    pub fn shown_since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.0
    }

    /// Branches that were taken from readers before are read by nobody any more.
    #[must_use]
    pub fn read_since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.longest_read()
    }

    /// All versions that readers saw then or later stay.
    #[must_use]
    pub fn versions_since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.shown_since(self.read_since(now))
    }

    /// Files that were written then or later stay, whether a log names them or not: a writer may be about to commit them. Who writes has
    /// an open branch, and began after that was made.
    #[must_use]
    pub fn files_since(self, now: DateTime<Utc>, oldest_open: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let kept = self.shown_since(now);
        oldest_open.map_or(kept, |open| kept.min(open - self.0.min(SKEW)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(day * 86_400, 0).unwrap()
    }

    #[test]
    fn what_may_be_asked_for_is_there_until_the_last_reader_is_done() {
        for kept in [TimeDelta::zero(), TimeDelta::seconds(1), TimeDelta::hours(30), TimeDelta::days(90)] {
            let retention = Retention::new(kept);
            let (asked, done) = (day(100), day(100) + retention.longest_read());
            assert!(retention.longest_read() <= kept);
            assert!(retention.versions_since(done) <= retention.shown_since(asked), "{kept}");
            assert!(retention.read_since(done) <= asked, "{kept}");
        }
    }

    #[test]
    fn a_writer_that_takes_long_keeps_its_files() {
        let week = Retention::default();
        assert_eq!(week.files_since(day(100), None), day(93));
        assert_eq!(week.files_since(day(100), Some(day(99))), day(93));
        assert_eq!(week.files_since(day(100), Some(day(50))), day(50) - SKEW);
    }
}
