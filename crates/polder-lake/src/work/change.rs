//! `UPDATE` and `DELETE`. Both ask for the rows and their places, see [`crate::operations`], and put others there, or none.

use deltalake::datafusion::sql::sqlparser::ast::{
    self, Expr, Ident, ObjectName, SelectItem, SetExpr, TableFactor, TableWithJoins,
};
use deltalake::protocol::DeltaOperation;

use super::assign::Targets;
use super::{Effect, Work};
use crate::operations::{Batches, FILE, ROW};
use crate::room::with_room;
use crate::{CATALOG, Error, Kind, Result, Table};
use polder_types::script::{Delete, Target, Update, plain, template};

/// Beside the lake's, for the table with its places: so `schema.table.column` is still a column of it.
const PLACES: &str = "\u{0}places";

impl Work {
    pub(super) async fn update(&mut self, update: &Update) -> Result<Effect> {
        let table = self.table(&update.target.table).await?;
        let values = values(&table, update)?;
        let found = self.found(&table, &update.target, values).await?;
        let all = Targets::all(&table.name, &table.schema()?);
        let operation = DeltaOperation::Update { predicate: text(&update.target) };
        let replacing = Some(|rows: Batches| all.assigned(rows));
        let (table, done) =
            table.exchange(found, replacing, operation, self.base.at, &self.base.note).await?;
        let (updated, files, bytes) = (done.rows, done.files, done.bytes);
        let effect = Effect { updated, files, bytes, ..Effect::none(Kind::Update, &table.name) };
        self.keep(table);
        Ok(effect)
    }

    pub(super) async fn delete(&mut self, delete: &Delete) -> Result<Effect> {
        let table = self.table(&delete.target.table).await?;
        let (table, effect) = match &delete.target.condition {
            None => self.emptied(table).await?,
            Some(_) => self.deleted(table, &delete.target).await?,
        };
        self.keep(table);
        Ok(effect)
    }

    async fn emptied(&self, table: Table) -> Result<(Table, Effect)> {
        let size = table.size()?;
        if size.files == 0 {
            let effect = Effect::none(Kind::Delete, &table.name);
            return Ok((table, effect));
        }
        let (table, _) = table.overwrite(Batches::of(Vec::new()), self.base.at, &self.base.note).await?;
        let effect = Effect { deleted: size.rows, ..Effect::none(Kind::Delete, &table.name) };
        Ok((table, effect))
    }

    async fn deleted(&mut self, table: Table, target: &Target) -> Result<(Table, Effect)> {
        let found = self.found(&table, target, Vec::new()).await?;
        let operation = DeltaOperation::Delete { predicate: text(target) };
        let nothing = None::<fn(Batches) -> Result<Batches>>;
        let (table, done) = table.exchange(found, nothing, operation, self.base.at, &self.base.note).await?;
        let (deleted, files, bytes) = (Some(done.rows), done.files, done.bytes);
        let effect = Effect { deleted, files, bytes, ..Effect::none(Kind::Delete, &table.name) };
        Ok((table, effect))
    }

    /// The places of the rows that a condition is true for, and some values for each.
    async fn found(&mut self, table: &Table, target: &Target, values: Vec<Expr>) -> Result<Batches> {
        // Whatever is wrong with it is said in the words of the table as it is.
        self.session().plan(query(CATALOG, table, target, values.clone())?).await?;
        let (asked, condition) = (table.clone(), text(target));
        let places = with_room(async move { asked.places(condition.as_deref()) }).await?;
        let values = [FILE, ROW].into_iter().map(quoted).chain(values).collect();
        self.query_with(&query(PLACES, table, target, values)?, (PLACES, &table.name, places)).await
    }
}

fn text(target: &Target) -> Option<String> {
    target.condition.as_ref().map(ToString::to_string)
}

/// What each column is to be: a value that is set, or itself.
fn values(table: &Table, update: &Update) -> Result<Vec<Expr>> {
    let schema = table.schema()?;
    let names: Vec<_> = update.set.iter().map(|(column, _)| plain(column)).collect();
    let set = Targets::named(&table.name, &schema, &names)?.ordered_names();
    let value = |name: &String| {
        let place = set.iter().position(|set| set == name);
        place.map_or_else(|| quoted(name), |place| update.set[place].1.clone())
    };
    Ok(schema.fields().iter().map(|field| value(field.name())).collect())
}

fn quoted(name: &str) -> Expr {
    Expr::Identifier(Ident::with_quote('"', name))
}

/// `SELECT <values> FROM <catalog>.<table> AS <alias> WHERE <condition>`.
fn query(catalog: &str, table: &Table, target: &Target, values: Vec<Expr>) -> Result<ast::Query> {
    let mut query = template();
    let SetExpr::Select(select) = query.body.as_mut() else { return Err(Error::Unfinished) };
    // Each has a name of its own: two columns may be set to the same value.
    select.projection = values
        .into_iter()
        .enumerate()
        .map(|(place, expr)| SelectItem::ExprWithAlias {
            expr,
            alias: Ident::with_quote('"', format!("{place}")),
        })
        .collect();
    let name = [catalog, table.name.schema(), table.name.table()].map(|part| Ident::with_quote('"', part));
    let name = ObjectName::from(name.to_vec());
    select.selection.clone_from(&target.condition);
    for TableWithJoins { relation, .. } in &mut select.from {
        if let TableFactor::Table { name: of, alias, .. } = relation {
            of.clone_from(&name);
            alias.clone_from(&target.alias);
        }
    }
    Ok(query)
}
