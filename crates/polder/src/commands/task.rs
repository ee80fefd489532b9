//! `polder task`: Polder's own work, started by agents like any other program.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use polder_agent::task::http;
use polder_sql::{branch, publish, query, step, vacuum};
use polder_types::SystemClock;
use tokio::net::UnixStream;

/// As if it had half of the machine's memory more than it has (`proc(5)`).
const OUT_OF_MEMORY_SCORE: i32 = 500;

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
    /// Bring the streams of the sync that stands on stdin, as JSON, into the lake, and publish them
    Sync,
    /// Build the models that stand on stdin, as JSON, on a branch of the lake, after the sync that they name, test them, and publish them
    Models,
    /// Complete the publish that stands on stdin, as JSON
    Publish,
    /// Make the tables that stand on stdin, as JSON, what they were, ready to be published
    Restore,
    /// Delete all of the lake but what is to be kept, which stands on stdin, as JSON
    Vacuum,
    /// Tell which tables the branch that stands on stdin, as JSON, has written
    Branch,
    /// Answer a query: the server, which says which, is at stdin
    Query,
    /// Answer a client of PostgreSQL's protocol: it is at stdout, and the server at stdin
    Session,
}

impl Args {
    /// Whether it is a step's: whoever runs it keeps its log, and removes the folder of its temporary files.
    pub const fn is_of_step(&self) -> bool {
        matches!(self.what, What::Sql | What::Sync | What::Models)
    }
}

pub async fn run(args: Args) -> Result<ExitCode> {
    go_first();
    let output = std::env::var_os("POLDER_OUTPUT").map(PathBuf::from);
    let (file, out) = (output.as_deref(), &mut io::stdout());
    let done = match args.what {
        What::Session => return told(session().await, |_| 1),
        What::Http => {
            return told(http::run(&input()?, file, http::SILENCE, out).await, http::Error::exit_code);
        }
        What::Models => {
            let (spec, root) = (input()?, Path::new("."));
            let done = polder_build::step::run(&spec, root, file, &SystemClock, out);
            return told(Box::pin(done).await, polder_build::Error::exit_code);
        }
        What::Sql => Box::pin(step::run(&input()?, file, out)).await,
        What::Sync => {
            let done = Box::pin(polder_sync::step::run(&input()?, file, &SystemClock, out)).await;
            return told(done, polder_sync::Error::exit_code);
        }
        What::Publish => publish::complete(&input()?, out).await,
        What::Restore => publish::restore(&input()?, out).await,
        What::Vacuum => vacuum::run(&input()?, out).await,
        What::Branch => branch::tables(&input()?, out).await,
        What::Query => query::run(stream(io::stdin())?, out).await,
    };
    told(done, polder_sql::Error::exit_code)
}

/// When the machine's memory is used up, Linux ends this process before the server: its work can be done again. Elsewhere, and
/// where that is not allowed, nothing changes.
fn go_first() {
    let file = "/proc/self/oom_score_adj";
    let score = std::fs::read_to_string(file).ok().and_then(|score| score.trim().parse().ok());
    if score.is_some_and(|score: i32| score < OUT_OF_MEMORY_SCORE) {
        drop(std::fs::write(file, OUT_OF_MEMORY_SCORE.to_string()));
    }
}

/// What there is to do.
fn input() -> io::Result<Vec<u8>> {
    let mut spec = Vec::new();
    io::stdin().lock().read_to_end(&mut spec)?;
    Ok(spec)
}

async fn session() -> Result<(), polder_postgres::Failure> {
    Box::pin(polder_postgres::run(stream(io::stdout())?, stream(io::stdin())?)).await
}

/// One of the program's own streams that is a socket, and goes both ways.
fn stream(end: impl AsFd) -> io::Result<UnixStream> {
    let stream = std::os::unix::net::UnixStream::from(end.as_fd().try_clone_to_owned()?);
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

/// What went wrong is the last line of standard error: whoever started the program tells it on.
fn told<E: std::fmt::Display>(result: Result<(), E>, code: impl FnOnce(&E) -> u8) -> Result<ExitCode> {
    match result {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            writeln!(io::stderr(), "{}", in_one_line(&error.to_string()))?;
            Ok(ExitCode::from(code(&error)))
        }
    }
}

/// Some errors have several lines, of which only the last would be told.
fn in_one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
