//! Making tokens: the first admin's on the first start, and all others.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use polder_store::tokens::{self, NewToken};
use polder_store::{Store, Tx};
use polder_types::id::TokenId;
use polder_types::wire::{CreateToken, CreatedToken, Grant, Role};

use super::new_token;
use crate::state::WORKSPACE;
use crate::{Error, Result};

const FILE: &str = "admin-token";

/// On the first start: makes a token for an admin of everything and writes it to a file that only its owner can read.
/// Answers with the file; none if there are tokens already.
///
/// # Errors
/// When the file cannot be written or the database fails; then no token was made.
pub async fn first_admin_token(store: &Store, data: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>> {
    let mut tx = store.begin().await?;
    tx.lock("first token", "").await?;
    if !tokens::list(&mut tx, WORKSPACE).await?.is_empty() {
        return Ok(None);
    }
    let grants = vec![Grant { role: Role::Admin, team: None }];
    let create = CreateToken { name: "admin".to_owned(), grants, expires_at: None };
    let created = insert_token(&mut tx, WORKSPACE, &create, "system", now).await?;
    let path = data.join(FILE);
    write_private(&path, &created.token)
        .map_err(|error| Error::Internal(format!("{}: {error}", path.display())))?;
    tx.commit().await?;
    Ok(Some(path))
}

/// Makes a token; its text is in the answer and nowhere else.
///
/// # Errors
/// When the database fails.
pub async fn insert_token(
    tx: &mut Tx,
    workspace: &str,
    create: &CreateToken,
    by: &str,
    now: DateTime<Utc>,
) -> Result<CreatedToken> {
    let token = new_token();
    let id = TokenId::new(now);
    let new = NewToken {
        id,
        workspace_id: workspace,
        hash: &tokens::hash_of(&token),
        name: &create.name,
        grants: &create.grants,
        created_at: now,
        created_by: by,
        expires_at: create.expires_at,
    };
    tokens::insert(tx, new).await?;
    Ok(CreatedToken { token, view: tokens::get(tx, workspace, id).await?.view })
}

/// Beside the file first, then in its place: so that it is never there half.
fn write_private(path: &Path, token: &str) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    writeln!(file, "{token}")?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}
