//! Names of tables in a script: with their schema, and such that there can be a table of that name.

use std::ops::ControlFlow;

use sqlparser::ast::{
    Ident, ObjectName, ObjectNamePart, Query, SetExpr, Spanned, TableFactor, Visit, Visitor,
};
use sqlparser::tokenizer::Location;

use super::pieces::Piece;
use super::{Command, Mistake};
use crate::lake::{CATALOG, TableName};

/// A name as SQL means it: in lower case unless it is quoted.
pub fn plain(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_ascii_lowercase() }
}

/// The table that a name is of.
pub(super) fn table(piece: &Piece<'_>, name: &ObjectName) -> Result<TableName, Mistake> {
    let place = place(piece, name);
    let parts: Vec<_> = name.0.iter().filter_map(ObjectNamePart::as_ident).map(plain).collect();
    let (schema, table) = match parts.as_slice() {
        _ if parts.len() < name.0.len() => {
            return Err(Mistake::at(place, format!("`{name}` is no name"), SCHEMA));
        }
        [table] => {
            let message = format!("table `{table}` is named without its schema");
            let hint = if TableName::new("schema", table).is_ok() {
                format!("write `schema.{table}`")
            } else {
                SCHEMA.to_owned()
            };
            return Err(Mistake::at(place, message, hint));
        }
        [schema, table] => (schema, table),
        [catalog, schema, table] if catalog == CATALOG => (schema, table),
        _ => return Err(Mistake::at(place, format!("`{name}` is not the name of a table here"), SCHEMA)),
    };
    TableName::new(schema, table).map_err(|error| Mistake::at(place, error.to_string(), SCHEMA))
}

const SCHEMA: &str = "write `schema.table`";

fn place(piece: &Piece<'_>, name: &ObjectName) -> Location {
    let start = name.span().start;
    if start.line == 0 { piece.start } else { start }
}

impl Piece<'_> {
    /// What is wrong with the tables that a statement reads.
    pub(super) fn unknown_names(&self, command: &Command) -> Vec<Mistake> {
        let mut names = Names { piece: self, in_scope: Vec::new(), is_function: false, mistakes: Vec::new() };
        let _ = match command {
            Command::Select(query) => query.visit(&mut names),
            Command::Create(create) => create.query.visit(&mut names),
            Command::Insert(insert) => insert.source.visit(&mut names),
            Command::Update(update) => {
                let values = update.set.iter().map(|(_, value)| value).chain(&update.target.condition);
                values.into_iter().try_for_each(|value| value.visit(&mut names))
            }
            Command::Delete(delete) => delete.target.condition.visit(&mut names),
        };
        names.mistakes
    }
}

/// Looks at every name of a table, but for those that `WITH` gives.
struct Names<'a> {
    piece: &'a Piece<'a>,
    in_scope: Vec<String>,
    /// Whether the next name is that of a function.
    is_function: bool,
    mistakes: Vec<Mistake>,
}

impl Visitor for Names<'_> {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        self.is_function = matches!(factor, TableFactor::Table { args: Some(_), .. });
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        if std::mem::take(&mut self.is_function) || self.is_given(name) {
            return ControlFlow::Continue(());
        }
        self.mistakes.extend(table(self.piece, name).err());
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) = &*query.body
        {
            let hint = "begin the statement with what it does: `INSERT INTO schema.table WITH … SELECT …`";
            self.mistakes.push(self.piece.refused("what follows `WITH` here is not a query", hint));
            return ControlFlow::Break(());
        }
        if query.body.as_select().is_some_and(|select| select.into.is_some()) {
            let hint = "write `CREATE TABLE schema.table AS SELECT …`";
            self.mistakes.push(self.piece.refused("`SELECT … INTO` is not known here", hint));
            return ControlFlow::Break(());
        }
        // As if each knew all of them: what one does not know after all is not found when the statement is planned.
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.in_scope.extend(tables.map(|table| plain(&table.alias.name)));
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let given = query.with.as_ref().map_or(0, |with| with.cte_tables.len());
        self.in_scope.truncate(self.in_scope.len() - given);
        ControlFlow::Continue(())
    }
}

impl Names<'_> {
    fn is_given(&self, name: &ObjectName) -> bool {
        match name.0.as_slice() {
            [ObjectNamePart::Identifier(name)] => self.in_scope.contains(&plain(name)),
            _ => false,
        }
    }
}
