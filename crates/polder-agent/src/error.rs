//! What can go wrong with an agent, or with getting an attempt ready.

use std::io;
use std::path::PathBuf;

/// Why the agent cannot run, or an attempt cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Executor(#[from] polder_executors::Error),
    #[error("{0}")]
    Server(#[from] polder_client::Error),
    #[error("`{}` could not be {action}: {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },
    #[error("the path `{path}` of a project's file leads out of the project")]
    Path { path: String },
    #[error("the content of `{path}` is not what its hash says: deploy the project again")]
    Content { path: String },
    #[error("the request of the step could not be written down: {0}")]
    Request(#[from] serde_json::Error),
    #[error("the agent's work was interrupted: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
}

impl Error {
    /// For `map_err`: the file that was being worked on.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    /// Whether it may pass by itself.
    pub(crate) fn is_temporary(&self) -> bool {
        matches!(self, Self::Server(error) if error.is_temporary())
    }

    /// Whether a file of the cache is not there.
    pub(crate) fn is_missing_file(&self) -> bool {
        matches!(self, Self::File { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}
