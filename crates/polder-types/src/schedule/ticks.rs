//! From local times to instants, where clocks change.
//!
//! croner finds the next local time; it is asked as if there were no zone (in UTC), since its own rules for clock changes
//! depend on how a field is written. Here are ours:
//!
//! - A schedule that ticks in every hour goes on by elapsed time: nothing in the hour that is left out, and in both of the
//!   hours that come twice.
//! - Any other schedule ticks once for each local time: at the first instant after the gap if the time does not exist, and the
//!   first time if it comes twice.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;

/// Clock changes looked at in one search; more than a time zone has in the years between two ticks.
const CHANGE_LIMIT: usize = 1000;
const DAY: i64 = 86400;

pub(super) fn next_once(cron: &Cron, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut local = local_at(zone, after.timestamp())?;
    loop {
        local = next_local(cron, local, false)?;
        let instant = match zone.from_local_datetime(&local) {
            MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => instant.to_utc(),
            MappedLocalTime::None => end_of_gap(zone, local)?,
        };
        if instant > after {
            return Some(instant);
        }
    }
}

pub(super) fn next_elapsed(cron: &Cron, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut from = after.timestamp();
    let mut inclusive = false;
    for _ in 0..CHANGE_LIMIT {
        let local = next_local(cron, local_at(zone, from)?, inclusive)?;
        let offset = offset_at(zone, from)?;
        let instant = local.and_utc().timestamp() - offset;
        if offset_at(zone, instant)? == offset {
            return DateTime::from_timestamp(instant, 0);
        }
        // The clock changes before: look again from the change on, with the new offset.
        from = first_change(zone, from, instant)?;
        inclusive = true;
    }
    None
}

fn next_local(cron: &Cron, local: NaiveDateTime, inclusive: bool) -> Option<NaiveDateTime> {
    cron.find_next_occurrence(&local.and_utc(), inclusive).ok().map(|found| found.naive_utc())
}

fn local_at(zone: Tz, timestamp: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp(timestamp, 0).map(|instant| instant.with_timezone(&zone).naive_local())
}

fn offset_at(zone: Tz, timestamp: i64) -> Option<i64> {
    let instant = DateTime::from_timestamp(timestamp, 0)?;
    Some(i64::from(zone.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc()))
}

/// The first instant with another offset than `from`, at or before `until`, which has another.
fn first_change(zone: Tz, from: i64, until: i64) -> Option<i64> {
    let offset = offset_at(zone, from)?;
    let mut same = from;
    let mut other = until;
    let mut at = from;
    while at < until {
        at = (at + DAY).min(until);
        if offset_at(zone, at)? != offset {
            other = at;
            break;
        }
        same = at;
    }
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        if offset_at(zone, middle)? == offset { same = middle } else { other = middle }
    }
    Some(other)
}

/// The first instant after the gap in which a local time lies.
fn end_of_gap(zone: Tz, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let around = local.and_utc();
    let before = around.checked_sub_signed(TimeDelta::days(1))?.timestamp();
    let after = around.checked_add_signed(TimeDelta::days(1))?.timestamp();
    DateTime::from_timestamp(first_change(zone, before, after)?, 0)
}
