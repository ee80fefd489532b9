//! What a query says of versions, told to the catalog: `orders VERSION AS OF 3` becomes `"orders@v3" AS orders`.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use deltalake::arrow::array::ArrayRef;
use deltalake::arrow::compute::cast;
use deltalake::arrow::datatypes::{DataType, TimeUnit};
use deltalake::arrow::util::display::array_value_to_string;
use deltalake::datafusion::common::DFSchema;
use deltalake::datafusion::error::{DataFusionError, Result};
use deltalake::datafusion::logical_expr::LogicalPlanBuilder;
use deltalake::datafusion::sql::parser::Statement as Parsed;
use deltalake::datafusion::sql::sqlparser::ast::{
    Expr, ExprWithAlias, Ident, ObjectName, ObjectNamePart, Statement, TableAlias, TableFactor, TableVersion,
    VisitMut, VisitorMut,
};
use futures::TryStreamExt;

use super::{Session, only_queries, past};

/// Puts names of versions where a statement says which it means.
pub(super) async fn resolve(session: &Session, statement: &mut Parsed) -> Result<()> {
    match statement {
        Parsed::Statement(statement) => resolve_in(session, statement).await,
        Parsed::Explain(explain) => Box::pin(resolve(session, &mut explain.statement)).await,
        // These are no queries, and are refused as that.
        _ => Ok(()),
    }
}

async fn resolve_in(session: &Session, statement: &mut Statement) -> Result<()> {
    let mut asked = Asked::default();
    if let ControlFlow::Break(error) = statement.visit(&mut asked) {
        return Err(error);
    }
    let mut times = VecDeque::new();
    for time in asked.0 {
        times.push_back(text_of(session, time).await?);
    }
    // What was asked is answered in the same order.
    let _ = statement.visit(&mut Named(times));
    Ok(())
}

/// The times that are written, in the order of the tables.
#[derive(Default)]
struct Asked(Vec<Expr>);

impl VisitorMut for Asked {
    type Break = DataFusionError;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Self::Break> {
        match version_of(factor) {
            None | Some(TableVersion::VersionAsOf(_)) => {}
            Some(TableVersion::TimestampAsOf(time) | TableVersion::ForSystemTimeAsOf(time)) => {
                self.0.push(time.clone());
            }
            Some(other) => return ControlFlow::Break(no_version(other)),
        }
        ControlFlow::Continue(())
    }
}

/// Gives tables the names of their versions.
struct Named(VecDeque<String>);

impl VisitorMut for Named {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        let TableFactor::Table { name, alias, version, .. } = factor else {
            return ControlFlow::Continue(());
        };
        let Some(last) = name.0.last().and_then(ObjectNamePart::as_ident).cloned() else {
            return ControlFlow::Continue(());
        };
        let (plain, own) = past::split(&last.value);
        let renamed = match version.take() {
            Some(TableVersion::VersionAsOf(number)) => Some(past::numbered(plain, &number.to_string())),
            Some(_) => self.0.pop_front().map(|time| past::timed(plain, &time)),
            None => own.map(|_| last.value.clone()),
        };
        if let Some(renamed) = renamed {
            let as_before = Ident { value: plain.to_owned(), ..last.clone() };
            rename(name, renamed);
            alias.get_or_insert_with(|| called(as_before));
        }
        ControlFlow::Continue(())
    }
}

fn version_of(factor: &TableFactor) -> Option<&TableVersion> {
    match factor {
        TableFactor::Table { version, .. } => version.as_ref(),
        _ => None,
    }
}

fn rename(name: &mut ObjectName, renamed: String) {
    name.0.pop();
    name.0.push(ObjectNamePart::Identifier(Ident::with_quote('"', renamed)));
}

fn called(name: Ident) -> TableAlias {
    TableAlias { explicit: true, name, columns: Vec::new(), at: None }
}

fn no_version(version: &TableVersion) -> DataFusionError {
    DataFusionError::Plan(format!(
        "`{version}` says nothing of versions here: write `VERSION AS OF 3` or `TIMESTAMP AS OF '2026-11-20 06:00'`"
    ))
}

/// A time as text, whatever it is computed from: `now() - INTERVAL '1 day'` is one, too.
async fn text_of(session: &Session, time: Expr) -> Result<String> {
    let written = time.to_string();
    let value = value_of(session, time).await?;
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let value = match value.data_type() {
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => cast(&value, &utc)?,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => value,
        _ => return Err(no_time(&written)),
    };
    Ok(array_value_to_string(&value, 0)?)
}

fn no_time(written: &str) -> DataFusionError {
    DataFusionError::Plan(format!(
        "`{written}` is no time: write one as '2026-11-20 06:00' (UTC), or as now() - INTERVAL '1 day'"
    ))
}

/// Tables are not there to be asked: whatever names one, or a column, is no time.
async fn value_of(session: &Session, time: Expr) -> Result<ArrayRef> {
    let (state, written) = (session.context.state(), time.to_string());
    let time = ExprWithAlias { expr: time, alias: None };
    let time = state.create_logical_expr_from_sql_expr(time, &DFSchema::empty());
    let time = time.map_err(|_| no_time(&written))?;
    let plan = LogicalPlanBuilder::empty(true).project([time.alias("time")])?.build()?;
    only_queries().verify_plan(&plan)?;
    let rows = session.context.execute_logical_plan(plan).await?.execute_stream().await?;
    let batches: Vec<_> = rows.try_collect().await?;
    let value = batches.iter().find(|batch| batch.num_rows() == 1).map(|batch| batch.column(0).clone());
    value.ok_or_else(|| DataFusionError::Internal("a time came to nothing".to_owned()))
}
