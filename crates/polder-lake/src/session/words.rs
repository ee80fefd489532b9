//! What is wrong with a query, in words of those who wrote it: without the engine's names for its stages and for the catalog that
//! nobody writes, and with what was probably meant.

use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::sql::parser::Statement;
use deltalake::datafusion::sql::sqlparser::ast;
use polder_types::definition::did_you_mean;
use polder_types::wire::OwnTable;

use crate::Error;
use crate::error::engine;

/// What planning failed with, told; `tables` are the names that there are in the catalog.
pub(super) fn told(error: DataFusionError, catalog: &str, tables: impl FnOnce() -> Vec<String>) -> Error {
    let message = match error.find_root() {
        DataFusionError::Plan(text) => planned(text, catalog, tables),
        DataFusionError::SchemaError(wrong, _) => wrong.to_string(),
        DataFusionError::SQL(wrong, _) => wrong.to_string(),
        DataFusionError::Diagnostic(..) | DataFusionError::Collection(_) | DataFusionError::Context(..) => {
            error.to_string()
        }
        DataFusionError::External(ours) if ours.is::<Error>() => ours.to_string(),
        // Memory, files and the like: whoever looks for the kind finds it.
        _ => return Error::query(error),
    };
    let message = engine::signature(&message).unwrap_or(message);
    Error::Sql(without(catalog, &message))
}

/// It would be planned first, and what is wrong with its values be told, as if it were done once that is mended.
pub(super) fn refuse_insert(statement: &Statement) -> Result<(), DataFusionError> {
    match statement {
        Statement::Statement(inner) if matches!(**inner, ast::Statement::Insert(_)) => {
            Err(DataFusionError::Plan("DML not supported: Insert".to_owned()))
        }
        _ => Ok(()),
    }
}

fn planned(text: &str, catalog: &str, tables: impl FnOnce() -> Vec<String>) -> String {
    if let Some(name) = text.strip_prefix("table '").and_then(|rest| rest.strip_suffix("' not found")) {
        return no_table(name, catalog, &tables());
    }
    let refused = ["DDL", "DML", "Statement"]
        .iter()
        .find_map(|kind| text.strip_prefix(kind)?.strip_prefix(" not supported: "));
    match refused {
        Some(what) => format!(
            "this is no query, but {}: what changes tables belongs into a step of a pipeline",
            statement(what)
        ),
        None => text.to_owned(),
    }
}

/// The name is told as it is: the catalog goes from all of what is told.
fn no_table(name: &str, catalog: &str, tables: &[String]) -> String {
    let (name, _) = super::past::split(name);
    let plain = without(catalog, name);
    // A name alone: in one of our scripts that is not looked up anywhere.
    let (name, hint) = match plain.strip_prefix("?.") {
        Some(name) => (name, Some(format!("write its schema too: `raw.{name}`"))),
        None => (name, did_you_mean(&plain, tables.iter().map(String::as_str))),
    };
    let hint = hint.unwrap_or_else(|| "`polder tables` lists those that there are".to_owned());
    format!("there is no table `{name}`; {hint}")
}

/// `CreateMemoryTable` as it was written: `CREATE TABLE`.
fn statement(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && words.ends_with(char::is_lowercase) {
            words.push(' ');
        }
        words.push(letter);
    }
    words.to_uppercase().replace("MEMORY ", "")
}

/// The catalog may have the name of the schema with Polder's own tables: that is left.
fn without(catalog: &str, text: &str) -> String {
    let prefix = format!("{catalog}.");
    let (mut told, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once(&prefix) {
        told.push_str(before);
        rest = after;
        if let Some(table) = after.strip_prefix(&prefix) {
            told.push_str(&prefix);
            rest = table;
        } else if catalog == OwnTable::SCHEMA && is_own(after) {
            told.push_str(&prefix);
        }
    }
    told + rest
}

fn is_own(text: &str) -> bool {
    let word = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
    OwnTable::ALL.iter().any(|table| word == Some(table.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let tables = || ["raw.orders", "marts.days", "polder.runs"].map(str::to_owned).to_vec();
        told(DataFusionError::Plan(text.to_owned()).context("planning"), "polder", tables).to_string()
    }

    #[test]
    fn errors_are_told_in_the_words_of_the_query() {
        let texts = [
            "table 'polder.marts.dayz' not found",
            "table 'polder.raw.invoices' not found",
            "table 'polder.?.orders' not found",
            "DML not supported: Delete",
            "DDL not supported: CreateMemoryTable",
            "Cannot create filter with non-boolean predicate 'polder.raw.orders.id' returning Int64",
            "table 'polder.polder.run' not found",
            "No field named polder.runs.name. Did you mean 'polder.polder.runs.id'?",
        ];
        insta::assert_snapshot!(texts.map(of).join("\n"), @r"
        there is no table `marts.dayz`; did you mean `marts.days`?
        there is no table `raw.invoices`; `polder tables` lists those that there are
        there is no table `orders`; write its schema too: `raw.orders`
        this is no query, but DELETE: what changes tables belongs into a step of a pipeline
        this is no query, but CREATE TABLE: what changes tables belongs into a step of a pipeline
        Cannot create filter with non-boolean predicate 'raw.orders.id' returning Int64
        there is no table `polder.run`; did you mean `polder.runs`?
        No field named polder.runs.name. Did you mean 'polder.runs.id'?
        ");
    }
}
