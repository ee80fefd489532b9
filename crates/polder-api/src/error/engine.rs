//! What the engine's and the store's errors mean for a client.

use polder_engine::Error;
use polder_types::Code;
use polder_types::wire::Mistake;
use serde_json::{Map, Value, json};

pub(super) fn hint(error: &Error) -> Option<String> {
    match error {
        Error::BadRequest { hint, .. } => hint.clone(),
        Error::UnknownEnvironment { hint, .. } => Some(hint.clone()),
        _ => None,
    }
}

pub(super) fn mistakes(error: &Error) -> Vec<Mistake> {
    match error {
        Error::InvalidParameters(mistakes) | Error::InvalidDefinition(mistakes) => distinct(mistakes),
        _ => Vec::new(),
    }
}

/// A job's name is that of a project and of a pipeline: what is wrong with it is found twice.
fn distinct(mistakes: &[Mistake]) -> Vec<Mistake> {
    let mut told: Vec<Mistake> = Vec::with_capacity(mistakes.len());
    for mistake in mistakes {
        if !told.contains(mistake) {
            told.push(mistake.clone());
        }
    }
    told
}

/// Further members that a code brings.
pub(super) fn more(error: &Error) -> Map<String, Value> {
    let member = match error {
        Error::AlreadyRunning { run } => ("run_id", json!(run)),
        Error::MissingFiles(missing) => ("missing", json!(missing)),
        _ => return Map::new(),
    };
    Map::from_iter([(member.0.to_owned(), member.1)])
}

pub(super) fn store_code(error: &polder_store::Error) -> Code {
    use polder_store::Error as Store;
    match error {
        Store::NotFound => Code::NotFound,
        Store::Conflict(_) => Code::Conflict,
        Store::Cursor => Code::BadRequest,
        Store::Busy(_) | Store::Unavailable(_) | Store::DiskFull(_) => Code::Unavailable,
        _ => Code::Internal,
    }
}
