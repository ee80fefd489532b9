//! The columns that the answer of a query is stored in, and how SQL calls their types.

use std::collections::HashSet;
use std::sync::Arc;

use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::{Error, Result, TableName};

/// What Delta does not take in the name of a column.
const REFUSED: [char; 10] = [' ', ',', ';', '{', '}', '(', ')', '\n', '\t', '='];

/// The columns that a table is to have for rows of others: any of them may be null, but for those of its key.
///
/// # Errors
/// [`Error::Column`] when one cannot be stored, or cannot be called so.
pub(super) fn stored(table: &TableName, found: &Schema, key: &[String]) -> Result<SchemaRef> {
    let mut names = HashSet::new();
    let field = |field: &Arc<Field>| {
        let name = field.name();
        if name.is_empty() || name.contains(REFUSED) {
            return Err(Error::column(table, name, "a column cannot be called so; write `… AS name`"));
        }
        if !names.insert(name.to_ascii_lowercase()) {
            return Err(Error::column(table, name, "there are two of that name; write `… AS name`"));
        }
        let data_type = stored_type(field.data_type()).ok_or_else(|| unknown(table, field))?;
        let nullable = field.is_nullable() && !key.contains(name);
        Ok(Field::new(name, data_type, nullable).with_metadata(field.metadata().clone()))
    };
    let fields = found.fields().iter().map(field).collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(Schema::new(fields)))
}

/// Any of them may be null.
pub(super) fn nullable(found: &Schema) -> Schema {
    let fields = found.fields().iter().map(|field| Field::new(field.name(), field.data_type().clone(), true));
    Schema::new(fields.collect::<Vec<_>>())
}

fn unknown(table: &TableName, field: &Field) -> Error {
    let reason = match field.data_type() {
        DataType::Null => "it is always null, and so of no type; write `CAST(NULL AS …)`".to_owned(),
        other => format!("a table cannot hold {}; write `CAST(… AS …)`", sql_type(other)),
    };
    Error::column(table, field.name(), reason)
}

/// None for what a table cannot hold.
fn stored_type(found: &DataType) -> Option<DataType> {
    use DataType::{
        Binary, BinaryView, Boolean, Date32, Date64, Decimal32, Decimal64, Decimal128, Decimal256,
        Dictionary, FixedSizeBinary, FixedSizeList, Float16, Float32, Float64, Int8, Int16, Int32, Int64,
        LargeBinary, LargeList, LargeUtf8, List, Struct, Timestamp, UInt8, UInt16, UInt32, UInt64, Utf8,
        Utf8View,
    };
    let inner = |field: &Arc<Field>| {
        let data_type = stored_type(field.data_type())?;
        Some(Arc::new(field.as_ref().clone().with_data_type(data_type)))
    };
    Some(match found {
        Boolean | Int8 | Int16 | Int32 | Int64 | Float32 | Float64 | Utf8 | Binary | Date32 => found.clone(),
        UInt8 => Int16,
        UInt16 => Int32,
        UInt32 | UInt64 => Int64,
        Float16 => Float32,
        Utf8View | LargeUtf8 => Utf8,
        BinaryView | LargeBinary | FixedSizeBinary(_) => Binary,
        Date64 => Timestamp(TimeUnit::Microsecond, None),
        Timestamp(_, zone) => Timestamp(TimeUnit::Microsecond, zone.as_ref().map(|_| "UTC".into())),
        Decimal32(digits, scale)
        | Decimal64(digits, scale)
        | Decimal128(digits, scale)
        | Decimal256(digits, scale)
            if *digits <= 38 && *scale >= 0 =>
        {
            Decimal128(*digits, *scale)
        }
        Dictionary(_, values) => stored_type(values)?,
        List(item) | LargeList(item) | FixedSizeList(item, _) => List(inner(item)?),
        Struct(fields) => Struct(fields.iter().map(inner).collect::<Option<Vec<_>>>()?.into()),
        DataType::Map(entries, sorted) => DataType::Map(inner(entries)?, *sorted),
        _ => return None,
    })
}

pub(super) use crate::operations::sql_type;
