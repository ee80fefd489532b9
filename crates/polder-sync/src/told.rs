//! What the log says of a stream's columns.

use std::collections::BTreeSet;
use std::io;

use polder_ingest::{ColumnRules, KeptSchema, OnAdded, SchemaChange};
use polder_types::definition::did_you_mean;

use crate::log::Log;
use crate::{Error, Result};

/// Which columns are new, and what becomes of them.
pub(crate) fn changes(
    stream: &str,
    changes: &[SchemaChange],
    on_added: OnAdded,
    log: &mut Log<'_>,
) -> io::Result<()> {
    let fate = match on_added {
        OnAdded::Ignore => ", and is left out, as `on_schema_change` says",
        OnAdded::Evolve | OnAdded::Fail => "",
    };
    for SchemaChange::Added { name, column_type, .. } in changes {
        log.say(&format!("{stream}: a column is new{fate}: {name} ({column_type})"))?;
    }
    Ok(())
}

/// Names of what is to be hidden that no column ever had: whoever wrote them may believe that something is hidden. Where a column that
/// everybody will see is called nearly so, that is likely what was meant, and nothing is brought in.
///
/// # Errors
/// [`Error::Unmet`].
pub(crate) fn unmet(
    stream: &str,
    met: &BTreeSet<String>,
    rules: &ColumnRules,
    schema: &KeptSchema,
    log: &mut Log<'_>,
) -> Result<()> {
    let is_hashed = |column: &&str| rules.hash.iter().any(|name| name.eq_ignore_ascii_case(column));
    let seen =
        || schema.columns.iter().map(|column| column.original.as_str()).filter(|name| !is_hashed(name));
    let mut meant = Vec::new();
    for name in rules.unmet(met, schema) {
        let what = if rules.exclude.iter().any(|excluded| excluded == name) { "left out" } else { "hashed" };
        match did_you_mean(name, seen()) {
            Some(hint) => meant.push(format!("`{name}` ({hint})")),
            None => log.say(&format!(
                "{stream}: warning: no column is called `{name}`, so nothing is {what} by it"
            ))?,
        }
    }
    if meant.is_empty() { Ok(()) } else { Err(Error::Unmet { names: meant.join(" or ") }) }
}

/// Columns that are hashed from now on, while older rows have their values.
pub(crate) fn newly_hashed(stream: &str, columns: &[String], log: &mut Log<'_>) -> io::Result<()> {
    for column in columns {
        log.say(&format!(
            "{stream}: warning: {column} is hashed from now on; rows that are there keep it as it was until a full refresh"
        ))?;
    }
    Ok(())
}
