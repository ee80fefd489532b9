//! What the log says of a stream's columns.

use std::collections::BTreeSet;
use std::io;

use polder_ingest::{ColumnRules, KeptSchema, OnAdded, SchemaChange};
use polder_types::definition::did_you_mean;

use crate::log::Log;

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

/// Names of what is to be hidden that no column ever had: whoever wrote them may believe that something is hidden.
pub(crate) fn unmet(
    stream: &str,
    met: &BTreeSet<String>,
    rules: &ColumnRules,
    schema: &KeptSchema,
    log: &mut Log<'_>,
) -> io::Result<()> {
    for name in rules.unmet(met, schema) {
        let what = if rules.exclude.iter().any(|excluded| excluded == name) { "left out" } else { "hashed" };
        let hint = did_you_mean(name, schema.columns.iter().map(|column| column.original.as_str()));
        let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
        log.say(&format!(
            "{stream}: warning: no column is called `{name}`, so nothing is {what} by it{hint}"
        ))?;
    }
    Ok(())
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
