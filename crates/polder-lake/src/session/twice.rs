//! The same thing asked for twice: `SELECT count(*), count(*)`, or two queries in brackets. The planner wants its columns to have different
//! names, so all but the first get a number.

use std::collections::HashSet;
use std::ops::ControlFlow;

use deltalake::datafusion::sql::parser::Statement as Parsed;
use deltalake::datafusion::sql::sqlparser::ast::{
    Expr, Ident, Query, SelectItem, SetExpr, Statement, Value, visit_expressions_mut,
};

/// Names what would have the name of another column.
pub(super) fn name(statement: &mut Parsed) {
    match statement {
        Parsed::Statement(statement) => {
            if let Statement::Query(query) = statement.as_mut() {
                name_in(query);
            }
        }
        Parsed::Explain(explain) => name(&mut explain.statement),
        _ => {}
    }
}

fn name_in(query: &mut Query) {
    name_in_body(&mut query.body);
}

fn name_in_body(body: &mut SetExpr) {
    match body {
        SetExpr::Select(select) => name_items(&mut select.projection),
        SetExpr::Query(query) => name_in(query),
        // Of what is put together, the first one's names count; the others need different ones all the same.
        SetExpr::SetOperation { left, right, .. } => {
            name_in_body(left);
            name_in_body(right);
        }
        _ => {}
    }
}

fn name_items(items: &mut [SelectItem]) {
    let mut taken: HashSet<String> = items.iter().filter_map(alias).collect();
    let mut planned = taken.clone();
    for item in items {
        let SelectItem::UnnamedExpr(expr) = item else { continue };
        let own = own_name(expr);
        let is_free = taken.insert(own.clone());
        if planned.insert(planned_name(expr)) && is_free {
            continue;
        }
        let free = || (2..).map(|number| format!("{own}_{number}")).find(|name| !taken.contains(name));
        let name = if is_free { own } else { free().unwrap_or_default() };
        taken.insert(name.clone());
        let alias = Ident::with_quote('"', name);
        *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
    }
}

/// What the planner calls it, which leaves out what something is cast to.
fn planned_name(expr: &Expr) -> String {
    let mut bare = expr.clone();
    let _: ControlFlow<()> = visit_expressions_mut(&mut bare, |expr| {
        while let Expr::Cast { expr: inner, .. } = expr {
            *expr = std::mem::replace(inner, Expr::value(Value::Null));
        }
        ControlFlow::Continue(())
    });
    own_name(&bare)
}

fn alias(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
        _ => None,
    }
}

/// What tells it from others, and is its name as far as that matters.
fn own_name(expr: &Expr) -> String {
    match expr {
        Expr::Identifier(name) if name.quote_style.is_none() => name.value.to_lowercase(),
        Expr::Identifier(name) => name.value.clone(),
        Expr::Subquery(_) => "subquery".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use deltalake::datafusion::sql::parser::DFParser;

    use super::*;

    fn named(sql: &str) -> String {
        let mut statement = DFParser::parse_sql(sql).unwrap().pop_front().unwrap();
        name(&mut statement);
        statement.to_string()
    }

    #[test]
    fn what_is_asked_for_twice_has_two_names() {
        let cases = [
            (
                "SELECT count(*), count(*), count(*)",
                r#"SELECT count(*), count(*) AS "count(*)_2", count(*) AS "count(*)_3""#,
            ),
            (
                "SELECT x, x::INT, CAST(x AS TEXT)",
                r#"SELECT x, x::INT AS "x::INT", CAST(x AS TEXT) AS "CAST(x AS TEXT)""#,
            ),
            (
                "SELECT x::INT, x::INT, max(x::INT), max(x::TEXT)",
                r#"SELECT x::INT, x::INT AS "x::INT_2", max(x::INT), max(x::TEXT) AS "max(x::TEXT)""#,
            ),
            ("SELECT (SELECT 1), (SELECT 2)", r#"SELECT (SELECT 1), (SELECT 2) AS "subquery_2""#),
            ("SELECT id, ID, \"ID\" FROM t", r#"SELECT id, ID AS "id_2", "ID" FROM t"#),
            (
                "SELECT a.id, b.id, 1 AS x, 'A', 'a' FROM a, b",
                "SELECT a.id, b.id, 1 AS x, 'A', 'a' FROM a, b",
            ),
            ("SELECT id_2 AS id, id, id FROM t", r#"SELECT id_2 AS id, id AS "id_2", id AS "id_3" FROM t"#),
            (
                "SELECT 0, 0 UNION ALL (SELECT 1, 1)",
                r#"SELECT 0, 0 AS "0_2" UNION ALL (SELECT 1, 1 AS "1_2")"#,
            ),
        ];
        for (sql, expected) in cases {
            assert_eq!(named(sql), expected);
        }
    }
}
