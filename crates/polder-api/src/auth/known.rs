//! Callers of tokens that were looked up a moment ago, so that most requests ask no database.
//!
//! A revoked token is forgotten here at once; another server notices after [`KEPT`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::tokens::{self, Token};
use polder_types::id::TokenId;

use super::credentials::Hash;
use crate::{Api, Caller, Result};

const KEPT: TimeDelta = TimeDelta::seconds(10);
/// More than this many are not kept.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<HashMap<Hash, Entry>>);

#[derive(Debug)]
struct Entry {
    id: TokenId,
    caller: Caller,
    until: DateTime<Utc>,
}

impl Known {
    pub(crate) fn get(&self, hash: &Hash, now: DateTime<Utc>) -> Option<Caller> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(hash).filter(|entry| now < entry.until).map(|entry| entry.caller.clone())
    }

    /// A token was revoked: it is asked for anew.
    pub(crate) fn forget(&self, id: TokenId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, entry| entry.id != id);
    }

    fn keep(&self, hash: Hash, entry: Entry, now: DateTime<Utc>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, entry| now < entry.until);
        }
        if known.len() < MOST {
            known.insert(hash, entry);
        }
    }
}

/// Looks a token up, and notes that it is used.
pub(super) async fn load(api: &Api, token: &str, hash: Hash, now: DateTime<Utc>) -> Result<Option<Caller>> {
    let mut tx = api.read().await?;
    let found =
        tokens::find_by_hash(&mut tx, &tokens::hash_of(token)).await?.filter(|token| token.is_valid(now));
    drop(tx);
    let Some(token) = found else { return Ok(None) };
    note_use(api, &token, now).await;
    let (id, expires_at) = (token.view.id, token.view.expires_at);
    let caller = Caller {
        workspace: token.workspace_id,
        name: token.view.name,
        grants: token.view.grants,
        expires_at,
        address: None,
    };
    let until = expires_at.map_or(now + KEPT, |end| end.min(now + KEPT));
    api.known().keep(hash, Entry { id, caller: caller.clone(), until }, now);
    Ok(Some(caller))
}

/// Not worth failing a request for.
async fn note_use(api: &Api, token: &Token, now: DateTime<Utc>) {
    if !token.use_is_due(now) {
        return;
    }
    let noted = async {
        let mut tx = api.store().begin().await?;
        tokens::note_use(&mut tx, token.view.id, now).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "the use of a token could not be noted");
    }
}
