//! `polder env`: what is done to a whole environment.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use polder_types::wire::EnvironmentReset;

use crate::config::Context;
use crate::output::Style;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make its tables those of prod once more, without copying any
    Reset {
        /// The environment
        name: String,
    },
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let What::Reset { name } = args.what;
    let reset = context.client()?.reset_environment(&name).await?;
    context.output.show(&reset, |style| told(&reset, style))?;
    Ok(ExitCode::SUCCESS)
}

fn told(reset: &EnvironmentReset, style: &Style) -> String {
    let EnvironmentReset { environment, base, before } = reset;
    match before {
        Some(branch) => format!(
            "{} {environment}: its tables are those of {base} now\nWhat they were, for as long as the lake keeps it: polder sql --branch {branch}\n",
            style.bold("Reset")
        ),
        None => format!("Nothing was written in {environment} yet: its tables are those of {base}\n"),
    }
}
