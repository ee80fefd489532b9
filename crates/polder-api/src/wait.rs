//! Long-polls: `?wait=45` (or `Prefer: wait=45`) holds the request until something changes, at most 50 seconds.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use polder_types::id::RunId;
use polder_types::wire::{Role, Run};
use serde::Deserialize;
use tokio::time::Instant;

use crate::extract::Query;
use crate::limits::LONGEST_WAIT;
use crate::{Api, Caller, Result};

/// How long a request may be held open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait(pub(crate) Duration);

#[derive(Deserialize)]
struct Asked {
    wait: Option<u64>,
}

impl<S: Send + Sync> FromRequestParts<S> for Wait {
    type Rejection = crate::Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Query(Asked { wait }) = Query::from_request_parts(parts, state).await?;
        let preferred = || parts.headers.get("prefer").and_then(|value| preferred(value.to_str().ok()?));
        let seconds = wait.or_else(preferred).unwrap_or(0);
        Ok(Self(Duration::from_secs(seconds).min(LONGEST_WAIT)))
    }
}

fn preferred(header: &str) -> Option<u64> {
    let seconds = header.split([',', ';']).find_map(|part| part.trim().strip_prefix("wait="));
    seconds.and_then(|seconds| seconds.trim().parse().ok())
}

/// When a held request may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// On each change of the run's status.
    Changed,
    /// When the run has ended.
    Ended,
}

/// A run that the caller may see, held until it changes, time is over or the server stops.
pub(crate) async fn run(api: &Api, caller: &Caller, id: RunId, wait: Wait, until: Until) -> Result<Run> {
    let mut run = visible(api, caller, id).await?;
    if wait.0.is_zero() || run.summary.terminal {
        return Ok(run);
    }
    let _place = api.open().take(api.limits(), &caller.name)?;
    let deadline = Instant::now() + wait.0;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        tokio::select! {
            changed = api.engine().wait_for_run(id, left) => run = changed?,
            () = api.shutdown().cancelled() => return Ok(run),
        }
        if until == Until::Changed || run.summary.terminal || Instant::now() >= deadline {
            return Ok(run);
        }
    }
}

/// A run, if the caller may see it.
pub(crate) async fn visible(api: &Api, caller: &Caller, id: RunId) -> Result<Run> {
    let run = api.engine().run(id).await.map_err(|error| named(error, id))?;
    caller.require(Role::Viewer, &run.summary.team, &format!("run {id}"))?;
    Ok(run)
}

fn named(error: polder_engine::Error, id: RunId) -> crate::Error {
    match error {
        polder_engine::Error::NotFound { .. } => crate::Error::not_found(format!("run {id}")),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_is_understood() {
        assert_eq!(preferred("wait=20"), Some(20));
        assert_eq!(preferred("respond-async, wait=7"), Some(7));
        assert_eq!(preferred("return=minimal"), None);
    }
}
