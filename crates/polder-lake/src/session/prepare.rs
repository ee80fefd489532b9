//! Statements with parameters. The planner knows types of parameters only where it plans a `PREPARE`: so it is given one, and what is
//! within is taken out again.

use std::sync::Arc;

use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::logical_expr::{LogicalPlan, Statement};
use deltalake::datafusion::sql::sqlparser::ast;

/// A query that waits for its parameters.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub plan: LogicalPlan,
    /// Of which types values have to be, in order; empty if none were given.
    pub parameters: Vec<DataType>,
}

pub(super) fn with_types(statement: ast::Statement, data_types: Vec<ast::DataType>) -> ast::Statement {
    if data_types.is_empty() {
        return statement;
    }
    ast::Statement::Prepare {
        name: ast::Ident::new("of_a_client"),
        data_types,
        statement: Box::new(statement),
    }
}

pub(super) fn without_types(plan: LogicalPlan) -> Prepared {
    match plan {
        LogicalPlan::Statement(Statement::Prepare(prepare)) if prepare.name == "of_a_client" => Prepared {
            plan: Arc::unwrap_or_clone(prepare.input),
            parameters: prepare.fields.iter().map(|field| field.data_type().clone()).collect(),
        },
        plan => Prepared { plan, parameters: Vec::new() },
    }
}
