//! Contents of project files, each once, under the SHA-256 of its bytes. Compressed where that makes it smaller.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::{Error, Result, Tx};

const LEVEL: i32 = 3;
/// How many hashes are asked for in one statement.
const BATCH: usize = 50;

/// The name of these bytes.
#[must_use]
pub fn hash_of(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// Stores `content` under its hash, which it answers; storing it again changes nothing.
pub async fn insert(tx: &mut Tx, content: Vec<u8>, now: DateTime<Utc>) -> Result<String> {
    let packed = tokio::task::spawn_blocking(move || pack(content)).await.map_err(std::io::Error::from)??;
    let sql = "INSERT INTO blobs (sha256, size, compressed, content, created_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let size = i64::try_from(packed.size).unwrap_or(i64::MAX);
    execute!(
        tx,
        sqlx::query(sql)
            .bind(&packed.sha256)
            .bind(size)
            .bind(packed.compressed)
            .bind(&packed.bytes)
            .bind(now)
    )?;
    Ok(packed.sha256)
}

/// The bytes of this hash.
pub async fn get(tx: &mut Tx, sha256: &str) -> Result<Vec<u8>> {
    let sql = "SELECT size, compressed, content FROM blobs WHERE sha256 = $1";
    let (size, compressed, content): (i64, bool, Vec<u8>) =
        on!(tx, |c| sqlx::query_as(sql).bind(sha256).fetch_one(c))?;
    if !compressed {
        return Ok(content);
    }
    let size = usize::try_from(size).map_err(|_| Error::corrupt("size of a blob", size.to_string()))?;
    let bytes = zstd::bulk::decompress(&content, size);
    bytes.map_err(|error| Error::corrupt("content of a blob", error.to_string()))
}

/// Those of `hashes` that are not stored, in their order, each once.
pub async fn missing(tx: &mut Tx, hashes: &[String]) -> Result<Vec<String>> {
    let mut seen = HashSet::new();
    let wanted: Vec<&String> = hashes.iter().filter(|hash| seen.insert(*hash)).collect();
    let mut stored: HashSet<String> = HashSet::new();
    for batch in wanted.chunks(BATCH) {
        stored.extend(stored_of(tx, batch).await?);
    }
    Ok(wanted.into_iter().filter(|hash| !stored.contains(*hash)).cloned().collect())
}

async fn stored_of(tx: &mut Tx, hashes: &[&String]) -> Result<Vec<String>> {
    let places: Vec<String> = (1..=hashes.len()).map(|number| format!("${number}")).collect();
    let sql = format!("SELECT sha256 FROM blobs WHERE sha256 IN ({})", places.join(", "));
    on!(tx, |c| {
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str()));
        hashes.iter().fold(query, |query, hash| query.bind(hash.as_str())).fetch_all(c)
    })
}

/// How many bytes the contents of these hashes have together, each as often as it is named.
pub async fn bytes_of(tx: &mut Tx, hashes: &[String]) -> Result<u64> {
    let mut sizes: HashMap<String, i64> = HashMap::new();
    for batch in hashes.chunks(BATCH) {
        let places: Vec<String> = (1..=batch.len()).map(|number| format!("${number}")).collect();
        let sql = format!("SELECT sha256, size FROM blobs WHERE sha256 IN ({})", places.join(", "));
        let rows: Vec<(String, i64)> = on!(tx, |c| {
            let query = sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()));
            batch.iter().fold(query, |query, hash| query.bind(hash.as_str())).fetch_all(c)
        })?;
        sizes.extend(rows);
    }
    let size = |hash: &String| sizes.get(hash).and_then(|size| u64::try_from(*size).ok()).unwrap_or(0);
    Ok(hashes.iter().map(size).fold(0, u64::saturating_add))
}

struct Packed {
    sha256: String,
    size: usize,
    compressed: bool,
    bytes: Vec<u8>,
}

fn pack(content: Vec<u8>) -> Result<Packed> {
    let sha256 = hash_of(&content);
    let size = content.len();
    let smaller = zstd::bulk::compress(&content, LEVEL)?;
    let compressed = smaller.len() < size;
    Ok(Packed { sha256, size, compressed, bytes: if compressed { smaller } else { content } })
}
