//! What is kept of a build: bounded, whatever it was.

use std::time::Duration;

use polder_types::models::{Materialised, Models, Node, Severity, What};
use polder_types::wire::{BAD_BYTES, BadRows, CheckStatus, Checks, ModelKind, ModelRun, TestRun};

use crate::build::{Outcome, Time};
use crate::test::Found;

/// Bytes of one text of SQL that are kept.
const SQL: usize = 16 << 10;
/// Bytes of one message that are kept.
const MESSAGE: usize = 4 << 10;

#[derive(Debug)]
pub(crate) struct Report {
    checks: Checks,
    /// Bytes that bad rows may still take, and SQL, and messages.
    rows_left: usize,
    sql_left: usize,
    messages_left: usize,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            checks: Checks::default(),
            rows_left: BAD_BYTES,
            sql_left: 4 * BAD_BYTES,
            messages_left: 4 * BAD_BYTES,
        }
    }
}

impl Report {
    pub(crate) fn so_far(&self) -> &Checks {
        &self.checks
    }

    pub(crate) fn finished(self) -> Checks {
        self.checks
    }

    pub(crate) fn model(&mut self, node: &Node, outcome: &Outcome, time: Time) -> &ModelRun {
        let (name, file, table, kind) =
            (node.name.clone(), node.file.clone(), node.table.clone(), kind(node));
        let mut run = ModelRun {
            name,
            file,
            table,
            kind,
            status: CheckStatus::Broken,
            rows: None,
            bytes: None,
            began_after_milliseconds: milliseconds(time.began_after),
            milliseconds: milliseconds(time.took),
            sql: None,
            message: None,
        };
        match outcome {
            Outcome::Built(Ok(built)) => {
                run.status = CheckStatus::Passed;
                (run.rows, run.bytes) =
                    (Some(built.effect.inserted + built.effect.updated), Some(built.effect.bytes));
                run.sql = self.sql(built.sql.as_deref());
            }
            Outcome::Built(Err(wrong)) | Outcome::Tested(Err(wrong)) => {
                run.message = Some(self.message(&wrong.message));
                run.sql = self.sql(wrong.sql.as_deref());
            }
            Outcome::Skipped(because) => (run.status, run.message) = skipped(because),
            Outcome::Tested(Ok(_)) => {}
        }
        self.checks.models.push(run);
        &self.checks.models[self.checks.models.len() - 1]
    }

    pub(crate) fn test(&mut self, models: &Models, test: usize, outcome: &Outcome, time: Time) -> &TestRun {
        let test = &models.tests[test];
        let mut run = TestRun {
            name: test.name.clone(),
            file: test.file.clone(),
            of: test.parents.iter().map(|node| models.nodes[*node].name.clone()).collect(),
            severity: test.severity,
            status: CheckStatus::Broken,
            rows: None,
            began_after_milliseconds: milliseconds(time.began_after),
            milliseconds: milliseconds(time.took),
            sql: None,
            message: None,
            bad_rows: None,
        };
        match outcome {
            Outcome::Tested(Ok((found, sql))) => {
                run.status = status(found, test.severity);
                (run.rows, run.sql) = (Some(found.count), self.sql(Some(sql)));
                run.bad_rows = (found.count > 0).then(|| self.bad_rows(&found.rows));
            }
            Outcome::Built(Err(wrong)) | Outcome::Tested(Err(wrong)) => {
                run.message = Some(self.message(&wrong.message));
                run.sql = self.sql(wrong.sql.as_deref());
            }
            Outcome::Skipped(because) => (run.status, run.message) = skipped(because),
            Outcome::Built(Ok(_)) => {}
        }
        self.checks.tests.push(run);
        &self.checks.tests[self.checks.tests.len() - 1]
    }

    fn sql(&mut self, sql: Option<&str>) -> Option<String> {
        let kept = short(sql?, SQL.min(self.sql_left));
        self.sql_left -= kept.len();
        Some(kept)
    }

    fn message(&mut self, text: &str) -> String {
        let kept = short(text, MESSAGE.min(self.messages_left));
        self.messages_left -= kept.len();
        kept
    }

    /// As many of the rows as there is room for.
    fn bad_rows(&mut self, found: &BadRows) -> BadRows {
        let size = |row: &[Option<String>]| {
            row.iter().map(|value| 8 + value.as_deref().map_or(0, str::len)).sum::<usize>()
        };
        let mut rows = Vec::new();
        for row in &found.rows {
            let bytes = size(row);
            if bytes > self.rows_left {
                break;
            }
            self.rows_left -= bytes;
            rows.push(row.clone());
        }
        BadRows { columns: found.columns.clone(), types: found.types.clone(), rows }
    }
}

const fn status(found: &Found, severity: Severity) -> CheckStatus {
    match (found.count, severity) {
        (0, _) => CheckStatus::Passed,
        (_, Severity::Warn) => CheckStatus::Warned,
        (_, Severity::Error) => CheckStatus::Failed,
    }
}

fn skipped(because: &str) -> (CheckStatus, Option<String>) {
    (CheckStatus::Skipped, Some(format!("`{because}` did not pass")))
}

fn kind(node: &Node) -> ModelKind {
    match &node.what {
        What::Seed => ModelKind::Seed,
        What::Model { materialised: Materialised::Table, .. } => ModelKind::Table,
        What::Model { materialised: Materialised::Incremental { .. }, .. } => ModelKind::Incremental,
    }
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// So many bytes of a text at most.
fn short(text: &str, most: usize) -> String {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_many_that_are_broken_fit_into_a_report() {
        let mut report = Report::default();
        let kept: usize = (0..10_000).map(|_| report.message(&"x".repeat(10_000)).len()).sum();
        assert_eq!(kept, 4 * BAD_BYTES);
    }
}
