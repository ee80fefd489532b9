//! API tokens: of a token's text only the SHA-256 is stored.

use chrono::{DateTime, TimeDelta, Utc};
use polder_types::id::TokenId;
use polder_types::wire::{Grant, TokenView};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{JsonText, Result, Tx};

/// How old the noted time of last use gets before it is noted anew.
const USE_IS_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

macro_rules! select_where {
    ($condition:literal) => {
        concat!(
            "SELECT id, workspace_id, name, grants, created_at, created_by, expires_at, revoked_at, last_used_at
            FROM tokens WHERE ",
            $condition
        )
    };
}

/// A stored token and where it belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub workspace_id: String,
    pub view: TokenView,
}

impl Token {
    #[must_use]
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.view.revoked_at.is_none() && self.view.expires_at.is_none_or(|end| now < end)
    }

    /// Whether [`note_use`] would write: spares a write for each request.
    #[must_use]
    pub fn use_is_due(&self, now: DateTime<Utc>) -> bool {
        self.view.last_used_at.is_none_or(|last| last + USE_IS_NOTED_EVERY <= now)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    pub id: TokenId,
    pub workspace_id: &'a str,
    /// See [`hash_of`].
    pub hash: &'a str,
    pub name: &'a str,
    pub grants: &'a [Grant],
    pub created_at: DateTime<Utc>,
    pub created_by: &'a str,
    pub expires_at: Option<DateTime<Utc>>,
}

/// What is stored of a token's text. Tokens are 32 random bytes, so a plain hash is enough.
#[must_use]
pub fn hash_of(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

pub async fn insert(tx: &mut Tx, new: NewToken<'_>) -> Result<()> {
    let sql = "INSERT INTO tokens (id, workspace_id, hash, name, grants, created_at, created_by, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(new.id.0)
            .bind(new.workspace_id)
            .bind(new.hash)
            .bind(new.name)
            .bind(JsonText(new.grants))
            .bind(new.created_at)
            .bind(new.created_by)
            .bind(new.expires_at)
    )?;
    Ok(())
}

/// The token of this hash, whether or not it is still valid.
pub async fn find_by_hash(tx: &mut Tx, hash: &str) -> Result<Option<Token>> {
    let sql = select_where!("hash = $1");
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sql).bind(hash).fetch_optional(c))?;
    Ok(row.map(Token::from))
}

/// All tokens of a workspace, oldest first.
pub async fn list(tx: &mut Tx, workspace_id: &str) -> Result<Vec<Token>> {
    let sql = select_where!("workspace_id = $1 ORDER BY id");
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).bind(workspace_id).fetch_all(c))?;
    Ok(rows.into_iter().map(Token::from).collect())
}

pub async fn get(tx: &mut Tx, workspace_id: &str, id: TokenId) -> Result<Token> {
    let sql = select_where!("id = $1 AND workspace_id = $2");
    let row: Row = on!(tx, |c| sqlx::query_as(sql).bind(id.0).bind(workspace_id).fetch_one(c))?;
    Ok(row.into())
}

/// The token of this id, wherever it belongs.
pub(crate) async fn of_any_workspace(tx: &mut Tx, id: TokenId) -> Result<Token> {
    let sql = select_where!("id = $1");
    let row: Row = on!(tx, |c| sqlx::query_as(sql).bind(id.0).fetch_one(c))?;
    Ok(row.into())
}

/// Revokes a token; false if it was revoked before or is not there.
pub async fn revoke(tx: &mut Tx, workspace_id: &str, id: TokenId, now: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE tokens SET revoked_at = $3 WHERE id = $1 AND workspace_id = $2 AND revoked_at IS NULL";
    Ok(execute!(tx, sqlx::query(sql).bind(id.0).bind(workspace_id).bind(now))? == 1)
}

pub async fn note_use(tx: &mut Tx, id: TokenId, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE tokens SET last_used_at = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id.0).bind(now))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    workspace_id: String,
    name: String,
    grants: JsonText<Vec<Grant>>,
    created_at: DateTime<Utc>,
    created_by: String,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

impl From<Row> for Token {
    fn from(row: Row) -> Self {
        let view = TokenView {
            id: TokenId(row.id),
            name: row.name,
            grants: row.grants.0,
            created_at: row.created_at,
            created_by: row.created_by,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            last_used_at: row.last_used_at,
        };
        Self { workspace_id: row.workspace_id, view }
    }
}
