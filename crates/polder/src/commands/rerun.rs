//! `polder rerun`.

use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;
use polder_client::{Client, Error};
use polder_types::Code;
use polder_types::id::RunId;
use polder_types::wire::{Rerun, RerunFrom, RerunRevision};

use super::follow::started;
use super::names::RunName;
use crate::config::Context;
use crate::failure::Failure;

#[derive(clap::Args)]
pub struct Args {
    /// The run's id, at least 4 digits of its end or beginning, or latest:TEAM/NAME
    run: RunName,
    /// Where to begin
    #[arg(long, value_enum, default_value = "failed")]
    from: From,
    /// With which definition and files
    #[arg(long, value_enum, default_value = "latest")]
    revision: Revision,
    /// Watch the run: print its log, exit with 0 only if it succeeds
    #[arg(long, short)]
    follow: bool,
    /// The environment of latest:TEAM/NAME
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum From {
    /// Steps that succeeded keep their results
    Failed,
    /// All steps run again
    Start,
}

#[derive(Clone, Copy, ValueEnum)]
enum Revision {
    /// What is deployed now
    Latest,
    /// What the run had
    Same,
}

/// What to do instead depends on how the run stands, which the server does not say in commands.
async fn advised(error: Error, run: RunId, client: &Client) -> anyhow::Error {
    let Error::Problem(problem) = &error else { return error.into() };
    if !matches!(problem.code, Code::Conflict | Code::BadRequest) {
        return error.into();
    }
    let Ok(found) = client.run(run, None).await else { return error.into() };
    let hint = if !found.summary.terminal {
        format!("Wait for its end with `polder logs {run} -f`, or end it with `polder abort {run}`.")
    } else if found.summary.succeeded {
        format!("`polder rerun {run} --from start` runs all of its steps again.")
    } else {
        return error.into();
    };
    Failure::new(problem.detail.clone()).code(problem.code).hint(hint).into()
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let run = args.run.find(&client, &args.environment).await?;
    let from = match args.from {
        From::Failed => RerunFrom::Failed,
        From::Start => RerunFrom::Start,
    };
    let revision = match args.revision {
        Revision::Latest => RerunRevision::Latest,
        Revision::Same => RerunRevision::Same,
    };
    let answer = match client.rerun(run, &Rerun { from, revision }).await {
        Err(error) => return Err(advised(error, run, &client).await),
        Ok(answer) => answer,
    };
    started(&answer, &format!("re-run of {run}"), args.follow, context).await
}
