//! Values for the parameters of a statement: of which types they are, and what a client has sent for them.
//!
//! What a client says of a type counts. Where it says nothing, as most drivers do for text, it is what the query makes of it, and text if
//! that is open too. Decimal numbers are taken with ten digits behind the point: one with more is an error, never rounded.

mod lists;
mod types;

use std::sync::Arc;

use arrow_pg::datatypes::df::deserialize_parameters;
use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::common::ParamValues;
use deltalake::datafusion::scalar::ScalarValue;
use pgwire::api::Type;
use pgwire::api::portal::{Format, Portal};
use pgwire::api::stmt::StoredStatement;
use pgwire::messages::extendedquery::Bind;
use rust_decimal::Decimal;

pub(crate) use self::types::{in_sql, told_types, types};
use crate::error::{Error, Result};

const PRECISION: u8 = 38;
const SCALE: i8 = 10;

/// The values that a client has sent, as the query is planned for.
pub(crate) fn values(bind: &Bind, types: &[Type], planned: &[DataType]) -> Result<ParamValues> {
    let count = bind.parameters.len();
    if count != types.len() {
        let message = format!("the statement has {} parameters, and {count} values came", types.len());
        return Err(Error::new("08P01", message));
    }
    let formats = bind.parameter_format_codes.len();
    if formats > 1 && formats != count {
        return Err(Error::new("08P01", format!("{formats} formats came for {count} values")));
    }
    let mut statement = StoredStatement::new(String::new(), (), Vec::new());
    statement.parameter_types = types.iter().cloned().map(Some).collect();
    let portal = Portal::try_new(bind, Arc::new(statement))?;
    let all = (0..count).map(|at| value(&portal, at, &types[at], planned.get(at)));
    Ok(ParamValues::List(all.collect::<Result<Vec<_>>>()?.into_iter().map(Into::into).collect()))
}

/// For what has no parameters.
pub(crate) fn none(bind: &Bind) -> Result<()> {
    values(bind, &[], &[]).map(|_| ())
}

fn value(portal: &Portal<()>, at: usize, of: &Type, planned: Option<&DataType>) -> Result<ScalarValue> {
    if *of == Type::NUMERIC {
        return decimal(portal.parameter::<Decimal>(at, of)?);
    }
    if *of == Type::TEXT_ARRAY && portal.parameter_format.is_text(at) {
        return lists::texts(portal.parameters[at].as_deref());
    }
    // One at a time: all of them are read alike, and an error is about one.
    let mut one = Portal::<()>::default();
    let mut statement = StoredStatement::new(String::new(), (), Vec::new());
    statement.parameter_types = vec![Some(of.clone())];
    one.statement = Arc::new(statement);
    one.parameters = vec![portal.parameters[at].clone()];
    one.parameter_format =
        if portal.parameter_format.is_binary(at) { Format::UnifiedBinary } else { Format::UnifiedText };
    let values = deserialize_parameters(&one, &[planned])?;
    let values = match values {
        ParamValues::List(values) => values,
        ParamValues::Map(_) => Vec::new(),
    };
    let first = values.into_iter().next().map(|value| value.value);
    first.ok_or_else(|| Error::new("22023", format!("the value of ${} is missing", at + 1)))
}

fn decimal(value: Option<Decimal>) -> Result<ScalarValue> {
    let digits = value.map(|value| {
        let value = value.normalize();
        let missing = u32::from(SCALE.unsigned_abs()).checked_sub(value.scale());
        missing.and_then(|missing| value.mantissa().checked_mul(10_i128.checked_pow(missing)?))
    });
    match digits {
        Some(None) => Err(Error::new(
            "22003",
            format!("a decimal number has more than {SCALE} digits behind the point"),
        )
        .hint("send it as text, and convert it in the query: CAST($1 AS DECIMAL(38, 20))")),
        digits => Ok(ScalarValue::Decimal128(digits.flatten(), PRECISION, SCALE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_numbers_are_never_rounded() {
        let of = |text: &str| decimal(Some(text.parse().unwrap()));
        assert_eq!(of("10.50").unwrap(), ScalarValue::Decimal128(Some(105_000_000_000), 38, 10));
        assert_eq!(of("0.00000000010").unwrap(), ScalarValue::Decimal128(Some(1), 38, 10));
        assert_eq!(of("0.00000000001").unwrap_err().state, "22003");
    }
}
