//! Runs that failed and that nobody has mended yet, one for each logical date of a pipeline.
//!
//! They are noted in the transaction in which a run is made or ends, so that what is broken is found without reading history. A run
//! mends those that were made before it and are about the same: the same day; the same instant; or, of runs that were started without
//! a date, the same parameters (`undated`, a hash that the caller makes). What can never be shown again is thrown away on the way.

use chrono::{DateTime, Utc};
use polder_types::id::{PipelineId, RunId};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::runs::{Logical, PipelineRef};
use crate::{Result, Tx};

/// What a run is about, as far as mending goes.
#[derive(Debug, Clone)]
pub struct About<'a> {
    pub run: RunId,
    pub pipeline: &'a PipelineRef,
    pub logical: Logical,
    /// The hash of what it was started with, if it was started without a date.
    pub undated: Option<String>,
}

/// A statement about the earlier runs that are about the same; its values are those of `bind!`.
macro_rules! earlier {
    ($start:literal, $or:literal) => {
        concat!(
            $start,
            " WHERE pipeline_id = $1 AND run_id < $2 AND (logical_day = $3
                OR (logical_day IS NULL AND $3 IS NULL AND logical_at = $4) OR undated = $5",
            $or,
            ")"
        )
    };
}

macro_rules! bind {
    ($sql:expr, $about:expr) => {
        sqlx::query($sql)
            .bind($about.pipeline.id.0)
            .bind($about.run.0)
            .bind($about.logical.day.map(|day| day.to_string()))
            .bind($about.logical.at)
            .bind($about.undated.as_deref())
    };
}

/// A run was made: while it is active, it mends what failed before it.
pub async fn begin_mending(tx: &mut Tx, about: &About<'_>) -> Result<()> {
    let sql = earlier!("UPDATE unmended_runs SET mending_run_id = $2", "");
    execute!(tx, bind!(sql, about))?;
    Ok(())
}

/// A run was ended by a person: what it would have mended stands as before.
pub async fn give_up_mending(tx: &mut Tx, pipeline: PipelineId, run: RunId) -> Result<()> {
    let sql = "UPDATE unmended_runs SET mending_run_id = NULL WHERE pipeline_id = $1 AND mending_run_id = $2";
    execute!(tx, sqlx::query(sql).bind(pipeline.0).bind(run.0))?;
    Ok(())
}

/// A run succeeded: what failed before it is mended. What ended before `since` is forgotten with it, as this run is newer.
pub async fn mend(tx: &mut Tx, about: &About<'_>, since: DateTime<Utc>) -> Result<()> {
    let sql = earlier!("DELETE FROM unmended_runs", " OR ended_at < $6");
    execute!(tx, bind!(sql, about).bind(since))?;
    Ok(())
}

/// A run failed: it stands for its date, unless one that was made later does so already.
pub async fn note(
    tx: &mut Tx,
    about: &About<'_>,
    ended_at: DateTime<Utc>,
    since: DateTime<Utc>,
) -> Result<()> {
    let inherited = undated_before(tx, about).await?;
    mend(tx, about, since).await?;
    if later(tx, about, &["SUCCEEDED", "FAILED", "TIMED_OUT"]).await?.is_some() {
        return Ok(());
    }
    let mending = later(tx, about, &["QUEUED", "RUNNING"]).await?;
    let sql = "INSERT INTO unmended_runs (pipeline_id, run_id, logical_day, logical_at, undated, workspace_id, environment, team,
        ended_at, mending_run_id) VALUES ($1, $2, $3, $4, COALESCE($5, $6), $7, $8, $9, $10, $11) ON CONFLICT (run_id) DO NOTHING";
    let PipelineRef { workspace, environment, team, .. } = about.pipeline;
    execute!(
        tx,
        bind!(sql, about)
            .bind(inherited.as_deref())
            .bind(workspace.as_str())
            .bind(environment.as_str())
            .bind(team.as_str())
            .bind(ended_at)
            .bind(mending)
    )?;
    Ok(())
}

/// What repeats a run without a date has none either, though it was made later than the instant that it is about.
async fn undated_before(tx: &mut Tx, about: &About<'_>) -> Result<Option<String>> {
    let sql =
        "SELECT undated FROM unmended_runs WHERE pipeline_id = $1 AND logical_at = $2 AND logical_day IS NULL
        AND undated IS NOT NULL LIMIT 1";
    on!(tx, |c| sqlx::query_scalar(sql).bind(about.pipeline.id.0).bind(about.logical.at).fetch_optional(c))
}

/// A run for the same date that was made later than this one, and has one of these statuses.
async fn later(tx: &mut Tx, about: &About<'_>, statuses: &[&str]) -> Result<Option<Uuid>> {
    let same = if about.logical.day.is_some() {
        "logical_day = $3"
    } else {
        "logical_day IS NULL AND logical_at = $3"
    };
    let statuses = statuses.join("', '");
    let sql = format!(
        "SELECT id FROM runs WHERE pipeline_id = $1 AND id > $2 AND {same} AND status IN ('{statuses}') LIMIT 1"
    );
    let (sql, pipeline, run) = (sql.as_str(), about.pipeline.id.0, about.run.0);
    match about.logical.day {
        Some(day) => on!(tx, |c| sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(pipeline)
            .bind(run)
            .bind(day.to_string())
            .fetch_optional(c)),
        None => on!(tx, |c| sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(pipeline)
            .bind(run)
            .bind(about.logical.at)
            .fetch_optional(c)),
    }
}
