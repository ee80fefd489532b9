//! `polder build`: models of a project, built and tested without a server.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use polder_build::{Wish, local};
use polder_types::wire::Checks;
use polder_types::{Clock as _, SystemClock};
use serde_json::{Map, Value};

use crate::config::Context;
use crate::failure::Failure;
use crate::project::Folder;

#[derive(clap::Args)]
pub struct Args {
    /// Which models: `orders`, `+orders`, `orders+`, `tag:daily`, `path:models/marts`; all if left out
    #[arg(value_name = "SELECTOR")]
    select: Vec<String>,
    /// The project's folder
    #[arg(long, default_value = ".", value_name = "DIR")]
    project: PathBuf,
    /// The folder of the lake that is built into, which must not be a server's [default: .polder/lake in the project]
    #[arg(long, value_name = "DIR")]
    lake: Option<PathBuf>,
    /// What `var` answers; may be given several times
    #[arg(long = "var", value_name = "NAME=VALUE")]
    vars: Vec<String>,
    /// Build incremental models anew
    #[arg(long)]
    full_refresh: bool,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let root = Folder::open(&args.project)?.root;
    let lake = args.lake.unwrap_or_else(|| root.join(".polder/lake"));
    let select = if args.select.is_empty() { vec!["*".to_owned()] } else { args.select };
    let vars = args.vars.iter().map(|text| var(text)).collect::<Result<Map<_, _>>>()?;
    let wish = Wish { select, vars, full_refresh: args.full_refresh };
    // What became of all is one value; how far it is then goes where errors go.
    let mut log: Box<dyn Write + Send> =
        if context.output.json { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
    let mut told = Ok(());
    let hears = |checks: &Checks| {
        if context.output.json {
            told = context.output.value(checks);
        }
    };
    let built = Box::pin(local::build(&root, &lake, wish, SystemClock.now(), &mut log, hears)).await;
    built.map_err(|error| Failure::new(error.to_string()))?;
    told.map(|()| ExitCode::SUCCESS)
}

fn var(text: &str) -> Result<(String, Value)> {
    let wrong = || Failure::usage(format!("`{text}` is no var: write NAME=VALUE"));
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    Ok((name.to_owned(), value.into()))
}
