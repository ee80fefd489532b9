//! Functions that are given a table's number, and say what is known of that table.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use deltalake::arrow::array::{
    Array as _, ArrayRef, AsArray as _, PrimitiveArray, StringArray, new_empty_array,
};
use deltalake::arrow::datatypes::{DataType, Int64Type};
use deltalake::datafusion::error::Result;
use deltalake::datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
    create_udf,
};
use deltalake::datafusion::scalar::ScalarValue;

use crate::catalog::Known;

/// What is known of a table, by its number, and of its column, by its place.
type Find = fn(&Known, i64, i64) -> ScalarValue;

#[derive(Debug, Clone)]
struct Lookup {
    name: &'static str,
    signature: Signature,
    answer: DataType,
    known: Known,
    find: Find,
}

pub(super) fn all(known: &Known) -> Vec<ScalarUDF> {
    let (number, with_word) = (vec![DataType::Int64], vec![DataType::Int64, DataType::Utf8]);
    let column = vec![DataType::Int64, DataType::Int64];
    let of = |name, arguments: &[&Vec<DataType>], answer, find| {
        let signatures = arguments.iter().map(|types| TypeSignature::Exact((*types).clone())).collect();
        let signature = Signature::one_of(signatures, Volatility::Stable);
        ScalarUDF::from(Lookup { name, signature, answer, known: known.clone(), find })
    };
    let bytes: Find = |known, number, _| size(known.tables().bytes(number));
    let description: Find =
        |known, number, column| ScalarValue::from(known.tables().description(number, column));
    let visible: Find = |known, number, _| ScalarValue::from(known.is_visible(number));
    let mut all = vec![
        of("pg_table_is_visible", &[&number], DataType::Boolean, visible),
        of("obj_description", &[&number, &with_word], DataType::Utf8, description),
        of("col_description", &[&column], DataType::Utf8, description),
        of("pg_relation_size", &[&number, &with_word], DataType::Int64, bytes),
    ];
    all.extend(
        ["pg_total_relation_size", "pg_table_size"].map(|name| of(name, &[&number], DataType::Int64, bytes)),
    );
    all.push(of("pg_indexes_size", &[&number], DataType::Int64, |_, _, _| ScalarValue::from(0_i64)));
    // The only database that can be seen; it is asked for by its number or its name.
    let whole: Find = |known, _, _| size(Some(known.tables().bytes_of_all()));
    all.push(of("pg_database_size", &[&number, &vec![DataType::Utf8]], DataType::Int64, whole));
    all.push(modifier(known));
    all
}

/// What a column's type says beside its name. PostgreSQL has no such function: it has a column instead.
pub(in crate::catalog) fn modifier(known: &Known) -> ScalarUDF {
    let signature = Signature::exact(vec![DataType::Int64, DataType::Int64], Volatility::Stable);
    let find: Find = |known, number, column| ScalarValue::from(known.tables().modifier(number, column));
    ScalarUDF::from(Lookup {
        name: "polder_type_modifier",
        signature,
        answer: DataType::Int32,
        known: known.clone(),
        find,
    })
}

fn size(bytes: Option<u64>) -> ScalarValue {
    ScalarValue::Int64(bytes.and_then(|bytes| i64::try_from(bytes).ok()))
}

/// `pg_size_pretty`
pub(super) fn in_words() -> ScalarUDF {
    let words = |args: &[ColumnarValue]| {
        let args = ColumnarValue::values_to_arrays(args)?;
        let sizes: &PrimitiveArray<Int64Type> = args[0].as_primitive();
        let words: StringArray = sizes.iter().map(|size| size.map(written)).collect();
        Ok(ColumnarValue::Array(Arc::new(words) as ArrayRef))
    };
    create_udf(
        "pg_size_pretty",
        vec![DataType::Int64],
        DataType::Utf8,
        Volatility::Immutable,
        Arc::new(words),
    )
}

/// With the next unit from ten thousand on, as PostgreSQL writes it.
fn written(bytes: i64) -> String {
    const UNITS: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let (mut size, mut unit) = (i128::from(bytes), 0);
    while size.abs() >= 10 * 1024 && unit + 1 < UNITS.len() {
        (size, unit) = ((size + 512 * size.signum()) / 1024, unit + 1);
    }
    format!("{size} {}", UNITS[unit])
}

impl ScalarUDFImpl for Lookup {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.answer.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let number = |at: usize, row: usize| {
            let numbers = arrays.get(at)?.as_primitive_opt::<Int64Type>()?;
            numbers.is_valid(row).then(|| numbers.value(row))
        };
        let find = |row| {
            let is_nothing = arrays.iter().any(|array| array.is_null(row));
            let (table, column) = (number(0, row).unwrap_or_default(), number(1, row).unwrap_or_default());
            if is_nothing {
                ScalarValue::try_from(&self.answer)
            } else {
                Ok((self.find)(&self.known, table, column))
            }
        };
        let found = (0..arrays[0].len()).map(find).collect::<Result<Vec<_>>>()?;
        let answers =
            if found.is_empty() { new_empty_array(&self.answer) } else { ScalarValue::iter_to_array(found)? };
        Ok(ColumnarValue::Array(answers))
    }
}

/// There is one of each name.
impl PartialEq for Lookup {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Lookup {}

impl Hash for Lookup {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_words() {
        let written = [0, 10_239, 10_240, 15_000_000, -20_000, i64::MAX].map(written);
        assert_eq!(written, ["0 bytes", "10239 bytes", "10 kB", "14 MB", "-20 kB", "8192 PB"]);
    }
}
