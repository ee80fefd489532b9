//! The server's own log, on stderr.

use std::io::{self, IsTerminal as _};

use anyhow::Result;
use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

#[derive(clap::Args)]
pub struct Logging {
    /// What to log: error, warn, info, debug, trace; also by part, as in info,polder_engine=debug
    #[arg(long, value_name = "FILTER", env = "POLDER_LOG", default_value = "info,sqlx=warn")]
    log: String,
    /// How to log
    #[arg(long, value_enum, default_value = "text")]
    log_format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl Logging {
    pub fn start(&self) -> Result<()> {
        let wrong = |error| Failure::usage(format!("`{}` is no filter for --log", self.log)).cause(error);
        let filter = EnvFilter::try_new(&self.log).map_err(wrong)?;
        let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
        match self.log_format {
            Format::Json => builder.json().flatten_event(true).init(),
            Format::Text => {
                builder.with_ansi(io::stderr().is_terminal() && console::colors_enabled_stderr()).init()
            }
        }
        Ok(())
    }
}
