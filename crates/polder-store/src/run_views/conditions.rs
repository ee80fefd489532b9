//! Which runs a list shows, as SQL. Every condition is optional; each index ends in `id`, so that a page is read from its cursor on.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use polder_types::clock::start_of_day;
use polder_types::run::RunStatus;
use polder_types::wire::RunFilter;
use uuid::Uuid;

use super::RunScope;
use crate::runs::RunRow;
use crate::{Error, Result, Tx};

/// Where nothing else narrows a list, it is read along the primary key. Written like this, SQLite cannot take an index that begins with the
/// workspace instead, read all of it, and sort.
const ANY_WORKSPACE: &str = "COALESCE(workspace_id, '') = $1";

/// The text of conditions, and the values of its placeholders.
#[derive(Clone)]
pub(super) struct Conditions {
    sql: String,
    values: Vec<Value>,
    /// A column that may have one of several values.
    branch: Option<(&'static str, Vec<Value>)>,
}

/// What of a run is searched.
#[derive(sqlx::FromRow)]
pub(super) struct Outline {
    pub id: Uuid,
    pub pipeline_id: Uuid,
    /// JSON.
    pub labels: String,
}

#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    Time(DateTime<Utc>),
    Id(Uuid),
}

// The text has only fixed parts and placeholders; every value is bound.
macro_rules! fetch {
    ($tx:expr, $values:expr, $query:expr) => {
        on!($tx, |c| {
            let mut query = $query;
            for value in $values {
                query = match value {
                    Value::Text(text) => query.bind(text.clone()),
                    Value::Time(at) => query.bind(*at),
                    Value::Id(id) => query.bind(*id),
                };
            }
            query.fetch_all(c)
        })
    };
}

impl Conditions {
    pub(super) fn new(filter: &RunFilter, statuses: &[RunStatus], scope: &RunScope) -> Result<Self> {
        let statuses: Vec<RunStatus> = statuses.iter().copied().chain(filter.status).collect();
        let by_team = filter.team.is_some() || scope.teams.is_some();
        let by_index = by_team || filter.environment.is_some() || !statuses.is_empty();
        let mut conditions = Self { sql: String::new(), values: vec![text(&scope.workspace)], branch: None };
        conditions.sql.push_str(if by_index { "workspace_id = $1" } else { ANY_WORKSPACE });
        for (column, value) in
            [("environment", &filter.environment), ("team", &filter.team), ("pipeline", &filter.pipeline)]
        {
            if let Some(value) = value {
                conditions.and(&format!("{column} = "), text(value));
            }
        }
        if let Some(teams) = &scope.teams {
            conditions.and_any("team", teams.iter().map(|team| text(team)).collect());
        }
        if !statuses.is_empty() {
            conditions.and_any("status", statuses.iter().map(|status| text(status.as_str())).collect());
        }
        conditions.and_days(filter);
        if let Some(cursor) = &filter.cursor {
            conditions.and("id < ", Value::Id(cursor.parse().map_err(|_| Error::Cursor)?));
        }
        Ok(conditions)
    }

    /// One value is a condition. Of several, each gets a statement of its own, which an index answers in order; but only for
    /// one column, the others are looked at in each run.
    fn and_any(&mut self, column: &'static str, mut values: Vec<Value>) {
        match values.len() {
            0 => self.sql.push_str(" AND FALSE"),
            1 => self.and(&format!("{column} = "), values.remove(0)),
            2.. if self.branch.is_none() => self.branch = Some((column, values)),
            _ => self.and_in(&format!("COALESCE({column}, '')"), values),
        }
    }

    /// A run about a whole day counts by that day, wherever on earth it is meant; others by their instant.
    fn and_days(&mut self, filter: &RunFilter) {
        let zone = filter.timezone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC);
        if let Some(since) = filter.since {
            self.and_day(">=", since, zone);
        }
        // The day after the last is the first that is not meant.
        if let Some(after) = filter.until.and_then(|until| until.succ_opt()) {
            self.and_day("<", after, zone);
        }
    }

    fn and_day(&mut self, is: &str, day: NaiveDate, zone: Tz) {
        self.and(&format!("(logical_day {is} "), text(&day.to_string()));
        let start = self.place(Value::Time(start_of_day(day, zone)));
        self.sql.push_str(&format!(" OR (logical_day IS NULL AND logical_at {is} {start}))"));
    }

    /// Adds `condition` and a placeholder of `value`.
    pub(super) fn and(&mut self, condition: &str, value: Value) {
        let place = self.place(value);
        self.sql.push_str(&format!(" AND {condition}{place}"));
    }

    pub(super) fn and_never_or_since(&mut self, column: &str, at: Value) {
        let place = self.place(at);
        self.sql.push_str(&format!(" AND ({column} IS NULL OR {column} >= {place})"));
    }

    pub(super) fn and_in(&mut self, column: &str, values: impl IntoIterator<Item = Value>) {
        let places: Vec<String> = values.into_iter().map(|value| self.place(value)).collect();
        self.sql.push_str(&format!(" AND {column} IN ({})", places.join(", ")));
    }

    fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// The newest runs.
    pub(super) async fn runs(&self, tx: &mut Tx, limit: u32) -> Result<Vec<RunRow>> {
        let mut found: Vec<RunRow> = Vec::new();
        for Self { sql, values, .. } in self.branches() {
            let sql = format!("SELECT * FROM runs WHERE {sql} ORDER BY id DESC LIMIT {limit}");
            found.extend::<Vec<RunRow>>(fetch!(
                tx,
                &values,
                sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
            )?);
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.id));
        found.truncate(limit as usize);
        Ok(found)
    }

    /// The newest runs, as far as they are searched.
    pub(super) async fn outlines(&self, tx: &mut Tx, limit: u32) -> Result<Vec<Outline>> {
        let mut found: Vec<Outline> = Vec::new();
        for Self { sql, values, .. } in self.branches() {
            let sql = format!(
                "SELECT id, pipeline_id, labels FROM runs WHERE {sql} ORDER BY id DESC LIMIT {limit}"
            );
            found.extend::<Vec<Outline>>(fetch!(
                tx,
                &values,
                sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
            )?);
        }
        found.sort_by_key(|run| std::cmp::Reverse(run.id));
        found.truncate(limit as usize);
        Ok(found)
    }

    fn branches(&self) -> Vec<Self> {
        let Some((column, values)) = &self.branch else { return vec![self.clone()] };
        let branch = |value: &Value| {
            let mut one = Self { branch: None, ..self.clone() };
            one.and(&format!("{column} = "), value.clone());
            one
        };
        values.iter().map(branch).collect()
    }
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
