//! How much of everything one caller, or all of them together, may ask for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::Error;

/// The longest that a request with `?wait=` is held open. Proxies commonly give up after 60 seconds.
pub const LONGEST_WAIT: Duration = Duration::from_secs(50);
/// Bodies of ordinary requests.
pub const JSON_BODY: usize = 1 << 20;
/// The list of a project's files: 20,000 of them with their paths and hashes.
pub const DEPLOY_BODY: usize = 8 << 20;
/// One file of a project.
pub const BLOB: usize = 10 << 20;
/// Lines of log that an agent sends at once.
pub const LOG_BATCH: usize = 8 << 20;
/// Everything but long-polls, streams and uploads answers within this time.
pub const REQUEST_TIME: Duration = Duration::from_secs(60);
/// The longest that the first rows of a query may take.
pub const QUERY_TIME: Duration = Duration::from_secs(620);
/// How long a client may take to send its headers.
pub const HEADER_TIME: Duration = Duration::from_secs(20);
/// How long open requests may go on once the server is told to stop.
pub const STOP_TIME: Duration = Duration::from_secs(10);
/// How often a stream without news says that it is alive.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The limits that an operator of the server may change.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests of one token that are held open: long-polls and streams.
    pub open_per_token: usize,
    /// Requests of all tokens that are held open.
    pub open: usize,
    /// Wrong tokens from one address within a minute, before it is refused.
    pub failed_logins: u32,
    /// How long a browser's session lasts that is not used.
    pub session_idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            open_per_token: 200,
            open: 5_000,
            failed_logins: 20,
            session_idle: Duration::from_secs(12 * 3600),
        }
    }
}

/// The requests that are held open now, by token.
#[derive(Debug, Clone, Default)]
pub struct Open(Arc<Mutex<HashMap<String, usize>>>);

/// A place among the open requests, given back when dropped.
#[derive(Debug)]
pub struct Place {
    open: Open,
    token: String,
}

impl Open {
    /// Takes a place for a request of this token.
    ///
    /// # Errors
    /// [`Error::TooManyOpen`] if the token, or the server, has no more.
    pub fn take(&self, limits: &Limits, token: &str) -> Result<Place, Error> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.values().sum::<usize>() >= limits.open {
            return Err(Error::TooManyOpen { of: "the server", limit: limits.open });
        }
        let mine = open.entry(token.to_owned()).or_default();
        if *mine >= limits.open_per_token {
            return Err(Error::TooManyOpen { of: "this token", limit: limits.open_per_token });
        }
        *mine += 1;
        Ok(Place { open: self.clone(), token: token.to_owned() })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mine) = open.get_mut(&self.token) else { return };
        *mine -= 1;
        if *mine == 0 {
            open.remove(&self.token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_token_and_in_all_and_come_back() {
        let limits = Limits { open_per_token: 2, open: 3, ..Limits::default() };
        let open = Open::default();
        let first = open.take(&limits, "a").unwrap();
        let _second = open.take(&limits, "a").unwrap();
        assert!(matches!(open.take(&limits, "a"), Err(Error::TooManyOpen { of: "this token", .. })));
        let _third = open.take(&limits, "b").unwrap();
        assert!(matches!(open.take(&limits, "b"), Err(Error::TooManyOpen { of: "the server", .. })));
        drop(first);
        assert_eq!(open.count(), 2);
        open.take(&limits, "a").unwrap();
    }
}
