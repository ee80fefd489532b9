//! `polder rerun`.

use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;
use polder_types::wire::{Rerun, RerunFrom, RerunRevision};

use super::follow::started;
use super::names::RunName;
use crate::config::Context;

#[derive(clap::Args)]
pub struct Args {
    /// The run's id, a part of it, or latest:TEAM/NAME
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
    let answer = client.rerun(run, &Rerun { from, revision }).await?;
    started(&answer, &format!("re-run of {run}"), args.follow, context).await
}
