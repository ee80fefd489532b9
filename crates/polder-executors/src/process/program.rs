//! Finds the program of a command, and explains why it could not be started or what its exit means.
//!
//! The search path is walked here rather than by the system, for two reasons: the answer tells a missing program from
//! one that may not be executed, and the quick way of starting a process (`posix_spawn`) is only taken by the standard
//! library when nothing is to be searched for.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use polder_types::definition::Command;
use rustix::fs::{Access, access};
use rustix::io::Errno;

use crate::Error;

const SHELL: &str = "/bin/sh";

/// A program, found, with what it is called as and its arguments.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) arguments: Vec<String>,
}

impl Program {
    /// Finds what `command` starts, as seen from `directory` and with the search path `path`.
    pub(crate) fn find(command: &Command, directory: &Path, path: &str) -> Result<Self, Error> {
        match command {
            Command::Shell(text) if text.trim().is_empty() => Err(Error::EmptyCommand),
            Command::Shell(text) => {
                let arguments = vec!["-c".to_owned(), checked(text)?];
                Ok(Self { path: SHELL.into(), name: "sh".to_owned(), arguments })
            }
            Command::Arguments(all) => {
                let (name, rest) =
                    all.split_first().filter(|(name, _)| !name.is_empty()).ok_or(Error::EmptyCommand)?;
                let arguments = rest.iter().map(|text| checked(text)).collect::<Result<_, _>>()?;
                Ok(Self { path: locate(&checked(name)?, directory, path)?, name: name.clone(), arguments })
            }
        }
    }

    /// Why the system refused to start it.
    pub(crate) fn refusal(&self, directory: &Path, source: io::Error) -> Error {
        let path = self.path.display().to_string();
        if !directory.is_dir() {
            return Error::WorkingDirectory { path: directory.to_owned(), source };
        }
        match Errno::from_io_error(&source) {
            Some(Errno::NOENT | Errno::NOTDIR) => {
                self.bad_interpreter().unwrap_or(Error::Spawn { program: path, source })
            }
            Some(Errno::ACCESS | Errno::PERM) => Error::NotExecutable { path },
            Some(Errno::NOEXEC) => Error::UnknownFormat { path },
            Some(Errno::TOOBIG) => Error::TooLong,
            Some(Errno::AGAIN | Errno::NOMEM | Errno::MFILE | Errno::NFILE) => Error::Exhausted { source },
            _ => Error::Spawn { program: path, source },
        }
    }

    fn bad_interpreter(&self) -> Option<Error> {
        let mut line = Vec::new();
        BufReader::new(File::open(&self.path).ok()?.take(256)).read_until(b'\n', &mut line).ok()?;
        let line = String::from_utf8_lossy(&line);
        let rest = line.strip_prefix("#!")?.trim_end_matches('\n');
        let problem = if rest.ends_with('\r') {
            "followed by a Windows line end: save the file with Unix line ends"
        } else {
            "which is not on the agent's machine: install it, or name one that is there"
        };
        let interpreter = rest.split_whitespace().next().unwrap_or_default().to_owned();
        Some(Error::BadInterpreter { path: self.path.display().to_string(), interpreter, problem })
    }
}

fn checked(text: &str) -> Result<String, Error> {
    if text.contains('\0') {
        Err(Error::NulCharacter { name: "run".to_owned() })
    } else {
        Ok(text.to_owned())
    }
}

fn locate(name: &str, directory: &Path, path: &str) -> Result<PathBuf, Error> {
    if name.contains('/') {
        return executable(directory.join(name)).ok_or_else(|| not_found(name, directory))?;
    }
    let mut refused = None;
    for candidate in path.split(':').filter(|folder| !folder.is_empty()) {
        match executable(directory.join(candidate).join(name)) {
            Some(Ok(found)) => return Ok(found),
            Some(Err(error)) => refused = refused.or(Some(error)),
            None => {}
        }
    }
    Err(refused.unwrap_or_else(|| not_found(name, directory)))
}

/// The file, if there is one, provided that it may be executed.
fn executable(path: PathBuf) -> Option<Result<PathBuf, Error>> {
    if !path.is_file() {
        return None;
    }
    match access(&path, Access::EXEC_OK) {
        Ok(()) => Some(Ok(path)),
        Err(_) => Some(Err(Error::NotExecutable { path: path.display().to_string() })),
    }
}

fn not_found(name: &str, directory: &Path) -> Error {
    let hint = if name.contains('/') {
        "the project has no such file; paths are relative to the project's folder".to_owned()
    } else if directory.join(name).is_file() {
        format!("it is a file of the project, so write `./{name}`, or start it with its interpreter")
    } else if name.contains(char::is_whitespace) {
        "a command given as a list has one item for the program and one for each argument".to_owned()
    } else {
        "install it on the agent's machine, or give its path".to_owned()
    };
    Error::NotFound { program: name.to_owned(), hint }
}

/// What an exit means, unless it is a success.
pub(crate) fn explain(command: &Command, code: Option<i32>, signal: Option<i32>) -> Option<String> {
    let shell = matches!(command, Command::Shell(_));
    match (code, signal) {
        (Some(0), _) => None,
        (Some(127), _) if shell => Some(
            "exit code 127: the shell did not find a command (its name is in the log); install it on the agent's \
             machine, and write `./name` for a file of the project"
                .to_owned(),
        ),
        (Some(126), _) if shell => Some(
            "exit code 126: the shell found a command but may not execute it (its name is in the log); run `chmod +x` \
             on it before deploying, or start it with its interpreter"
                .to_owned(),
        ),
        (Some(code @ 129..=192), _) if shell => {
            Some(format!("exit code {code}: a command was ended by signal {}{}", code - 128, signal_name(code - 128)))
        }
        (Some(code), _) => Some(format!("exit code {code}")),
        (None, Some(signal)) => Some(format!("ended by signal {signal}{}", signal_name(signal))),
        (None, None) => Some("its end could not be observed".to_owned()),
    }
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        1 => " (HUP)",
        2 => " (INT)",
        3 => " (QUIT)",
        4 => " (ILL: an instruction that this processor does not know)",
        6 => " (ABRT: it gave up by itself)",
        7 => " (BUS)",
        8 => " (FPE)",
        9 => " (KILL: by hand, or by the system because memory ran out)",
        11 => " (SEGV: a memory error in the program)",
        13 => " (PIPE: it wrote to a pipe that nobody reads)",
        14 => " (ALRM)",
        15 => " (TERM)",
        24 => " (XCPU: it used up its processor time)",
        25 => " (XFSZ: it wrote too large a file)",
        _ => "",
    }
}
