//! What is to be known of a table without opening it.

use deltalake::arrow::datatypes::{DataType, Field};
use polder_types::lake::{ColumnFacts, TableFacts};

use crate::{Result, Table};

/// Where a column says in Delta what it is for.
pub(crate) const COMMENT: &str = "comment";

impl Table {
    /// # Errors
    /// When the log cannot be read.
    pub fn facts(&self) -> Result<TableFacts> {
        let size = self.size()?;
        Ok(TableFacts {
            columns: self.schema()?.fields().iter().map(|field| column(field)).collect(),
            rows_total: size.rows,
            bytes_total: size.bytes,
            files_total: size.files,
            partitioned_by: self.snapshot()?.metadata().partition_columns().to_vec(),
            key: self.key()?.unwrap_or_default(),
            description: self.snapshot()?.metadata().description().map(str::to_owned),
        })
    }
}

fn column(field: &Field) -> ColumnFacts {
    ColumnFacts {
        name: field.name().clone(),
        data_type: sql_type(field.data_type()),
        nullable: field.is_nullable(),
        description: field.metadata().get(COMMENT).cloned(),
    }
}

/// How SQL calls a type, as the columns of tables tell it.
#[must_use]
pub fn sql_type(found: &DataType) -> String {
    use DataType::{
        Binary, BinaryView, Boolean, Date32, Decimal128, Float32, Float64, Int8, Int16, Int32, Int64,
        LargeBinary, LargeList, LargeUtf8, List, Struct, Timestamp, UInt8, UInt16, UInt32, UInt64, Utf8,
        Utf8View,
    };
    let plain = match found {
        Boolean => "BOOLEAN",
        Int8 => "TINYINT",
        Int16 => "SMALLINT",
        Int32 => "INTEGER",
        Int64 => "BIGINT",
        UInt8 => "TINYINT UNSIGNED",
        UInt16 => "SMALLINT UNSIGNED",
        UInt32 => "INTEGER UNSIGNED",
        UInt64 => "BIGINT UNSIGNED",
        Float32 => "REAL",
        Float64 => "DOUBLE",
        Utf8 | LargeUtf8 | Utf8View => "VARCHAR",
        Binary | LargeBinary | BinaryView => "BYTEA",
        Date32 => "DATE",
        Timestamp(_, None) => "TIMESTAMP",
        Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        Decimal128(digits, scale) => return format!("DECIMAL({digits}, {scale})"),
        List(item) | LargeList(item) => return format!("ARRAY<{}>", sql_type(item.data_type())),
        Struct(fields) => {
            let fields =
                fields.iter().map(|field| format!("{} {}", field.name(), sql_type(field.data_type())));
            return format!("STRUCT<{}>", fields.collect::<Vec<_>>().join(", "));
        }
        DataType::Map(entries, _) => return map_type(entries),
        // Text that is stored once for many rows is text.
        DataType::Dictionary(_, values) => return sql_type(values),
        other => return other.to_string().to_uppercase(),
    };
    plain.to_owned()
}

fn map_type(entries: &Field) -> String {
    let DataType::Struct(fields) = entries.data_type() else { return "MAP".to_owned() };
    let types: Vec<_> = fields.iter().map(|field| sql_type(field.data_type())).collect();
    format!("MAP<{}>", types.join(", "))
}
