//! Values for the parameters of a statement: of which types they are, and what a client has sent for them.
//!
//! What a client says of a type counts. Where it says nothing, as most drivers do for text, it is what the query makes of it, and text if
//! that is open too. Decimal numbers are taken with ten digits behind the point: one with more is an error, never rounded.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_pg::datatypes::df::deserialize_parameters;
use arrow_pg::datatypes::into_pg_type;
use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::common::ParamValues;
use deltalake::datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use deltalake::datafusion::logical_expr::{Expr, LogicalPlan};
use deltalake::datafusion::scalar::ScalarValue;
use deltalake::datafusion::sql::sqlparser::ast::{self, ArrayElemTypeDef, ExactNumberInfo, TimezoneInfo};
use pgwire::api::Type;
use pgwire::api::portal::{Format, Portal};
use pgwire::api::stmt::StoredStatement;
use pgwire::messages::extendedquery::Bind;
use rust_decimal::Decimal;

use crate::error::{Error, Result};

const PRECISION: u8 = 38;
const SCALE: i8 = 10;
/// Parameters that a statement may have: the protocol counts them in 16 bits.
const MOST: usize = 65_535;

/// The types of all parameters, as clients send them. `said` is what the client has told; zero is nothing.
pub(crate) fn types(said: &[u32], plan: &LogicalPlan) -> Result<Vec<Type>> {
    let mut guessed = plan.get_parameter_types()?;
    for (name, of) in converted(plan)? {
        guessed.entry(name).or_default().get_or_insert(of);
    }
    let numbers = guessed.keys().filter_map(|name| name.trim_start_matches('$').parse::<usize>().ok());
    let count = numbers.max().unwrap_or(0).max(said.len());
    if count > MOST {
        return Err(Error::new("54023", "a statement has 65,535 parameters at most"));
    }
    let of = |at: usize| match said.get(at).copied().filter(|number| *number != 0) {
        Some(number) => told(number),
        None => Ok(meant(guessed.get(&format!("${}", at + 1)).and_then(Option::as_ref))),
    };
    (0..count).map(of).collect()
}

/// What parameters are converted to, as in `$1::date`: the planner makes nothing of that.
fn converted(plan: &LogicalPlan) -> Result<HashMap<String, DataType>> {
    let mut found = HashMap::new();
    let see = |expression: &Expr, found: &mut HashMap<String, DataType>| {
        if let Expr::Cast(cast) = expression
            && let Expr::Placeholder(placeholder) = &*cast.expr
        {
            found.insert(placeholder.id.clone(), cast.field.data_type().clone());
        }
    };
    plan.apply_with_subqueries(|node| {
        for expression in node.expressions() {
            expression.apply(|part| {
                see(part, &mut found);
                Ok(TreeNodeRecursion::Continue)
            })?;
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}

/// All of them, where the client says what they are.
pub(crate) fn told_types(said: &[u32]) -> Result<Vec<Type>> {
    said.iter().map(|number| told(*number)).collect()
}

/// What the client says.
fn told(number: u32) -> Result<Type> {
    let unknown = || Error::not_supported(format!("a parameter of the type with number {number}"));
    match Type::from_oid(number).ok_or_else(unknown)? {
        Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::UUID | Type::JSON | Type::JSONB | Type::VARCHAR => {
            Ok(Type::TEXT)
        }
        Type::VARCHAR_ARRAY => Ok(Type::TEXT_ARRAY),
        Type::OID => Ok(Type::INT8),
        of => of_planner(&of).map(|_| of.clone()).ok_or_else(unknown),
    }
}

/// What the query makes of it.
fn meant(guessed: Option<&DataType>) -> Type {
    let of = guessed.and_then(|guessed| into_pg_type(guessed).ok());
    of.filter(|of| of_planner(of).is_some()).unwrap_or(Type::TEXT)
}

/// As the planner is told.
pub(crate) fn in_sql(types: &[Type]) -> Vec<ast::DataType> {
    types.iter().filter_map(of_planner).collect()
}

fn of_planner(of: &Type) -> Option<ast::DataType> {
    use ast::DataType as Sql;
    let list = |of| Sql::Array(ArrayElemTypeDef::SquareBracket(Box::new(of), None));
    Some(match *of {
        Type::BOOL_ARRAY => list(Sql::Boolean),
        Type::INT2_ARRAY => list(Sql::SmallInt(None)),
        Type::INT4_ARRAY => list(Sql::Int(None)),
        Type::INT8_ARRAY => list(Sql::BigInt(None)),
        Type::FLOAT8_ARRAY => list(Sql::DoublePrecision),
        Type::TEXT_ARRAY => list(Sql::Text),
        Type::BOOL => Sql::Boolean,
        Type::INT2 => Sql::SmallInt(None),
        Type::INT4 => Sql::Int(None),
        Type::INT8 => Sql::BigInt(None),
        Type::FLOAT4 => Sql::Real,
        Type::FLOAT8 => Sql::DoublePrecision,
        Type::NUMERIC => {
            Sql::Numeric(ExactNumberInfo::PrecisionAndScale(u64::from(PRECISION), i64::from(SCALE)))
        }
        Type::TEXT => Sql::Text,
        Type::BYTEA => Sql::Bytea,
        Type::DATE => Sql::Date,
        Type::TIME => Sql::Time(None, TimezoneInfo::None),
        Type::TIMESTAMP => Sql::Timestamp(None, TimezoneInfo::None),
        Type::TIMESTAMPTZ => Sql::Timestamp(None, TimezoneInfo::WithTimeZone),
        Type::INTERVAL => Sql::Interval { fields: None, precision: None },
        _ => return None,
    })
}

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
        return texts(portal.parameters[at].as_deref());
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

/// A list of texts, written out. The library would keep the quotes.
fn texts(written: Option<&[u8]>) -> Result<ScalarValue> {
    let wrong = || Error::new("22P02", "a list of texts is written as {a,\"b c\",NULL}");
    let Some(written) = written else { return Ok(ScalarValue::new_null_list(DataType::Utf8, true, 1)) };
    let values = elements(std::str::from_utf8(written).map_err(|_| wrong())?).ok_or_else(wrong)?;
    let values: Vec<ScalarValue> = values.into_iter().map(ScalarValue::Utf8).collect();
    Ok(ScalarValue::List(ScalarValue::new_list_nullable(&values, &DataType::Utf8)))
}

/// The elements of a list with one dimension; none if it is not one.
fn elements(written: &str) -> Option<Vec<Option<String>>> {
    let inner = written.strip_prefix('{')?.strip_suffix('}')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let (mut found, mut letters) = (Vec::new(), inner.chars());
    while let Some((element, goes_on)) = element(&mut letters) {
        found.push(element);
        if !goes_on {
            return Some(found);
        }
    }
    None
}

/// The next element, and whether another follows.
fn element(letters: &mut std::str::Chars<'_>) -> Option<(Option<String>, bool)> {
    let (mut word, mut was_quoted, mut is_within) = (String::new(), false, false);
    let mut goes_on = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => word.push(letters.next()?),
            '"' => (was_quoted, is_within) = (true, !is_within),
            ',' if !is_within => {
                goes_on = true;
                break;
            }
            '{' | '}' if !is_within => return None,
            letter => word.push(letter),
        }
    }
    let is_null = !was_quoted && word.eq_ignore_ascii_case("null");
    (!is_within).then(|| ((!is_null).then_some(word), goes_on))
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
    use proptest::prelude::*;

    use super::*;

    fn written(values: &[Option<String>]) -> String {
        let one = |value: &Option<String>| match value {
            Some(text) => format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\"")),
            None => "NULL".to_owned(),
        };
        format!("{{{}}}", values.iter().map(one).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn lists_are_as_they_are_written() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(elements("{}"), Some(vec![]));
        assert_eq!(
            elements(r#"{Ann,"b, c",NULL,"NULL",""}"#),
            Some(vec![some("Ann"), some("b, c"), None, some("NULL"), some("")])
        );
        for wrong in ["", "{", "a,b", "{a", "{{a}}", r#"{"a}"#, "{a\\}"] {
            assert_eq!(elements(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn decimal_numbers_are_never_rounded() {
        let of = |text: &str| decimal(Some(text.parse().unwrap()));
        assert_eq!(of("10.50").unwrap(), ScalarValue::Decimal128(Some(105_000_000_000), 38, 10));
        assert_eq!(of("0.00000000010").unwrap(), ScalarValue::Decimal128(Some(1), 38, 10));
        assert_eq!(of("0.00000000001").unwrap_err().state, "22003");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(values in proptest::collection::vec(proptest::option::of(".{0,6}"), 0..5)) {
            prop_assert_eq!(elements(&written(&values)), Some(values));
        }

        #[test]
        fn nothing_that_is_written_does_harm(text in ".{0,20}") {
            let _ = elements(&text);
        }
    }
}
