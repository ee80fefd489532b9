use polder_lake::Error as Lake;
use polder_types::Code;
use polder_types::wire::EXIT_CONFLICT;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a program could not work on the lake, or publish what it wrote.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Lake(#[from] Lake),
    #[error("{}", told(.0))]
    Server(#[from] polder_client::Error),
    #[error("the server's answer makes no sense: {0}")]
    Answer(String),
}

impl Error {
    /// What the program exits with: whether trying again may help is worth knowing.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Lake(Lake::Conflict { .. }) => EXIT_CONFLICT,
            Self::Server(error) if error.code() == Some(Code::PublishConflict) => EXIT_CONFLICT,
            _ => 1,
        }
    }
}

/// With what went wrong below it.
fn told(error: &polder_client::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
