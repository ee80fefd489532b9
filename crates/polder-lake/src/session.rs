//! SQL over the tables of a view: queries only, within limits.
//!
//! Tables are opened when a query names them, and once a session. What is not a query is refused when it is planned, whatever it
//! is: statements that write, that change settings, and those that would read or write files of the machine.

mod catalog;
mod dialect;
mod limits;
mod names;
mod open;
mod own;
mod past;
mod prepare;
mod sum;
mod to_char;
mod travel;
mod twice;
mod unreadable;
mod whole;
mod words;
mod yielding;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::arrow::datatypes::SchemaRef;
use deltalake::datafusion::catalog::{
    CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider, TableProvider,
};
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::execution::{SendableRecordBatchStream, SessionStateBuilder};
use deltalake::datafusion::logical_expr::{AggregateUDF, DdlStatement, LogicalPlan, ScalarUDF};
use deltalake::datafusion::physical_plan::execute_stream;
use deltalake::datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use deltalake::datafusion::sql::parser::{DFParserBuilder, Statement};
use deltalake::datafusion::sql::sqlparser::ast;
use deltalake::delta_datafusion::planner::DeltaPlanner;

pub(crate) use self::catalog::{Catalog, Entry};
pub use self::dialect::WithVersions;
pub use self::limits::Limits;
pub use self::names::named;
pub use self::own::OwnSource;
use self::own::{OwnSchema, WithOwn};
pub use self::prepare::Prepared;
use self::sum::Sum;
use self::to_char::ToChar;
use self::whole::WholeNumbers;
use self::yielding::Yielding;
use crate::means::Means;
use crate::room::with_room;
use crate::{CATALOG, Error, Lake, Result, TableName, View};

/// Where a table is looked for that is named without a schema.
pub const DEFAULT_SCHEMA: &str = "marts";

/// Answers queries about one view.
#[derive(Clone)]
pub struct Session {
    context: SessionContext,
    /// What the catalog is called in SQL.
    name: Arc<str>,
    /// Polder's own tables, beside those of the view.
    own: Option<Arc<OwnSchema>>,
}

impl Lake {
    /// # Errors
    /// When the folder for what does not fit into memory cannot be used.
    pub fn session(&self, view: &View, limits: &Limits) -> Result<Session> {
        self.session_at(view, None, limits)
    }

    /// The same, with the tables as they were at some time.
    ///
    /// # Errors
    /// When the folder for what does not fit into memory cannot be used.
    pub fn session_at(&self, view: &View, at: Option<DateTime<Utc>>, limits: &Limits) -> Result<Session> {
        let means = Means::new(limits)?;
        Ok(Session::called(CATALOG, self, &means, Catalog::new(self, view, at), DEFAULT_SCHEMA))
    }

    /// The same, with another name for the catalog: what is the database to whoever asks.
    ///
    /// # Errors
    /// When the folder for what does not fit into memory cannot be used.
    pub fn session_called(&self, name: &str, view: &View, limits: &Limits) -> Result<Session> {
        let means = Means::new(limits)?;
        Ok(Session::called(name, self, &means, Catalog::new(self, view, None), DEFAULT_SCHEMA))
    }
}

impl Session {
    pub(crate) fn new(lake: &Lake, means: &Means, catalog: Catalog, default_schema: &str) -> Self {
        Self::called(CATALOG, lake, means, catalog, default_schema)
    }

    fn called(name: &str, lake: &Lake, means: &Means, catalog: Catalog, default_schema: &str) -> Self {
        means.runtime.register_object_store(&lake.store_url(), Arc::clone(lake.store()));
        let config = SessionConfig::new()
            .with_target_partitions(means.threads)
            .with_sort_spill_reservation_bytes(means.for_merging())
            .with_information_schema(true)
            .with_create_default_catalog_and_schema(false)
            .with_default_catalog_and_schema(name, default_schema)
            // What is said to have a zone has one, and now is now everywhere.
            .set_str("datafusion.execution.time_zone", "+00:00")
            // Text as Delta has it, so that results are in the types of the tables.
            .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
            .set_bool("datafusion.execution.parquet.pushdown_filters", true);
        let state = SessionStateBuilder::new()
            .with_default_features()
            .with_config(config)
            .with_runtime_env(Arc::clone(&means.runtime))
            .with_query_planner(DeltaPlanner::new())
            .with_analyzer_rule(Arc::new(WholeNumbers::new()))
            .with_physical_optimizer_rule(Arc::new(Yielding))
            .build();
        let context = SessionContext::new_with_state(state);
        context.register_udaf(AggregateUDF::from(Sum::default()));
        context.register_udf(ScalarUDF::from(ToChar::default()));
        context.register_catalog(name, Arc::new(catalog));
        Self { context, name: name.into(), own: None }
    }

    /// Shows Polder's own tables, too; `is_past` if all that is seen is to be of an earlier time.
    #[must_use]
    pub fn with_own(mut self, source: Arc<dyn OwnSource>, is_past: bool) -> Self {
        self.own = Some(Arc::new(OwnSchema { source, is_past }));
        if let Some(tables) = self.context.catalog(&self.name) {
            self.show(tables);
        }
        self
    }

    fn show(&self, tables: Arc<dyn CatalogProvider>) {
        let all = match &self.own {
            Some(own) => Arc::new(WithOwn { tables, own: Arc::clone(own) }),
            None => tables,
        };
        self.context.register_catalog(&*self.name, all);
    }

    /// From now on, queries are about this view. What was planned before stays with the one that it was planned for.
    pub fn look_at(&self, lake: &Lake, view: &View) {
        self.show(Arc::new(Catalog::new(lake, view, None)));
    }

    /// Answers one query.
    ///
    /// # Errors
    /// [`Error::Query`]: it is not a query, names what is not there, or needs more than it may use.
    pub async fn query(&self, sql: &str) -> Result<SendableRecordBatchStream> {
        let statement = self.parse(sql).map_err(|error| self.told(error))?;
        let plan = self.planned(statement.clone()).await?.plan;
        Ok(names::as_written(self.execute(plan).await?, &statement))
    }

    /// The one statement of a text.
    fn parse(&self, sql: &str) -> Result<Statement, DataFusionError> {
        let deepest = self.context.state().config().options().sql_parser.recursion_limit.get();
        let parser = DFParserBuilder::new(sql).with_dialect(&WithVersions).with_recursion_limit(deepest);
        let mut statements = parser.build()?.parse_statements()?;
        match (statements.pop_front(), statements.is_empty()) {
            (Some(statement), true) => Ok(statement),
            (Some(_), false) => Err(DataFusionError::Plan("this is more than one statement".to_owned())),
            (None, _) => Err(DataFusionError::Plan("there is no statement in it".to_owned())),
        }
    }

    /// What a query comes to, before anything is left out of it.
    pub(crate) async fn plan(&self, query: ast::Query) -> Result<LogicalPlan> {
        let prepared = self.prepare(ast::Statement::Query(Box::new(query)), Vec::new()).await?;
        Ok(prepared.plan)
    }

    /// What a statement comes to that may have parameters, which are of these types; without types, they are guessed.
    ///
    /// # Errors
    /// [`Error::Sql`]: it is not a query, or names what is not there.
    pub async fn prepare(&self, statement: ast::Statement, types: Vec<ast::DataType>) -> Result<Prepared> {
        self.planned(Statement::Statement(Box::new(prepare::with_types(statement, types)))).await
    }

    async fn planned(&self, mut statement: Statement) -> Result<Prepared> {
        let session = self.clone();
        with_room(async move {
            let plan = async {
                words::refuse_insert(&statement)?;
                travel::resolve(&session, &mut statement).await?;
                twice::name(&mut statement);
                let state = session.context.state();
                unreadable::refuse(&state, &statement).await?;
                let plan = state.statement_to_plan(statement).await?;
                let prepared = prepare::without_types(plan);
                only_queries().verify_plan(&prepared.plan)?;
                Ok(prepared)
            };
            plan.await.map_err(|error| session.told(error))
        })
        .await
    }

    /// Answers what was prepared. That it is a query is looked at once more: whoever put values into it may have made it.
    ///
    /// # Errors
    /// [`Error::Query`]: it is not a query, or needs more than it may use.
    pub async fn run(&self, plan: LogicalPlan) -> Result<SendableRecordBatchStream> {
        only_queries().verify_plan(&plan).map_err(|error| self.told(error))?;
        self.execute(plan).await
    }

    /// The columns that a `CREATE TABLE` lists.
    pub(crate) async fn columns(&self, create: ast::Statement) -> Result<SchemaRef> {
        let plan = self.context.state().statement_to_plan(Statement::Statement(Box::new(create))).await;
        match plan.map_err(|error| self.told(error))? {
            LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(create)) => {
                Ok(Arc::clone(create.input.schema().inner()))
            }
            _ => Err(Error::query(DataFusionError::Internal("this lists no columns".to_owned()))),
        }
    }

    fn told(&self, error: DataFusionError) -> Error {
        words::told(error, &self.name, || self.tables())
    }

    /// The names of all tables, with their schemas.
    fn tables(&self) -> Vec<String> {
        let Some(catalog) = self.context.catalog(&self.name) else { return Vec::new() };
        let of = |schema: String| {
            let tables = catalog.schema(&schema).map(|tables| tables.table_names()).unwrap_or_default();
            tables.into_iter().map(move |table| format!("{schema}.{table}"))
        };
        catalog.schema_names().into_iter().flat_map(of).collect()
    }

    /// Makes a table known in a catalog of its own.
    pub(crate) fn add(&self, catalog: &str, name: &TableName, provider: Arc<dyn TableProvider>) {
        let (schemas, tables) = (MemoryCatalogProvider::new(), MemorySchemaProvider::new());
        // Both are new, and take whatever they are given.
        let _ = tables.register_table(name.table().to_owned(), provider);
        let _ = schemas.register_schema(name.schema(), Arc::new(tables));
        self.context.register_catalog(catalog, Arc::new(schemas));
    }

    pub(crate) async fn execute(&self, plan: LogicalPlan) -> Result<SendableRecordBatchStream> {
        let state = self.context.state();
        let planned = with_room(async move { state.create_physical_plan(&plan).await.map_err(Error::query) });
        execute_stream(planned.await?, self.context.task_ctx()).map_err(Error::query)
    }

    /// For protocols that plan and run themselves. They must let queries through and nothing else.
    #[must_use]
    pub fn context(&self) -> &SessionContext {
        &self.context
    }
}

fn only_queries() -> SQLOptions {
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false)
}
