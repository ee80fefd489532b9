//! Sealed secrets. This crate cannot open them: it stores what the vault made, and answers everything but the value in lists.

use chrono::{DateTime, Utc};
use polder_types::id::SecretId;
use uuid::Uuid;

use crate::stored::number;
use crate::{Error, Result, Tx};

/// The team of secrets that all teams share.
pub const SHARED: &str = "";

/// Where a secret belongs. What seals it binds it to this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretKey<'a> {
    pub workspace_id: &'a str,
    /// [`SHARED`] for all teams.
    pub team: &'a str,
    pub environment: &'a str,
    pub name: &'a str,
}

/// A value encrypted with a key of its own, which a master key wraps.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    pub ciphertext: Vec<u8>,
    pub nonce: Vec<u8>,
    pub wrapped_key: Vec<u8>,
    /// Which master key wrapped it.
    pub key_id: String,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    pub id: SecretId,
    pub workspace_id: String,
    pub team: String,
    pub environment: String,
    pub name: String,
    /// Counts up with each new value, from 1.
    pub version: u32,
    pub sealed: Sealed,
    pub updated_at: DateTime<Utc>,
    pub updated_by: String,
}

/// A pipeline asks for a secret that is not there.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Missing {
    pub team: String,
    pub environment: String,
    pub name: String,
    /// Its full name.
    pub pipeline: String,
}

/// Stores a value; answers its version.
pub async fn set(
    tx: &mut Tx,
    key: SecretKey<'_>,
    sealed: &Sealed,
    by: &str,
    now: DateTime<Utc>,
) -> Result<u32> {
    let sql = "INSERT INTO secrets (id, workspace_id, team, environment, name, version, ciphertext, nonce, wrapped_key,
            key_id, updated_at, updated_by)
        VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (workspace_id, team, environment, name) DO UPDATE SET version = secrets.version + 1,
            ciphertext = excluded.ciphertext, nonce = excluded.nonce, wrapped_key = excluded.wrapped_key,
            key_id = excluded.key_id, updated_at = excluded.updated_at, updated_by = excluded.updated_by
        RETURNING version";
    let version: i64 = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(SecretId::new(now).0)
        .bind(key.workspace_id)
        .bind(key.team)
        .bind(key.environment)
        .bind(key.name)
        .bind(&sealed.ciphertext)
        .bind(&sealed.nonce)
        .bind(&sealed.wrapped_key)
        .bind(&sealed.key_id)
        .bind(now)
        .bind(by)
        .fetch_one(c))?;
    number("version of a secret", version)
}

/// The secret that a pipeline of `key.team` means by this name: the team's own, else the shared one.
pub async fn find(tx: &mut Tx, key: SecretKey<'_>) -> Result<Option<Secret>> {
    let sql = "SELECT * FROM secrets WHERE workspace_id = $1 AND environment = $2 AND name = $3 AND team IN ($4, '')
        ORDER BY team DESC LIMIT 1";
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sql)
        .bind(key.workspace_id)
        .bind(key.environment)
        .bind(key.name)
        .bind(key.team)
        .fetch_optional(c))?;
    row.map(Secret::try_from).transpose()
}

/// All secrets of a workspace, by place.
pub async fn list(tx: &mut Tx, workspace_id: &str) -> Result<Vec<Secret>> {
    let sql = "SELECT * FROM secrets WHERE workspace_id = $1 ORDER BY team, environment, name";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).bind(workspace_id).fetch_all(c))?;
    rows.into_iter().map(Secret::try_from).collect()
}

/// Deletes exactly this secret; false if it is not there.
pub async fn delete(tx: &mut Tx, key: SecretKey<'_>) -> Result<bool> {
    let sql = "DELETE FROM secrets WHERE workspace_id = $1 AND team = $2 AND environment = $3 AND name = $4";
    Ok(execute!(
        tx,
        sqlx::query(sql).bind(key.workspace_id).bind(key.team).bind(key.environment).bind(key.name)
    )? == 1)
}

/// Full names (`team/name`) of the pipelines that mean this secret.
pub async fn used_by(tx: &mut Tx, key: SecretKey<'_>) -> Result<Vec<String>> {
    let sql =
        "SELECT p.team || '/' || p.name FROM pipeline_secrets s JOIN pipelines p ON p.id = s.pipeline_id
        WHERE s.name = $1 AND p.workspace_id = $2 AND p.environment = $3 AND p.archived_at IS NULL
            AND (p.team = $4 OR ($4 = '' AND NOT EXISTS (SELECT 1 FROM secrets o
                WHERE o.workspace_id = $2 AND o.team = p.team AND o.environment = $3 AND o.name = $1)))
        ORDER BY p.team, p.name";
    on!(tx, |c| sqlx::query_scalar(sql)
        .bind(key.name)
        .bind(key.workspace_id)
        .bind(key.environment)
        .bind(key.team)
        .fetch_all(c))
}

/// What the pipelines of a workspace ask for without there being such a secret.
pub async fn missing(tx: &mut Tx, workspace_id: &str) -> Result<Vec<Missing>> {
    let sql = "SELECT p.team, p.environment, s.name, p.team || '/' || p.name AS pipeline
        FROM pipelines p JOIN pipeline_secrets s ON s.pipeline_id = p.id
        WHERE p.workspace_id = $1 AND p.archived_at IS NULL AND NOT EXISTS (SELECT 1 FROM secrets o
            WHERE o.workspace_id = $1 AND o.team IN (p.team, '') AND o.environment = p.environment AND o.name = s.name)
        ORDER BY p.team, p.environment, s.name, p.name";
    on!(tx, |c| sqlx::query_as(sql).bind(workspace_id).fetch_all(c))
}

/// Secrets that a master key other than `key_id` wraps, for re-wrapping all of them in one transaction.
pub async fn not_wrapped_by(tx: &mut Tx, key_id: &str) -> Result<Vec<Secret>> {
    let sql = "SELECT * FROM secrets WHERE key_id < $1 OR key_id > $1 ORDER BY id";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).bind(key_id).fetch_all(c))?;
    rows.into_iter().map(Secret::try_from).collect()
}

/// How many secrets each master key wraps, by the key's name.
pub async fn count_by_key(tx: &mut Tx) -> Result<Vec<(String, u64)>> {
    let sql = "SELECT key_id, count(*) FROM secrets GROUP BY key_id ORDER BY key_id";
    let rows: Vec<(String, i64)> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c))?;
    rows.into_iter().map(|(key_id, count)| Ok((key_id, number("number of secrets", count)?))).collect()
}

/// Deletes what a master key wraps that is lost; answers how many.
pub async fn delete_wrapped_by(tx: &mut Tx, key_id: &str) -> Result<u64> {
    execute!(tx, sqlx::query("DELETE FROM secrets WHERE key_id = $1").bind(key_id))
}

/// Puts another wrapping around a secret's key. The value, its version and who set it stay.
pub async fn rewrap(tx: &mut Tx, id: SecretId, wrapped_key: &[u8], key_id: &str) -> Result<()> {
    let sql = "UPDATE secrets SET wrapped_key = $2, key_id = $3 WHERE id = $1";
    match execute!(tx, sqlx::query(sql).bind(id.0).bind(wrapped_key).bind(key_id))? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    workspace_id: String,
    team: String,
    environment: String,
    name: String,
    version: i64,
    ciphertext: Vec<u8>,
    nonce: Vec<u8>,
    wrapped_key: Vec<u8>,
    key_id: String,
    updated_at: DateTime<Utc>,
    updated_by: String,
}

impl TryFrom<Row> for Secret {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: SecretId(row.id),
            workspace_id: row.workspace_id,
            team: row.team,
            environment: row.environment,
            name: row.name,
            version: number("version of a secret", row.version)?,
            sealed: Sealed {
                ciphertext: row.ciphertext,
                nonce: row.nonce,
                wrapped_key: row.wrapped_key,
                key_id: row.key_id,
            },
            updated_at: row.updated_at,
            updated_by: row.updated_by,
        })
    }
}
