//! `polder pause` and `polder resume`.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::names::FullName;
use crate::config::Context;

#[derive(clap::Args)]
pub struct Args {
    /// TEAM/NAME
    pipeline: FullName,
    /// The environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

pub async fn run(args: Args, paused: bool, context: &Context<'_>) -> Result<ExitCode> {
    let Args { pipeline, environment } = args;
    let client = context.client()?;
    let answer = client.pause(&pipeline.team, &pipeline.name, Some(&environment), paused).await;
    pipeline.or_nearest(answer, &client, &environment).await?;
    let result =
        json!({ "team": pipeline.team, "name": pipeline.name, "environment": environment, "paused": paused });
    context.output.show(&result, |_| {
        let now = if paused { "is paused; what runs goes on, nothing new starts" } else { "may start again" };
        format!("{pipeline} in {environment} {now}.\n")
    })?;
    Ok(ExitCode::SUCCESS)
}
