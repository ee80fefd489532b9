//! What a connection's own process does: PostgreSQL's protocol over what readers of the lake see.
//!
//! The server has asked the client who it is, and passes on what it says from then on; a session knows nothing of sockets, TLS and tokens.
//! It reads and answers the protocol's messages on one stream, and talks to the server on another: it asks what readers see now, before each
//! statement that is in no transaction, and is told when a statement is to be ended.
//!
//! What is let through is decided twice. A statement is one of those that [`command`] names, and what it comes to is a query, which the lake
//! looks at itself. Messages and the text of values are a library's ([`pgwire`], `arrow-pg`), and so are the tables of `pg_catalog`. What
//! drives them is not: the library's own loop keeps the whole answer of a prepared statement in memory, and cannot end it once rows flow.

mod catalog;
mod client;
mod command;
mod control;
mod conversation;
mod error;
mod names;
mod parameters;
mod rows;
mod settings;
mod statement;
mod tables;
mod text;

use std::time::Duration;

use client::Client;
use control::Control;
use conversation::Conversation;
use polder_types::wire::SessionSpec;
use settings::Settings;
use tables::Tables;
use tokio::net::UnixStream;

/// Why a session has come to its end before its client left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    #[error("the server cannot be understood: {0}")]
    Control(#[from] std::io::Error),
    #[error(transparent)]
    Lake(#[from] polder_lake::Error),
    #[error("the catalog cannot be made")]
    Catalog,
    /// The client was told.
    #[error("{0}")]
    Ended(String),
}

impl From<error::Error> for Failure {
    fn from(error: error::Error) -> Self {
        Self::Ended(error.message)
    }
}

/// Answers a client until it leaves: `client` is what it says and hears, `control` the server.
///
/// # Errors
/// When the session cannot be begun, nobody says anything for too long, or one of the two is gone.
pub async fn run(client: UnixStream, control: UnixStream) -> Result<(), Failure> {
    let (spec, control) = Control::open(control).await?;
    polder_work::bind_memory(spec.limits.memory);
    let mut client = Client::new(client);
    match parts(&spec, &control) {
        Ok((settings, tables)) => {
            let idle = Duration::from_secs(spec.idle_seconds);
            Conversation::new(client, control, settings, tables, idle).run(spec.key).await
        }
        Err(failure) => {
            client.put_error(error::Error::fatal("08004", failure.to_string()))?;
            client.send().await?;
            Err(failure)
        }
    }
}

fn parts(spec: &SessionSpec, control: &Control) -> Result<(Settings, Tables), Failure> {
    let longest = Duration::from_secs(spec.statement_seconds);
    let settings = Settings::new(&spec.user, &spec.settings, longest)?;
    let tables = Tables::open(spec, &control.asking)?;
    tables.look_in(settings.schema());
    Ok((settings, tables))
}
