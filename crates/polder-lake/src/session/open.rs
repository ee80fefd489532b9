//! All tables of a view at once, for what lists them: one after another, each waits for its log.

use std::any::Any;
use std::sync::Arc;

use futures::StreamExt as _;

use super::Session;
use super::catalog::{Entry, Schema};
use crate::Table;

/// So many logs are read at the same time.
const TOGETHER: usize = 16;

impl Session {
    /// The tables of the view, opened. Queries find them open from then on. One that cannot be read is left out: whoever
    /// asks it is told why.
    pub async fn open_tables(&self) -> Vec<Table> {
        let open = |entry: Arc<Entry>| async move { entry.table().await.cloned().ok() };
        let opened = futures::stream::iter(self.entries()).map(open).buffered(TOGETHER);
        opened.filter_map(std::future::ready).collect().await
    }

    fn entries(&self) -> Vec<Arc<Entry>> {
        let Some(catalog) = self.context.catalog(&self.name) else { return Vec::new() };
        let schemas = catalog.schema_names().into_iter().filter_map(|name| catalog.schema(&name));
        // Other schemas, such as Polder's own, have no tables to be opened.
        let of = |schema: &dyn Any| {
            schema.downcast_ref::<Schema>().map(|found| found.entries().cloned().collect())
        };
        schemas.filter_map(|schema| of(&*schema)).flat_map(|entries: Vec<_>| entries).collect()
    }
}
