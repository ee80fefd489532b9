//! What agents say to the server. None of it is repeated here: the agent knows which report may come twice.

use http::Method;
use polder_types::wire::{
    AgentView, AttemptEnded, AttemptKey, AttemptStarted, Claim, Claimed, Continued, Heartbeat, LogBatch,
    LogPosition, Orders, Page,
};

use super::path;
use crate::client::{Call, Client};
use crate::error::Error;

impl Client {
    pub async fn agents(&self) -> Result<Page<AgentView>, Error> {
        self.get(&path(&["agents"])).await
    }

    /// Asks for work, and waits for it as long as the claim says.
    pub async fn claim(&self, agent: &str, claim: &Claim) -> Result<Claimed, Error> {
        self.post(&path(&["agents", agent, "claim"]), claim).await
    }

    pub async fn heartbeat(&self, agent: &str, heartbeat: &Heartbeat) -> Result<Orders, Error> {
        self.post(&path(&["agents", agent, "heartbeat"]), heartbeat).await
    }

    pub async fn attempt_started(
        &self,
        agent: &str,
        key: &AttemptKey,
        report: &AttemptStarted,
    ) -> Result<(), Error> {
        self.done(Call::new(Method::POST, &attempt(agent, key, "started")).json(report)).await
    }

    pub async fn append_log(
        &self,
        agent: &str,
        key: &AttemptKey,
        batch: &LogBatch,
    ) -> Result<LogPosition, Error> {
        self.post(&attempt(agent, key, "logs"), batch).await
    }

    pub async fn attempt_ended(
        &self,
        agent: &str,
        key: &AttemptKey,
        report: &AttemptEnded,
    ) -> Result<Continued, Error> {
        self.post(&attempt(agent, key, "ended"), report).await
    }
}

fn attempt(agent: &str, key: &AttemptKey, verb: &str) -> String {
    let (run, epoch) = (key.run.to_string(), key.epoch.to_string());
    path(&["agents", agent, "attempts", &run, &key.step, &epoch, verb])
}
