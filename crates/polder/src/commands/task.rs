//! `polder task`: Polder's own work, started by agents like any other program.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use polder_agent::task::http;

/// The exit code of a program that could not do its work.
const FAILED: u8 = 1;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Send the request that stands on stdin, as JSON
    Http,
    /// Answer the query that stands on stdin, as JSON
    Query,
}

pub async fn run(args: Args) -> Result<ExitCode> {
    let mut spec = Vec::new();
    io::stdin().lock().read_to_end(&mut spec)?;
    match args.what {
        What::Http => {
            let output = std::env::var_os("POLDER_OUTPUT").map(PathBuf::from);
            let sent = http::run(&spec, output.as_deref(), http::SILENCE, &mut io::stdout()).await;
            told(sent, http::Error::exit_code)
        }
        What::Query => told(polder_sql::query::run(&spec, &mut io::stdout()).await, |_| FAILED),
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
