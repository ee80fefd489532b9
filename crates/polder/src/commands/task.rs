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
}

pub async fn run(args: Args) -> Result<ExitCode> {
    let What::Http = args.what;
    let mut spec = Vec::new();
    io::stdin().lock().read_to_end(&mut spec)?;
    let output = std::env::var_os("POLDER_OUTPUT").map(PathBuf::from);
    match http::run(&spec, output.as_deref(), http::SILENCE, &mut io::stdout()).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            writeln!(io::stderr(), "{error}")?;
            Ok(ExitCode::from(error.exit_code()))
        }
    }
}
