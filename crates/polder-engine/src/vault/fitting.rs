//! Whether the master keys fit what is stored. A server that starts with others would store new secrets under them, and
//! the mix could not be opened with either.

use std::path::Path;

use polder_store::{Store, secrets};

use super::{Error, Keyring, Result};

impl Keyring {
    /// The keys for this database: those of [`Keyring::load`], if every stored secret is wrapped by one of them. A new key
    /// is made only where there is no secret yet. What is left of a rotation is done.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Wrong`]; when a key is malformed, or the file or the database fails.
    pub async fn open_for(path: &Path, variable: Option<&str>, store: &Store) -> Result<Self> {
        let wrapped = secrets::count_by_key(&mut store.read().await?).await?;
        let count = wrapped.iter().map(|(_, count)| count).sum();
        if variable.is_none() && count > 0 && !path.exists() {
            return Err(Error::Missing { path: path.to_owned(), count });
        }
        let keyring = Self::load(path, variable)?;
        if let Some((key_id, count)) = wrapped.into_iter().find(|(key_id, _)| !keyring.has(key_id)) {
            return Err(Error::Wrong { origin: keyring.origin(), key_id, count });
        }
        match keyring.finish_rotation(store).await {
            // The keys stay as they are, and everything that can be opened can still be.
            Err(error @ Error::Unreadable(_)) => tracing::error!(%error, "a rotation could not be finished"),
            other => drop(other?),
        }
        Ok(keyring)
    }

    /// Deletes the secrets that no key here opens, because theirs is lost; answers how many.
    ///
    /// # Errors
    /// When a key is malformed, or the file or the database fails.
    pub async fn forget_lost(path: &Path, variable: Option<&str>, store: &Store) -> Result<u64> {
        let keyring = Self::load(path, variable)?;
        let mut tx = store.begin().await?;
        super::lock_secrets(&mut tx).await?;
        let mut count = 0;
        for (key_id, _) in secrets::count_by_key(&mut tx).await? {
            if !keyring.has(&key_id) {
                count += secrets::delete_wrapped_by(&mut tx, &key_id).await?;
            }
        }
        tx.commit().await?;
        Ok(count)
    }

    fn has(&self, key_id: &str) -> bool {
        self.all().iter().any(|key| key.id == key_id)
    }

    fn origin(&self) -> String {
        self.path.as_ref().map_or_else(|| "POLDER_MASTER_KEY".to_owned(), |path| path.display().to_string())
    }
}
