//! `polder abort`.

use std::process::ExitCode;

use anyhow::Result;

use super::names::RunName;
use crate::config::Context;

#[derive(clap::Args)]
pub struct Args {
    /// The run's id, at least 4 digits of its end or beginning, or latest:TEAM/NAME
    run: RunName,
    /// The environment of latest:TEAM/NAME
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let run = args.run.find(&client, &args.environment).await?;
    let summary = client.abort(run).await?;
    context.output.show(&summary, |style| {
        let status = style.run_status(summary.status);
        if summary.terminal {
            format!("The run has ended: {status}\n")
        } else {
            format!("The run is being ended: {status}\n")
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
