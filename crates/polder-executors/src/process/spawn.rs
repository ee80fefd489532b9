//! Starts the process of an attempt.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use rustix::process::{Signal, kill_process_group};
use tokio::io::AsyncWriteExt as _;
use tokio::net::unix::pipe;

use super::children::Children;
use super::environment::{self, TEMPORARY};
use super::program::Program;
use super::table::{Handle, Stat, raw};
use crate::{Attempt, Error};

/// The started process and the agent's ends of its pipes.
pub(crate) struct Spawned {
    pub(crate) main: Handle,
    pub(crate) stdout: pipe::Receiver,
    pub(crate) stderr: pipe::Receiver,
    /// The pipes as the table of processes names them.
    pub(crate) pipes: Vec<PathBuf>,
}

/// A command that is ready to be started: all that can be wrong with it has been looked for.
pub(crate) struct Prepared {
    program: Program,
    command: Command,
    directory: PathBuf,
    stdin: Option<Bytes>,
}

impl Prepared {
    pub(crate) fn new(attempt: &Attempt, path: &str) -> Result<Self, Error> {
        let directory = attempt.working_directory.clone();
        let variables = environment::variables(attempt, path)?;
        let program = Program::find(&attempt.command, &directory, &variables["PATH"])?;
        make_folder(&attempt.folder.join(TEMPORARY))?;
        let mut command = Command::new(&program.path);
        command
            .arg0(&program.name)
            .args(&program.arguments)
            .current_dir(&directory)
            .env_clear()
            .envs(variables);
        // Its own process group, and nothing that would need code to run between fork and exec: that keeps the
        // standard library on posix_spawn, which does not copy this program's tables of memory.
        command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(if attempt.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        Ok(Self { program, command, directory, stdin: attempt.stdin.clone() })
    }

    pub(crate) fn spawn(mut self) -> Result<Spawned, Error> {
        let mut child = {
            let mut children = Children::lock();
            let child = self.command.spawn().map_err(|error| self.program.refusal(&self.directory, error))?;
            children.add(child.id());
            child
        };
        if let (Some(pipe), Some(bytes)) = (child.stdin.take(), self.stdin.take()) {
            feed(OwnedFd::from(pipe), bytes);
        }
        spawned(&mut child).map_err(|source| {
            abandon(child);
            Error::Unsupported { what: "pidfd_open and /proc, and enough open files", source }
        })
    }
}

fn make_folder(path: &Path) -> Result<(), Error> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(Error::file("made", path)(error)),
        _ => Ok(()),
    }
}

fn spawned(child: &mut Child) -> io::Result<Spawned> {
    let stat = Stat::read(child.id()).ok_or(io::ErrorKind::NotFound)?;
    let main = Handle::open(stat.id).ok_or(io::ErrorKind::Unsupported)?;
    let stdout = OwnedFd::from(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
    let stderr = OwnedFd::from(child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?);
    let pipes = [&stdout, &stderr].into_iter().filter_map(named).collect();
    Ok(Spawned {
        main,
        stdout: pipe::Receiver::from_owned_fd(stdout)?,
        stderr: pipe::Receiver::from_owned_fd(stderr)?,
        pipes,
    })
}

/// Ends a process that cannot be watched. It has only just been started.
fn abandon(mut child: Child) {
    let _ = raw(child.id()).map(|group| kill_process_group(group, Signal::KILL));
    drop(child.wait());
    Children::lock().give_up(child.id());
}

fn named(fd: &OwnedFd) -> Option<PathBuf> {
    fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).ok()
}

/// Writes all of it, unless the process does not want it.
fn feed(pipe: OwnedFd, bytes: Bytes) {
    if let Ok(mut sender) = pipe::Sender::from_owned_fd(pipe) {
        tokio::spawn(async move { sender.write_all(&bytes).await });
    }
}
