//! What tables a database has, as it tells itself.

use std::collections::{BTreeMap, BTreeSet};

use super::Table;
use crate::{Error, Result, Tx};

/// A column's name and, on PostgreSQL, its type.
pub(super) type Columns = Vec<(String, String)>;

const SQLITE_COLUMNS: &str = "SELECT t.name, c.name, c.type, c.pk
    FROM sqlite_master t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'schema_migrations'
    ORDER BY t.name, c.cid";

const POSTGRES_COLUMNS: &str =
    "SELECT t.relname::text, c.attname::text, format_type(c.atttypid, c.atttypmod),
        COALESCE((SELECT k.place FROM unnest(p.indkey) WITH ORDINALITY AS k (number, place)
            WHERE k.number = c.attnum), 0)
    FROM pg_class t
    JOIN pg_namespace n ON n.oid = t.relnamespace
    JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
    LEFT JOIN pg_index p ON p.indrelid = t.oid AND p.indisprimary
    WHERE n.nspname = current_schema() AND t.relkind = 'r' AND t.relname <> 'schema_migrations'
    ORDER BY t.relname, c.attnum";

const SQLITE_REFERENCES: &str = r#"SELECT t.name, f."table" FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f
    WHERE t.type = 'table'"#;

const POSTGRES_REFERENCES: &str = "SELECT a.relname::text, b.relname::text FROM pg_constraint c
    JOIN pg_class a ON a.oid = c.conrelid JOIN pg_class b ON b.oid = c.confrelid
    JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype = 'f' AND n.nspname = current_schema()";

/// The tables of a database, with what is needed to read and write their rows.
pub(super) struct Schema {
    columns: BTreeMap<String, Columns>,
    keys: BTreeMap<String, Vec<String>>,
    references: BTreeSet<(String, String)>,
}

impl Schema {
    pub(super) async fn of(tx: &mut Tx) -> Result<Self> {
        let (columns, references) = if tx.is_postgres() {
            (POSTGRES_COLUMNS, POSTGRES_REFERENCES)
        } else {
            (SQLITE_COLUMNS, SQLITE_REFERENCES)
        };
        let rows: Vec<(String, String, String, i64)> = on!(tx, |c| sqlx::query_as(columns).fetch_all(c))?;
        let references: Vec<(String, String)> = on!(tx, |c| sqlx::query_as(references).fetch_all(c))?;
        let mut schema = Self {
            columns: BTreeMap::new(),
            keys: BTreeMap::new(),
            references: references.into_iter().collect(),
        };
        let mut keys: BTreeMap<String, BTreeMap<i64, String>> = BTreeMap::new();
        for (table, column, r#type, key) in rows {
            if key > 0 {
                keys.entry(table.clone()).or_default().insert(key, column.clone());
            }
            schema.columns.entry(table).or_default().push((column, r#type));
        }
        schema.keys = keys.into_iter().map(|(table, key)| (table, key.into_values().collect())).collect();
        Ok(schema)
    }

    /// All tables, each behind those that it refers to.
    pub(super) fn tables(&self) -> Result<Vec<Table>> {
        let mut ordered: Vec<Table> = Vec::new();
        let mut left: BTreeSet<&String> = self.columns.keys().collect();
        while !left.is_empty() {
            let refers = |table: &String| {
                left.iter()
                    .any(|to| *to != table && self.references.contains(&(table.clone(), (*to).clone())))
            };
            let ready: Vec<&String> = left.iter().filter(|table| !refers(table)).copied().collect();
            if ready.is_empty() {
                return Err(Error::Backup(format!("the tables {left:?} refer to each other")));
            }
            for table in ready {
                left.remove(table);
                let columns = self.columns[table].iter().map(|(name, _)| name.clone()).collect();
                ordered.push(Table { table: table.clone(), columns });
            }
        }
        Ok(ordered)
    }

    /// The columns that a table's rows are told apart by: its primary key, or all of them.
    pub(super) fn key<'a>(&'a self, table: &'a Table) -> &'a [String] {
        self.keys.get(&table.table).map_or(&table.columns, Vec::as_slice)
    }

    /// The types of these columns, if the table has them all.
    pub(super) fn types(&self, table: &Table) -> Option<Vec<String>> {
        let columns = self.columns.get(&table.table)?;
        let type_of =
            |name| columns.iter().find(|(column, _)| column == name).map(|(_, r#type)| r#type.clone());
        table.columns.iter().map(type_of).collect()
    }
}
