//! Callers of tokens that were looked up a moment ago, so that most requests ask no database.
//!
//! A revoked token is forgotten here at once; another server notices after [`KEPT`].

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::tokens::{self, Token};
use polder_types::id::TokenId;
use tokio::sync::broadcast;

use super::credentials::Hash;
use crate::{Api, Caller, Result};

const KEPT: TimeDelta = TimeDelta::seconds(10);
/// More than this many are not kept.
const MOST: usize = 10_000;

/// How many revocations a stream may be behind before it ends to be on the safe side.
const REVOCATIONS: usize = 64;

#[derive(Debug)]
pub(crate) struct Known {
    callers: Mutex<HashMap<Hash, Entry>>,
    revoked: broadcast::Sender<TokenId>,
}

impl Default for Known {
    fn default() -> Self {
        Self { callers: Mutex::default(), revoked: broadcast::channel(REVOCATIONS).0 }
    }
}

#[derive(Debug)]
struct Entry {
    id: TokenId,
    caller: Caller,
    until: DateTime<Utc>,
}

impl Known {
    pub(crate) fn get(&self, hash: &Hash, now: DateTime<Utc>) -> Option<Caller> {
        let known = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(hash).filter(|entry| now < entry.until).map(|entry| entry.caller.clone())
    }

    /// A token was revoked: it is asked for anew, and its streams end.
    pub(crate) fn forget(&self, id: TokenId) {
        drop(self.revoked.send(id));
        self.callers.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, entry| entry.id != id);
    }

    /// Completes when the caller's token is revoked or expires; never for one without a token.
    pub(crate) fn end_of(
        &self,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (token, mut revoked) = (caller.token, self.revoked.subscribe());
        let left = caller.expires_at.map(|end| (end - now).to_std().unwrap_or_default());
        let expired = async move {
            match left {
                Some(left) => tokio::time::sleep(left).await,
                None => pending().await,
            }
        };
        let gone = async move {
            let Some(token) = token else { return pending().await };
            while revoked.recv().await.is_ok_and(|other| other != token) {}
        };
        async move {
            tokio::select! { () = expired => {}, () = gone => {} }
        }
    }

    fn keep(&self, hash: Hash, entry: Entry, now: DateTime<Utc>) {
        let mut known = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
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
        token: Some(id),
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
