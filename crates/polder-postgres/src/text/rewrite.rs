//! What tools ask the catalog, in a form that can be planned: what the library's own patterns leave.

use std::ops::ControlFlow;

use deltalake::datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, GroupByExpr,
    Ident, Query, Select, SelectItem, SetExpr, Statement, Value, visit_expressions_mut,
};

pub(super) fn rewrite(statement: &mut Statement) {
    leave_out_what_is_empty(statement);
    escape_by_backslash(statement);
    if let Statement::Query(query) = statement {
        empty_what_lists_keys(query);
        name_missing_columns(query);
    }
    let _ = visit_expressions_mut(statement, |expression| {
        if is_missing(expression).is_some() {
            *expression = Expr::Value(Value::Null.into());
        }
        ControlFlow::<()>::Continue(())
    });
}

/// Columns that the library's tables lack are null; here their names are kept.
fn name_missing_columns(query: &mut Query) {
    let SetExpr::Select(select) = &mut *query.body else { return };
    for item in &mut select.projection {
        if let SelectItem::UnnamedExpr(expression) = item
            && let Some(alias) = is_missing(expression)
        {
            *item = SelectItem::ExprWithAlias { expr: Expr::Value(Value::Null.into()), alias };
        }
    }
}

fn is_missing(expression: &Expr) -> Option<Ident> {
    const MISSING: [&str; 1] = ["reloptions"];
    let Expr::CompoundIdentifier(names) = expression else { return None };
    names.last().filter(|name| MISSING.contains(&name.value.as_str())).cloned()
}

/// Nothing here has a default, is counted up, or is sorted by rules of its own: what tools ask of that for each column is left out, since
/// DataFusion does not plan such queries within queries.
fn leave_out_what_is_empty(statement: &mut Statement) {
    const EMPTY: [&str; 4] = ["pg_attrdef", "pg_sequence", "pg_collation", "typcollation"];
    let _ = visit_expressions_mut(statement, |expression| {
        if let Expr::Subquery(query) = expression {
            let text = query.to_string();
            if EMPTY.iter().any(|name| text.contains(name)) {
                *expression = Expr::Value(Value::Null.into());
            }
        }
        ControlFlow::<()>::Continue(())
    });
}

/// No table here has keys or indexes that PostgreSQL would know. What lists their columns takes lists apart, which is not planned: it has
/// the same columns without any row instead.
fn empty_what_lists_keys(query: &mut Query) {
    let text = query.to_string();
    let lists_keys = ["pg_constraint", "pg_index"].iter().any(|name| text.contains(name));
    let takes_apart =
        ["unnest(", "_pg_expandarray", "generate_subscripts"].iter().any(|name| text.contains(name));
    if let (SetExpr::Select(select), true) = (&mut *query.body, lists_keys && takes_apart) {
        empty(select);
        (query.with, query.order_by) = (None, None);
    }
}

fn empty(select: &mut Select) {
    for (at, item) in select.projection.iter_mut().enumerate() {
        let alias = match item {
            SelectItem::ExprWithAlias { alias, .. } => alias.clone(),
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => name.clone(),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) if !names.is_empty() => {
                names[names.len() - 1].clone()
            }
            _ => Ident::new(format!("column{at}")),
        };
        *item = SelectItem::ExprWithAlias { expr: Expr::Value(Value::Null.into()), alias };
    }
    select.from.clear();
    select.selection = Some(Expr::Value(Value::Boolean(false).into()));
    select.group_by = GroupByExpr::Expressions(Vec::new(), Vec::new());
    (select.distinct, select.having) = (None, None);
}

/// Tools write `LIKE 'pg/_%' ESCAPE '/'`; DataFusion knows the backslash only.
fn escape_by_backslash(statement: &mut Statement) {
    let _ = visit_expressions_mut(statement, |expression| {
        if let Expr::Like { pattern, escape_char: escape, .. }
        | Expr::ILike { pattern, escape_char: escape, .. } = expression
            && let Some(Value::SingleQuotedString(mark)) = escape.take().map(|escape| escape.value)
        {
            **pattern = replaced(std::mem::replace(pattern, Expr::Value(Value::Null.into())), &mark);
        }
        ControlFlow::<()>::Continue(())
    });
}

/// `replace(pattern, mark, '\\')`
fn replaced(pattern: Expr, mark: &str) -> Expr {
    let text = |text: &str| Expr::Value(Value::SingleQuotedString(text.to_owned()).into());
    let arguments =
        [pattern, text(mark), text("\\")].map(|one| FunctionArg::Unnamed(FunctionArgExpr::Expr(one)));
    let list =
        FunctionArgumentList { duplicate_treatment: None, args: arguments.to_vec(), clauses: Vec::new() };
    Expr::Function(Function {
        name: Ident::new("replace").into(),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(list),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}
