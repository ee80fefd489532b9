//! The definitions that runs are pinned to: stored by content, kept parsed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use polder_types::definition::{Pipeline, VERSION};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Engine, Error, Result};

/// More than this many parsed definitions are not kept.
const MOST: usize = 10_000;

/// A pipeline as a run is pinned to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pinned {
    pub version: u32,
    /// The project that it belongs to; none for a job.
    pub project: Option<String>,
    pub pipeline: Pipeline,
}

/// Parsed definitions by hash.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    by_hash: Mutex<HashMap<String, Arc<Pinned>>>,
}

impl Definitions {
    fn get(&self, hash: &str) -> Option<Arc<Pinned>> {
        self.by_hash.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    pub(crate) fn keep(&self, hash: &str, pinned: &Arc<Pinned>) {
        let mut kept = self.by_hash.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(hash.to_owned(), Arc::clone(pinned));
    }
}

/// A definition with the hash and the JSON under which it is stored.
pub(crate) fn pin(project: Option<String>, pipeline: Pipeline) -> Result<(String, Value, Pinned)> {
    let pinned = Pinned { version: VERSION, project, pipeline };
    let json = serde_json::to_value(&pinned).map_err(|error| Error::Internal(error.to_string()))?;
    let hash = hex(&Sha256::digest(json.to_string()));
    Ok((hash, json, pinned))
}

impl Engine {
    /// The definition with this hash.
    pub(crate) async fn pinned(&self, hash: &str) -> Result<Arc<Pinned>> {
        if let Some(found) = self.inner.definitions.get(hash) {
            return Ok(found);
        }
        let json = self.store().run_definition(hash).await?;
        let pinned = serde_json::from_value(json)
            .map_err(|error| Error::Internal(format!("stored definition: {error}")))?;
        let pinned = Arc::new(pinned);
        self.inner.definitions.keep(hash, &pinned);
        Ok(pinned)
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by the first version; every later one reads it for ever.
    const FIRST: &str = include_str!("../fixtures/pinned-1.json");

    #[test]
    fn what_the_first_version_stored_is_still_read() {
        let pinned: Pinned = serde_json::from_str(FIRST).expect("a definition");
        assert_eq!((pinned.version, pinned.project.as_deref()), (1, Some("flights")));
        assert_eq!(pinned.pipeline.steps.len(), 3);
        let again = serde_json::to_value(&pinned).expect("JSON");
        assert_eq!(again, serde_json::from_str::<Value>(FIRST).expect("JSON"), "nothing is lost");
    }

    #[test]
    fn the_same_definition_has_the_same_hash() {
        let pinned: Pinned = serde_json::from_str(FIRST).expect("a definition");
        let hash = |project: &str| pin(Some(project.into()), pinned.pipeline.clone()).expect("pinned").0;
        assert_eq!(hash("flights"), hash("flights"));
        assert_ne!(hash("flights"), hash("weather"));
    }
}
