//! Runs, their steps and what happened to them as tables of Polder's own, a page at a time: each is read along the runs, newest first, so
//! that a query over all of history holds no more than a page, and one about a pipeline reads only what that has.

mod events;
mod rows;

use polder_types::id::RunId;
use polder_types::wire::{
    OwnFilter, OwnPage, OwnPlace, OwnQuestion, OwnRows, OwnSource, OwnTable, RunFilter,
};
use uuid::Uuid;

use self::rows::{AttemptRow, StepRow};
use super::RunScope;
use super::conditions::{Conditions, Value as RunValue};
use crate::runs::{RunRow, StoredRun};
use crate::statement::{Statement, Value, ids};
use crate::{Result, Store, Tx};

/// Runs whose rows are read together.
const RUNS: u32 = 500;
/// Steps or attempts on a page.
const ROWS: u32 = 2000;
/// Behind all steps of a run.
const END: u32 = i32::MAX.cast_unsigned();

/// What is read, from where on, and how much at most.
struct Wanted<'a> {
    of: &'a OwnFilter,
    scope: &'a RunScope,
    last: Option<(RunId, u32, u32)>,
    runs: u32,
    rows: u32,
}

/// What a page was read from: what lies at its end, and whether that is all.
struct Read<T> {
    runs: Vec<StoredRun>,
    rows: Vec<T>,
    next: Option<(RunId, u32, u32)>,
}

impl Store {
    /// A page of a table of Polder's own, of what the scope has.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn own(&self, question: &OwnQuestion, scope: &RunScope) -> Result<OwnPage> {
        let tx = &mut self.read().await?;
        let table = question.table;
        let start = if table == OwnTable::Steps { OwnSource::Steps } else { OwnSource::Runs };
        let place = question.after.unwrap_or(OwnPlace { source: start, last: None });
        let (runs, rows) = (question.limit.clamp(2, RUNS), question.limit.clamp(1, ROWS));
        let wanted = Wanted { of: &question.of, scope, last: place.last, runs, rows };
        let (rows, last) = match place.source {
            OwnSource::Runs => run_rows(tx, table, &wanted).await?,
            OwnSource::Steps => step_rows(tx, table, &wanted).await?,
            OwnSource::Attempts => {
                let read = attempts(tx, &wanted).await?;
                (OwnRows::Events(read.events(events::of_attempt)?), read.next)
            }
        };
        Ok(OwnPage { rows, next: next(table, place.source, last) })
    }
}

/// Goes on behind the last, or with what else the table is made of.
fn next(table: OwnTable, source: OwnSource, last: Option<(RunId, u32, u32)>) -> Option<OwnPlace> {
    let source = match (table, source, last) {
        (_, source, Some(_)) => source,
        (OwnTable::Events, OwnSource::Runs, None) => OwnSource::Steps,
        (OwnTable::Events, OwnSource::Steps, None) => OwnSource::Attempts,
        _ => return None,
    };
    Some(OwnPlace { source, last })
}

type Rows = (OwnRows, Option<(RunId, u32, u32)>);

async fn run_rows(tx: &mut Tx, table: OwnTable, wanted: &Wanted<'_>) -> Result<Rows> {
    let runs = wanted.runs(tx, "id < ").await?;
    let next = wanted.full(&runs).map(|run| (run.id, END, END));
    let rows = match table {
        OwnTable::Events => OwnRows::Events(runs.iter().flat_map(events::of_run).collect()),
        _ => OwnRows::Runs(runs.into_iter().map(rows::run).collect::<Result<_>>()?),
    };
    Ok((rows, next))
}

async fn step_rows(tx: &mut Tx, table: OwnTable, wanted: &Wanted<'_>) -> Result<Rows> {
    let read = steps(tx, wanted).await?;
    let rows = match table {
        OwnTable::Events => OwnRows::Events(read.events(events::of_step)?),
        _ => OwnRows::Steps(read.steps()?),
    };
    Ok((rows, read.next))
}

async fn steps(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Read<StepRow>> {
    let runs = wanted.runs(tx, "id <= ").await?;
    let sql =
        "SELECT run_id, position, name, kind, status, epoch, started_at, ended_at, rows_count, bytes_count,
        error_code, error_message FROM step_runs WHERE TRUE";
    let mut statement = Statement::new(sql).any("AND run_id", ids(runs.iter().map(|run| run.id.0)));
    if let Some((run, position, _)) = wanted.last {
        let position = Value::Number(position.into());
        statement = statement.with("AND (run_id < ?", Value::Id(run.0)).with("OR position > ?)", position);
    }
    let statement = statement.and("ORDER BY run_id DESC, position").with("LIMIT ?", wanted.one_more());
    let rows: Vec<StepRow> = statement.all(tx).await?;
    Ok(wanted.read(runs, rows, |row| (row.run_id, row.position, 0)))
}

async fn attempts(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Read<AttemptRow>> {
    let runs = wanted.runs(tx, "id <= ").await?;
    let sql = "SELECT a.*, s.name FROM attempts a JOIN step_runs s ON s.run_id = a.run_id AND s.position = a.position WHERE TRUE";
    let mut statement = Statement::new(sql).any("AND a.run_id", ids(runs.iter().map(|run| run.id.0)));
    if let Some((run, position, epoch)) = wanted.last {
        let position = Value::Number(position.into());
        statement = statement
            .with("AND (a.run_id < ?", Value::Id(run.0))
            .with("OR a.position > ?", position.clone())
            .with("OR (a.position = ?", position)
            .with("AND a.epoch > ?))", Value::Number(epoch.into()));
    }
    let statement =
        statement.and("ORDER BY a.run_id DESC, a.position, a.epoch").with("LIMIT ?", wanted.one_more());
    let rows: Vec<AttemptRow> = statement.all(tx).await?;
    Ok(wanted.read(runs, rows, |row| (row.run_id, row.position, row.epoch)))
}

impl Wanted<'_> {
    /// The next runs, newest first; how they lie to the last one is said by `from`.
    async fn runs(&self, tx: &mut Tx, from: &str) -> Result<Vec<StoredRun>> {
        let OwnFilter { environment, team, pipeline, run, since, until, alive_at } = self.of.clone();
        let filter = RunFilter { environment, team, pipeline, ..RunFilter::default() };
        let mut conditions = Conditions::new(&filter, &[], self.scope)?;
        if let Some(run) = run {
            conditions.and("id = ", RunValue::Id(run.0));
        }
        if let Some(since) = since {
            conditions.and("created_at >= ", RunValue::Time(since));
        }
        if let Some(until) = until {
            conditions.and("created_at <= ", RunValue::Time(until));
        }
        if let Some(at) = alive_at {
            conditions.and_never_or_since("ended_at", RunValue::Time(at));
        }
        if let Some((last, ..)) = self.last {
            conditions.and(from, RunValue::Id(last.0));
        }
        let rows = conditions.runs(tx, self.runs).await?;
        rows.into_iter().map(RunRow::into_stored).collect()
    }

    /// The last run, if there may be more behind it.
    fn full<'r>(&self, runs: &'r [StoredRun]) -> Option<&'r StoredRun> {
        if runs.len() < self.runs as usize { None } else { runs.last() }
    }

    /// Then it is known whether there are more.
    fn one_more(&self) -> Value {
        Value::Number(i64::from(self.rows) + 1)
    }

    fn read<T>(
        &self,
        runs: Vec<StoredRun>,
        mut rows: Vec<T>,
        place: impl Fn(&T) -> (Uuid, i64, i64),
    ) -> Read<T> {
        let more = rows.len() > self.rows as usize;
        rows.truncate(self.rows as usize);
        let small = |number: i64| u32::try_from(number).unwrap_or(END);
        let of_row = |row| {
            let (run, position, epoch) = place(row);
            (RunId(run), small(position), small(epoch))
        };
        let of_run = |run: &StoredRun| (run.id, END, END);
        let next = if more { rows.last().map(of_row) } else { self.full(&runs).map(of_run) };
        Read { runs, rows, next }
    }
}
