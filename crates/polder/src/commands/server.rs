//! `polder server`: puts store, engine, API and an agent together, and runs them until told to stop.

pub mod data;
mod logging;
mod parts;
mod sql;
mod stop;

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use chrono::TimeDelta;
use polder_types::definition::duration;
use polder_types::lake::Retention;
use serde_json::json;
use tokio::net::TcpListener;

use crate::failure::Failure;
use crate::output::Output;
use data::DataFolder;
use logging::Logging;
use parts::Parts;
use sql::Sql;

#[derive(clap::Args)]
pub struct Args {
    /// The folder for everything that the server keeps; made if it is not there
    #[arg(long, value_name = "DIR", env = "POLDER_DATA", default_value = "polder-data")]
    data: PathBuf,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7070")]
    listen: String,
    /// postgres://USER@HOST/NAME, or sqlite:FILE [default: polder.db in the data folder]
    #[arg(long, value_name = "URL", env = "POLDER_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// The folder of the lake, or its bucket, such as s3://BUCKET/FOLDER [default: lake in the data folder]
    #[arg(long, value_name = "URL", env = "POLDER_LAKE")]
    lake: Option<String>,
    /// The address by which others reach the server [default: the one that it listens on]
    #[arg(long, value_name = "URL", value_parser = public_url)]
    public_url: Option<String>,
    /// How many steps may run here at the same time [default: two for each processor]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    slots: Option<u32>,
    /// Answer /metrics without a token
    #[arg(long)]
    metrics_open: bool,
    /// A host that the end of a run may be posted to, on request of who started it
    #[arg(long = "callback-host", value_name = "HOST")]
    callback_hosts: Vec<String>,
    /// How long logs of runs are kept, such as 30d; none keeps them for ever
    #[arg(long, value_name = "TIME", default_value = "30d")]
    keep_logs: String,
    /// How long the lake keeps what has ended, such as 30d: branches that failed, and what publishes have replaced
    #[arg(long, value_name = "TIME", env = "POLDER_LAKE_RETENTION", default_value = "7d", value_parser = lake_retention)]
    lake_retention: Retention,
    /// How long a browser stays signed in without being used, such as 12h
    #[arg(long, value_name = "TIME", default_value = "12h", value_parser = session_idle)]
    session_idle: Duration,
    /// Serve the web interface from this folder, instead of the one in the program
    #[arg(long, value_name = "DIR", hide = true)]
    ui_folder: Option<PathBuf>,
    /// Delete the secrets whose master key is lost, and start
    #[arg(long)]
    forget_lost_secrets: bool,
    #[command(flatten)]
    sql: Sql,
    #[command(flatten)]
    logging: Logging,
}

pub fn run(args: Args, output: &Output) -> Result<ExitCode> {
    args.logging.start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(Box::pin(serve(args, output)));
    // What a second Ctrl-C has cut off is not waited for.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}

async fn serve(args: Args, output: &Output) -> Result<ExitCode> {
    let mut signals = stop::Signals::listen()?;
    // An address that cannot be used leaves no new folder behind.
    let listener = bind(&args.listen, "--listen").await?;
    let sql = args.sql.listen().await?;
    let folder = DataFolder::open(&args.data)?;
    let address = listener.local_addr()?;
    let parts = Parts::start(&args, &folder, address).await?;
    let sql_address = sql.as_ref().map(|sql| sql.listener.local_addr()).transpose()?;
    announce(&folder, &parts, &Addresses { http: address, sql: sql_address }, output)?;
    let running = parts.run(listener, sql);
    signals.wait_for(running).await
}

async fn bind(address: &str, option: &str) -> Result<TcpListener> {
    let refused = |error: io::Error| {
        let hint = listen_hint(address, error.kind()).replace("--listen", option);
        Failure::new(format!("cannot listen on {address}")).cause(error).hint(hint)
    };
    Ok(TcpListener::bind(address).await.map_err(refused)?)
}

fn listen_hint(address: &str, kind: ErrorKind) -> &'static str {
    let is_address = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    match kind {
        _ if !is_address => "An address looks like 127.0.0.1:7070.",
        ErrorKind::AddrInUse => "Is another server running there? Choose another address with --listen.",
        ErrorKind::AddrNotAvailable => {
            "This machine has no such address. 127.0.0.1 is for this machine only, 0.0.0.0 is every address that it has."
        }
        ErrorKind::PermissionDenied => {
            "This user may not use that port: choose one of 1024 or more with --listen."
        }
        _ => "Choose another address with --listen, such as 127.0.0.1:7070.",
    }
}

/// By what others call, links are made.
fn public_url(text: &str) -> Result<String, String> {
    let place = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).unwrap_or_default();
    if place.is_empty() || place.starts_with('/') || place.contains([' ', '?', '#']) {
        return Err("expected an address such as https://polder.example.org".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn session_idle(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(idle) if !idle.is_zero() => Ok(idle),
        _ => Err("expected a time such as 12h or 30m".to_owned()),
    }
}

fn lake_retention(text: &str) -> Result<Retention, String> {
    let kept = duration::parse(text).ok().filter(|kept| !kept.is_zero());
    let kept = kept.and_then(|kept| TimeDelta::from_std(kept).ok());
    kept.map(Retention::new).ok_or_else(|| "expected a time such as 7d or 36h".to_owned())
}

/// Where the server is listening.
struct Addresses {
    http: SocketAddr,
    sql: Option<SocketAddr>,
}

/// The last line says that requests are answered; scripts and tests wait for it.
fn announce(folder: &DataFolder, parts: &Parts, addresses: &Addresses, output: &Output) -> Result<()> {
    let url = format!("http://{}", addresses.http);
    let token_file = folder.admin_token();
    if output.json {
        let new_token = parts.new_token.is_some();
        return output.value_line(&json!({
            "url": url, "data": folder.path, "admin_token_file": token_file, "new_token": new_token, "ui_url": parts.interface,
            "sql_address": addresses.sql,
        }));
    }
    let style = output.style();
    let (data, file) = (folder.path.display(), token_file.display());
    output.say(format!("Polder {}, data in {data}", env!("CARGO_PKG_VERSION")))?;
    if parts.new_token.is_some() {
        output.say(format!("An admin token was written to {file}, readable by you only. Log in with it:"))?;
        output.say(style.bold(&format!("  polder login {url} --token-file {file}")))?;
    } else if token_file.exists() {
        output.say(format!("The admin token is in {file}"))?;
    }
    let which = if token_file.exists() { "that token" } else { "a token" };
    match &parts.interface {
        Some(page) => output.say(format!("In a browser: open {page}, and sign in with {which}"))?,
        None => output.say("The web interface is not in this program: `make ui`, then build it again")?,
    }
    if let Some(address) = addresses.sql {
        output.say(format!("SQL by PostgreSQL's protocol on {address}: the password is {which}"))?;
    }
    output.say(format!("Ready on {url}"))
}
