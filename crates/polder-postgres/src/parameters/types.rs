//! Of which types parameters are: what the client says, what the query makes of them, and what the planner is told.

use std::collections::HashMap;

use arrow_pg::datatypes::into_pg_type;
use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use deltalake::datafusion::logical_expr::{Expr, LogicalPlan};
use deltalake::datafusion::sql::sqlparser::ast::{self, ArrayElemTypeDef, ExactNumberInfo, TimezoneInfo};
use pgwire::api::Type;

use super::{PRECISION, SCALE};
use crate::error::{Error, Result};

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
