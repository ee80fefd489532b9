//! What tools ask the catalog, in a form that can be planned: what the library's own patterns leave.

mod names;
mod nothing;

use std::ops::ControlFlow;

use deltalake::datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, GroupByExpr,
    Ident, Query, Select, SelectItem, SetExpr, Statement, Value, visit_expressions_mut,
};

pub(super) fn rewrite(statement: &mut Statement) {
    nothing::leave_out(statement);
    names::look_up(statement);
    escape_by_backslash(statement);
    if let Statement::Query(query) = statement {
        empty_what_lists_keys(query);
        name_twins(query);
    }
}

/// Columns of an answer may have the same name; those that DataFusion plans may not.
fn name_twins(query: &mut Query) {
    let SetExpr::Select(select) = &mut *query.body else { return };
    let mut seen = std::collections::HashSet::new();
    for (at, item) in select.projection.iter_mut().enumerate() {
        if let SelectItem::UnnamedExpr(expression) = item
            && !seen.insert(expression.to_string())
        {
            let alias = Ident::new(format!("column{}", at + 1));
            *item = SelectItem::ExprWithAlias { expr: expression.clone(), alias };
        }
    }
}

fn null() -> Expr {
    Expr::Value(Value::Null.into())
}

fn text(text: &str) -> Expr {
    Expr::Value(Value::SingleQuotedString(text.to_owned()).into())
}

/// No table here has keys or indexes that PostgreSQL would know, and nothing comes with extensions. What lists their columns takes lists apart,
/// which is not planned: it has the same columns without any row instead.
fn empty_what_lists_keys(query: &mut Query) {
    let text = query.to_string();
    let lists_keys = ["pg_constraint", "pg_index", "extconfig"].iter().any(|name| text.contains(name));
    let takes_apart = ["unnest(", "_pg_expandarray", "generate_subscripts", "conkey["]
        .iter()
        .any(|name| text.contains(name));
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
        *item = SelectItem::ExprWithAlias { expr: null(), alias };
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
            **pattern = replaced(std::mem::replace(pattern, null()), &mark);
        }
        ControlFlow::<()>::Continue(())
    });
}

/// `replace(pattern, mark, '\\')`
fn replaced(pattern: Expr, mark: &str) -> Expr {
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
