//! The port on which clients of PostgreSQL's protocol are answered.

use std::path::PathBuf;

use anyhow::Result;
use polder_api::{PostgresOptions, Tls};
use polder_types::Code;
use tokio::net::TcpListener;

use crate::failure::Failure;

#[derive(clap::Args)]
pub struct Sql {
    /// Answer clients of PostgreSQL on this address, such as 127.0.0.1:5433; not at all if it is left out
    #[arg(long, value_name = "ADDRESS", env = "POLDER_SQL_LISTEN")]
    sql_listen: Option<String>,
    /// The certificate for clients of PostgreSQL, in PEM; without one, only those on this machine are let in
    #[arg(long, value_name = "FILE", env = "POLDER_SQL_CERTIFICATE", requires = "sql_key")]
    sql_certificate: Option<PathBuf>,
    /// The certificate's key, in PEM
    #[arg(long, value_name = "FILE", env = "POLDER_SQL_KEY", requires = "sql_certificate")]
    sql_key: Option<PathBuf>,
    /// How many clients of PostgreSQL may be there at the same time; each has a process of its own
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    sql_sessions: u16,
}

/// A port that is open.
pub struct Listening {
    pub listener: TcpListener,
    pub options: PostgresOptions,
}

impl Sql {
    /// None if nobody has asked for it.
    pub async fn listen(&self) -> Result<Option<Listening>> {
        let Some(address) = &self.sql_listen else { return Ok(None) };
        let tls = match (&self.sql_certificate, &self.sql_key) {
            (Some(certificate), Some(key)) => Some(Tls::from_files(certificate, key).map_err(no_tls)?),
            _ => None,
        };
        let listener = super::bind(address, "--sql-listen").await?;
        let options = PostgresOptions { tls, sessions: usize::from(self.sql_sessions) };
        Ok(Some(Listening { listener, options }))
    }
}

fn no_tls(error: String) -> Failure {
    Failure::new("the certificate for clients of PostgreSQL cannot be used")
        .code(Code::Unavailable)
        .cause(error)
        .hint("Give --sql-certificate and --sql-key files in PEM that belong together.")
}
