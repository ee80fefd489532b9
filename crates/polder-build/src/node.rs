//! One node: the statements that make its table, or the file that it is.

use futures::TryStreamExt;
use polder_ingest::{ReadOptions, Reader, Sample, Source, infer};
use polder_lake::operations::Batches;
use polder_lake::{Effect, Error as Lake, Outcome, Script, Statement, Work};
use polder_types::lake::TableName;
use polder_types::models::{Materialised, Node, What, write};

use crate::plan::{statement, told};
use crate::{Error, Plan, Result};

/// What was done for a node.
pub(crate) struct Built {
    pub(crate) effect: Effect,
    pub(crate) sql: Option<String>,
}

/// Why it was not, and the SQL if it came to that.
pub(crate) struct Unbuilt {
    pub(crate) message: String,
    pub(crate) sql: Option<String>,
}

/// Builds a node on the work's branch.
pub(crate) async fn build(plan: &Plan, node: usize, work: &mut Work) -> Result<Built, Unbuilt> {
    let of = &plan.models.nodes[node];
    let sql = if of.what == What::Seed { None } else { Some(sql(plan, node, work).await?) };
    match made(plan, of, sql.as_deref(), work).await {
        Ok(effect) => Ok(Built { effect, sql }),
        Err(error) => Err(unbuilt(&error, sql)),
    }
}

/// By its statement, or from its file; with what YAML says of it.
async fn made(plan: &Plan, of: &Node, sql: Option<&str>, work: &mut Work) -> Result<Effect> {
    let effect = match sql {
        Some(sql) => run(sql, work).await?,
        None => seed(plan, of, work).await?,
    };
    describe(of, work).await.map(|()| effect)
}

/// What YAML says of it goes to its table.
async fn describe(node: &Node, work: &mut Work) -> Result<()> {
    if !node.descriptions.is_empty() {
        work.describe(&node.table, &node.descriptions).await?;
    }
    Ok(())
}

fn unbuilt(error: &Error, sql: Option<String>) -> Unbuilt {
    Unbuilt { message: message(error), sql }
}

/// Without the line, which is one of a statement that nobody wrote.
pub(crate) fn message(error: &Error) -> String {
    match error {
        Error::Lake(Lake::Statement { source, .. }) => source.to_string(),
        other => other.to_string(),
    }
}

/// The statement that makes the table, or adds to it.
async fn sql(plan: &Plan, node: usize, work: &mut Work) -> Result<String, Unbuilt> {
    let of = &plan.models.nodes[node];
    let key = match &of.what {
        What::Model { materialised: Materialised::Incremental { unique_key }, .. } => Some(unique_key),
        _ => None,
    };
    let is_refresh =
        plan.wish.full_refresh && of.full_refresh != Some(false) || of.full_refresh == Some(true);
    let wrong = |message| Unbuilt { message, sql: None };
    let is_there = work.has(&of.table)
        && !work.is_taken_back(&of.table).await.map_err(|error| unbuilt(&error.into(), None))?;
    let Some(key) = key.filter(|_| !is_refresh && is_there) else {
        let select = plan.select(node, false).map_err(wrong)?;
        return Ok(write::create(&of.table, key.map_or(&[][..], Vec::as_slice), &select));
    };
    let select = plan.select(node, true).map_err(wrong)?;
    let columns = match same_columns(of, &select, work).await {
        Ok(columns) => columns,
        Err(error) => return Err(unbuilt(&error, Some(select))),
    };
    Ok(write::add(&of.table, &columns, key, &select))
}

/// The columns of the table, if the model has the same.
async fn same_columns(node: &Node, select: &str, work: &mut Work) -> Result<Vec<String>> {
    let everything = write::columns_of(&node.table);
    let (table, model) = (columns(&everything, work).await?, columns(select, work).await?);
    let missing = |from: &[String], of: &[String]| {
        let has = |name: &&String| from.iter().any(|other| other.eq_ignore_ascii_case(name));
        of.iter().filter(|name| !has(name)).cloned().collect::<Vec<_>>().join(", ")
    };
    let (new, gone) = (missing(&table, &model), missing(&model, &table));
    if new.is_empty() && gone.is_empty() {
        return Ok(model);
    }
    let told = [("has now", new), ("has no more", gone)].into_iter().filter(|(_, names)| !names.is_empty());
    let told: Vec<String> = told.map(|(what, names)| format!("{what} {names}")).collect();
    let table = &node.table;
    Err(Error::Model(format!(
        "the model {}, and the table {table} was built before: build it anew with `full_refresh: true`",
        told.join(", and ")
    )))
}

/// What a query's columns are called; its rows are not asked for.
async fn columns(select: &str, work: &mut Work) -> Result<Vec<String>> {
    let query = statement(select).map_err(Error::Model)?;
    let rows = rows(&query, work).await?;
    Ok(rows.schema().fields().iter().map(|field| field.name().clone()).collect())
}

/// The rows of a query.
pub(crate) async fn rows(query: &Statement, work: &mut Work) -> Result<Batches> {
    match work.run(query).await? {
        Outcome::Rows(rows) => Ok(rows),
        Outcome::Wrote(_) => Ok(Batches::of(Vec::new())),
    }
}

async fn run(sql: &str, work: &mut Work) -> Result<Effect> {
    let script = Script::parse(sql).map_err(|mistakes| Error::Model(told(&mistakes)))?;
    let mut effect = Err(Error::Model("there is no SQL".to_owned()));
    for statement in script.statements() {
        if let Outcome::Wrote(done) = work.run(statement).await? {
            effect = Ok(done);
        }
    }
    effect
}

/// A file of rows as a table, with the columns that its first rows say.
async fn seed(plan: &Plan, of: &Node, work: &mut Work) -> Result<Effect> {
    let source = Source::open(&of.file, &plan.root, Vec::<(String, String)>::new())?;
    let files = source.list().await?;
    let options = std::sync::Arc::new(ReadOptions::default());
    let schema = std::sync::Arc::new(infer(&source, &files, &options, Sample::default()).await?);
    let mut batches = Vec::new();
    for file in &files {
        let mut reader = Reader::open(&source, file, schema.clone(), options.clone()).await?;
        while let Some(part) = reader.try_next().await? {
            if let Some((reason, count)) = part.rejected_by.iter().next() {
                return Err(Error::SeedRows { count: *count, first: reason.code().to_owned() });
            }
            batches.push(part.batch);
        }
    }
    replace(&of.table, batches, work).await
}

async fn replace(
    table: &TableName,
    batches: Vec<deltalake::arrow::array::RecordBatch>,
    work: &mut Work,
) -> Result<Effect> {
    work.replace(table, Batches::of(batches)).await.map_err(|error: Lake| error.into())
}
