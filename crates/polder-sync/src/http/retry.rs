//! What is done about an answer that is no success, and how long to wait before the next try.

use std::time::Duration;

use chrono::{DateTime, Utc};
use polder_types::definition::sync::connector::{Action, ErrorHandler, Filter};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

/// Tries after the first, if the connector says nothing.
const RETRIES: u32 = 5;
/// The longest wait that is not asked for by the API.
const LONGEST: Duration = Duration::from_secs(60);
/// The longest that is.
const LONGEST_ASKED: Duration = Duration::from_secs(900);

pub(super) fn most(errors: &ErrorHandler) -> u32 {
    errors.max_retries.unwrap_or(RETRIES)
}

/// Whether the connector says what an answer without a body means: that there are no records, perhaps.
pub(super) fn is_named_nothing(errors: &ErrorHandler, status: StatusCode) -> bool {
    let is_named = |filter: &Filter| filter.codes.contains(&status.as_u16());
    status == StatusCode::NO_CONTENT && errors.filters.iter().any(is_named)
}

/// What the connector says about a status, or what is usual.
pub(super) fn verdict(errors: &ErrorHandler, status: u16) -> (Action, Option<&Filter>) {
    match errors.filters.iter().find(|filter| filter.codes.contains(&status)) {
        Some(filter) => (filter.action, Some(filter)),
        None if status == 429 || status >= 500 => (Action::Retry, None),
        None => (Action::Fail, None),
    }
}

/// How long to wait before the try after the `tried`th; an error is how long the API asks for, if nobody would wait for that.
pub(super) fn wait(
    errors: &ErrorHandler,
    tried: u32,
    headers: Option<&HeaderMap>,
    now: DateTime<Utc>,
) -> Result<Duration, Duration> {
    let header = errors.wait_header.as_deref().unwrap_or("retry-after");
    let asked =
        headers.and_then(|headers| headers.get(header)?.to_str().ok()).and_then(|text| asked(text, now));
    if let Some(asked) = asked {
        return if asked > LONGEST_ASKED { Err(asked) } else { Ok(asked) };
    }
    if let Some(seconds) = errors.constant_seconds {
        return Ok(Duration::from_secs_f64(seconds));
    }
    let first = Duration::from_secs_f64(errors.factor_seconds.unwrap_or(1.0));
    Ok(first.saturating_mul(2u32.saturating_pow(tried.min(16))).min(LONGEST))
}

/// Seconds, or the time of day until when (RFC 9110, 10.2.3).
fn asked(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<f64>() {
        return (seconds.is_finite() && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(1e9)));
    }
    let until = DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some((until.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &'static str) -> Result<Duration, Duration> {
        let headers = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, text.parse().unwrap())]);
        let now = DateTime::parse_from_rfc3339("2024-01-01T00:00:00Z").unwrap().to_utc();
        wait(&ErrorHandler::default(), 0, Some(&headers), now)
    }

    #[test]
    fn an_api_says_how_long_to_wait() {
        assert_eq!(after("7"), Ok(Duration::from_secs(7)));
        assert_eq!(after("Mon, 01 Jan 2024 00:01:00 GMT"), Ok(Duration::from_secs(60)));
        assert_eq!(after("Wed, 01 Jan 2020 00:00:00 GMT"), Ok(Duration::ZERO));
        assert_eq!(after("86400"), Err(Duration::from_secs(86_400)));
        assert_eq!(after("soon"), Ok(Duration::from_secs(1)));
        assert_eq!(after("-1"), Ok(Duration::from_secs(1)));
    }

    #[test]
    fn each_wait_is_twice_as_long() {
        let waits = (0..10).map(|tried| {
            wait(&ErrorHandler::default(), tried, None, DateTime::UNIX_EPOCH).unwrap().as_secs()
        });
        assert_eq!(waits.collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    }

    #[test]
    fn a_connector_may_say_otherwise() {
        let filter = Filter { codes: vec![404], action: Action::Ignore, message: None };
        let errors = ErrorHandler { filters: vec![filter], ..ErrorHandler::default() };
        let of = |status| verdict(&errors, status).0;
        assert_eq!(
            [404, 429, 503, 401].map(of),
            [Action::Ignore, Action::Retry, Action::Retry, Action::Fail]
        );
    }
}
