//! Queries within queries for what nothing here has: DataFusion does not plan them, and the answer is known.

use std::ops::ControlFlow;

use deltalake::datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Query, Statement, Value,
    visit_expressions_mut,
};

use super::null;

/// Nothing here has a default, is counted up, or is sorted by rules of its own; no table is a type, no type is made of another, and nobody is a member of another.
const EMPTY: [&str; 9] = [
    "pg_attrdef",
    "pg_sequence",
    "pg_collation",
    "typcollation",
    "typrelid",
    "typbasetype",
    "pg_auth_members",
    "pg_policy",
    "attacl",
];
/// Columns with lists that are empty, and that the library has as texts.
const LISTS: [&str; 4] = ["acl", "reloptions", "setconfig", "srvoptions"];

pub(super) fn leave_out(statement: &mut Statement) {
    // What is within something is visited before it.
    let _ = visit_expressions_mut(statement, |expression| {
        if is_empty(expression) {
            *expression = null();
        }
        ControlFlow::<()>::Continue(())
    });
}

fn is_empty(expression: &Expr) -> bool {
    match expression {
        Expr::Subquery(query) => asks_for_nothing(query, &EMPTY),
        Expr::Function(function) => match &function.args {
            FunctionArguments::Subquery(query) => asks_for_nothing(query, &[&EMPTY[..], &LISTS].concat()),
            _ => is_called(function, "array_to_string") && first(function).is_some_and(is_empty_list),
        },
        _ => false,
    }
}

fn asks_for_nothing(query: &Query, names: &[&str]) -> bool {
    let text = query.to_string();
    names.iter().any(|name| text.contains(name))
}

fn is_called(function: &Function, name: &str) -> bool {
    let last = function.name.0.last().and_then(|part| part.as_ident());
    last.is_some_and(|found| found.value.eq_ignore_ascii_case(name))
}

fn first(function: &Function) -> Option<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return None };
    match list.args.first()? {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression),
        _ => None,
    }
}

fn is_empty_list(expression: &Expr) -> bool {
    let is_list = |name: &str| LISTS.iter().any(|list| name.ends_with(list));
    match expression {
        Expr::Identifier(name) => is_list(&name.value),
        Expr::CompoundIdentifier(names) => names.last().is_some_and(|name| is_list(&name.value)),
        Expr::BinaryOp { left, op: BinaryOperator::StringConcat, right } => {
            is_empty_list(left) || is_empty_list(right)
        }
        Expr::Value(value) => value.value == Value::Null,
        _ => false,
    }
}
