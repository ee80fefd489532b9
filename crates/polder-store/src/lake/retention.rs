//! Which branches nobody is shown any more.

use chrono::{DateTime, Utc};

use crate::{Result, Tx};

/// No attempt can write to a branch of a run that has ended. One without a run is a person's, and is done with in minutes.
const IS_OVER: &str = "(run_id IS NULL OR EXISTS (SELECT 1 FROM runs r WHERE r.id = lake_branches.run_id AND r.ended_at IS NOT NULL))";
/// What was decided is completed, however long that takes.
const IS_UNDECIDED: &str =
    "NOT EXISTS (SELECT 1 FROM publishes p WHERE p.branch_id = lake_branches.id AND p.state = 'PREPARED')";

/// Ends the branches that whoever made them has left open, of those made before a time; how many there were.
pub async fn end_left(tx: &mut Tx, made_before: DateTime<Utc>, at: DateTime<Utc>) -> Result<u64> {
    let sql = format!(
        "UPDATE lake_branches SET state = 'FAILED', ended_at = $2
        WHERE state = 'OPEN' AND created_at < $1 AND {IS_OVER} AND {IS_UNDECIDED}"
    );
    execute!(tx, sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).bind(made_before).bind(at))
}

/// Takes from readers the branches that have ended before a time; how many there were. Those of runs that go on stay: a later attempt
/// looks at what earlier ones have decided.
pub async fn remove(tx: &mut Tx, ended_before: DateTime<Utc>, at: DateTime<Utc>) -> Result<u64> {
    let sql = format!(
        "UPDATE lake_branches SET state = 'REMOVED', removed_at = $2
        WHERE state <> 'REMOVED' AND state <> 'OPEN' AND ended_at < $1 AND {IS_OVER} AND {IS_UNDECIDED}"
    );
    execute!(tx, sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).bind(ended_before).bind(at))
}

/// How many [`remove`] would take.
pub async fn removable(tx: &mut Tx, ended_before: DateTime<Utc>) -> Result<u64> {
    let sql = format!(
        "SELECT count(*) FROM lake_branches
        WHERE state <> 'REMOVED' AND state <> 'OPEN' AND ended_at < $1 AND {IS_OVER} AND {IS_UNDECIDED}"
    );
    let count: i64 =
        on!(tx, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str())).bind(ended_before).fetch_one(c))?;
    crate::stored::number("count", count)
}

/// When the first branch was made: nothing in the lake is older.
pub async fn begun_at(tx: &mut Tx) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT created_at FROM lake_branches ORDER BY id LIMIT 1";
    on!(tx, |c| sqlx::query_scalar(sql).fetch_optional(c))
}
