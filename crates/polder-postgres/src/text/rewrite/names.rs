//! Names of PostgreSQL's own things: where they are looked for, and as what they are compared.

use std::ops::ControlFlow;

use deltalake::datafusion::sql::sqlparser::ast::{
    BinaryOperator, DataType, Expr, Ident, ObjectName, ObjectNamePart, Query, SetExpr, Statement, Value,
    visit_expressions_mut, visit_relations_mut,
};

use super::text;
use crate::catalog;

const SYSTEM: &str = "pg_catalog";

pub(super) fn look_up(statement: &mut Statement) {
    let _ = visit_relations_mut(statement, |name| {
        of_system(name);
        ControlFlow::<()>::Continue(())
    });
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

/// The library looks for its own tables in the system's schema, and not for those that it lacks.
fn of_system(name: &mut ObjectName) {
    let [ObjectNamePart::Identifier(table)] = &name.0[..] else { return };
    if catalog::is_added(&table.value) {
        name.0.insert(0, ObjectNamePart::Identifier(Ident::new(SYSTEM)));
    }
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
