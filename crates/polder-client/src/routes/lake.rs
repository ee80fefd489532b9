//! The lake: what an attempt's own work says to the server, and what people look at.

use http::Method;
use polder_types::id::PublishId;
use polder_types::wire::{AttemptKey, LakeWork, PublishRequest};

use super::path;
use crate::client::{Call, Client};
use crate::error::Error;

impl Client {
    /// What an attempt's own work needs before it writes to the lake. May be asked again.
    pub async fn begin_lake_work(&self, key: &AttemptKey) -> Result<LakeWork, Error> {
        self.json(Call::new(Method::POST, &lake(key, &[]))).await
    }

    /// Decides what is published. May be said again.
    pub async fn prepare_publish(&self, key: &AttemptKey, request: &PublishRequest) -> Result<(), Error> {
        self.done(Call::new(Method::POST, &lake(key, &["publish"])).json(request)).await
    }

    /// Lets readers see it. May be said again.
    pub async fn finish_publish(&self, key: &AttemptKey, id: PublishId) -> Result<(), Error> {
        self.done(Call::new(Method::POST, &lake(key, &["publish", &id.to_string(), "done"]))).await
    }
}

fn lake(key: &AttemptKey, more: &[&str]) -> String {
    let (run, epoch) = (key.run.to_string(), key.epoch.to_string());
    let attempt = ["attempts", &run, &key.step, &epoch, "lake"];
    path(&attempt.iter().chain(more).copied().collect::<Vec<_>>())
}
