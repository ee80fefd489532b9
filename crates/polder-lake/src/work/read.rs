//! Queries of a work: over the view, with what it wrote itself.

use std::sync::Arc;

use deltalake::datafusion::catalog::TableProvider;
use deltalake::datafusion::common::TableReference;
use deltalake::datafusion::common::tree_node::TreeNodeRecursion;
use deltalake::datafusion::logical_expr::LogicalPlan;
use deltalake::datafusion::sql::sqlparser::ast;
use futures::TryStreamExt;

use super::Work;
use crate::operations::{Batches, own};
use crate::session::Catalog;
use crate::{CATALOG, Error, Result, Session, TableName};

/// Names have their schema here, and no schema can be called so.
const NO_SCHEMA: &str = "?";

impl Work {
    pub(super) fn session(&self) -> Session {
        let catalog = Catalog::of(self.known.values().cloned());
        Session::new(&self.lake, &self.means, catalog, NO_SCHEMA)
    }

    /// The rows of a query, as they are read.
    pub(super) async fn query(&mut self, query: &ast::Query) -> Result<Batches> {
        let session = self.session();
        self.answered(&session, query).await
    }

    /// The same, with a table of another catalog beside those that are known.
    pub(super) async fn query_with(
        &mut self,
        query: &ast::Query,
        beside: (&str, &TableName, Arc<dyn TableProvider>),
    ) -> Result<Batches> {
        let session = self.session();
        let (catalog, name, provider) = beside;
        session.add(catalog, name, provider);
        self.answered(&session, query).await
    }

    async fn answered(&mut self, session: &Session, query: &ast::Query) -> Result<Batches> {
        let plan = session.plan(query.clone()).await?;
        self.note_read(&plan)?;
        let stream = session.execute(plan).await.map_err(unwrapped)?;
        Ok(Batches::new(stream.schema(), stream.map_err(own)))
    }

    fn note_read(&mut self, plan: &LogicalPlan) -> Result<()> {
        let mut scanned = Vec::new();
        let noted = plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                scanned.push(scan.table_name.clone());
            }
            Ok(TreeNodeRecursion::Continue)
        });
        noted.map_err(Error::query)?;
        let found: Vec<_> = scanned.iter().filter_map(|name| self.table_of(name)).collect();
        self.read.extend(found);
        Ok(())
    }

    /// None for what is not in the lake, such as the schema of schemas and the rows of functions.
    fn table_of(&self, name: &TableReference) -> Option<TableName> {
        if name.catalog().is_some_and(|catalog| catalog != CATALOG) {
            return None;
        }
        let name = TableName::new(name.schema()?, name.table()).ok()?;
        let name = self.known_as(&name);
        self.known.contains_key(&name).then_some(name)
    }
}

/// An error of ours that went through the engine, as it was.
fn unwrapped(error: Error) -> Error {
    match error {
        Error::Query(inner) => own(*inner),
        other => other,
    }
}
