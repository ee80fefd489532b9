//! Polder's own programs, `polder task …`, as the server starts them: what opens tables does so in a process of its own.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::{Error, Result};

/// What the standard library's allocator says last is of no use to anybody.
const TOO_MUCH_MEMORY: &str =
    "it needed more memory than it may use: ask for fewer or smaller values at a time";

/// The program that does `polder task …`: this binary.
#[derive(Debug, Clone)]
pub(crate) struct Programs(pub(crate) PathBuf);

impl Programs {
    /// Starts a program, and tells it what to do. It ends when it is dropped.
    pub(crate) async fn start(&self, name: &str, spec: &impl Serialize) -> Result<Child> {
        let mut child = spawn(&self.0, name).map_err(internal)?;
        let mut input = child.stdin.take().ok_or_else(|| internal("it has no input"))?;
        let spec = serde_json::to_vec(spec).map_err(internal)?;
        // One that has ended before it read everything says why on standard error.
        let _ = input.write_all(&spec).await;
        Ok(child)
    }

    /// Starts a program that asks questions: the stream is the one on which it does. It ends when it is dropped.
    pub(crate) fn attach(&self, name: &str, output: impl Into<Stdio>) -> io::Result<(Child, UnixStream)> {
        let (ours, theirs) = StdStream::pair()?;
        let child = command(&self.0, name).stdin(OwnedFd::from(theirs)).stdout(output).spawn()?;
        ours.set_nonblocking(true)?;
        Ok((child, UnixStream::from_std(ours)?))
    }

    /// Has a program do something, and reads its answer.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        name: &str,
        spec: &impl Serialize,
        time: Duration,
    ) -> Result<T> {
        let child = self.start(name, spec).await?;
        let late = |_| Error::Lake(format!("it took longer than {} s", time.as_secs()));
        let output = timeout(time, child.wait_with_output()).await.map_err(late)?.map_err(internal)?;
        if output.status.success() {
            return serde_json::from_slice(&output.stdout).map_err(internal);
        }
        Err(Error::Lake(reason(&String::from_utf8_lossy(&output.stderr), Some(output.status))))
    }
}

fn spawn(program: &Path, name: &str) -> io::Result<Child> {
    command(program, name).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
}

fn command(program: &Path, name: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["task", name]).env_clear().envs(environment()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Where to find programs and temporary folders, and how to reach the lake's store. Nothing else of the server's is their business.
fn environment() -> impl Iterator<Item = (OsString, OsString)> {
    const NAMES: &[&str] = &["PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"];
    const PREFIXES: &[&str] = &["AWS_", "AZURE_", "GOOGLE_"];
    std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        NAMES.contains(&name.as_ref()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    })
}

/// Why a program has ended without an answer: its last line, or that it was brought down.
pub(crate) fn reason(said: &str, status: Option<ExitStatus>) -> String {
    if said.contains("memory allocation of") {
        return TOO_MUCH_MEMORY.to_owned();
    }
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    match (last, status) {
        (Some(line), Some(status)) if status.code().is_some() => line.trim().to_owned(),
        (_, Some(status)) => format!("it was brought down ({status}): it may have needed too much memory"),
        (_, None) => "it was brought down".to_owned(),
    }
}

pub(crate) fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a program of the lake: {error}"))
}
