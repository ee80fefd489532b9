//! What a step that has published tells: to the steps after it, and to people.

use std::io::{self, Write};
use std::path::Path;

use polder_types::lake::{Intent, Staged};
use serde_json::{Map, Value, json};

/// How such a step ends: a line in `log` for each table, and its outputs, with `more` of its own, in the file `output`.
///
/// # Errors
/// When one of them cannot be written.
pub fn report(
    intent: &Intent,
    more: Map<String, Value>,
    output: Option<&Path>,
    log: &mut (dyn Write + Send),
) -> io::Result<()> {
    tell(intent, log)?;
    let Some(path) = output else { return Ok(()) };
    let all: Map<String, Value> = outputs(intent).into_iter().chain(more).collect();
    std::fs::write(path, Value::Object(all).to_string())
}

/// The outputs that every such step has: `rows` and `bytes` written, the `tables`, and the id of the `publish`, if there is one.
fn outputs(intent: &Intent) -> Map<String, Value> {
    let sum = |of: fn(&Staged) -> u64| intent.tables.iter().map(of).sum::<u64>();
    let tables: Vec<String> = intent.tables.iter().map(|staged| staged.table.to_string()).collect();
    let outputs = json!({
        "rows": sum(|staged| staged.rows), "bytes": sum(|staged| staged.bytes),
        "tables": tables, "publish": intent.publish,
    });
    let mut outputs = outputs.as_object().cloned().unwrap_or_default();
    if intent.tables.is_empty() {
        outputs.remove("publish");
    }
    outputs
}

/// A line for each table that was published.
///
/// # Errors
/// When `log` takes no more.
pub fn tell(intent: &Intent, log: &mut (dyn Write + Send)) -> io::Result<()> {
    if intent.tables.is_empty() {
        return writeln!(log, "nothing has changed: there is nothing to publish");
    }
    for staged in &intent.tables {
        writeln!(log, "published {} at version {}", staged.table, staged.version)?;
    }
    Ok(())
}
