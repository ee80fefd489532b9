//! A statement whose conditions depend on what is asked for. Its text has only fixed parts and placeholders; every value is bound.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use crate::sight::Sight;
use crate::{Result, Tx};

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    Time(DateTime<Utc>),
    Id(Uuid),
    Number(i64),
}

/// A text with its values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statement {
    sql: String,
    values: Vec<Value>,
    /// Something must be one of no values: there is nothing to ask for.
    nothing: bool,
}

impl Statement {
    pub(crate) fn new(sql: &str) -> Self {
        Self { sql: sql.to_owned(), ..Self::default() }
    }

    pub(crate) fn and(mut self, sql: &str) -> Self {
        self.sql.push(' ');
        self.sql.push_str(sql);
        self
    }

    /// Adds a text in which `?` stands for the value.
    pub(crate) fn with(mut self, sql: &str, value: Value) -> Self {
        let place = self.place(value);
        self.and(&sql.replace('?', &place))
    }

    /// Adds `AND table is in the part that is seen`.
    pub(crate) fn seen(self, table: &str, sight: &Sight) -> Self {
        let part = self
            .with(&format!("AND {table}.workspace_id = ?"), Value::Text(sight.workspace.clone()))
            .with(&format!("AND {table}.environment = ?"), Value::Text(sight.environment.clone()));
        match &sight.teams {
            None => part,
            Some(teams) => part.any(&format!("AND {table}.team"), teams.iter().map(|team| text(team))),
        }
    }

    /// Adds `condition IN (…)`.
    pub(crate) fn any(mut self, condition: &str, values: impl IntoIterator<Item = Value>) -> Self {
        let places: Vec<String> = values.into_iter().map(|value| self.place(value)).collect();
        match places.as_slice() {
            [] => Self { nothing: true, ..self },
            [one] => self.and(&format!("{condition} = {one}")),
            _ => self.and(&format!("{condition} IN ({})", places.join(", "))),
        }
    }

    /// Adds `condition IN (VALUES (…, …), …)`.
    pub(crate) fn any_pair(
        mut self,
        condition: &str,
        pairs: impl IntoIterator<Item = (Value, Value)>,
    ) -> Self {
        let pairs: Vec<String> = pairs
            .into_iter()
            .map(|(one, other)| format!("({}, {})", self.place(one), self.place(other)))
            .collect();
        if pairs.is_empty() {
            return Self { nothing: true, ..self };
        }
        self.and(&format!("{condition} IN (VALUES {})", pairs.join(", ")))
    }

    fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// Runs it; one that can find nothing is not run.
    pub(crate) async fn all<R>(&self, tx: &mut Tx) -> Result<Vec<R>>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        if self.nothing {
            return Ok(Vec::new());
        }
        on!(tx, |c| {
            let mut query = sqlx::query_as(AssertSqlSafe(self.sql.as_str()));
            for value in &self.values {
                query = match value {
                    Value::Text(text) => query.bind(text.as_str()),
                    Value::Time(at) => query.bind(*at),
                    Value::Id(id) => query.bind(*id),
                    Value::Number(number) => query.bind(*number),
                };
            }
            query.fetch_all(c)
        })
    }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Ids as values.
pub(crate) fn ids(ids: impl IntoIterator<Item = Uuid>) -> impl Iterator<Item = Value> {
    ids.into_iter().map(Value::Id)
}
