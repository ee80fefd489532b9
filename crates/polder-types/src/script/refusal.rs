//! What a script may not do, and what to write instead.

use super::Mistake;
use super::pieces::Piece;

pub(super) const MAY: &str = "a script may SELECT, CREATE TABLE, INSERT, UPDATE and DELETE";

/// How a statement is written, by the words that it begins with.
pub(super) fn usage([first, second]: [String; 2]) -> &'static str {
    match (first.as_str(), second.as_str()) {
        ("CREATE", _) => {
            "write `CREATE TABLE schema.table (column TYPE [NOT NULL], …)` or `CREATE [OR REPLACE] TABLE schema.table AS SELECT …`"
        }
        ("INSERT", "OVERWRITE") => "write `INSERT OVERWRITE schema.table [(column, …)] SELECT …`",
        ("INSERT", _) => "write `INSERT INTO schema.table [(column, …)] SELECT …` or `… VALUES (…), (…)`",
        ("UPDATE", _) => "write `UPDATE schema.table SET column = …, … [WHERE …]`",
        ("DELETE", _) => "write `DELETE FROM schema.table [WHERE …]`",
        _ => "write `SELECT … FROM schema.table …`",
    }
}

impl Piece<'_> {
    /// Refuses what is known by its first words, without parsing it.
    pub(super) fn refuse_others(&self) -> Result<(), Mistake> {
        let [first, second] = self.first();
        let second = if first == "CREATE" && second == "OR" { self.word(3) } else { second };
        match instead(&first, &second) {
            None => Ok(()),
            Some(hint) => {
                let words = if first == "CREATE" { format!("{first} {second}") } else { first };
                Err(self.refused(format!("`{}` cannot be part of a script", shortened(&words)), hint))
            }
        }
    }
}

/// What to write instead; none if it may be written.
fn instead(first: &str, second: &str) -> Option<&'static str> {
    let hint = match first {
        "SELECT" | "WITH" | "VALUES" | "FROM" | "(" | "INSERT" | "UPDATE" | "DELETE" => return None,
        "CREATE" => return instead_of_creating(second),
        "MERGE" => {
            "write `INSERT INTO schema.table … ON CONFLICT (key) DO UPDATE SET …`, and `DELETE` for what is to go"
        }
        "DROP" => "write `DELETE FROM schema.table` to empty it: a table is more than one step's to drop",
        "TRUNCATE" => "write `DELETE FROM schema.table`",
        "REPLACE" => "write `INSERT OVERWRITE schema.table SELECT …`",
        "ALTER" => {
            "write `CREATE OR REPLACE TABLE schema.table AS SELECT …` with the columns that it is to have"
        }
        "COPY" | "LOAD" | "EXPORT" | "IMPORT" | "UNLOAD" => {
            "SQL reads and writes tables only, no files: write `INSERT INTO schema.table SELECT …`"
        }
        "SET" | "RESET" | "USE" | "PRAGMA" => {
            "leave it out: a script has no settings, and names have their schema"
        }
        "BEGIN" | "START" | "COMMIT" | "ROLLBACK" | "SAVEPOINT" | "END" => {
            "leave it out: all that a script writes is published together, or not at all"
        }
        "EXPLAIN" | "ANALYZE" | "DESCRIBE" | "DESC" | "SHOW" => {
            "leave it out, or `SELECT` from `information_schema.tables` or `information_schema.columns`"
        }
        "GRANT" | "REVOKE" => "leave it out: who may do what is not said in SQL",
        "VACUUM" | "OPTIMIZE" => "leave it out: Polder does that by itself",
        _ => MAY,
    };
    Some(hint)
}

fn instead_of_creating(what: &str) -> Option<&'static str> {
    let hint = match what {
        "TABLE" => return None,
        "VIEW" | "MATERIALIZED" => "write `CREATE OR REPLACE TABLE schema.table AS SELECT …`",
        "EXTERNAL" | "UNBOUNDED" => {
            "SQL reads and writes tables only, no files: write `CREATE TABLE schema.table (…)`, and let a step fill it"
        }
        "TEMP" | "TEMPORARY" => "use `WITH name AS (SELECT …)` in the statement that needs it",
        "SCHEMA" | "DATABASE" => "leave it out: a schema is there as soon as it has a table",
        "INDEX" | "UNIQUE" => "leave it out, and give the table a `PRIMARY KEY (…)` when you create it",
        _ => MAY,
    };
    Some(hint)
}

/// So many characters of what somebody wrote are enough to know it again.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_owned();
    }
    text.chars().take(40).chain(['…']).collect()
}
