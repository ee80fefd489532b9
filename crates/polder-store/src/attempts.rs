//! Attempts: offered, claimed by an agent, ended or withdrawn. The epoch in the key fences late reports.

use chrono::{DateTime, Utc};
use polder_types::id::RunId;
use polder_types::run::StopReason;
use polder_types::wire::{AttemptEnded, AttemptKey, RunError, Stop};
use uuid::Uuid;

use crate::runs::{as_i64, as_u32, stop_reason, stop_text};
use crate::{Error, Result, Store, Tx};

/// A query whose first three values are the place.
macro_rules! at_place {
    ($sql:expr, $place:expr) => {
        sqlx::query($sql).bind($place.run.0).bind(as_i64($place.position)).bind(i64::from($place.epoch))
    };
}

/// An attempt, its step by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub run: RunId,
    pub position: usize,
    pub epoch: u32,
}

/// Makes an attempt claimable by agents that have the executor.
pub async fn offer(tx: &mut Tx, place: Place, executor: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO attempts (run_id, position, epoch, state, executor, ready_at, log_lines)
        VALUES ($1, $2, $3, 'OFFERED', $4, $5, 0)";
    execute!(tx, at_place!(sql, place).bind(executor).bind(now))?;
    Ok(())
}

/// Takes an attempt back that nobody has claimed.
pub async fn withdraw(tx: &mut Tx, place: Place, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE attempts SET state = 'WITHDRAWN', ended_at = $4 WHERE run_id = $1 AND position = $2 AND epoch = $3";
    execute!(tx, at_place!(sql, place).bind(now))?;
    Ok(())
}

/// The attempts that have been claimable longest, at most `limit`.
pub async fn offered(tx: &mut Tx, executor: &str, limit: u32) -> Result<Vec<Place>> {
    let sql = "SELECT run_id, position, epoch FROM attempts WHERE state = 'OFFERED' AND executor = $1
        ORDER BY ready_at, run_id, position LIMIT $2";
    let rows: Vec<(Uuid, i64, i64)> =
        on!(tx, |c| sqlx::query_as(sql).bind(executor).bind(i64::from(limit)).fetch_all(c))?;
    rows.into_iter().map(place).collect()
}

/// Gives an attempt to an agent.
pub async fn claim(tx: &mut Tx, place: Place, agent: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE attempts SET state = 'CLAIMED', agent = $4, claimed_at = $5 WHERE run_id = $1 AND position = $2 AND epoch = $3";
    execute!(tx, at_place!(sql, place).bind(agent).bind(now))?;
    Ok(())
}

/// Lets an attempt's own work prove by a token that it is of this attempt. What an earlier assignment had is worth nothing then.
pub async fn set_token(tx: &mut Tx, place: Place, hash: &[u8]) -> Result<()> {
    let sql = "UPDATE attempts SET token_hash = $4 WHERE run_id = $1 AND position = $2 AND epoch = $3 AND state = 'CLAIMED'";
    execute!(tx, at_place!(sql, place).bind(hash))?;
    Ok(())
}

/// The hash of an attempt's token, while an agent has the attempt.
pub async fn token_hash(tx: &mut Tx, place: Place) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT token_hash FROM attempts WHERE run_id = $1 AND position = $2 AND epoch = $3 AND state = 'CLAIMED'";
    let hash: Option<Option<Vec<u8>>> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(place.run.0)
        .bind(as_i64(place.position))
        .bind(i64::from(place.epoch))
        .fetch_optional(c))?;
    Ok(hash.flatten())
}

/// Notes that an attempt's process runs.
///
/// # Errors
/// [`Error::NotFound`] when this agent does not have it (any more).
pub async fn started(tx: &mut Tx, agent: &str, place: Place, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE attempts SET started_at = COALESCE(started_at, $5)
        WHERE run_id = $1 AND position = $2 AND epoch = $3 AND state = 'CLAIMED' AND agent = $4";
    match execute!(tx, at_place!(sql, place).bind(agent).bind(at))? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Notes how an attempt ended.
pub async fn ended(
    tx: &mut Tx,
    place: Place,
    report: &AttemptEnded,
    error: Option<&RunError>,
    log_lines: u64,
) -> Result<()> {
    let sql = "UPDATE attempts SET state = 'ENDED', ended_at = $4, exit_code = $5, signal = $6, peak_memory_bytes = $7,
        cpu_seconds = $8, error_code = $9, error_message = $10, log_lines = $11 WHERE run_id = $1 AND position = $2 AND epoch = $3";
    execute!(
        tx,
        at_place!(sql, place)
            .bind(report.ended_at)
            .bind(report.exit_code.map(i64::from))
            .bind(report.signal.map(i64::from))
            .bind(report.peak_memory_bytes)
            .bind(report.cpu_seconds)
            .bind(error.map(|error| error.code.as_str()))
            .bind(error.map(|error| error.message.as_str()))
            .bind(i64::try_from(log_lines).unwrap_or(i64::MAX))
    )?;
    Ok(())
}

/// Notes that an attempt must stop; its agent is told with its next answer.
pub async fn stop(tx: &mut Tx, place: Place, reason: StopReason) -> Result<()> {
    let sql = "UPDATE attempts SET stop_reason = $4 WHERE run_id = $1 AND position = $2 AND epoch = $3";
    execute!(tx, at_place!(sql, place).bind(stop_text(reason)))?;
    Ok(())
}

/// The agent that has an attempt, if one has it.
pub async fn holder(tx: &mut Tx, place: Place) -> Result<Option<String>> {
    let sql =
        "SELECT agent FROM attempts WHERE run_id = $1 AND position = $2 AND epoch = $3 AND state = 'CLAIMED'";
    let agent: Option<Option<String>> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(place.run.0)
        .bind(as_i64(place.position))
        .bind(i64::from(place.epoch))
        .fetch_optional(c))?;
    Ok(agent.flatten())
}

/// Whether an agent has an attempt of this step, whichever.
pub async fn is_held(tx: &mut Tx, run: RunId, step: &str) -> Result<bool> {
    let sql =
        "SELECT a.epoch FROM step_runs s JOIN attempts a ON a.run_id = s.run_id AND a.position = s.position
        WHERE s.run_id = $1 AND s.name = $2 AND a.state = 'CLAIMED' LIMIT 1";
    let found: Option<i64> = on!(tx, |c| sqlx::query_scalar(sql).bind(run.0).bind(step).fetch_optional(c))?;
    Ok(found.is_some())
}

/// Whether an agent has ended this attempt before.
pub async fn ended_by(tx: &mut Tx, place: Place, agent: &str) -> Result<bool> {
    let sql = "SELECT epoch FROM attempts WHERE run_id = $1 AND position = $2 AND epoch = $3 AND state = 'ENDED' AND agent = $4";
    let found: Option<i64> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(place.run.0)
        .bind(as_i64(place.position))
        .bind(i64::from(place.epoch))
        .bind(agent)
        .fetch_optional(c))?;
    Ok(found.is_some())
}

/// The position of a step in its run.
pub async fn position(tx: &mut Tx, run: RunId, step: &str) -> Result<usize> {
    let sql = "SELECT position FROM step_runs WHERE run_id = $1 AND name = $2";
    let position: i64 = on!(tx, |c| sqlx::query_scalar(sql).bind(run.0).bind(step).fetch_one(c))?;
    usize::try_from(position).map_err(|_| Error::corrupt("position", position.to_string()))
}

/// An attempt that an agent has, and whether it must stop.
#[derive(Debug, Clone)]
pub struct Held {
    pub key: AttemptKey,
    pub claimed_at: DateTime<Utc>,
    pub stop: Option<StopReason>,
}

impl Store {
    /// The attempts that an agent has.
    pub async fn held_by(&self, agent: &str) -> Result<Vec<Held>> {
        let mut tx = self.read().await?;
        let sql = "SELECT a.run_id, s.name, a.epoch, a.claimed_at, a.stop_reason FROM attempts a
            JOIN step_runs s ON s.run_id = a.run_id AND s.position = a.position
            WHERE a.state = 'CLAIMED' AND a.agent = $1";
        let rows: Vec<HeldRow> = on!(tx, |c| sqlx::query_as(sql).bind(agent).fetch_all(c))?;
        rows.into_iter().map(held).collect()
    }

    /// Whether an attempt waits to be claimed.
    pub async fn has_offers(&self, executor: &str) -> Result<bool> {
        let mut tx = self.read().await?;
        let sql = "SELECT epoch FROM attempts WHERE state = 'OFFERED' AND executor = $1 LIMIT 1";
        let found: Option<i64> = on!(tx, |c| sqlx::query_scalar(sql).bind(executor).fetch_optional(c))?;
        Ok(found.is_some())
    }

    /// How many attempts wait to be claimed.
    pub async fn attempts_offered(&self) -> Result<i64> {
        let mut tx = self.read().await?;
        on!(tx, |c| sqlx::query_scalar("SELECT count(*) FROM attempts WHERE state = 'OFFERED'").fetch_one(c))
    }
}

impl Held {
    /// The order to stop it, if it must.
    #[must_use]
    pub fn order(&self) -> Option<Stop> {
        self.stop.map(|reason| Stop { key: self.key.clone(), reason })
    }
}

type HeldRow = (Uuid, String, i64, DateTime<Utc>, Option<String>);

fn held((run, step, epoch, claimed_at, stop): HeldRow) -> Result<Held> {
    let key = AttemptKey { run: RunId(run), step, epoch: as_u32("epoch", epoch)? };
    Ok(Held { key, claimed_at, stop: stop.as_deref().map(stop_reason).transpose()? })
}

fn place((run, position, epoch): (Uuid, i64, i64)) -> Result<Place> {
    let position = usize::try_from(position).map_err(|_| Error::corrupt("position", position.to_string()))?;
    Ok(Place { run: RunId(run), position, epoch: as_u32("epoch", epoch)? })
}
