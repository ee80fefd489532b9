//! Sessions of browsers: a cookie in the place of the token that it was got for, until it is not used for a while.
//!
//! A request puts the session's end off; it is written at most once a minute, so that reading does not write all the time.
//! What a page asks by itself does not (see [`Presence`]), nor does an open stream of events: nobody may be looking any more.
//! A stream ends with the session.

use std::future::pending;
use std::time::Duration;

use axum::http::HeaderValue;
use chrono::{DateTime, TimeDelta, Utc};
use polder_store::sessions::{self as stored, NewSession};
use polder_store::tokens;
use polder_types::id::TokenId;
use polder_types::wire::{self, Role};
use serde_json::json;

use super::cookie::{self, Secret};
use super::credentials::Hash;
use super::known::{self, Key};
use super::presence::Presence;
use crate::audit::Deed;
use crate::{Api, Caller, Error, Result};

pub(crate) const ENDED: &str = "the session has ended";

/// How old the noted time of last use gets before it is noted anew. With a short life a part of it, so that the session
/// of somebody who goes on working does not end.
const USE_IS_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
const PART_OF_LIFE: i32 = 10;

/// The session that a request came with.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    secret: Secret,
    /// When it ends if it is not used.
    expires_at: DateTime<Utc>,
    /// Whether this request has put its end off: then the browser has to keep the cookie for longer, too.
    renewed: bool,
}

impl Session {
    pub(super) fn is_renewed(&self) -> bool {
        self.renewed
    }

    pub(super) fn csrf(&self) -> String {
        self.secret.csrf()
    }

    /// The header that leaves the cookie with the browser.
    pub(crate) fn cookie(&self, api: &Api) -> HeaderValue {
        cookie::set(&self.secret, api.is_secure(), self.expires_at - api.now())
    }

    pub(super) fn hash(&self) -> Hash {
        self.secret.hash()
    }

    fn stored_hash(&self) -> String {
        hex::encode(self.secret.hash())
    }

    /// What its owner is told of it.
    pub(crate) fn view(&self, caller: &Caller) -> wire::Session {
        wire::Session {
            name: caller.name.clone(),
            workspace: caller.workspace.clone(),
            grants: caller.grants.clone(),
            expires_at: caller.expires_at.map_or(self.expires_at, |end| end.min(self.expires_at)),
            token_expires_at: caller.expires_at,
            csrf: self.csrf(),
        }
    }
}

/// Begins a session for who has sent a token.
///
/// # Errors
/// [`Error::AgentSignsIn`]; when the database fails.
pub(crate) async fn begin(api: &Api, caller: &Caller) -> Result<Session> {
    let (token_id, now) = (token_of_person(caller)?, api.now());
    let session = Session { secret: Secret::random(), expires_at: now + idle(api), renewed: true };
    let hash = session.stored_hash();
    let new = NewSession { hash: &hash, token_id, created_at: now, expires_at: session.expires_at };
    let mut tx = api.store().begin().await?;
    stored::insert(&mut tx, new).await?;
    api.note_in(&mut tx, caller, deed("session.start", caller)).await?;
    tx.commit().await?;
    Ok(session)
}

/// Ends the session that a request came with; false if it had ended meanwhile.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end(api: &Api, caller: &Caller) -> Result<bool> {
    let Some(session) = &caller.session else { return Ok(false) };
    let mut tx = api.store().begin().await?;
    let ended = stored::delete(&mut tx, &session.stored_hash()).await?;
    if ended {
        api.note_in(&mut tx, caller, deed("session.end", caller)).await?;
    }
    tx.commit().await?;
    api.known().forget_session(session.secret.hash());
    Ok(ended)
}

/// Who has this session, if it goes on; notes that it is used, if somebody uses it.
///
/// # Errors
/// When the database fails.
pub(super) async fn find(api: &Api, secret: Secret, presence: Presence) -> Result<Option<Caller>> {
    let (key, now) = (Key::Session(secret.hash()), api.now());
    if let Some(caller) = api.known().get(&key, now) {
        return Ok(Some(caller));
    }
    let read_at = api.known().count_of_forgotten();
    let hash = hex::encode(secret.hash());
    let Some(mut found) = load(api, &hash, now).await? else { return Ok(None) };
    let renewed = match presence {
        Presence::Somebody => renew(api, &hash, &mut found, now).await,
        Presence::Nobody => Some(false),
    };
    let Some(renewed) = renewed else { return Ok(None) };
    let session = Session { secret, expires_at: found.expires_at, renewed: false };
    let noted_anew_at = found.last_used_at + noted_every(api);
    let caller = Caller { session: Some(session.clone()), ..known::caller_of(found.token) };
    api.known().keep(key, &caller, session.expires_at.min(noted_anew_at), now, read_at);
    Ok(Some(Caller { session: Some(Session { renewed, ..session }), ..caller }))
}

/// Completes when the caller's session ends; never for one without.
pub(crate) fn end_of(api: &Api, caller: &Caller) -> impl Future<Output = ()> + Send + use<> {
    let (api, session) = (api.clone(), caller.session.clone());
    async move {
        let Some(session) = session else { return pending().await };
        let hash = session.stored_hash();
        // Other requests have put the end off meanwhile, or not.
        while let Some(left) = left(&api, &hash).await {
            tokio::time::sleep(left).await;
        }
    }
}

/// How long a session lasts if it is not used; none if it has ended, or nothing can be said.
async fn left(api: &Api, hash: &str) -> Option<Duration> {
    let now = api.now();
    let found = load(api, hash, now).await.ok()??;
    (found.expires_at - now).to_std().ok()
}

async fn load(api: &Api, hash: &str, now: DateTime<Utc>) -> Result<Option<stored::Session>> {
    let found = stored::find(&mut api.read().await?, hash).await?;
    Ok(found.filter(|session| session.is_valid(now)))
}

/// Puts the end off, where that is due: whether it was; none if the session has ended meanwhile. Not worth failing a request for.
async fn renew(api: &Api, hash: &str, found: &mut stored::Session, now: DateTime<Utc>) -> Option<bool> {
    if now < found.last_used_at + noted_every(api) {
        return Some(false);
    }
    let expires_at = now + idle(api);
    match note_use(api, hash, found, now, expires_at).await {
        Ok(true) => {
            (found.last_used_at, found.expires_at) = (now, expires_at);
            Some(true)
        }
        Ok(false) => None,
        Err(error) => {
            tracing::warn!(%error, "the use of a session could not be noted");
            Some(false)
        }
    }
}

async fn note_use(
    api: &Api,
    hash: &str,
    found: &stored::Session,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<bool, polder_store::Error> {
    let mut tx = api.store().begin().await?;
    let goes_on = stored::note_use(&mut tx, hash, now, expires_at).await?;
    if goes_on && found.token.use_is_due(now) {
        tokens::note_use(&mut tx, found.token.view.id, now).await?;
    }
    tx.commit().await?;
    Ok(goes_on)
}

/// An agent sees nothing of what pages show, and the tokens of the server's own parts are not stored.
fn token_of_person(caller: &Caller) -> Result<TokenId> {
    let is_person = caller.grants.iter().any(|grant| grant.role != Role::Agent);
    caller.token.filter(|_| is_person).ok_or(Error::AgentSignsIn)
}

fn deed(action: &'static str, caller: &Caller) -> Deed<'static> {
    Deed::new(action, caller.name.as_str()).with(json!({"token": caller.token}))
}

fn idle(api: &Api) -> TimeDelta {
    TimeDelta::from_std(api.limits().session_idle).unwrap_or(TimeDelta::MAX)
}

fn noted_every(api: &Api) -> TimeDelta {
    USE_IS_NOTED_EVERY.min(idle(api) / PART_OF_LIFE)
}
