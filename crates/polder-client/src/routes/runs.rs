//! Runs: showing, waiting, ending, repeating, and their logs.

use http::{HeaderName, Method};
use polder_types::id::RunId;
use polder_types::wire::{
    NumberedLine, Page, Rerun, Run, RunFilter, RunResult, RunStarted, RunSummary, StepChecks,
};
use serde::Serialize;
use serde_json::Value;

use super::path;
use crate::client::{Call, Client};
use crate::error::Error;
use crate::stream::{Connection, LogStream, typed};
use crate::transport::ByteStream;

pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(super) const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Which lines of a run's log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LogQuery {
    /// Of one step; without it, of all.
    pub step: Option<String>,
    /// Of one attempt; without it, of the newest.
    pub epoch: Option<u32>,
    /// From this line on.
    pub from: Option<u64>,
    /// Only lines with this text.
    pub search: Option<String>,
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// The view of a run for clients that only look at the status of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// 202 while it is active, 200 when it has succeeded.
    pub status: u16,
    pub body: Value,
}

#[derive(Serialize)]
struct Wait {
    wait: Option<u32>,
}

#[derive(Serialize)]
struct Follow<'a> {
    follow: bool,
    step: Option<&'a str>,
    epoch: Option<u32>,
    from: Option<u64>,
    search: Option<&'a str>,
}

impl Client {
    /// What is known of the models and tests of a step.
    pub async fn checks(&self, run: RunId, step: &str) -> Result<StepChecks, Error> {
        self.json(Call::new(Method::GET, &path(&["runs", &run.to_string(), "steps", step, "checks"]))).await
    }

    pub async fn runs(&self, filter: &RunFilter) -> Result<Page<RunSummary>, Error> {
        self.get_with(&path(&["runs"]), filter).await
    }

    /// The run; with `wait` (seconds, at most 50), when its status changes, at the latest then.
    pub async fn run(&self, run: RunId, wait: Option<u32>) -> Result<Run, Error> {
        self.get_with(&path(&["runs", &run.to_string()]), &Wait { wait }).await
    }

    /// The run as an operation: the status of the answer tells how far it is.
    pub async fn operation(&self, run: RunId, wait: Option<u32>) -> Result<Operation, Error> {
        let call = Call::new(Method::GET, &path(&["operations", &run.to_string()])).query(&Wait { wait });
        let response = self.send(&call).await?;
        let answer = self.read(response).await?;
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        Ok(Operation { status: answer.status.as_u16(), body })
    }

    /// The result of a run that has ended; `NOT_READY` before.
    pub async fn result(&self, run: RunId, wait: Option<u32>) -> Result<RunResult, Error> {
        self.get_with(&path(&["runs", &run.to_string(), "result"]), &Wait { wait }).await
    }

    /// Ends a run. Harmless if it has ended.
    pub async fn abort(&self, run: RunId) -> Result<RunSummary, Error> {
        self.json(Call::new(Method::POST, &path(&["runs", &run.to_string(), "abort"]))).await
    }

    /// Repeats a run that has ended, as a new run.
    pub async fn rerun(&self, run: RunId, rerun: &Rerun) -> Result<RunStarted, Error> {
        self.post(&path(&["runs", &run.to_string(), "rerun"]), rerun).await
    }

    /// A page of a run's log.
    pub async fn logs(&self, run: RunId, query: &LogQuery) -> Result<Page<NumberedLine>, Error> {
        self.get_with(&path(&["runs", &run.to_string(), "logs"]), query).await
    }

    /// A run's log as plain text, as it streams.
    pub async fn logs_text(&self, run: RunId, query: &LogQuery) -> Result<ByteStream, Error> {
        let call = Call::new(Method::GET, &path(&["runs", &run.to_string(), "logs"])).query(query);
        Ok(self.open(&call.accept("text/plain").patient()).await?.into_body())
    }

    /// A run's log from the beginning and on, until the run has ended. Goes on after a lost connection.
    #[must_use]
    pub fn follow_logs(&self, run: RunId, query: &LogQuery) -> LogStream {
        typed(self, follow_path(run, query), None)
    }

    /// The same, and `watcher` is told when the connection is lost for longer than a moment, and when it is back.
    pub fn follow_logs_watched(
        &self,
        run: RunId,
        query: &LogQuery,
        watcher: impl Fn(Connection) + Send + Sync + 'static,
    ) -> LogStream {
        typed(self, follow_path(run, query), Some(Box::new(watcher)))
    }
}

fn follow_path(run: RunId, query: &LogQuery) -> String {
    let LogQuery { step, epoch, from, search, .. } = query;
    let follow =
        Follow { follow: true, step: step.as_deref(), epoch: *epoch, from: *from, search: search.as_deref() };
    let call = Call::new(Method::GET, &path(&["runs", &run.to_string(), "logs"])).query(&follow);
    call.into_path()
}
