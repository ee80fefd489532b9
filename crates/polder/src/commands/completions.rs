//! `polder completions`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::config::Context;
use crate::failure::Failure;

#[derive(clap::Args)]
pub struct Args {
    /// For which shell
    shell: Shell,
}

pub fn run(args: &Args, context: &Context<'_>) -> Result<ExitCode> {
    if context.output.json {
        return Err(Failure::usage("completions are a script for a shell, not JSON")
            .hint("Leave --json out.")
            .into());
    }
    // Into memory first: writing to a closed pipe would be a panic inside of the generator.
    let mut script = Vec::new();
    generate(args.shell, &mut crate::cli::Cli::command(), "polder", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
