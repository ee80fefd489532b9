//! Names of PostgreSQL's own things: where they are looked for, and as what they are compared.

use std::ops::ControlFlow;

use deltalake::datafusion::sql::sqlparser::ast::{
    BinaryOperator, DataType, Expr, Query, SetExpr, Statement, Value, visit_expressions_mut,
};

use super::text;

const SYSTEM: &str = "pg_catalog";

pub(super) fn look_up(statement: &mut Statement) {
    let _ = visit_expressions_mut(statement, |expression| {
        match expression {
            Expr::Subquery(query) if is_class(query) => look_into_system(query),
            Expr::Subquery(query) => {
                if let Some(name) = procedure(query) {
                    *expression = text(&name);
                }
            }
            // The type of names is a text of 63 bytes.
            Expr::Cast { data_type, .. } if is_name(data_type) => *data_type = DataType::Text,
            _ => {}
        }
        ControlFlow::<()>::Continue(())
    });
}

/// What the library has made of `'pg_class'::regclass`.
fn is_class(query: &Query) -> bool {
    query.to_string().contains("parse_ident(")
}

/// It looks in the schema that is looked in only; PostgreSQL looks in its own, too.
fn look_into_system(query: &mut Query) {
    let _ = visit_expressions_mut(query, |expression| {
        if let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = expression
            && right.to_string() == "current_schema()"
        {
            let list = vec![(**right).clone(), text(SYSTEM)];
            *expression = Expr::InList { expr: left.clone(), list, negated: false };
        }
        ControlFlow::<()>::Continue(())
    });
}

/// The name in what the library has made of `'name'::regproc`. In its tables functions stand by their names, without a schema.
fn procedure(query: &Query) -> Option<String> {
    let SetExpr::Select(select) = &*query.body else { return None };
    let [from] = &select.from[..] else { return None };
    let Some(Expr::BinaryOp { left, op: BinaryOperator::Eq, right }) = &select.selection else { return None };
    let is_it = from.to_string() == "pg_catalog.pg_proc" && left.to_string() == "proname";
    match &**right {
        Expr::Value(value) if is_it && select.projection.len() == 1 => match &value.value {
            Value::SingleQuotedString(name) => {
                Some(name.strip_prefix("pg_catalog.").unwrap_or(name).to_owned())
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_name(of: &DataType) -> bool {
    let DataType::Custom(name, _) = of else { return false };
    let last = name.0.last().and_then(|part| part.as_ident());
    last.is_some_and(|last| last.value.eq_ignore_ascii_case("name"))
}
