//! The newest rows of each of several things, in one statement that reads no more than those.
//!
//! A limited search by index for each, put together by `UNION ALL`: both databases run it as it is written. (A limit inside a correlated
//! `IN` is planned well by SQLite alone; PostgreSQL goes through all rows for each thing.)

use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::statement::{Statement, Value};
use crate::{Result, Tx};

/// So many searches in one statement. SQLite takes 500.
const AT_ONCE: usize = 100;

/// For each of the pipelines the newest `limit` of its runs, of which `columns` are asked for and a condition (`AND …`) holds; in no order.
pub(crate) async fn runs_of_each<R>(
    tx: &mut Tx,
    columns: &str,
    condition: &str,
    pipelines: impl IntoIterator<Item = Uuid>,
    limit: i64,
) -> Result<Vec<R>>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let pipelines: Vec<Uuid> = pipelines.into_iter().collect();
    let mut found = Vec::new();
    for some in pipelines.chunks(AT_ONCE) {
        found.extend(statement(columns, condition, some, limit).all(tx).await?);
    }
    Ok(found)
}

fn statement(columns: &str, condition: &str, pipelines: &[Uuid], limit: i64) -> Statement {
    pipelines.iter().enumerate().fold(Statement::default(), |statement, (at, pipeline)| {
        let statement = if at == 0 { statement } else { statement.and("UNION ALL") };
        let select =
            format!("SELECT {columns} FROM (SELECT {columns} FROM runs WHERE pipeline_id = ? {condition}");
        statement
            .with(&select, Value::Id(*pipeline))
            .with("ORDER BY id DESC LIMIT ?) AS newest", Value::Number(limit))
    })
}
