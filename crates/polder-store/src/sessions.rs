//! Browser sessions: whoever holds the cookie acts with the token that it was got for. Only the cookie's hash is stored.
//!
//! A session that is not used ends at `expires_at`, which each noted use puts off; it never outlives its token.

use chrono::{DateTime, Utc};
use polder_types::id::TokenId;
use uuid::Uuid;

use crate::tokens::{self, Token};
use crate::{Result, Tx};

/// A stored session, with the token that it was got for.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    pub token: Token,
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl Session {
    #[must_use]
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at && self.token.is_valid(now)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    pub hash: &'a str,
    pub token_id: TokenId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

pub async fn insert(tx: &mut Tx, new: NewSession<'_>) -> Result<()> {
    let sql = "INSERT INTO sessions (hash, token_id, created_at, last_used_at, expires_at)
        VALUES ($1, $2, $3, $3, $4)";
    execute!(
        tx,
        sqlx::query(sql).bind(new.hash).bind(new.token_id.0).bind(new.created_at).bind(new.expires_at)
    )?;
    Ok(())
}

/// The session of this hash, whether or not it is still valid.
pub async fn find(tx: &mut Tx, hash: &str) -> Result<Option<Session>> {
    let sql = "SELECT token_id, created_at, last_used_at, expires_at FROM sessions WHERE hash = $1";
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sql).bind(hash).fetch_optional(c))?;
    let Some(row) = row else { return Ok(None) };
    let token = tokens::of_any_workspace(tx, TokenId(row.token_id)).await?;
    let Row { created_at, last_used_at, expires_at, .. } = row;
    Ok(Some(Session { token, created_at, last_used_at, expires_at }))
}

/// Puts the end off; false if the session has ended meanwhile.
pub async fn note_use(
    tx: &mut Tx,
    hash: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<bool> {
    let sql = "UPDATE sessions SET last_used_at = $2, expires_at = $3 WHERE hash = $1";
    Ok(execute!(tx, sqlx::query(sql).bind(hash).bind(now).bind(expires_at))? == 1)
}

/// Ends a session; false if it is not there.
pub async fn delete(tx: &mut Tx, hash: &str) -> Result<bool> {
    Ok(execute!(tx, sqlx::query("DELETE FROM sessions WHERE hash = $1").bind(hash))? == 1)
}

/// Ends all sessions of a token; answers how many.
pub async fn delete_of_token(tx: &mut Tx, token: TokenId) -> Result<u64> {
    execute!(tx, sqlx::query("DELETE FROM sessions WHERE token_id = $1").bind(token.0))
}

/// Deletes what has expired; answers how many.
pub async fn delete_expired(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    execute!(tx, sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now))
}

#[derive(sqlx::FromRow)]
struct Row {
    token_id: Uuid,
    created_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}
