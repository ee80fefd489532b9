//! `polder job`: a script or command becomes a pipeline of one step, by one request.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Subcommand;
use polder_types::id::PipelineId;
use polder_types::wire::{Job, RegisterJob, StartRun};
use serde_json::{Map, Value, json};

use super::follow::started;
use super::names::{Assignment, FullName};
use super::values;
use crate::config::Context;
use crate::failure::Failure;
use crate::output::Style;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Register a job, or change it
    Register(Box<Register>),
    /// Run a job
    Run(RunJob),
    /// Show a job and the URL that starts it
    Show { id: PipelineId },
}

#[derive(clap::Args)]
struct Register {
    /// TEAM/NAME
    name: FullName,
    /// A script to execute (.py, .sh, or one with a `#!` line), stored with the job
    #[arg(long, value_name = "FILE", required_unless_present_any = ["run", "from"], conflicts_with = "from")]
    script: Option<PathBuf>,
    /// A command for the shell; templates are allowed
    #[arg(long, value_name = "COMMAND", conflicts_with = "from")]
    run: Option<String>,
    /// The whole request as JSON, from this file or `-` for stdin
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// A further file to store with the job
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// An environment variable
    #[arg(long = "var", value_name = "NAME=VALUE")]
    variables: Vec<Assignment>,
    /// An environment variable with the value of a stored secret
    #[arg(long = "secret", value_name = "VARIABLE=SECRET")]
    secrets: Vec<Assignment>,
    /// Start it by this schedule, such as "0 3 * * *"
    #[arg(long, value_name = "CRON")]
    schedule: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

#[derive(clap::Args)]
struct RunJob {
    id: PipelineId,
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
            let job = client.register_job(&request(*register)?).await?;
            context.output.show(&job, |style| told(&job, style))?;
        }
        What::Show { id } => {
            let job = client.job(id).await?;
            context.output.show(&job, |style| told(&job, style))?;
        }
        What::Run(run) => {
            let parameters: Map<String, Value> =
                run.parameters.into_iter().map(|given| (given.key, given.value.into())).collect();
            let start = StartRun { parameters, logical_date: run.date, ..StartRun::default() };
            let answer = client.start_job(run.id, &start, None).await?;
            return started(&answer, &format!("job {}", run.id), run.follow, context).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn request(args: Register) -> Result<RegisterJob> {
    if let Some(from) = &args.from {
        return from_json(&args.name, &values::read("the request", Some(from))?);
    }
    let mut files = BTreeMap::new();
    for path in args.script.iter().chain(&args.files) {
        files.insert(file_name(path)?, text(path)?);
    }
    let run = match (&args.run, &args.script) {
        (Some(command), _) => command.clone().into(),
        (None, Some(script)) => command_of(&file_name(script)?),
        (None, None) => Value::Null,
    };
    let mut settings = Map::new();
    if let Some(schedule) = args.schedule {
        settings.insert("triggers".to_owned(), json!([{ "schedule": schedule }]));
    }
    Ok(RegisterJob {
        team: args.name.team,
        name: args.name.name,
        environment: args.environment,
        description: args.description,
        run,
        files,
        env: args.variables.into_iter().map(|variable| (variable.key, variable.value)).collect(),
        secrets: args.secrets.into_iter().map(|secret| (secret.key, secret.value)).collect(),
        secret_values: BTreeMap::new(),
        parameters: Map::new(),
        settings,
    })
}

fn from_json(name: &FullName, text: &str) -> Result<RegisterJob> {
    let mut request: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| Failure::new("the request is no JSON object").cause(error))?;
    request.insert("team".to_owned(), name.team.clone().into());
    request.insert("name".to_owned(), name.name.clone().into());
    let request = serde_json::from_value(request.into());
    Ok(request.map_err(|error| Failure::new("the request does not register a job").cause(error))?)
}

/// How a script is started, by its name.
fn command_of(name: &str) -> Value {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("py") => json!(["python3", name]),
        Some("sh") => json!(["sh", name]),
        _ => json!([format!("./{name}")]),
    }
}

fn file_name(path: &Path) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str());
    Ok(name.ok_or_else(|| Failure::usage(format!("{} is no file", path.display())))?.to_owned())
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn told(job: &Job, style: &Style) -> String {
    let Job { team, name, environment, id, start_url, .. } = job;
    format!(
        "Job {} in {environment}: {id}\n  start it with POST {start_url}\n  or with    polder job run {id} --follow\n",
        style.bold(&format!("{team}/{name}"))
    )
}
