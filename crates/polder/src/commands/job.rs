//! `polder job`: a script or command becomes a pipeline of one step, by one request.

mod register;

use std::fmt;
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::Result;
use clap::Subcommand;
use polder_client::Client;
use polder_types::id::PipelineId;
use polder_types::wire::{Job, StartRun};

use super::follow::started;
use super::names::{Assignment, FullName, by_name, in_environment};
use crate::config::Context;
use crate::output::Style;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Register a job, or change it
    Register(Box<register::Register>),
    /// Run a job
    Run(RunJob),
    /// Show a job and the URL that starts it
    Show(Which),
}

/// A job that is there.
#[derive(clap::Args)]
struct Which {
    /// TEAM/NAME, or the job's id
    job: JobName,
    /// The environment of TEAM/NAME
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

#[derive(Debug, Clone)]
enum JobName {
    Id(PipelineId),
    Name(FullName),
}

#[derive(clap::Args)]
struct RunJob {
    #[command(flatten)]
    which: Which,
    /// A value for a parameter
    #[arg(long = "param", short, value_name = "NAME=VALUE")]
    parameters: Vec<Assignment>,
    /// The day or instant that the run is about [default: now]
    #[arg(long, short, value_name = "DATE")]
    date: Option<String>,
    /// Watch the run: print its log, exit with 0 only if it succeeds
    #[arg(long, short)]
    follow: bool,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    match args.what {
        What::Register(register) => {
            let job = client.register_job(&register::request(*register)?).await?;
            context.output.show(&job, |style| told(&job, style))?;
        }
        What::Show(which) => {
            let job = client.job(which.find(&client).await?).await?;
            context.output.show(&job, |style| told(&job, style))?;
        }
        What::Run(run) => {
            let id = run.which.find(&client).await?;
            let parameters = by_name("--param", run.parameters)?;
            let start = StartRun { parameters, logical_date: run.date, ..StartRun::default() };
            let answer =
                client.start_job(id, &start, None).await.map_err(|error| run.which.unless_paused(error))?;
            return started(&answer, &format!("job {}", run.which.job), run.follow, context).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl FromStr for JobName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let id = text.parse().map(Self::Id);
        id.or_else(|_| text.parse().map(Self::Name))
            .map_err(|_| "expected TEAM/NAME, or the id of a job".to_owned())
    }
}

impl fmt::Display for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl Which {
    fn unless_paused(&self, error: polder_client::Error) -> anyhow::Error {
        match &self.job {
            JobName::Id(_) => error.into(),
            JobName::Name(name) => name.unless_paused(error.into(), &self.environment),
        }
    }

    async fn find(&self, client: &Client) -> Result<PipelineId> {
        match &self.job {
            JobName::Id(id) => Ok(*id),
            JobName::Name(name) => {
                let pipeline = client.pipeline(&name.team, &name.name, Some(&self.environment)).await;
                Ok(name.or_nearest(pipeline, client, &self.environment).await?.summary.id)
            }
        }
    }
}

fn told(job: &Job, style: &Style) -> String {
    let Job { team, name, environment, id, start_url, .. } = job;
    format!(
        "Job {} in {environment}: {id}\n  start it with POST {start_url}\n  or with    polder job run {team}/{name}{} --follow\n",
        style.bold(&format!("{team}/{name}")),
        in_environment(environment)
    )
}
