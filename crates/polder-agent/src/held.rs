//! The attempts that this agent has, each with the order to stop it, if there is one.
//!
//! An attempt is held from the moment it was claimed until the server has taken the report of its end: that is what
//! the server is told, and what it judges by whether an attempt got lost.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use polder_types::run::StopReason;
use polder_types::wire::{AttemptKey, Stop};
use tokio::sync::{Notify, watch};

/// The order to stop an attempt, as its task sees it.
pub(crate) type Order = watch::Receiver<Option<StopReason>>;

#[derive(Debug, Default)]
pub(crate) struct Held {
    attempts: Mutex<HashMap<AttemptKey, watch::Sender<Option<StopReason>>>>,
    released: Notify,
}

impl Held {
    /// Takes hold of an attempt; nothing if it is held already, because the server told it twice.
    pub(crate) fn take(&self, key: &AttemptKey) -> Option<Order> {
        let mut attempts = self.attempts();
        if attempts.contains_key(key) {
            return None;
        }
        let (sender, order) = watch::channel(None);
        attempts.insert(key.clone(), sender);
        Some(order)
    }

    pub(crate) fn release(&self, key: &AttemptKey) {
        self.attempts().remove(key);
        self.released.notify_one();
    }

    /// Passes on an order. One for an attempt that is not held any more came too late to matter.
    pub(crate) fn stop(&self, stop: &Stop) {
        if let Some(order) = self.attempts().get(&stop.key) {
            order.send_if_modified(|present| replace(present, stop.reason));
        }
    }

    pub(crate) fn keys(&self) -> Vec<AttemptKey> {
        self.attempts().keys().cloned().collect()
    }

    /// Those that were not told to stop. A long-poll that named others would be answered at once with their orders.
    pub(crate) fn keys_without_order(&self) -> Vec<AttemptKey> {
        self.attempts()
            .iter()
            .filter(|(_, order)| order.borrow().is_none())
            .map(|(key, _)| key.clone())
            .collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.attempts().len()
    }

    /// Completes when an attempt was released since the last time that this completed.
    pub(crate) async fn released(&self) {
        self.released.notified().await;
    }

    fn attempts(&self) -> MutexGuard<'_, HashMap<AttemptKey, watch::Sender<Option<StopReason>>>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A newer epoch outweighs every other reason: it allows no grace.
fn replace(present: &mut Option<StopReason>, reason: StopReason) -> bool {
    let news = present.is_none() || (reason == StopReason::Fenced && *present != Some(StopReason::Fenced));
    if news {
        *present = Some(reason);
    }
    news
}
