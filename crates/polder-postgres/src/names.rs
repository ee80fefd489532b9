//! What PostgreSQL calls columns of an answer that nobody gave a name (`FigureColname` in its `parse_target.c`): programs look for
//! `count`.

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::datafusion::sql::sqlparser::ast::{Expr, ObjectName, Query, SelectItem, SetExpr, Statement};

/// What has no name at all.
const NAMELESS: &str = "?column?";

/// The columns of a query's answer, as a client knows them.
pub(crate) fn of_columns(schema: &SchemaRef, query: &Statement) -> SchemaRef {
    polder_lake::named(schema, query, |expr| match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => None,
        other => Some(name(other).unwrap_or_else(|| NAMELESS.to_owned())),
    })
}

fn name(expr: &Expr) -> Option<String> {
    Some(match expr {
        Expr::Identifier(column) => column.value.clone(),
        Expr::CompoundIdentifier(parts) => parts.last()?.value.clone(),
        Expr::Function(function) => last(&function.name)?,
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => return name(inner),
        Expr::Cast { expr: inner, data_type, .. } => {
            name(inner).unwrap_or_else(|| data_type.to_string().to_lowercase())
        }
        Expr::Subquery(query) => return of_query(query),
        Expr::Case { else_result, .. } => {
            else_result.as_deref().and_then(name).unwrap_or_else(|| "case".to_owned())
        }
        Expr::CompoundFieldAccess { root, .. } => return name(root),
        Expr::TypedString(typed) => typed.data_type.to_string().to_lowercase(),
        other => fixed(other)?.to_owned(),
    })
}

/// Of what SQL writes in a way of its own.
fn fixed(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::Exists { .. } => "exists",
        Expr::Array(_) => "array",
        Expr::Tuple(_) => "row",
        Expr::Interval(_) => "interval",
        Expr::Extract { .. } => "extract",
        Expr::Substring { .. } => "substring",
        Expr::Position { .. } => "position",
        Expr::Overlay { .. } => "overlay",
        Expr::Trim { .. } => "btrim",
        Expr::Ceil { .. } => "ceil",
        Expr::Floor { .. } => "floor",
        Expr::AtTimeZone { .. } => "timezone",
        _ => return None,
    })
}

/// Names without quotes are in lower case.
fn last(name: &ObjectName) -> Option<String> {
    let part = name.0.last()?.as_ident()?;
    Some(if part.quote_style.is_some() { part.value.clone() } else { part.value.to_lowercase() })
}

/// A query as a value is called as its column is.
fn of_query(query: &Query) -> Option<String> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    match select.projection.first()? {
        SelectItem::UnnamedExpr(expr) => name(expr),
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use deltalake::datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
    use deltalake::datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    /// What PostgreSQL 15 answers to the same.
    #[test]
    fn columns_are_called_as_in_postgresql() {
        let cases = [
            ("1", "?column?"),
            ("count(*)", "count"),
            ("pg_catalog.Version()", "version"),
            ("a + 1", "?column?"),
            ("(sum(a))", "sum"),
            ("sum(a) / count(*)", "?column?"),
            ("a::text", "a"),
            ("CAST(1 + 1 AS text)", "text"),
            ("coalesce(a, 1)", "coalesce"),
            ("CASE WHEN a THEN 1 END", "case"),
            ("CASE WHEN a THEN 1 ELSE b END", "b"),
            ("(SELECT max(a) FROM t)", "max"),
            ("(SELECT 1 AS x)", "x"),
            ("EXISTS (SELECT 1)", "exists"),
            ("DATE '2026-11-22'", "date"),
            ("current_date", "current_date"),
            ("extract(year FROM a)", "extract"),
            ("ARRAY[1]", "array"),
            ("a IS NULL", "?column?"),
        ];
        for (sql, expected) in cases {
            let mut parser = Parser::new(&PostgreSqlDialect {}).try_with_sql(sql).unwrap();
            let told = name(&parser.parse_expr().unwrap());
            assert_eq!(told.as_deref().unwrap_or(NAMELESS), expected, "{sql}");
        }
    }
}
