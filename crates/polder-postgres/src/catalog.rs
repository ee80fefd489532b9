//! PostgreSQL's own catalog, `pg_catalog`, as tools ask it: made of the tables that a session sees.
//!
//! The tables and most functions come from a library. What it answers as if for another server (who one is, which schema is looked in, which
//! version this is), and what it does not know of the lake (descriptions, sizes, digits), is answered here instead.

mod cursors;
mod empty;
mod functions;
mod known;
mod overlay;
mod standard;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion_pg_catalog::pg_catalog::context::EmptyContextProvider;
use datafusion_pg_catalog::pg_catalog::setup_pg_catalog;
use deltalake::datafusion::catalog::{CatalogProvider, SchemaProvider};
use deltalake::datafusion::error::Result as DataResult;
use deltalake::datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use deltalake::datafusion::sql::sqlparser::parser::Parser;
use futures::TryStreamExt as _;
use polder_lake::Session;
use polder_types::wire::OwnTable;

pub(crate) use self::cursors::Cursor;
use self::cursors::Cursors;
pub(crate) use self::empty::is_added;
use self::known::{Facts, Found, Known, Tables};
use self::overlay::Overlay;
use self::standard::Standard;
use crate::Failure;
use crate::error::{Error, Result};

#[derive(Debug)]
pub(crate) struct System {
    database: String,
    tables: Arc<dyn SchemaProvider>,
    standard: Arc<Standard>,
    cursors: Cursors,
    known: Known,
}

/// The catalog of a view, with the system's own schemas in it.
#[derive(Debug)]
struct WithSystem {
    tables: Arc<dyn CatalogProvider>,
    standard: Arc<Standard>,
    system: Mutex<Option<Arc<dyn SchemaProvider>>>,
}

const SYSTEM: &str = "pg_catalog";
/// One of these words stands in whatever asks for more than names of tables.
const ABOUT_TABLES: [&str; 8] = [
    "pg_class",
    "pg_attribute",
    "pg_description",
    "information_schema",
    "obj_description",
    "col_description",
    "_size",
    "is_visible",
];
const NUMBERS: &str = "SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c \
                       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";

impl System {
    pub(crate) fn install(session: &Session, database: &str, user: &str) -> Result<Self, Failure> {
        let context = session.context();
        let own = context.catalog(database).ok_or(Failure::Catalog)?;
        let standard = Arc::new(Standard::instead(context, database));
        let with = WithSystem { tables: own, standard: Arc::clone(&standard), system: Mutex::default() };
        let catalog = Arc::new(with);
        context.register_catalog(database, Arc::clone(&catalog) as Arc<dyn CatalogProvider>);
        setup_pg_catalog(context, database, EmptyContextProvider)
            .map_err(|error| polder_lake::Error::query(*error))?;
        let library = catalog.schema(SYSTEM).ok_or(Failure::Catalog)?;
        let known = Known::new(polder_lake::DEFAULT_SCHEMA);
        functions::install(context, user, &known);
        let cursors = Cursors::default();
        let overlay = Overlay {
            library,
            database: database.to_owned(),
            cursors: cursors.clone(),
            known: known.clone(),
        };
        let tables: Arc<dyn SchemaProvider> = Arc::new(overlay);
        *catalog.system.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&tables));
        Ok(Self { database: database.to_owned(), tables, standard, cursors, known })
    }

    /// Puts the system's schema beside those of another view. The numbers of tables stay what they were.
    pub(crate) fn look_at(&self, session: &Session) {
        self.known.learn(Tables::default());
        let Some(tables) = session.context().catalog(&self.database) else { return };
        let (standard, system) = (Arc::clone(&self.standard), Mutex::new(Some(Arc::clone(&self.tables))));
        let catalog = WithSystem { tables, standard, system };
        session.context().register_catalog(&*self.database, Arc::new(catalog));
    }

    /// Which cursors there are now.
    pub(crate) fn tell_cursors(&self, cursors: Vec<Cursor>) {
        self.cursors.tell(cursors);
    }

    /// Tables without a schema are looked for there.
    pub(crate) fn look_in(&self, session: &Session, schema: &str) {
        self.known.look_in(schema);
        let state = session.context().state_ref();
        let mut state = state.write();
        schema.clone_into(&mut state.config_mut().options_mut().catalog.default_schema);
    }

    /// Finds out what a text needs to have known of the tables, unless that was done for this view.
    pub(crate) async fn learn_for(&self, session: &Session, text: &str) -> Result<()> {
        let text = text.to_ascii_lowercase();
        let is_known = !self.known.tables().is_empty();
        if is_known || !ABOUT_TABLES.iter().any(|word| text.contains(word)) {
            return Ok(());
        }
        let opened = session.open_tables().await;
        let name =
            |table: &polder_lake::Table| (table.name().schema().to_owned(), table.name().table().to_owned());
        let facts = opened.iter().map(|table| Ok((name(table), Facts::of(table)?)));
        let mut facts: HashMap<_, _> = facts.collect::<polder_lake::Result<_>>()?;
        let own = |table: OwnTable| (OwnTable::SCHEMA.to_owned(), table.name().to_owned());
        facts.extend(OwnTable::ALL.map(|table| (own(table), Facts::own(table))));
        let numbers = self.numbers(session).await?;
        let found = numbers.into_iter().map(|(number, schema, name)| {
            let facts = facts.remove(&(schema.clone(), name.clone()));
            (number, Found { schema, name, facts })
        });
        self.known.learn(found.collect());
        Ok(())
    }

    async fn numbers(&self, session: &Session) -> Result<Vec<(i64, String, String)>> {
        let statement = Parser::parse_sql(&PostgreSqlDialect {}, NUMBERS).ok().and_then(|mut all| all.pop());
        let statement = statement.ok_or_else(|| Error::new("XX000", "the catalog cannot be asked"))?;
        let plan = session.prepare(statement, Vec::new()).await?.plan;
        let batches: Vec<_> = session.run(plan).await?.try_collect().await?;
        Ok(known::rows(&batches).collect())
    }
}

impl WithSystem {
    fn system(&self) -> Option<Arc<dyn SchemaProvider>> {
        self.system.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl CatalogProvider for WithSystem {
    /// What asks for all of them adds the standard's by itself, or leaves it out.
    fn schema_names(&self) -> Vec<String> {
        let mut names = self.tables.schema_names();
        names.extend(self.system().map(|_| SYSTEM.to_owned()));
        names
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        match name.to_ascii_lowercase().as_str() {
            SYSTEM => self.system(),
            standard::NAME => Some(Arc::clone(&self.standard) as Arc<dyn SchemaProvider>),
            _ => self.tables.schema(name),
        }
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
