//! `CREATE TABLE`, with columns or with the rows of a query.

use sqlparser::ast::helpers::stmt_create_table::CreateTableBuilder;
use sqlparser::ast::{self, ColumnDef, ColumnOption, Expr, Ident, TableConstraint};

use super::Mistake;
use super::clauses::Clauses;
use super::names::{self, plain};
use super::pieces::Piece;
use super::refusal::usage;
use crate::lake::TableName;

#[derive(Debug, Clone)]
pub struct Create {
    pub table: TableName,
    /// With nothing but what [`Create`] says of them elsewhere; none if they are those of the query.
    pub columns: Vec<ColumnDef>,
    /// What each column is for, by its place.
    pub comments: Vec<Option<String>>,
    pub partition_by: Vec<String>,
    pub key: Vec<String>,
    pub query: Option<Box<ast::Query>>,
    pub replace: bool,
    pub if_not_exists: bool,
}

impl Piece<'_> {
    pub(super) fn create(&self, create: ast::CreateTable, clauses: Clauses) -> Result<Create, Mistake> {
        let known = CreateTableBuilder::new(create.name.clone())
            .or_replace(create.or_replace)
            .if_not_exists(create.if_not_exists)
            .columns(create.columns.clone())
            .constraints(create.constraints.clone())
            .query(create.query.clone())
            .build();
        let hint = usage(self.first());
        if known != create {
            let hint =
                "behind the columns only `PARTITIONED BY (…)`, `PRIMARY KEY (…)` and `AS SELECT …` are known";
            return Err(self.refused("this `CREATE TABLE` says more than is known here", hint));
        }
        if create.or_replace && create.if_not_exists {
            return Err(self.refused("`OR REPLACE` and `IF NOT EXISTS` exclude one another", hint));
        }
        if create.query.is_some() != create.columns.is_empty() {
            return Err(self.refused("a table has columns that are listed, or those of a query", hint));
        }
        let mut designed = Create {
            table: names::table(self, &create.name)?,
            columns: Vec::new(),
            comments: Vec::new(),
            partition_by: clauses.partition_by,
            key: clauses.key,
            query: create.query,
            replace: create.or_replace,
            if_not_exists: create.if_not_exists,
        };
        create.columns.into_iter().try_for_each(|column| self.design(&mut designed, column))?;
        create
            .constraints
            .into_iter()
            .try_for_each(|constraint| self.constrain(&mut designed, constraint))?;
        Ok(designed)
    }

    fn design(&self, create: &mut Create, mut column: ColumnDef) -> Result<(), Mistake> {
        let (mut kept, mut comment) = (Vec::new(), None);
        for option in std::mem::take(&mut column.options) {
            match &option.option {
                ColumnOption::Null | ColumnOption::NotNull => kept.push(option),
                ColumnOption::Comment(text) => comment = Some(text.clone()),
                ColumnOption::PrimaryKey(_) => self.take_key(create, vec![plain(&column.name)])?,
                other => {
                    let hint = "a column has a type, and may be `NOT NULL`, `PRIMARY KEY` and have a `COMMENT 'text'`";
                    return Err(
                        self.refused(format!("`{other}` is not known for column {}", column.name), hint)
                    );
                }
            }
        }
        column.options = kept;
        create.columns.push(column);
        create.comments.push(comment);
        Ok(())
    }

    fn constrain(&self, create: &mut Create, constraint: TableConstraint) -> Result<(), Mistake> {
        let TableConstraint::PrimaryKey(key) = constraint else {
            let hint = "of constraints only `PRIMARY KEY (column, …)` and `NOT NULL` are known";
            return Err(self.refused(format!("`{constraint}` is not known"), hint));
        };
        let columns = key.columns.iter().map(|column| match &column.column.expr {
            Expr::Identifier(name) => Ok(plain(name)),
            other => Err(self.refused(format!("`{other}` is no column"), "write `PRIMARY KEY (column, …)`")),
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        self.take_key(create, columns)
    }

    fn take_key(&self, create: &mut Create, key: Vec<String>) -> Result<(), Mistake> {
        if !create.key.is_empty() {
            let hint = "write `PRIMARY KEY (a, b)` for a key of several columns";
            return Err(self.refused("a table has one key", hint));
        }
        create.key = key;
        Ok(())
    }
}

/// A `CREATE TABLE` of nothing but columns, for the planner to say what types they are.
pub fn columns_alone(create: &Create) -> ast::Statement {
    let name = ast::ObjectName::from(vec![Ident::new("columns")]);
    ast::Statement::CreateTable(CreateTableBuilder::new(name).columns(create.columns.clone()).build())
}
