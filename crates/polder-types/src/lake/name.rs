//! Names of schemas, tables and branches. They become folders, so they are held to what every store and every reader can take;
//! their case is kept, and two names that differ only in case are the same name to whoever makes one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::InvalidName;
use crate::wire::OwnTable;

type Result<T, E = InvalidName> = std::result::Result<T, E>;

/// The longest name. A folder's name may have 255 bytes, and files beside it derive theirs from it.
const LONGEST: usize = 128;
const SCHEMA: &str = "schema";

/// Schemas that queries see beside those of the lake.
const TAKEN: [&str; 3] = [OwnTable::SCHEMA, "information_schema", "pg_catalog"];

pub(super) fn is_taken(schema: &str) -> bool {
    TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(schema))
}

/// Letters, digits and `_`, beginning with a letter or `_`.
fn check(what: &'static str, name: &str) -> Result<()> {
    let mut characters = name.chars();
    let first = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let others = characters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    let free = what != SCHEMA || !is_taken(name);
    if first && others && free && name.len() <= LONGEST {
        return Ok(());
    }
    Err(InvalidName { what, name: name.to_owned() })
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// When it cannot be one.
            pub fn new(name: impl Into<String>) -> Result<Self> {
                Self::try_from(name.into())
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(name: String) -> Result<Self> {
                check($what, &name)?;
                Ok(Self(name))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// Of a schema: a layer, such as `raw` or `marts`.
    SchemaName,
    SCHEMA
);
name!(
    /// Of a table, without its schema.
    PlainName,
    "table"
);

/// Where a table is: `schema.table`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TableName {
    schema: SchemaName,
    table: PlainName,
}

impl TableName {
    /// How tables end that hold the rows which do not fit into another one.
    pub const REJECTED: &str = "__rejected";

    /// # Errors
    /// When one of them cannot be a name.
    pub fn new(schema: impl Into<String>, table: impl Into<String>) -> Result<Self> {
        Ok(Self { schema: SchemaName::new(schema)?, table: PlainName::new(table)? })
    }

    #[must_use]
    pub fn schema(&self) -> &str {
        self.schema.as_str()
    }

    #[must_use]
    pub fn table(&self) -> &str {
        self.table.as_str()
    }

    /// The table beside this one, of the rows that do not fit.
    ///
    /// # Errors
    /// When that name is too long.
    pub fn of_rejected(&self) -> Result<Self> {
        Self::new(self.schema(), format!("{}{}", self.table(), Self::REJECTED))
    }

    /// Whether it holds rows that do not fit into another one.
    #[must_use]
    pub fn is_of_rejected(&self) -> bool {
        self.key().ends_with(Self::REJECTED)
    }

    /// The same for all names that differ only in case.
    #[must_use]
    pub fn key(&self) -> String {
        self.to_string().to_ascii_lowercase()
    }
}

impl FromStr for TableName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self> {
        let Some((schema, table)) = text.split_once('.') else {
            return Err(InvalidName { what: "table with its schema", name: text.to_owned() });
        };
        Self::new(schema, table)
    }
}

impl TryFrom<String> for TableName {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<TableName> for String {
    fn from(name: TableName) -> Self {
        name.to_string()
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_case() {
        let name: TableName = "raw.Orders_2026".parse().unwrap();
        assert_eq!(
            (name.schema(), name.table(), name.to_string().as_str()),
            ("raw", "Orders_2026", "raw.Orders_2026")
        );
        assert_eq!(name.key(), "RAW.orders_2026".parse::<TableName>().unwrap().key());
    }

    #[test]
    fn the_rows_that_do_not_fit_have_a_table_of_their_own() {
        let orders: TableName = "raw.Orders".parse().unwrap();
        let rejected = orders.of_rejected().unwrap();
        assert_eq!(rejected.to_string(), "raw.Orders__rejected");
        assert_eq!((orders.is_of_rejected(), rejected.is_of_rejected()), (false, true));
        assert!("raw.ORDERS__REJECTED".parse::<TableName>().unwrap().is_of_rejected());
        assert!(!"x__rejected.orders".parse::<TableName>().unwrap().is_of_rejected());
    }

    #[test]
    fn what_could_leave_its_folder_is_refused() {
        for poor in [
            "", "orders", "raw.", ".orders", "raw..x", "raw.a/b", "raw.a b", "raw.a.b", "../x.y", "raw.ü",
            "raw.1a", "raw.%2e",
        ] {
            let refused = poor.parse::<TableName>().unwrap_err();
            assert!(refused.to_string().contains("cannot be the name of a"), "{poor}: {refused}");
        }
        assert!(TableName::new("raw", "x".repeat(129)).is_err());
    }

    #[test]
    fn what_queries_see_beside_the_lake_is_no_schema_of_it() {
        let refused = "Polder.orders".parse::<TableName>().unwrap_err().to_string();
        assert_eq!(
            refused,
            "`Polder` cannot be the name of a schema: queries find something else there; choose another"
        );
        assert!("raw.polder".parse::<TableName>().is_ok());
    }
}
