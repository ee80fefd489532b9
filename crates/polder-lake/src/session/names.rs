//! What the columns of an answer are called that nobody gave a name: what they are, as it was written.

use std::collections::HashSet;
use std::sync::Arc;

use deltalake::arrow::datatypes::{Field, Schema, SchemaRef};
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use deltalake::datafusion::execution::SendableRecordBatchStream;
use deltalake::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use deltalake::datafusion::sql::parser::Statement as Parsed;
use deltalake::datafusion::sql::sqlparser::ast::{Expr, SelectItem, SetExpr, Statement};
use futures::TryStreamExt as _;

/// Gives names to the columns of a statement's answer that it gives none: what `of` says of their expressions. Where that is
/// nothing, they are called what they were.
pub fn named(schema: &SchemaRef, statement: &Statement, of: impl Fn(&Expr) -> Option<String>) -> SchemaRef {
    let mut names = names(statement, schema.fields().len(), of).into_iter();
    let field = |field: &Arc<Field>| match names.next().flatten() {
        Some(name) => Arc::new(field.as_ref().clone().with_name(name)),
        None => Arc::clone(field),
    };
    let fields: Vec<_> = schema.fields().iter().map(field).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// By their places. `*` stands for as many columns as are not written out; of two `*`, nobody knows which has which.
fn names(
    statement: &Statement,
    count: usize,
    of: impl Fn(&Expr) -> Option<String>,
) -> impl IntoIterator<Item = Option<String>> {
    let items = match statement {
        Statement::Query(query) => first(&query.body),
        _ => &[],
    };
    let is_star =
        |item: &&SelectItem| !matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. });
    let of_stars = (count + items.iter().filter(is_star).count()).saturating_sub(items.len());
    let names = items.iter().flat_map(|item| match item {
        SelectItem::UnnamedExpr(expr) => vec![of(expr)],
        SelectItem::ExprWithAlias { .. } => vec![None],
        _ => vec![None; of_stars],
    });
    let names: Vec<_> = names.collect();
    if names.len() == count { names } else { Vec::new() }
}

/// Of queries that are put together, the first one's names count.
fn first(body: &SetExpr) -> &[SelectItem] {
    match body {
        SetExpr::Select(select) => &select.projection,
        SetExpr::Query(query) => first(&query.body),
        SetExpr::SetOperation { left, .. } => first(left),
        _ => &[],
    }
}

/// The rows with such names, unless two columns would have the same.
pub(super) fn as_written(rows: SendableRecordBatchStream, parsed: &Parsed) -> SendableRecordBatchStream {
    let Parsed::Statement(statement) = parsed else { return rows };
    let schema = named(&rows.schema(), statement, text);
    let mut taken = HashSet::new();
    if schema == rows.schema() || !schema.fields().iter().all(|field| taken.insert(field.name().clone())) {
        return rows;
    }
    let to = Arc::clone(&schema);
    let rows = rows.and_then(move |rows| std::future::ready(with(&rows, &to).map_err(Into::into)));
    Box::pin(RecordBatchStreamAdapter::new(schema, rows))
}

fn with(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), rows.columns().to_vec(), &options)
}

/// Columns are called what they are called, and a query within is too long for a name.
fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Subquery(_) | Expr::Exists { .. } => None,
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use deltalake::arrow::datatypes::DataType;
    use deltalake::datafusion::sql::parser::DFParser;

    use super::*;

    fn columns(sql: &str, count: usize) -> String {
        let fields: Vec<_> =
            (1..=count).map(|number| Field::new(format!("c{number}"), DataType::Int64, true)).collect();
        let Some(Parsed::Statement(statement)) = DFParser::parse_sql(sql).unwrap().pop_front() else {
            panic!("{sql}")
        };
        let named = named(&Arc::new(Schema::new(fields)), &statement, text);
        named.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn what_has_no_name_is_called_what_it_is() {
        let cases = [
            ("SELECT 1, 'a', id, t.id, (SELECT 2)", 5, "1 | 'a' | c3 | c4 | c5"),
            ("SELECT sum(t.a)/COUNT(*), max(a) AS b FROM t", 2, "sum(t.a) / COUNT(*) | c2"),
            ("SELECT a + 1, * FROM t", 3, "a + 1 | c2 | c3"),
            ("SELECT *, a + 1 FROM t", 1, "a + 1"),
            ("SELECT t.*, a + 1, u.* FROM t, u", 4, "c1 | c2 | c3 | c4"),
            ("(SELECT 1 UNION SELECT 2) EXCEPT SELECT 3", 1, "1"),
            ("VALUES (1, 2)", 2, "c1 | c2"),
        ];
        for (sql, count, expected) in cases {
            assert_eq!(columns(sql, count), expected, "{sql}");
        }
    }
}
