//! Rows that do not fit: how many there are of a step, and how to look at them.

use std::fmt::Write as _;

use polder_types::lake::rejected_in_words;
use polder_types::wire::{Run, RunSummary, StepRun};

use crate::commands::names::in_environment;
use crate::output::{self, Cell, Tone};

/// How many there are; one is worth a look.
pub(super) fn cell(step: &StepRun) -> Cell {
    match step.rejected() {
        None => output::cell("-"),
        Some(0) => output::cell(0),
        Some(rows) => output::cell(rows).tone(Tone::Warning),
    }
}

/// Of each table that holds some of this run, how many, and the query that shows them.
pub(super) fn told(run: &Run) -> String {
    let mut text = String::new();
    for step in &run.steps {
        for (table, rows) in step.rejected_in() {
            let _ = writeln!(text, "\n{}: {}", step.name, rejected_in_words(rows, table));
            let _ = writeln!(text, "  {}", query(table, &run.summary));
        }
    }
    text
}

fn query(table: &str, run: &RunSummary) -> String {
    let place = in_environment(&run.environment);
    format!("polder sql{place} -c \"SELECT * FROM {table} WHERE run = '{}'\"", run.id)
}
