//! `polder job register`: what is given on the command line, as a request.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::ArgGroup;
use polder_types::wire::RegisterJob;
use serde_json::{Map, Value, json};

use crate::commands::names::{Assignment, FullName};
use crate::commands::values;
use crate::failure::Failure;

#[derive(clap::Args)]
#[command(group(ArgGroup::new("command").args(["script", "run", "from"]).required(true)))]
pub(super) struct Register {
    /// TEAM/NAME
    name: FullName,
    /// A script to execute (.py, .sh, or one with a `#!` line), stored with the job
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// A command for the shell; templates are allowed
    #[arg(long, value_name = "COMMAND")]
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

/// What is asked of the server.
pub(super) fn request(args: Register) -> Result<RegisterJob> {
    if let Some(from) = &args.from {
        return from_json(&args.name, &values::read("the request", Some(from))?);
    }
    let mut files = BTreeMap::new();
    for path in args.script.iter().chain(&args.files) {
        files.insert(file_name(path)?, text(path)?);
    }
    let run = match (&args.run, &args.script) {
        (Some(command), _) => command.clone().into(),
        (None, Some(script)) => command_of(&file_name(script)?, &text(script)?)?,
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

/// How a script is started: by its name or its first line.
fn command_of(name: &str, text: &str) -> Result<Value> {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        // Many a script asks for a `python` that is not there.
        Some("py") => Ok(json!(["python3", name])),
        _ if text.starts_with("#!") => Ok(json!([format!("./{name}")])),
        Some("sh") => Ok(json!(["sh", name])),
        _ => Err(Failure::usage(format!("it is not known how to execute {name}"))
            .hint("Begin it with a line such as `#!/usr/bin/env python3`, name it .py or .sh, or give the command with --run and the file with --file.")
            .into()),
    }
}

fn file_name(path: &Path) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str());
    Ok(name.ok_or_else(|| Failure::usage(format!("{} is no file", path.display())))?.to_owned())
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
