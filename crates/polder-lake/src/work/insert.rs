//! `INSERT`, in its four ways.

use std::collections::{BTreeSet, HashSet};

use deltalake::datafusion::sql::sqlparser::ast::Ident;

use super::assign::Targets;
use super::{Effect, Work};
use crate::operations::Batches;
use crate::{Error, Kind, Result, Table};
use polder_types::script::{Insert, Manner, plain};

impl Work {
    pub(super) async fn insert(&mut self, insert: &Insert, kind: Kind) -> Result<Effect> {
        let table = self.table(&insert.table).await?;
        let schema = table.schema()?;
        let targets = if insert.columns.is_empty() {
            Targets::all(&table.name, &schema)
        } else {
            let names: Vec<_> = insert.columns.iter().map(plain).collect();
            Targets::named(&table.name, &schema, &names)?
        };
        let key = match &insert.manner {
            Manner::Replace { key, set } => self.replaced(&table, key, set, &targets)?,
            Manner::Keep { key } => keys(&table, key)?,
            Manner::Append | Manner::Overwrite => Vec::new(),
        };
        let rows = targets.assigned(self.query(&insert.source).await?)?;
        let (table, effect) = match &insert.manner {
            Manner::Append => self.appended(table, rows).await?,
            Manner::Overwrite => self.overwritten(table, rows).await?,
            Manner::Replace { .. } => self.upserted(table, rows, &key, None).await?,
            Manner::Keep { .. } => {
                let (table, done) = table.insert_missing(rows, &key, self.base.at, &self.base.note).await?;
                let effect = Effect::upserted(&table.name, done);
                (table, effect)
            }
        };
        self.keep(table);
        Ok(Effect { kind, ..effect })
    }

    /// The key. A row is replaced as a whole, so all of it must come in, and nothing of it may be meant to stay.
    fn replaced(
        &self,
        table: &Table,
        key: &[Ident],
        set: &BTreeSet<String>,
        targets: &Targets,
    ) -> Result<Vec<String>> {
        let key = keys(table, key)?;
        let given = targets.names();
        let set: HashSet<_> = set.iter().map(|column| column.to_ascii_lowercase()).collect();
        for field in table.schema()?.fields() {
            let name = field.name();
            if !given.contains(name.as_str()) {
                let reason = "a row is replaced as a whole, and this column is not given";
                return Err(Error::column(&table.name, name, reason));
            }
            if !key.contains(name) && !set.contains(&name.to_ascii_lowercase()) {
                let reason = format!("a row is replaced as a whole; write `{name} = EXCLUDED.{name}` too");
                return Err(Error::column(&table.name, name, reason));
            }
        }
        Ok(key)
    }

    pub(super) async fn appended(&self, table: Table, rows: Batches) -> Result<(Table, Effect)> {
        let (table, written) = table.append(rows, &self.base.note).await?;
        let effect = Effect::written(Kind::Insert, &table.name, written);
        Ok((table, effect))
    }

    /// All rows, or those of the folders that rows come for.
    pub(super) async fn overwritten(&self, table: Table, rows: Batches) -> Result<(Table, Effect)> {
        let before = table.size()?.rows;
        let (at, note) = (self.base.at, &self.base.note);
        let (table, written) = if table.files()?.partitions.is_empty() {
            table.overwrite(rows, at, note).await?
        } else {
            table.overwrite_partitions(rows, at, note).await?
        };
        let after = table.size()?.rows;
        let deleted = before.zip(after).map(|(before, after)| (before + written.rows).saturating_sub(after));
        let effect = Effect { deleted, ..Effect::written(Kind::Overwrite, &table.name, written) };
        Ok((table, effect))
    }

    pub(super) async fn upserted(
        &self,
        table: Table,
        rows: Batches,
        key: &[String],
        cursor: Option<&str>,
    ) -> Result<(Table, Effect)> {
        let (table, done) = table.upsert(rows, key, cursor, self.base.at, &self.base.note).await?;
        let effect = Effect::upserted(&table.name, done);
        Ok((table, effect))
    }
}

/// The columns of a key, as the table calls them.
fn keys(table: &Table, key: &[Ident]) -> Result<Vec<String>> {
    let names: Vec<_> = key.iter().map(plain).collect();
    let key = Targets::named(&table.name, &table.schema()?, &names)?;
    let names: Vec<_> = key.ordered_names();
    let Some(known) = table.key()? else { return Ok(names) };
    if known.iter().collect::<BTreeSet<_>>() == names.iter().collect::<BTreeSet<_>>() {
        return Ok(known);
    }
    let reason = format!("the key of the table is ({})", known.join(", "));
    Err(Error::column(&table.name, &names.join(", "), reason))
}
