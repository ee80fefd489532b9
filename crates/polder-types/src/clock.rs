//! Where time comes from. Everything that decides takes a [`Clock`], so that a test can say what time it is.

use std::sync::Arc;

use chrono::{DateTime, DurationRound, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A source of the present instant.
pub trait Clock: Send + Sync + 'static {
    /// Now, in whole microseconds: the finest that every database here can store.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
    fn now(&self) -> DateTime<Utc> {
        to_microseconds(Utc::now())
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }
}

/// The instant without what is finer than a microsecond.
#[must_use]
pub fn to_microseconds(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(instant)
}

/// The first instant of a day in a zone.
#[must_use]
pub fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // A day that starts in a gap of the clocks starts when the gap ends, an hour later at most.
    let candidates = (0..=4).map(|quarter| midnight + TimeDelta::minutes(30 * quarter));
    let found = candidates.filter_map(|local| zone.from_local_datetime(&local).earliest()).next();
    found.map_or_else(|| midnight.and_utc(), |at| at.to_utc())
}

/// A clock that stands still until it is told otherwise: for tests, and for trying out what would happen when.
#[derive(Debug)]
pub struct ManualClock(std::sync::Mutex<DateTime<Utc>>);

impl ManualClock {
    #[must_use]
    pub const fn at(instant: DateTime<Utc>) -> Self {
        Self(std::sync::Mutex::new(instant))
    }

    /// Moves on by `step`.
    pub fn advance(&self, step: TimeDelta) {
        let mut instant = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *instant += step;
    }

    /// Goes to an instant.
    pub fn set(&self, instant: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = instant;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
