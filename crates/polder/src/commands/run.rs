//! `polder run`: start a pipeline on the server, or execute it here.

mod local;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use chrono::{DateTime, NaiveDate};
use polder_types::wire::StartRun;

use super::follow::{bad_date, started, started_before};
use super::names::{Assignment, FullName, by_name};
use crate::config::Context;
use crate::failure::Failure;

#[derive(clap::Args)]
pub struct Args {
    /// TEAM/NAME; with --local the pipeline's name
    pipeline: String,
    /// With --local: the project's folder
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
    /// A value for a parameter
    #[arg(long = "param", short, value_name = "NAME=VALUE")]
    parameters: Vec<Assignment>,
    /// The day or instant that the run is about [default: now]
    #[arg(long, short, value_name = "DATE")]
    date: Option<String>,
    /// The environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
    /// Watch the run: print its log, exit with 0 only if it succeeds
    #[arg(long, short)]
    follow: bool,
    /// A label to find the run by
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<Assignment>,
    /// Started again with the same key, the same run is answered
    #[arg(long, value_name = "TEXT")]
    idempotency_key: Option<String>,
    /// Execute the pipeline of this folder here, without a server
    #[arg(long, conflicts_with_all = ["follow", "labels", "idempotency_key"])]
    local: bool,
    /// With --local: a file of NAME=VALUE lines with secrets [default: .env, if it is there]
    #[arg(long, value_name = "FILE", requires = "local")]
    secrets_file: Option<PathBuf>,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    if let Some(date) = args.date.as_deref().filter(|date| !is_date(date)) {
        return Err(bad_date(date).into());
    }
    if args.local {
        return local::run(args, context).await;
    }
    let name: FullName = args.pipeline.parse().map_err(|error| {
        Failure::usage(format!("`{}` is no pipeline: {error}", args.pipeline))
            .hint("`polder pipelines` lists them; --local runs one of this folder.")
    })?;
    let start = StartRun {
        parameters: by_name("--param", args.parameters)?,
        labels: args.labels.into_iter().map(|label| (label.key, label.value)).collect(),
        logical_date: args.date,
        ..StartRun::default()
    };
    let (client, key) = (context.client()?, args.idempotency_key.as_deref());
    let answer =
        client.start_run_or_replay(&name.team, &name.name, Some(&args.environment), &start, key).await;
    let (run, replayed) = name
        .or_nearest(answer, &client, &args.environment)
        .await
        .map_err(|error| name.unless_paused(error, &args.environment))?;
    let tell = name.to_string();
    if replayed {
        started_before(&run, &tell, args.follow, context).await
    } else {
        started(&run, &tell, args.follow, context).await
    }
}

fn is_date(text: &str) -> bool {
    text.parse::<NaiveDate>().is_ok() || DateTime::parse_from_rfc3339(text).is_ok()
}
