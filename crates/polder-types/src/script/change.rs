//! `UPDATE` and `DELETE`: which rows of which table, and what becomes of them.

use sqlparser::ast::{self, AssignmentTarget, Expr, TableFactor, TableWithJoins};
use sqlparser::parser::Parser;

use super::pieces::Piece;
use super::{DIALECT, Mistake, names};
use crate::lake::TableName;

/// Rows of a table.
#[derive(Debug, Clone)]
pub struct Target {
    pub table: TableName,
    /// What the statement calls it.
    pub alias: Option<ast::TableAlias>,
    /// All rows, if there is none.
    pub condition: Option<Expr>,
}

#[derive(Debug, Clone)]
pub struct Update {
    pub target: Target,
    /// Columns, and what they are to be.
    pub set: Vec<(ast::Ident, Expr)>,
}

#[derive(Debug, Clone)]
pub struct Delete {
    pub target: Target,
}

const ALONE: &str = "use `WHERE column IN (SELECT …)` or `WHERE EXISTS (SELECT …)`";
const RETURNING: &str = "leave it out, and `SELECT` the rows in a statement of their own";

impl Piece<'_> {
    pub(super) fn update(&self, update: ast::Update) -> Result<Update, Mistake> {
        let plain = ast::Update {
            optimizer_hints: Vec::new(),
            from: None,
            returning: None,
            output: None,
            or: None,
            order_by: Vec::new(),
            limit: None,
            ..update.clone()
        };
        if update.from.is_some() {
            return Err(self.refused("`UPDATE … FROM` is not known here", "use `SET column = (SELECT …)`"));
        }
        if plain != update {
            return Err(self.refused("`UPDATE` has `SET` and `WHERE` here, and nothing else", RETURNING));
        }
        let set = update.assignments.into_iter().map(|assignment| self.assigned(assignment));
        let set = set.collect::<Result<Vec<_>, _>>()?;
        Ok(Update { target: self.target(update.table, update.selection)?, set })
    }

    pub(super) fn delete(&self, delete: ast::Delete) -> Result<Delete, Mistake> {
        let plain = ast::Delete {
            optimizer_hints: Vec::new(),
            tables: Vec::new(),
            using: None,
            returning: None,
            output: None,
            order_by: Vec::new(),
            limit: None,
            ..delete.clone()
        };
        if delete.using.is_some() {
            return Err(self.refused("`DELETE … USING` is not known here", ALONE));
        }
        if plain != delete {
            return Err(self.refused("`DELETE` has `FROM` and `WHERE` here, and nothing else", RETURNING));
        }
        let (ast::FromTable::WithFromKeyword(mut from) | ast::FromTable::WithoutKeyword(mut from)) =
            delete.from;
        match (from.pop(), from.is_empty()) {
            (Some(table), true) => Ok(Delete { target: self.target(table, delete.selection)? }),
            _ => Err(self.refused("`DELETE` is from one table", ALONE)),
        }
    }

    fn target(&self, from: TableWithJoins, condition: Option<Expr>) -> Result<Target, Mistake> {
        match from.relation {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if from.joins.is_empty()
                && with_hints.is_empty()
                && partitions.is_empty()
                && index_hints.is_empty() =>
            {
                Ok(Target { table: names::table(self, &name)?, alias, condition })
            }
            _ => Err(self.refused("only one table can be changed at a time", ALONE)),
        }
    }

    pub(super) fn assigned(&self, assignment: ast::Assignment) -> Result<(ast::Ident, Expr), Mistake> {
        match assignment.target {
            AssignmentTarget::ColumnName(name) => match name.0.as_slice() {
                [ast::ObjectNamePart::Identifier(column)] => Ok((column.clone(), assignment.value)),
                _ => Err(self.refused(format!("`{name}` is not a column alone"), "write `SET column = …`")),
            },
            AssignmentTarget::Tuple(_) => {
                let hint = "write `SET a = …, b = …`";
                Err(self.refused("several columns cannot be set at once", hint))
            }
        }
    }
}

/// The shortest query of a table, to be filled in.
pub fn template() -> ast::Query {
    let parsed = Parser::parse_sql(&DIALECT, "SELECT 1 FROM t").map(|mut parsed| parsed.pop());
    match parsed {
        Ok(Some(ast::Statement::Query(query))) => *query,
        _ => unreachable!("it is a query"),
    }
}
