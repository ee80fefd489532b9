//! What a server consists of, and in which order it starts and stops.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::Router;
use chrono::TimeDelta;
use polder_agent::{Agent, Config};
use polder_api::{Api, InternalToken, Limits, QueryOptions};
use polder_client::Client;
use polder_engine::Engine;
use polder_engine::vault::Keyring;
use polder_store::logs::LogStore;
use polder_store::{DatabaseUrl, Store};
use polder_types::definition::duration;
use polder_types::wire::{Grant, Role};
use polder_types::{Clock, Code, SystemClock};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Args;
use super::data::DataFolder;
use super::sql::Listening;
use crate::failure::Failure;
use crate::ui::{self, Files};

/// The name of the agent that lives in the server.
const AGENT: &str = "embedded";

/// A server that is ready to answer.
pub struct Parts {
    store: Store,
    /// The API, with the interface around it.
    router: Router,
    api: Api,
    agent: Agent,
    /// Ends the listener, long-polls, streams, and the agent.
    stop: CancellationToken,
    /// Ends the engine: after the agent, which still has ends to report.
    stop_engine: CancellationToken,
    /// The file with the first admin's token, if it was written just now.
    pub new_token: Option<PathBuf>,
    /// Where the web interface is, if there is one in this program.
    pub interface: Option<String>,
}

impl Parts {
    pub async fn start(args: &Args, folder: &DataFolder, address: SocketAddr) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = open_store(args, folder).await?;
        let new_token = polder_api::first_admin_token(&store, &folder.path, clock.now()).await?;
        let (stop, stop_engine) = (CancellationToken::new(), CancellationToken::new());
        let engine = start_engine(args, folder, address, &store, &clock, &stop_engine).await?;
        let token = polder_api::new_token();
        let api = Api::new(api_options(args, engine, &token, &stop)?);
        let router = polder_api::router(api.clone());
        let agent = open_agent(args, folder, address, &router, &token, clock)?;
        let files = args.ui_folder.clone().map_or(Files::Embedded, Files::Folder);
        let interface = files.has_interface().then(|| public_url(args, address));
        let router = ui::around(router, files);
        Ok(Self { store, router, api, agent, stop, stop_engine, new_token, interface })
    }

    /// Serves until told to stop. The future that is answered first does the work, the token ends it.
    pub fn run(
        self,
        listener: TcpListener,
        sql: Option<Listening>,
    ) -> (CancellationToken, impl Future<Output = Result<()>>) {
        let Self { store, router, api, agent, stop, stop_engine, .. } = self;
        let told = stop.clone();
        let work = async move {
            let agent = tokio::spawn(agent.run(stop.clone()));
            if let Some(Listening { listener, options }) = sql {
                tokio::spawn(polder_api::serve_postgres(listener, api, options, stop.clone()));
            }
            let served = polder_api::serve(listener, router, stop).await;
            let agent_ended = agent.await;
            stop_engine.cancel();
            store.close().await;
            served?;
            Ok(agent_ended?)
        };
        (told, work)
    }
}

async fn open_store(args: &Args, folder: &DataFolder) -> Result<Store> {
    let url = match &args.database {
        Some(url) => url.parse()?,
        None => DatabaseUrl::Sqlite(folder.database()),
    };
    if let DatabaseUrl::Postgres(url) = &url {
        tracing::info!("connecting to the database at {}", host_of(url));
    }
    Store::open(&url).await.map_err(|error| cannot_open(&url, &error).into())
}

/// Where it is, without user and password.
fn host_of(url: &str) -> &str {
    let after_user = url.rsplit('@').next().unwrap_or_default();
    let place = after_user.split_once("://").map_or(after_user, |(_, place)| place);
    place.split(['?', '#']).next().unwrap_or_default()
}

fn cannot_open(url: &DatabaseUrl, error: &polder_store::Error) -> Failure {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    if let (DatabaseUrl::Sqlite(path), Some(cause)) =
        (url, cause.as_ref().filter(|cause| cause.contains("(code: 26)")))
    {
        let message = format!("{} is no database of polder, or it is damaged", path.display());
        let hint = "Move it away and bring back a backup with `polder restore`, or choose another folder with --data.";
        return Failure::new(message).code(Code::Unavailable).cause(cause).hint(hint);
    }
    let hint = match (error, url) {
        (polder_store::Error::Schema(_), _) => {
            "Start the version of polder that the data belongs to, or choose another folder with --data."
        }
        (_, DatabaseUrl::Sqlite(_)) => "Is the disk full, or the folder not writable?",
        (_, DatabaseUrl::Postgres(_)) => {
            "Is the database running, and may this user log in? The address is --database."
        }
    };
    // Some errors tell their cause themselves.
    let cause = cause.filter(|cause| !error.to_string().contains(cause.as_str()));
    Failure { cause, ..Failure::new(error.to_string()).code(Code::Unavailable).hint(hint) }
}

async fn start_engine(
    args: &Args,
    folder: &DataFolder,
    address: SocketAddr,
    store: &Store,
    clock: &Arc<dyn Clock>,
    stop: &CancellationToken,
) -> Result<Engine> {
    let keyring = load_keyring(args, folder, store).await.map_err(|error| no_keyring(&error))?;
    let options = polder_engine::Options {
        store: store.clone(),
        logs: LogStore::new(folder.logs())?,
        keyring: Arc::new(keyring),
        clock: Arc::clone(clock),
        public_url: public_url(args, address),
        lake: Some(lake_url(args, folder)?),
        allowed_callback_hosts: args.callback_hosts.clone(),
        lake_retention: args.lake_retention,
        keep_logs: keep_logs(args)?,
    };
    Ok(Engine::start(options, stop.clone()).await?)
}

fn public_url(args: &Args, address: SocketAddr) -> String {
    args.public_url.clone().unwrap_or_else(|| format!("http://{address}"))
}

async fn load_keyring(
    args: &Args,
    folder: &DataFolder,
    store: &Store,
) -> Result<Keyring, polder_engine::vault::Error> {
    let (path, variable) = (folder.master_key(), std::env::var("POLDER_MASTER_KEY").ok());
    if args.forget_lost_secrets {
        let count = Keyring::forget_lost(&path, variable.as_deref(), store).await?;
        tracing::warn!(count, "deleted secrets whose master key is lost");
    }
    Keyring::open_for(&path, variable.as_deref(), store).await
}

fn no_keyring(error: &polder_engine::vault::Error) -> Failure {
    let hint = "Put the right key back. If it is lost for good, start once with --forget-lost-secrets, and set them again.";
    Failure::new(error.to_string()).code(Code::MasterKey).hint(hint)
}

/// `none` keeps them for ever.
fn keep_logs(args: &Args) -> Result<Option<TimeDelta>> {
    if args.keep_logs == "none" {
        return Ok(None);
    }
    let wrong = || {
        Failure::usage(format!("`{}` is no time to keep logs for", args.keep_logs))
            .hint("Write 30d, 12h or none.")
    };
    let age = duration::parse(&args.keep_logs).map_err(|_| wrong())?;
    Ok(Some(TimeDelta::from_std(age).map_err(|_| wrong())?))
}

fn api_options(
    args: &Args,
    engine: Engine,
    token: &str,
    stop: &CancellationToken,
) -> Result<polder_api::Options> {
    let grants = vec![Grant { role: Role::Agent, team: None }];
    Ok(polder_api::Options {
        engine,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        limits: Limits { session_idle: args.session_idle, ..Limits::default() },
        open_metrics: args.metrics_open,
        internal_tokens: vec![InternalToken {
            token: token.to_owned(),
            name: format!("agent {AGENT}"),
            grants,
        }],
        queries: QueryOptions::new(program()?),
        shutdown: stop.clone(),
    })
}

fn program() -> Result<PathBuf> {
    std::env::current_exe().context("cannot tell which program this is")
}

fn open_agent(
    args: &Args,
    folder: &DataFolder,
    address: SocketAddr,
    router: &Router,
    token: &str,
    clock: Arc<dyn Clock>,
) -> Result<Agent> {
    let mut config = Config::new(AGENT, folder.agent(), program()?);
    if let Some(slots) = args.slots {
        config.slots = slots;
    }
    config.server = format!("http://{}", own_address(address));
    let client = Client::in_process(router.clone(), token);
    Ok(Agent::open(client, config, clock)?)
}

/// Where the server reaches itself: an address that stands for all that the machine has is none to go to.
fn own_address(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The lake's address; a folder of the data folder, if nothing is said.
fn lake_url(args: &Args, folder: &DataFolder) -> Result<String> {
    let wrong = |text: &str| {
        Failure::usage(format!("`{text}` is no address of a lake"))
            .hint("Give a folder, or s3://BUCKET/FOLDER, az://CONTAINER/FOLDER or gs://BUCKET/FOLDER.")
    };
    match &args.lake {
        Some(url) if url.contains("://") => {
            let parsed = url::Url::parse(url).map_err(|error| wrong(url).cause(error))?;
            Ok(parsed.to_string())
        }
        given => {
            let path = given.as_ref().map_or_else(|| folder.lake(), PathBuf::from);
            let full =
                std::path::absolute(&path).with_context(|| format!("cannot use {}", path.display()))?;
            Ok(url::Url::from_directory_path(&full)
                .map_err(|()| wrong(&full.display().to_string()))?
                .to_string())
        }
    }
}
