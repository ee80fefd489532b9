//! PostgreSQL's own catalog, `pg_catalog`, as tools ask it: made of the tables that a session sees.
//!
//! The tables and most functions come from a library. What it answers as if for another server (who one is, which schema is looked in, which
//! version this is) is answered here instead.

mod functions;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use datafusion_pg_catalog::pg_catalog::context::EmptyContextProvider;
use datafusion_pg_catalog::pg_catalog::setup_pg_catalog;
use deltalake::arrow::array::{AsArray as _, PrimitiveArray};
use deltalake::arrow::datatypes::Int32Type;
use deltalake::datafusion::catalog::{CatalogProvider, SchemaProvider};
use deltalake::datafusion::error::Result as DataResult;
use deltalake::datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use deltalake::datafusion::sql::sqlparser::parser::Parser;
use futures::TryStreamExt as _;
use polder_lake::Session;

use crate::Failure;
use crate::error::{Error, Result};

/// What functions of the catalog know of the session.
#[derive(Debug, Clone)]
struct Known {
    /// Where a table is looked for that is named without a schema.
    schema: Arc<RwLock<String>>,
    /// The tables there, by their numbers.
    visible: Arc<RwLock<HashSet<i32>>>,
}

#[derive(Debug)]
pub(crate) struct System {
    database: String,
    tables: Arc<dyn SchemaProvider>,
    known: Known,
}

/// The catalog of a view, with the system's own schema in it.
#[derive(Debug)]
struct WithSystem {
    tables: Arc<dyn CatalogProvider>,
    system: Mutex<Option<Arc<dyn SchemaProvider>>>,
}

const SYSTEM: &str = "pg_catalog";

impl System {
    pub(crate) fn install(session: &Session, database: &str, user: &str) -> Result<Self, Failure> {
        let context = session.context();
        let own = context.catalog(database).ok_or(Failure::Catalog)?;
        let catalog = Arc::new(WithSystem { tables: own, system: Mutex::default() });
        context.register_catalog(database, Arc::clone(&catalog) as Arc<dyn CatalogProvider>);
        setup_pg_catalog(context, database, EmptyContextProvider)
            .map_err(|error| polder_lake::Error::query(*error))?;
        let tables = catalog.schema(SYSTEM).ok_or(Failure::Catalog)?;
        let schema = Arc::new(RwLock::new(polder_lake::DEFAULT_SCHEMA.to_owned()));
        let known = Known { schema, visible: Arc::default() };
        functions::install(context, user, &known);
        Ok(Self { database: database.to_owned(), tables, known })
    }

    /// Puts the system's schema beside those of another view. The numbers of tables stay what they were.
    pub(crate) fn look_at(&self, session: &Session) {
        let Some(tables) = session.context().catalog(&self.database) else { return };
        let system = Mutex::new(Some(Arc::clone(&self.tables)));
        session.context().register_catalog(&*self.database, Arc::new(WithSystem { tables, system }));
    }

    /// Tables without a schema are looked for there.
    pub(crate) fn look_in(&self, session: &Session, schema: &str) {
        schema.clone_into(&mut self.known.schema.write().unwrap_or_else(PoisonError::into_inner));
        let state = session.context().state_ref();
        let mut state = state.write();
        schema.clone_into(&mut state.config_mut().options_mut().catalog.default_schema);
    }

    /// Finds out which tables are found without a schema. The function that says so cannot: it is given numbers only.
    pub(crate) async fn find_visible(&self, session: &Session) -> Result<()> {
        let schema = self.known.schema.read().unwrap_or_else(PoisonError::into_inner).replace('\'', "''");
        let query = format!(
            "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname IN ('{schema}', '{SYSTEM}')"
        );
        let statement = Parser::parse_sql(&PostgreSqlDialect {}, &query).ok().and_then(|mut all| all.pop());
        let statement = statement.ok_or_else(|| Error::new("XX000", "the catalog cannot be asked"))?;
        let plan = session.prepare(statement, Vec::new()).await?.plan;
        let batches: Vec<_> = session.run(plan).await?.try_collect().await?;
        let numbers = batches.iter().map(|batch| batch.column(0).as_primitive::<Int32Type>());
        let visible = numbers.flat_map(PrimitiveArray::iter).flatten().collect();
        *self.known.visible.write().unwrap_or_else(PoisonError::into_inner) = visible;
        Ok(())
    }
}

impl WithSystem {
    fn system(&self) -> Option<Arc<dyn SchemaProvider>> {
        self.system.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl CatalogProvider for WithSystem {
    fn schema_names(&self) -> Vec<String> {
        let mut names = self.tables.schema_names();
        names.extend(self.system().map(|_| SYSTEM.to_owned()));
        names
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        if name.eq_ignore_ascii_case(SYSTEM) { self.system() } else { self.tables.schema(name) }
    }

    /// For the library that brings the system's.
    fn register_schema(
        &self,
        _name: &str,
        schema: Arc<dyn SchemaProvider>,
    ) -> DataResult<Option<Arc<dyn SchemaProvider>>> {
        Ok(self.system.lock().unwrap_or_else(PoisonError::into_inner).replace(schema))
    }
}
