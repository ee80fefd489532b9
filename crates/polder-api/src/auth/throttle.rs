//! Wrong tokens, counted by address, so that nobody can try many.
//!
//! An address with too many within a minute is refused until the minute is over. A token that is known from before
//! still passes: one broken client behind a shared address must not shut out the others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// Addresses remembered; beyond it the ones whose minute is over are forgotten, then all.
const ADDRESSES: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<IpAddr, Failures>>);

#[derive(Debug)]
struct Failures {
    count: u32,
    since: DateTime<Utc>,
}

impl Throttle {
    /// The seconds that this address has to wait, if it does.
    pub(crate) fn wait_of(&self, address: IpAddr, limit: u32, now: DateTime<Utc>) -> Option<u64> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = failures.get(&address).filter(|of| of.count >= limit).map(|of| of.since + WINDOW - now)?;
        (left > TimeDelta::zero()).then(|| u64::try_from(left.num_seconds()).unwrap_or(0) + 1)
    }

    /// Counts a wrong token.
    pub(crate) fn failed(&self, address: IpAddr, now: DateTime<Utc>) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= ADDRESSES {
            failures.retain(|_, of| of.since + WINDOW > now);
        }
        if failures.len() >= ADDRESSES {
            failures.clear();
        }
        let of = failures.entry(address).or_insert(Failures { count: 0, since: now });
        if of.since + WINDOW <= now {
            *of = Failures { count: 0, since: now };
        }
        of.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_out_its_minute() {
        let throttle = Throttle::default();
        let address = IpAddr::from([127, 0, 0, 1]);
        let start = DateTime::from_timestamp(1_000, 0).unwrap();
        for second in 0..3 {
            assert_eq!(throttle.wait_of(address, 3, start), None);
            throttle.failed(address, start + TimeDelta::seconds(second));
        }
        assert_eq!(throttle.wait_of(address, 3, start + TimeDelta::seconds(20)), Some(41));
        assert_eq!(throttle.wait_of(IpAddr::from([127, 0, 0, 2]), 3, start), None);
        assert_eq!(throttle.wait_of(address, 3, start + TimeDelta::seconds(60)), None);
        throttle.failed(address, start + TimeDelta::seconds(60));
        assert_eq!(
            throttle.wait_of(address, 3, start + TimeDelta::seconds(61)),
            None,
            "counting begins anew"
        );
    }
}
