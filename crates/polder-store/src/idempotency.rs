//! Idempotency keys: the same key with the same request stands for the same run, for as long as it is kept.
//!
//! [`claim`] in the transaction that makes the run, then [`complete`] with its id. Two requests with one key that arrive
//! together wait for each other: the second sees what the first one committed.

use chrono::{DateTime, TimeDelta, Utc};
use polder_types::id::RunId;
use uuid::Uuid;

use crate::{Result, Tx};

/// How long a key is kept: a day longer than the eight that callers are promised.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(9);

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is new, or expired: make the run, then [`complete`].
    New,
    /// This run was started with it.
    Replay(RunId),
    /// It was used for a different request.
    OtherRequest,
    /// The request that has it is not answered yet.
    InFlight,
}

/// Takes the key for a request, or tells who has it. `scope` is what starts (such as a pipeline's id) and whose request it is.
pub async fn claim(
    tx: &mut Tx,
    scope: &str,
    key: &str,
    request_hash: &str,
    now: DateTime<Utc>,
) -> Result<Claim> {
    tx.lock("idempotency key", format!("{scope} {key}")).await?;
    forget_expired(tx, scope, key, now).await?;
    let sql = "INSERT INTO idempotency_keys (scope, key, request_hash, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (scope, key) DO NOTHING";
    if execute!(tx, sqlx::query(sql).bind(scope).bind(key).bind(request_hash).bind(now).bind(now + KEPT_FOR))?
        == 1
    {
        return Ok(Claim::New);
    }
    let sql = "SELECT request_hash, run_id FROM idempotency_keys WHERE scope = $1 AND key = $2";
    let (stored, run): (String, Option<Uuid>) =
        on!(tx, |c| sqlx::query_as(sql).bind(scope).bind(key).fetch_one(c))?;
    Ok(match run {
        _ if stored != request_hash => Claim::OtherRequest,
        Some(run) => Claim::Replay(RunId(run)),
        None => Claim::InFlight,
    })
}

/// From now on the key stands for this run (also instead of an earlier one, when a failed run is replaced).
pub async fn complete(tx: &mut Tx, scope: &str, key: &str, run: RunId) -> Result<()> {
    let sql = "UPDATE idempotency_keys SET run_id = $3 WHERE scope = $1 AND key = $2";
    execute!(tx, sqlx::query(sql).bind(scope).bind(key).bind(run.0))?;
    Ok(())
}

/// Deletes what has expired; answers how many.
pub async fn delete_expired(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    execute!(tx, sqlx::query("DELETE FROM idempotency_keys WHERE expires_at <= $1").bind(now))
}

async fn forget_expired(tx: &mut Tx, scope: &str, key: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2 AND expires_at <= $3";
    execute!(tx, sqlx::query(sql).bind(scope).bind(key).bind(now))?;
    Ok(())
}
