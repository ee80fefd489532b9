//! What is said of the lake without opening it: names of tables, the lines of their histories, and what a publish does to them.

mod facts;
mod intent;
mod kept;
mod line;
mod name;
mod rejected;
mod retention;
mod states;
mod view;

pub use facts::{ColumnFacts, Descriptions, TableFacts};
pub use intent::{Intent, Published, Staged};
pub use kept::Kept;
pub use line::{BranchName, Fork, Line};
pub use name::{PlainName, SchemaName, TableName};
pub use rejected::rejected_in_words;
pub use retention::Retention;
pub use states::{BranchState, PublishState};
pub use view::{Pin, View};

/// What queries call the lake where they name it: `polder.marts.days`.
pub const CATALOG: &str = "polder";

/// A name that cannot be that of a schema, a table or a branch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` cannot be the name of a {what}: {}", self.why())]
pub struct InvalidName {
    pub what: &'static str,
    pub name: String,
}

impl InvalidName {
    fn why(&self) -> &'static str {
        if name::is_taken(&self.name) {
            return "queries find something else there; choose another";
        }
        "use letters, digits and `_`, beginning with a letter, at most 128"
    }
}
