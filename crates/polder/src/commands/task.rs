//! `polder task`: Polder's own work, started by agents like any other program.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use polder_agent::task::http;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Send the request that stands on stdin, as JSON
    Http,
    /// Run the statements that stand on stdin, as JSON, on a branch of the lake, and publish what they wrote
    Sql,
    /// Answer the query that stands on stdin, as JSON
    Query,
}

pub async fn run(args: Args) -> Result<ExitCode> {
    let mut spec = Vec::new();
    io::stdin().lock().read_to_end(&mut spec)?;
    let output = std::env::var_os("POLDER_OUTPUT").map(PathBuf::from);
    match args.what {
        What::Http => {
            let sent = http::run(&spec, output.as_deref(), http::SILENCE, &mut io::stdout()).await;
            told(sent, http::Error::exit_code)
        }
        What::Sql => {
            let done = polder_sql::step::run(&spec, output.as_deref(), &mut io::stdout()).await;
            told(done, polder_sql::Error::exit_code)
        }
        What::Query => {
            told(polder_sql::query::run(&spec, &mut io::stdout()).await, polder_sql::Error::exit_code)
        }
    }
}

/// What went wrong is the last line of standard error: whoever started the program tells it on.
fn told<E: std::fmt::Display>(result: Result<(), E>, code: impl FnOnce(&E) -> u8) -> Result<ExitCode> {
    match result {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            writeln!(io::stderr(), "{error}")?;
            Ok(ExitCode::from(code(&error)))
        }
    }
}
