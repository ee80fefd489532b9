//! `CREATE TABLE`.

use std::collections::HashMap;
use std::sync::Arc;

use deltalake::arrow::datatypes::{Schema, SchemaRef};

use super::assign::Targets;
use super::{Effect, Work, types};
use crate::operations::{Batches, COMMENT, Design};
use crate::{Error, Kind, Line, Result, Table, TableName};
use polder_types::script::{Create, columns_alone};

impl Work {
    pub(super) async fn create(&mut self, create: &Create) -> Result<Effect> {
        let name = self.known_as(&create.table);
        let before = self.find(&name).await?;
        match &before {
            Some(_) if create.if_not_exists => return Ok(Effect::none(Kind::Create, &name)),
            Some(table) if !create.replace => {
                let line = table.line.parent().map_or_else(Line::main, |(line, _)| line);
                return Err(Error::TableExists { table: name, line });
            }
            _ => {}
        }
        let (schema, rows) = self.designed(create).await?;
        let schema = types::stored(&name, &schema, &create.key)?;
        let rows = rows.map(|rows| Targets::all(&name, &schema).assigned(rows)).transpose()?;
        let (partition_by, key) = (create.partition_by.clone(), create.key.clone());
        let design = Design { partition_by, key, ..Design::new(Arc::clone(&schema)) };
        let rows = rows.unwrap_or_else(|| Batches::new(schema, futures::stream::empty()));
        let (table, mut effect) = self.filled(before.as_ref(), &create.table, rows, &design).await?;
        effect.deleted = before.map_or(Ok(Some(0)), |before| before.size().map(|size| size.rows))?;
        self.keep(table);
        Ok(effect)
    }

    /// A table with these rows and their columns, whatever was there before.
    pub(super) async fn replaced_by(&mut self, table: &TableName, rows: Batches) -> Result<Effect> {
        let name = self.known_as(table);
        let before = self.find(&name).await?;
        let schema = types::stored(&name, &types::nullable(rows.schema()), &[])?;
        let rows = Targets::all(&name, &schema).assigned(rows)?;
        let (table, effect) = self.filled(before.as_ref(), &name, rows, &Design::new(schema)).await?;
        self.keep(table);
        Ok(effect)
    }

    /// The columns that are listed, or those of the query and its rows.
    async fn designed(&mut self, create: &Create) -> Result<(Schema, Option<Batches>)> {
        match &create.query {
            Some(query) => {
                let rows = self.query(query).await?;
                Ok((types::nullable(rows.schema()), Some(rows)))
            }
            None => Ok((self.listed(create).await?, None)),
        }
    }

    async fn listed(&self, create: &Create) -> Result<Schema> {
        let planned: SchemaRef = self.session().columns(columns_alone(create)).await?;
        let fields = planned.fields().iter().zip(&create.comments).map(|(field, comment)| {
            let comment = comment.iter().map(|text| (COMMENT.to_owned(), text.clone()));
            field.as_ref().clone().with_metadata(comment.collect::<HashMap<_, _>>())
        });
        Ok(Schema::new(fields.collect::<Vec<_>>()))
    }

    async fn filled(
        &self,
        before: Option<&Table>,
        name: &TableName,
        rows: Batches,
        design: &Design,
    ) -> Result<(Table, Effect)> {
        let note = &self.base.note;
        let (table, written) = match before {
            Some(before) => before.clone().redesign(rows, design, self.base.at, note).await?,
            None => self.make(name, design).await?.append(rows, note).await?,
        };
        let effect = Effect::written(Kind::Create, &table.name, written);
        Ok((table, effect))
    }
}
