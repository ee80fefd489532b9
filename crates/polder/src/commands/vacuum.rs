//! `polder vacuum`: deletes what of the lake nobody needs any more, which the server does by itself once a day.

use std::process::ExitCode;

use anyhow::Result;
use polder_types::wire::{VacuumReport, VacuumedTable};

use crate::config::Context;
use crate::output::{Output, Style, Table, cell, format};

#[derive(clap::Args)]
pub struct Args {
    /// Only tell what would be deleted
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let report = {
        let _progress = context.output.progress("looking for what nobody needs");
        context.client()?.vacuum(args.dry_run).await?
    };
    context.output.show(&report, |style| told(&report, style))?;
    remark(&report, context.output);
    // Whoever watches the server wants to know of a table that is broken.
    let is_whole = report.tables.iter().all(|table| table.error.is_none());
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn told(report: &VacuumReport, style: &Style) -> String {
    let done = if report.dry_run { "Would be deleted" } else { "Deleted" };
    let what = format::count(usize::try_from(report.files).unwrap_or(usize::MAX), "file");
    let sum = format!("{} {what}, {}\n", style.bold(done), format::bytes(report.bytes));
    if report.tables.is_empty() { sum } else { format!("{}{sum}", table(&report.tables).render(style)) }
}

fn table(vacuumed: &[VacuumedTable]) -> Table {
    let mut table = Table::new(["TABLE", "FILES", "SIZE", "BRANCHES"]);
    for of in vacuumed {
        table.row([cell(&of.name), cell(of.files), cell(format::bytes(of.bytes)), cell(of.branches)]);
    }
    table
}

fn remark(report: &VacuumReport, output: &Output) {
    for table in &report.tables {
        if let Some(error) = &table.error {
            output.note(format!("Nothing of {} was deleted: {error}", table.name));
        }
    }
    let count = usize::try_from(report.branches_removed).unwrap_or(usize::MAX);
    if count > 0 {
        let branches = if count == 1 { "branch" } else { "branches" };
        output.note(format!(
            "The time of {count} {branches} is over. Their files go with a later vacuum, when nobody can still be reading them."
        ));
    }
}
