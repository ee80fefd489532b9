//! `information_schema`: the engine's, with what PostgreSQL has beside it, and with columns in PostgreSQL's words.

mod columns;
mod kinds;

use std::sync::Arc;

use async_trait::async_trait;
use deltalake::datafusion::catalog::information_schema::InformationSchemaProvider;
use deltalake::datafusion::catalog::streaming::StreamingTable;
use deltalake::datafusion::catalog::{CatalogProviderList, SchemaProvider, TableProvider};
use deltalake::datafusion::error::Result;
use deltalake::datafusion::prelude::SessionContext;

use self::columns::Columns;
use super::empty;

pub(super) const NAME: &str = "information_schema";
const COLUMNS: &str = "columns";

#[derive(Debug)]
pub(super) struct Standard {
    engine: InformationSchemaProvider,
    catalogs: Arc<dyn CatalogProviderList>,
    database: String,
}

impl Standard {
    /// The engine has one that nothing can be added to, and that goes before a catalog's own: it is put off.
    pub(super) fn instead(context: &SessionContext, database: &str) -> Self {
        let state = context.state_ref();
        let mut state = state.write();
        state.config_mut().options_mut().catalog.information_schema = false;
        let catalogs = Arc::clone(state.catalog_list());
        let engine = InformationSchemaProvider::new(Arc::clone(&catalogs));
        let engine = engine.with_table_functions(state.table_functions().clone());
        Self { engine, catalogs, database: database.to_owned() }
    }

    fn columns(&self) -> Result<Arc<dyn TableProvider>> {
        let columns = Columns::new(&self.catalogs, &self.database);
        Ok(Arc::new(StreamingTable::try_new(columns.listed(), vec![Arc::new(columns)])?))
    }
}

#[async_trait]
impl SchemaProvider for Standard {
    fn table_names(&self) -> Vec<String> {
        let mut names = self.engine.table_names();
        names.extend(empty::standard_names().map(str::to_owned));
        names
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if name.eq_ignore_ascii_case(COLUMNS) {
            return self.columns().map(Some);
        }
        match empty::of_standard(name) {
            Some(columns) => super::overlay::held(columns, None).map(Some),
            None => self.engine.table(name).await,
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        self.engine.table_exist(name) || empty::of_standard(name).is_some()
    }
}
