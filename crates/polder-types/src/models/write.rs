//! What is run for a model or a test: its template filled in, and the statement around it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::jinja::{self, Fault, Scope};
use super::link::relation;
use super::{Models, Query, Test, What};
use crate::lake::TableName;

impl Models {
    /// The SELECT of a model; nothing for a seed. `vars` win over what the project says.
    ///
    /// # Errors
    /// What of its template cannot be filled in.
    pub fn select(
        &self,
        node: usize,
        vars: &Map<String, Value>,
        is_incremental: bool,
    ) -> Result<Option<String>, Fault> {
        let node = &self.nodes[node];
        let What::Model { text, .. } = &node.what else { return Ok(None) };
        let scope = Scope { this: relation(&node.table), is_incremental, ..self.scope(vars) };
        jinja::render(text, &Arc::new(scope)).map(|rendered| Some(rendered.sql))
    }

    /// The SELECT of bad rows.
    ///
    /// # Errors
    /// What of its template cannot be filled in.
    pub fn bad_rows(&self, test: &Test, vars: &Map<String, Value>) -> Result<String, Fault> {
        match &test.query {
            Query::Sql(sql) => Ok(sql.clone()),
            Query::Template(text) => {
                jinja::render(text, &Arc::new(self.scope(vars))).map(|rendered| rendered.sql)
            }
        }
    }

    fn scope(&self, vars: &Map<String, Value>) -> Scope {
        let refs = self.nodes.iter().map(|node| (node.name.clone(), relation(&node.table)));
        let sources = self.sources.iter().map(|(name, table)| (name.clone(), relation(table)));
        let mut all = self.vars.clone();
        all.extend(vars.clone());
        Scope {
            project: self.project.clone(),
            refs: refs.collect(),
            sources: sources.collect(),
            vars: all,
            ..Scope::default()
        }
    }
}

/// Makes a table of these rows, whatever was there before.
#[must_use]
pub fn create(table: &TableName, key: &[String], select: &str) -> String {
    let key = if key.is_empty() { String::new() } else { format!(" PRIMARY KEY ({})", list(key)) };
    format!("CREATE OR REPLACE TABLE {}{key} AS\n{select}", relation(table))
}

/// Adds these rows to a table, by key if there is one. The columns are those of the table.
#[must_use]
pub fn add(table: &TableName, columns: &[String], key: &[String], select: &str) -> String {
    let (names, table) = (list(columns), relation(table));
    let insert = format!("INSERT INTO {table} ({names})\nSELECT {names} FROM (\n{select}\n) AS model");
    if key.is_empty() {
        return insert;
    }
    let is_key = |column: &&String| key.iter().any(|key| key.eq_ignore_ascii_case(column));
    let others = columns.iter().filter(|column| !is_key(column));
    let set: Vec<String> = others.map(|column| format!("{0} = EXCLUDED.{0}", quoted(column))).collect();
    let action =
        if set.is_empty() { "DO NOTHING".to_owned() } else { format!("DO UPDATE SET {}", set.join(", ")) };
    format!("{insert}\nON CONFLICT ({}) {action}", list(key))
}

/// Asks for the columns of a table.
#[must_use]
pub fn columns_of(table: &TableName) -> String {
    format!("SELECT * FROM {} LIMIT 0", relation(table))
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_those_of_scripts() {
        let table: TableName = "marts.Days".parse().unwrap();
        let [day, orders] = ["day", "orders"].map(str::to_owned);
        let columns = [day.clone(), orders];
        let select = "select * from staging.orders -- all";
        insta::assert_snapshot!(
            [
                create(&table, &[], select),
                create(&table, std::slice::from_ref(&day), select),
                add(&table, &columns, &[], select),
                add(&table, &columns, std::slice::from_ref(&day), select),
                add(&table, std::slice::from_ref(&day), std::slice::from_ref(&day), select),
            ]
            .join("\n\n")
        );
    }
}
