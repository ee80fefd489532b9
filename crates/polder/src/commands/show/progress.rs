//! How far the tables are that the steps of a run are writing.

use std::fmt::Write as _;

use polder_client::{Client, Error};
use polder_types::run::StepStatus;
use polder_types::wire::{Run, TableProgress};

use crate::output::format;

/// What the server was told of the steps that are at work.
pub async fn told(client: &Client, run: &Run) -> Result<String, Error> {
    let mut text = String::new();
    let writes = |kind: &str| matches!(kind, "sql" | "sync" | "models");
    for step in run.steps.iter().filter(|step| step.status == StepStatus::Running && writes(&step.kind)) {
        let checks = client.checks(run.summary.id, &step.name).await?;
        if checks.epoch != step.attempts.last().map(|attempt| attempt.epoch) {
            continue;
        }
        for table in &checks.checks.tables {
            let _ = writeln!(text, "{}: {}", step.name, in_words(table));
        }
    }
    Ok(text)
}

fn in_words(table: &TableProgress) -> String {
    let TableProgress { table: name, rows, milliseconds, .. } = table;
    match table.bytes {
        Some(bytes) => format!("{rows} rows in {name}; {}", format::bytes(bytes)),
        None => format!("{rows} rows so far for {name}, {} s", milliseconds / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_has_a_size() {
        let table = "raw.a".parse().expect("a name");
        let mut progress = TableProgress { table, rows: 7, bytes: None, milliseconds: 12_900, done: false };
        assert_eq!(in_words(&progress), "7 rows so far for raw.a, 12 s");
        (progress.bytes, progress.done) = (Some(2048), true);
        assert_eq!(in_words(&progress), "7 rows in raw.a; 2.0 KiB");
    }
}
