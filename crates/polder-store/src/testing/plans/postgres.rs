//! PostgreSQL's plans.

use sqlx::{AssertSqlSafe, Executor};

use super::GROWING;
use crate::Store;
use crate::database::Connection;

/// The plan for any values, not for some; and not for a table as small as those of tests.
const SETTINGS: &str = "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off";

/// The steps of its plan that read the whole of a growing table, or do so for each row of another.
pub(super) async fn poor_steps(store: &Store, statement: &str) -> Vec<String> {
    // What PostgreSQL does not understand was meant for SQLite.
    let plan = plan(store, statement).await.unwrap_or_default();
    let steps = plan.iter().enumerate().filter(|(at, step)| is_poor(&plan[..*at], step));
    steps.map(|(_, step)| step.clone()).collect()
}

fn is_poor(before: &[String], step: &str) -> bool {
    let reads_all = GROWING.iter().any(|table| {
        let rest = step.split_once(&format!("Seq Scan on {table}")).map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    // A search that is only a condition: it is run for each row, and the rows are not found by it. Of rows that an index has
    // found before, it may be.
    let searches_each = step.contains("Filter:") && step.contains("(SubPlan ");
    let found_before =
        before.last().is_some_and(|step| step.contains("Index Cond:")) && !step.contains("Join Filter:");
    reads_all || searches_each && !found_before
}

async fn plan(store: &Store, statement: &str) -> Option<Vec<String>> {
    let mut tx = store.begin().await.ok()?;
    let Connection::Postgres(connection) = tx.connection() else { return None };
    connection.execute(sqlx::raw_sql(SETTINGS)).await.ok()?;
    let prepare = format!("PREPARE plan_of AS {statement}");
    connection.execute(sqlx::raw_sql(AssertSqlSafe(prepare))).await.ok()?;
    let explain = match parameters(statement) {
        0 => "EXPLAIN EXECUTE plan_of".to_owned(),
        count => format!("EXPLAIN EXECUTE plan_of({})", vec!["NULL"; count].join(", ")),
    };
    let steps = sqlx::query_scalar(AssertSqlSafe(explain)).fetch_all(&mut *connection).await.ok();
    // It belongs to the connection, which others use after this.
    connection.execute(sqlx::raw_sql("DEALLOCATE plan_of")).await.ok()?;
    steps
}

/// The highest of `$1`, `$2`, …
fn parameters(statement: &str) -> usize {
    let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
    statement.split('$').skip(1).filter_map(|rest| digits(rest).parse().ok()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestStore;

    #[tokio::test]
    async fn a_search_for_each_pair_of_rows_is_found() {
        let test = TestStore::postgres().await;
        let newest = "SELECT r.id FROM pipelines p JOIN runs r ON r.id IN (
            SELECT n.id FROM runs n WHERE n.pipeline_id = p.id ORDER BY n.id DESC LIMIT $1) WHERE p.id IN ($2, $3)";
        assert!(!poor_steps(&test.store, newest).await.is_empty());
        let scan = poor_steps(&test.store, "SELECT count(*) FROM runs WHERE parameters IS NULL").await;
        assert!(scan[0].contains("Seq Scan on runs"), "{scan:?}");
        let found = "SELECT id FROM runs WHERE pipeline_id = $1 ORDER BY id DESC LIMIT 10";
        assert!(poor_steps(&test.store, found).await.is_empty());
    }
}
