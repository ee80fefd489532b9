//! `polder logs`.

use std::process::ExitCode;

use anyhow::Result;
use polder_client::{Client, LogQuery};
use polder_types::id::RunId;

use super::follow;
use super::names::RunName;
use crate::config::Context;
use crate::output::{LinePrinter, Output};

/// Lines that are asked for at once.
const PAGE: u32 = 1_000;

#[derive(clap::Args)]
pub struct Args {
    /// The run's id, at least 4 digits of its end or beginning, or latest:TEAM/NAME
    run: RunName,
    /// Of this step only
    step: Option<String>,
    /// Go on until the run ends; the exit status is 0 only if it succeeds
    #[arg(long, short)]
    follow: bool,
    /// Only lines with this text
    #[arg(long, short, value_name = "TEXT")]
    search: Option<String>,
    /// Of this attempt only
    #[arg(long, value_name = "NUMBER")]
    attempt: Option<u32>,
    /// The environment of latest:TEAM/NAME
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let run = args.run.find(&client, &args.environment).await?;
    let query = LogQuery { step: args.step, epoch: args.attempt, search: args.search, ..LogQuery::default() };
    if args.follow {
        return follow::to_the_end(&client, run, &query, context.output).await;
    }
    print(&client, run, query, context.output).await?;
    Ok(ExitCode::SUCCESS)
}

async fn print(client: &Client, run: RunId, mut query: LogQuery, output: &Output) -> Result<()> {
    let mut printer = LinePrinter::new(output, query.step.is_none());
    query.limit = Some(PAGE);
    loop {
        let page = client.logs(run, &query).await?;
        for line in &page.items {
            printer.print(line)?;
        }
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return printer.finish(),
        }
    }
}
