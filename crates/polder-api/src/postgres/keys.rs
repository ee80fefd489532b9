//! The keys by which a client ends a statement of its session, on a connection of its own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polder_types::wire::SessionKey;
use rand::Rng as _;
use subtle::ConstantTimeEq as _;
use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(super) struct Keys {
    last: AtomicI32,
    open: Arc<Mutex<HashMap<i32, Held>>>,
}

#[derive(Debug)]
struct Held {
    secret: i32,
    cancel: Arc<Notify>,
}

/// A session's key, forgotten when dropped.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) key: SessionKey,
    /// Told when its statement is to be ended.
    pub(super) cancel: Arc<Notify>,
    open: Arc<Mutex<HashMap<i32, Held>>>,
}

impl Keys {
    pub(super) fn new_key(&self) -> Key {
        let id = self.last.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let mut bytes = [0; 4];
        rand::rng().fill_bytes(&mut bytes);
        let (secret, cancel) = (i32::from_be_bytes(bytes), Arc::new(Notify::new()));
        locked(&self.open).insert(id, Held { secret, cancel: Arc::clone(&cancel) });
        Key { key: SessionKey { id, secret }, cancel, open: Arc::clone(&self.open) }
    }

    /// Nobody is told whether there is such a session.
    pub(super) fn cancel(&self, key: SessionKey) {
        if let Some(held) = locked(&self.open).get(&key.id)
            && held.secret.ct_eq(&key.secret).into()
        {
            held.cancel.notify_one();
        }
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        locked(&self.open).remove(&self.key.id);
    }
}

fn locked(open: &Mutex<HashMap<i32, Held>>) -> MutexGuard<'_, HashMap<i32, Held>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_ends_statements_of_its_own_session_only() {
        let keys = Keys::default();
        let (one, other) = (keys.new_key(), keys.new_key());
        keys.cancel(SessionKey { secret: one.key.secret.wrapping_add(1), ..one.key });
        keys.cancel(one.key);
        one.cancel.notified().await;
        let unheard = tokio::time::timeout(std::time::Duration::from_millis(1), other.cancel.notified());
        assert!(unheard.await.is_err());
        let gone = other.key;
        drop(other);
        keys.cancel(gone);
        assert_eq!(locked(&keys.open).len(), 1);
    }
}
