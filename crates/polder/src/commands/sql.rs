//! `polder sql`: one query, a file of them, or a session.

mod ask;
mod completion;
mod describe;
mod order;
mod session;

use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use polder_client::Client;

use super::names::RunName;
use crate::config::Context;
use crate::failure::Failure;
use ask::Asking;

#[derive(clap::Args)]
pub struct Args {
    /// Ask this, and end
    #[arg(long, short, value_name = "SQL")]
    command: Option<String>,
    /// Ask what is in this file; - for standard input
    #[arg(long, short, value_name = "FILE", conflicts_with = "command")]
    file: Option<PathBuf>,
    /// Of this environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
    /// The tables as a run left them on its branch, published or not: a run's id, at least 4 digits of its end or beginning, or
    /// latest:TEAM/NAME; or the name of a branch
    #[arg(long, short, value_name = "RUN")]
    branch: Option<String>,
    /// The tables as they were at this time, such as 2026-11-20 or 2026-11-20T06:00:00+01:00; UTC if there is no zone
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<DateTime<Utc>>,
    /// How the answer is written [default: table on a terminal, else csv]
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// Write the answer to this file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// At most this many rows; a table shows 1000 if nothing is said
    #[arg(long, value_name = "NUMBER")]
    rows: Option<u64>,
    /// End a query that takes longer, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people
    Table,
    /// For people: each value on a line of its own
    Lines,
    /// With a line of names
    Csv,
    /// One object with columns and rows
    Json,
    /// A file, with --output
    Parquet,
}

impl Form {
    /// By the ending of its name.
    fn of_file(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let form = form(&args, context)?;
    let client = context.client()?;
    let branch = branch(&args, &client).await?;
    let asking = Asking {
        client,
        output: context.output,
        form,
        file: args.output.clone(),
        environment: args.environment.clone(),
        branch,
        at: args.at,
        rows: args.rows,
        timeout: args.timeout,
    };
    match text(&args)? {
        Some(text) if text.trim_start().starts_with('\\') => {
            session::order(asking, text.trim()).await?;
            Ok(ExitCode::SUCCESS)
        }
        Some(text) => {
            for query in queries(&text)? {
                asking.ask(query).await?;
            }
            Ok(ExitCode::SUCCESS)
        }
        None => session::run(asking).await,
    }
}

/// The branch that is asked, by the whole id of its run or by its name.
async fn branch(args: &Args, client: &Client) -> Result<Option<String>> {
    let Some(named) = &args.branch else { return Ok(None) };
    match named.parse::<RunName>() {
        Ok(run) => Ok(Some(run.find(client, &args.environment).await?.to_string())),
        Err(_) => Ok(Some(named.clone())),
    }
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    polder_types::moment(text).ok_or_else(|| {
        "write a day (2026-11-20), a time in UTC (2026-11-20 06:00) or one with its zone (2026-11-20T06:00:00+01:00)"
            .to_owned()
    })
}

/// What is asked, if it is not a session.
fn text(args: &Args) -> Result<Option<String>> {
    if let Some(command) = &args.command {
        return Ok(Some(command.clone()));
    }
    match &args.file {
        Some(path) if path.as_os_str() != "-" => {
            let text = std::fs::read_to_string(path);
            Ok(Some(text.with_context(|| format!("cannot read {}", path.display()))?))
        }
        None if io::stdin().is_terminal() && io::stdout().is_terminal() => Ok(None),
        _ => {
            let mut text = String::new();
            io::stdin().lock().read_to_string(&mut text).context("cannot read standard input")?;
            Ok(Some(text))
        }
    }
}

fn queries(text: &str) -> Result<Vec<&str>> {
    let (mut queries, rest) = polder_sql::split(text);
    queries.extend(rest);
    if queries.is_empty() {
        return Err(Failure::usage("there is no query").hint("Write one: polder sql -c 'SELECT 1'").into());
    }
    Ok(queries)
}

fn form(args: &Args, context: &Context<'_>) -> Result<Form> {
    let by_name = args.output.as_deref().and_then(Form::of_file);
    let is_seen = args.output.is_none() && io::stdout().is_terminal();
    let usual = if context.output.json {
        Form::Json
    } else if is_seen {
        Form::Table
    } else {
        Form::Csv
    };
    let form = args.format.or(by_name).unwrap_or(usual);
    if form == Form::Parquet && args.output.is_none() {
        return Err(Failure::usage("Parquet is written to a file")
            .hint("Say which: --output rows.parquet")
            .into());
    }
    Ok(form)
}
