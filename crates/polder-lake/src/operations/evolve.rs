//! Changes the columns of a table to hold what comes in: more of them, or wider ones.
//!
//! A new column is null in the rows that were there. A type becomes wider only where every value stays the same: whole numbers of
//! more bits, floating ones of more bits, decimals with more digits on both sides, dates as times. Delta readers take the type of a
//! column for that of all files, so the files are written anew when a type becomes wider; adding columns touches none.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use deltalake::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};
use deltalake::kernel::{Action, MetadataExt, StructType};
use deltalake::protocol::DeltaOperation;

use super::Note;
use super::changes::Changes;
use super::data_file::Files;
use crate::{Error, Result, Table};

/// What became other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evolved {
    pub added: Vec<String>,
    pub widened: Vec<String>,
}

impl Table {
    /// Makes the table hold rows of other columns: adds those that it has not, widens those that are too narrow. Columns that are
    /// not given stay.
    ///
    /// # Errors
    /// [`Error::Column`] when a column would have to become narrower, or something else; then nothing was changed.
    pub async fn evolve(self, to: &SchemaRef, at: DateTime<Utc>, note: &Note) -> Result<(Self, Evolved)> {
        let (schema, evolved) = self.evolved(&as_stored(&self, to)?)?;
        if evolved == Evolved::default() {
            return Ok((self, evolved));
        }
        let columns: StructType =
            schema.as_ref().try_into_kernel().map_err(|error| Error::log(&self.name, error))?;
        let fields = columns.fields().filter(|field| evolved.added.contains(field.name())).cloned().collect();
        let metadata = self.snapshot()?.metadata().clone();
        let metadata = metadata.with_schema(&columns).map_err(|error| Error::log(&self.name, error))?;
        let rewritten =
            if evolved.widened.is_empty() { Vec::new() } else { self.rewritten(schema, at).await? };
        let protocol = self.protocol_for(&columns)?;
        let actions = protocol.into_iter().chain([Action::Metadata(metadata)]).chain(rewritten).collect();
        Ok((self.commit(actions, DeltaOperation::AddColumn { fields }, note).await?, evolved))
    }

    /// Whether it can be made to hold rows of other columns.
    ///
    /// # Errors
    /// As [`Table::evolve`].
    pub fn can_hold(&self, to: &SchemaRef) -> Result<()> {
        self.evolved(&as_stored(self, to)?).map(drop)
    }

    /// The columns after it.
    fn evolved(&self, to: &Schema) -> Result<(SchemaRef, Evolved)> {
        let (mut fields, mut evolved) = (self.schema()?.fields().to_vec(), Evolved::default());
        for wanted in to.fields() {
            let Some(field) = fields.iter_mut().find(|field| field.name() == wanted.name()) else {
                self.refuse_twice(&fields, wanted)?;
                evolved.added.push(wanted.name().clone());
                fields.push(Arc::new(wanted.as_ref().clone().with_nullable(true)));
                continue;
            };
            match fit(field.data_type(), wanted.data_type()) {
                Fit::Holds => {}
                Fit::Wider => {
                    self.refuse_folder(field)?;
                    evolved.widened.push(wanted.name().clone());
                    *field = Arc::new(field.as_ref().clone().with_data_type(wanted.data_type().clone()));
                }
                Fit::Other => return Err(self.other(field, wanted)),
            }
        }
        Ok((Arc::new(Schema::new(fields)), evolved))
    }

    /// Delta knows a column whatever its case.
    fn refuse_twice(&self, fields: &[Arc<Field>], wanted: &Field) -> Result<()> {
        let same = fields.iter().find(|field| field.name().eq_ignore_ascii_case(wanted.name()));
        same.map_or(Ok(()), |same| {
            Err(Error::column(
                &self.name,
                wanted.name(),
                format!("the table has `{}`, which differs in case only", same.name()),
            ))
        })
    }

    fn refuse_folder(&self, field: &Field) -> Result<()> {
        if self.files()?.partitions.contains(field.name()) {
            return Err(Error::column(&self.name, field.name(), "it names folders, and cannot become wider"));
        }
        Ok(())
    }

    fn other(&self, found: &Field, wanted: &Field) -> Error {
        let (found_type, wanted_type) = (found.data_type(), wanted.data_type());
        let reason =
            format!("the table has {found_type}, which cannot become {wanted_type} without losing values");
        Error::column(&self.name, found.name(), reason)
    }

    /// All files written anew, in other columns.
    async fn rewritten(&self, schema: SchemaRef, at: DateTime<Utc>) -> Result<Vec<Action>> {
        let old = self.files()?;
        let stored = schema.fields().iter().filter(|field| !old.partitions.contains(field.name())).cloned();
        let stored = Arc::new(Schema::new(stored.collect::<Vec<_>>()));
        let files = Arc::new(Files { schema: Arc::clone(&schema), stored, ..old });
        let mut changes = Changes::new(self, Arc::clone(&files), self.manner(at)?)?;
        let places: Vec<_> = changes.current().map(|(place, file)| (place, file.clone())).collect();
        for (place, file) in places {
            let rows = Arc::clone(&files).all_rows(vec![file]);
            let (adds, _) = self.write_rows(rows, &schema, changes.manner.layout).await?;
            changes.remove(place);
            changes.add(adds);
        }
        Ok(changes.end().await.0)
    }
}

/// The columns in the types that a Delta table would have them in.
pub(super) fn as_stored(table: &Table, to: &SchemaRef) -> Result<Schema> {
    let mut names = HashSet::new();
    if let Some(twice) = to.fields().iter().find(|field| !names.insert(field.name().to_ascii_lowercase())) {
        return Err(Error::column(&table.name, twice.name(), "it is given twice"));
    }
    let columns: StructType =
        to.as_ref().try_into_kernel().map_err(|error| Error::log(&table.name, error))?;
    (&columns).try_into_arrow().map_err(|error| Error::log(&table.name, error))
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// Every value of the other fits as it is.
    Holds,
    /// It would have to become the other, which holds every value that it has.
    Wider,
    Other,
}

/// How the type of a column fits values of another.
pub(super) fn fit(found: &DataType, wanted: &DataType) -> Fit {
    if found == wanted || is_wider(wanted, found) {
        Fit::Holds
    } else if is_wider(found, wanted) {
        Fit::Wider
    } else {
        Fit::Other
    }
}

/// Whether a type holds every value of another, and is not the same.
pub(crate) fn is_wider(from: &DataType, to: &DataType) -> bool {
    use DataType::{Date32, Decimal128, Float32, Float64, Int8, Int16, Int32, Int64, Timestamp};
    match (from, to) {
        (Int8, Int16 | Int32 | Int64) | (Int16, Int32 | Int64) | (Int32, Int64) => true,
        // More bits than these have digits would be rounded.
        (Int8 | Int16, Float32) | (Int8 | Int16 | Int32 | Float32, Float64) => true,
        (Date32, Timestamp(_, None)) => true,
        (Decimal128(digits, scale), Decimal128(more, finer)) => {
            finer >= scale && i16::from(*more) - i16::from(*finer) >= i16::from(*digits) - i16::from(*scale)
        }
        (whole, Decimal128(digits, scale)) => {
            let needed = match whole {
                Int8 => 3,
                Int16 => 5,
                Int32 => 10,
                Int64 => 19,
                _ => return false,
            };
            i16::from(*digits) - i16::from(*scale) >= needed
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_wider_if_it_holds_every_value() {
        use DataType::{Decimal128, Float32, Float64, Int32, Int64, Utf8};
        for (found, wanted) in [
            (Int32, Int64),
            (Float32, Float64),
            (Int32, Float64),
            (Decimal128(10, 2), Decimal128(12, 2)),
            (Decimal128(10, 2), Decimal128(12, 4)),
            (Int64, Decimal128(19, 0)),
        ] {
            assert_eq!(fit(&found, &wanted), Fit::Wider, "{found} {wanted}");
            assert_eq!(fit(&wanted, &found), Fit::Holds, "{wanted} {found}");
        }
        for (found, wanted) in
            [(Int64, Float64), (Utf8, Int64), (Int64, Utf8), (Decimal128(10, 2), Decimal128(11, 4))]
        {
            assert_eq!(fit(&found, &wanted), Fit::Other, "{found} {wanted}");
        }
    }
}
