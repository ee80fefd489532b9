//! Changing the master key.

use std::sync::PoisonError;

use polder_store::secrets::{self, Secret, SecretKey};
use polder_store::{Store, Tx};

use super::{Error, Keyring, MasterKey, Result, file, to_text};

/// Keeps rotations waiting until this transaction ends. To be taken before sealing what the transaction stores: a value that is
/// sealed with the key before and stored after a rotation could never be opened.
///
/// # Errors
/// When the database fails.
pub async fn lock_secrets(tx: &mut Tx) -> Result<()> {
    Ok(tx.lock("secrets", "master key").await?)
}

impl Keyring {
    /// Makes a new master key and wraps the keys of all secrets anew; answers how many. When it is done, the old key is nowhere.
    ///
    /// With keys from the environment it wraps everything with the first of them, so that the others can be taken out.
    ///
    /// # Errors
    /// When the keys come from the environment and there is only one; when the file or the database fails. Then nothing is lost,
    /// and [`Keyring::finish_rotation`] or another call does the rest.
    pub async fn rotate(&self, store: &Store) -> Result<u64> {
        match &self.path {
            // One that was interrupted has added its key already.
            Some(_) if self.all().len() > 1 => {}
            Some(_) => {
                self.check_all(store).await?;
                self.write(add_new)?;
            }
            None if self.all().len() < 2 => return Err(Error::NotAFile),
            None => {}
        }
        self.finish_rotation(store).await
    }

    /// Does what is left of a rotation that was interrupted; to be called at each start.
    ///
    /// # Errors
    /// When the file or the database fails, or a secret does not open.
    pub async fn finish_rotation(&self, store: &Store) -> Result<u64> {
        if self.all().len() < 2 {
            return Ok(0);
        }
        let count = self.rewrap_all(store).await?;
        if self.path.is_some() {
            self.write(keep_newest)?;
        }
        Ok(count)
    }

    pub(super) async fn rewrap_all(&self, store: &Store) -> Result<u64> {
        let mut tx = store.begin().await?;
        lock_secrets(&mut tx).await?;
        let key_id = self.key_id();
        let old = secrets::not_wrapped_by(&mut tx, &key_id).await?;
        self.check(&old)?;
        for secret in &old {
            let wrapped = self.rewrap(place_of(secret), &secret.sealed)?;
            secrets::rewrap(&mut tx, secret.id, &wrapped, &key_id).await?;
        }
        tx.commit().await?;
        Ok(old.len() as u64)
    }

    /// That every secret opens, before anything is changed.
    async fn check_all(&self, store: &Store) -> Result<()> {
        let mut tx = store.read().await?;
        self.check(&secrets::not_wrapped_by(&mut tx, "").await?)
    }

    fn check(&self, all: &[Secret]) -> Result<()> {
        let closed = all.iter().filter(|secret| self.open(place_of(secret), &secret.sealed).is_err());
        let names: Vec<String> = closed.map(name_of).collect();
        if names.is_empty() { Ok(()) } else { Err(Error::Unreadable(names)) }
    }

    /// Changes the keys, first in the file and then here.
    pub(super) fn write(&self, change: impl FnOnce(&mut Vec<MasterKey>) -> Result<()>) -> Result<()> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = keys.clone();
        change(&mut changed)?;
        if let Some(path) = &self.path {
            file::replace(path, &to_text(&changed))?;
        }
        *keys = changed;
        Ok(())
    }
}

pub(super) fn add_new(keys: &mut Vec<MasterKey>) -> Result<()> {
    keys.insert(0, MasterKey::random()?);
    Ok(())
}

fn keep_newest(keys: &mut Vec<MasterKey>) -> Result<()> {
    keys.truncate(1);
    Ok(())
}

fn name_of(secret: &Secret) -> String {
    format!("{}/{}/{}", secret.team, secret.environment, secret.name)
}

fn place_of(secret: &Secret) -> SecretKey<'_> {
    SecretKey {
        workspace_id: &secret.workspace_id,
        team: &secret.team,
        environment: &secret.environment,
        name: &secret.name,
    }
}
