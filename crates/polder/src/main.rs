//! `polder`: server, agent and command line in one binary.
//!
//! One file a command under `commands`; what they share is where the server is (`config`), how things are shown
//! (`output`) and how a failure is told (`failure`). Whatever speaks to a server does so through `polder_client`; only
//! `server` itself, `run --local` and `restore` know more than that.

#![allow(
    unreachable_pub,
    reason = "nothing outside uses a binary's items; `pub` tells what a module offers to the others"
)]

mod cli;
mod commands;
mod config;
mod failure;
mod output;
mod project;
mod ui;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return failure::misused(&error),
    };
    let output = output::Output::new(cli.json);
    cli.run(&output).unwrap_or_else(|error| failure::report(&error, &output))
}
