//! Callers of tokens and sessions that were looked up a moment ago, so that most requests ask no database.
//!
//! A revoked token and an ended session are forgotten here at once; another server notices after [`KEPT`].

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};

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
    kept: Mutex<Kept>,
    gone: broadcast::Sender<Gone>,
}

impl Default for Known {
    fn default() -> Self {
        Self { kept: Mutex::default(), gone: broadcast::channel(REVOCATIONS).0 }
    }
}

/// What a caller is known by: what is a token's can never be taken for a session's, nor the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Token(Hash),
    Session(Hash),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gone {
    Token(TokenId),
    Session(Hash),
}

#[derive(Debug, Default)]
struct Kept {
    callers: HashMap<Key, Entry>,
    /// How often something was forgotten.
    forgotten: u64,
}

#[derive(Debug)]
struct Entry {
    caller: Caller,
    until: DateTime<Utc>,
}

impl Known {
    pub(crate) fn get(&self, key: &Key, now: DateTime<Utc>) -> Option<Caller> {
        self.kept().callers.get(key).filter(|entry| now < entry.until).map(|entry| entry.caller.clone())
    }

    /// A token was revoked: it is asked for anew, and its sessions and streams end.
    pub(crate) fn forget(&self, id: TokenId) {
        let mut kept = self.kept();
        kept.forgotten += 1;
        kept.callers.retain(|_, entry| entry.caller.token != Some(id));
        drop(self.gone.send(Gone::Token(id)));
    }

    /// A session was ended: it is asked for anew, and its streams end.
    pub(crate) fn forget_session(&self, hash: Hash) {
        let mut kept = self.kept();
        kept.forgotten += 1;
        kept.callers.remove(&Key::Session(hash));
        drop(self.gone.send(Gone::Session(hash)));
    }

    /// To be asked for before a caller is read, and given to [`Self::keep`].
    pub(crate) fn count_of_forgotten(&self) -> u64 {
        self.kept().forgotten
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Completes when the caller's token is revoked or expires, or its session is ended; never for one without a token.
    pub(crate) fn end_of(
        &self,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (token, mut all_gone) = (caller.token.map(Gone::Token), self.gone.subscribe());
        let session = caller.session.as_ref().map(|session| Gone::Session(session.hash()));
        let left = caller.expires_at.map(|end| (end - now).to_std().unwrap_or_default());
        let expired = async move {
            match left {
                Some(left) => tokio::time::sleep(left).await,
                None => pending().await,
            }
        };
        let gone = async move {
            if token.is_none() {
                return pending().await;
            }
            while all_gone.recv().await.is_ok_and(|gone| Some(gone) != token && Some(gone) != session) {}
        };
        async move {
            tokio::select! { () = expired => {}, () = gone => {} }
        }
    }

    /// Keeps a caller until then, and not for long; not at all if something was forgotten since it was read: it may have been
    /// just this one.
    pub(super) fn keep(
        &self,
        key: Key,
        caller: &Caller,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
        read_at: u64,
    ) {
        let until = caller.expires_at.map_or(until, |end| end.min(until)).min(now + KEPT);
        let mut kept = self.kept();
        if kept.callers.len() >= MOST {
            kept.callers.retain(|_, entry| now < entry.until);
        }
        if kept.callers.len() < MOST && kept.forgotten == read_at {
            kept.callers.insert(key, Entry { caller: caller.clone(), until });
        }
    }
}

/// Looks a token up, and notes that it is used.
pub(super) async fn load(api: &Api, token: &str, hash: Hash, now: DateTime<Utc>) -> Result<Option<Caller>> {
    let read_at = api.known().count_of_forgotten();
    let mut tx = api.read().await?;
    let found =
        tokens::find_by_hash(&mut tx, &tokens::hash_of(token)).await?.filter(|token| token.is_valid(now));
    drop(tx);
    let Some(token) = found else { return Ok(None) };
    note_use(api, &token, now).await;
    let caller = caller_of(token);
    api.known().keep(Key::Token(hash), &caller, now + KEPT, now, read_at);
    Ok(Some(caller))
}

/// Who a stored token stands for.
pub(super) fn caller_of(token: Token) -> Caller {
    Caller {
        workspace: token.workspace_id,
        name: token.view.name,
        grants: token.view.grants,
        expires_at: token.view.expires_at,
        token: Some(token.view.id),
        session: None,
        address: None,
    }
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
