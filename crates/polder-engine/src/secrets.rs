//! Secrets as the engine keeps them: sealed on the way in, opened only for an attempt that asks for them.

use chrono::{DateTime, Utc};
use polder_store::Tx;
use polder_store::secrets::{self as stored, Missing, SecretKey};
use polder_types::definition::is_secret_name;
use polder_types::wire::{MissingSecret, Mistake, SecretView};

use crate::vault::{Keyring, lock_secrets};
use crate::{Engine, Error, Result};

/// The longest value. It travels in an environment variable, of which Linux takes 128 KiB.
const LONGEST: usize = 64 << 10;

/// A secret's value was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretSet {
    /// Counts up with each new value, from 1.
    pub version: u32,
}

impl Engine {
    /// Sets a secret, anew or over its old value.
    ///
    /// # Errors
    /// When the name or the value cannot be one.
    pub async fn set_secret(&self, key: SecretKey<'_>, value: &str, by: &str) -> Result<SecretSet> {
        let mut tx = self.store().begin().await?;
        let version = store(&mut tx, self.keyring(), key, value, by, self.now()).await?;
        tx.commit().await?;
        Ok(SecretSet { version })
    }

    /// Deletes a secret.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn delete_secret(&self, key: SecretKey<'_>) -> Result<()> {
        let mut tx = self.store().begin().await?;
        if !stored::delete(&mut tx, key).await? {
            return Err(Error::not_found(format!(
                "secret {} of {} in {}",
                key.name, key.team, key.environment
            )));
        }
        Ok(tx.commit().await?)
    }

    /// All secrets of a workspace, without their values.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secrets(&self, workspace: &str) -> Result<Vec<SecretView>> {
        let mut tx = self.store().read().await?;
        let mut views = Vec::new();
        for secret in stored::list(&mut tx, workspace).await? {
            let (team, environment, name) = (&secret.team, &secret.environment, &secret.name);
            let key = SecretKey { workspace_id: workspace, team, environment, name };
            let used_by = stored::used_by(&mut tx, key).await?;
            views.push(view(secret, used_by));
        }
        Ok(views)
    }

    /// What pipelines of a workspace ask for and nobody has set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn missing_secrets(&self, workspace: &str) -> Result<Vec<MissingSecret>> {
        let mut tx = self.store().read().await?;
        let rows = stored::missing(&mut tx, workspace).await?;
        let same = |a: &Missing, b: &Missing| {
            (&a.team, &a.environment, &a.name) == (&b.team, &b.environment, &b.name)
        };
        Ok(rows.chunk_by(same).map(missing).collect())
    }

    /// Wraps all secrets with a new master key; answers how many.
    ///
    /// # Errors
    /// When the key comes from the environment, or its file cannot be written.
    pub async fn rotate_key(&self) -> Result<u64> {
        Ok(self.keyring().rotate(self.store()).await?)
    }
}

/// Seals and stores a value; answers its version.
pub(crate) async fn store(
    tx: &mut Tx,
    keyring: &Keyring,
    key: SecretKey<'_>,
    value: &str,
    by: &str,
    now: DateTime<Utc>,
) -> Result<u32> {
    check(key, value)?;
    lock_secrets(tx).await?;
    let sealed = keyring.seal(key, value.as_bytes())?;
    Ok(stored::set(tx, key, &sealed, by, now).await?)
}

/// The names that cannot be those of secrets.
pub(crate) fn name_mistakes<'a>(names: impl Iterator<Item = &'a String>) -> Vec<Mistake> {
    names.filter(|name| !is_secret_name(name)).map(|name| wrong_name(name)).collect()
}

fn wrong_name(name: &str) -> Mistake {
    let mistake = Mistake::error(format!("`{name}` cannot be the name of a secret")).hint(NAME_HINT);
    Mistake { path: Some("secret_values".to_owned()), ..mistake }
}

const NAME_HINT: &str = "use letters, digits, `-`, `_` and `.`, beginning with a letter";

/// What is wrong is told without the value.
fn check(key: SecretKey<'_>, value: &str) -> Result<()> {
    let refuse = |detail: String, hint: &str| Err(Error::BadRequest { detail, hint: Some(hint.to_owned()) });
    match value {
        _ if !is_secret_name(key.name) => {
            refuse(format!("`{}` cannot be the name of a secret", key.name), NAME_HINT)
        }
        "" => refuse(
            format!("the value of {} is empty", key.name),
            "delete the secret if it is not needed any more",
        ),
        _ if value.len() > LONGEST => refuse(
            format!("the value of {} is longer than {LONGEST} bytes", key.name),
            "store a file elsewhere",
        ),
        _ if value.contains('\0') => {
            let detail =
                format!("the value of {} has a zero byte, which no environment variable can hold", key.name);
            refuse(detail, "encode it, such as in base64")
        }
        _ => Ok(()),
    }
}

/// One secret, from a row for each pipeline that asks for it.
fn missing(rows: &[Missing]) -> MissingSecret {
    let Missing { team, environment, name, .. } = rows[0].clone();
    let used_by = rows.iter().map(|row| row.pipeline.clone()).collect();
    MissingSecret { team, environment, name, used_by }
}

fn view(secret: stored::Secret, used_by: Vec<String>) -> SecretView {
    SecretView {
        team: secret.team,
        environment: secret.environment,
        name: secret.name,
        version: secret.version,
        updated_at: secret.updated_at,
        updated_by: secret.updated_by,
        used_by,
    }
}
