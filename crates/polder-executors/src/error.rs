//! Why something could not be started. Each text says what to do, since it is the first thing that a user reads when
//! a step does not run.

use std::io;
use std::path::PathBuf;

/// What can go wrong before an attempt runs, or with the executor itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the command is empty: give a program to run")]
    EmptyCommand,
    #[error("`{program}` was not found: {hint}")]
    NotFound { program: String, hint: String },
    #[error(
        "`{path}` may not be executed: run `chmod +x` on it before deploying, or start it with its interpreter"
    )]
    NotExecutable { path: String },
    #[error("`{path}` could not be started, because its first line asks for `{interpreter}`, {problem}")]
    BadInterpreter { path: String, interpreter: String, problem: &'static str },
    #[error(
        "`{path}` is neither a program for this machine nor a script with a `#!` line: add one, such as `#!/bin/sh`, or start it with its interpreter"
    )]
    UnknownFormat { path: String },
    #[error("the command and its environment are too long for the system: pass large values in a file")]
    TooLong,
    #[error("the command or its environment has a NUL character in `{name}`: remove it")]
    NulCharacter { name: String },
    #[error("`{name}` is no name for an environment variable: use letters, digits and `_`")]
    VariableName { name: String },
    #[error("the working directory `{}` cannot be used: {source}", path.display())]
    WorkingDirectory { path: PathBuf, source: io::Error },
    #[error(
        "the machine cannot start more processes just now ({source}): lower the agent's slots, or raise its limits"
    )]
    Exhausted { source: io::Error },
    #[error("`{program}` could not be started: {source}")]
    Spawn { program: String, source: io::Error },
    #[error("`{}` could not be {action}: {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },
    #[error("the folder `{}` is in use by another agent: give each agent its own", path.display())]
    StateInUse { path: PathBuf },
    #[error("this system does not offer what the process executor needs ({what}): {source}")]
    Unsupported { what: &'static str, source: io::Error },
    #[error("the attempt was lost sight of, because its supervisor ended")]
    Unsupervised,
}

impl Error {
    /// For `map_err`: the file that was being worked on.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
