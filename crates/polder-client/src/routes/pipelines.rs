//! Pipelines and jobs.

use http::Method;
use polder_types::id::PipelineId;
use polder_types::wire::{
    Job, Page, PipelineFilter, PipelineSummary, PipelineView, RegisterJob, RunStarted, StartRun, Why,
};
use serde::Serialize;
use serde_json::Value;

use super::path;
use super::runs::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED};
use crate::client::{Call, Client};
use crate::error::Error;

#[derive(Serialize)]
struct In<'a> {
    environment: Option<&'a str>,
}

impl Client {
    pub async fn pipelines(&self, filter: &PipelineFilter) -> Result<Page<PipelineSummary>, Error> {
        self.get_with(&path(&["pipelines"]), filter).await
    }

    pub async fn pipeline(
        &self,
        team: &str,
        name: &str,
        environment: Option<&str>,
    ) -> Result<PipelineView, Error> {
        self.get_with(&path(&["pipelines", team, name]), &In { environment }).await
    }

    /// What the pipeline's triggers wait for, and why it ran last.
    pub async fn why(&self, team: &str, name: &str, environment: Option<&str>) -> Result<Why, Error> {
        self.get_with(&path(&["pipelines", team, name, "why"]), &In { environment }).await
    }

    /// Starts a run. With a key, the same start sent again gives the same run.
    pub async fn start_run(
        &self,
        team: &str,
        name: &str,
        environment: Option<&str>,
        start: &StartRun,
        idempotency_key: Option<&str>,
    ) -> Result<RunStarted, Error> {
        Ok(self.start_run_or_replay(team, name, environment, start, idempotency_key).await?.0)
    }

    /// The same, and whether it is an earlier start with this key that was answered.
    pub async fn start_run_or_replay(
        &self,
        team: &str,
        name: &str,
        environment: Option<&str>,
        start: &StartRun,
        idempotency_key: Option<&str>,
    ) -> Result<(RunStarted, bool), Error> {
        let call =
            Call::new(Method::POST, &path(&["pipelines", team, name, "runs"])).query(&In { environment });
        let (run, headers) = self.json_with_headers(call.json(start).key(idempotency_key)).await?;
        Ok((run, headers.get(IDEMPOTENCY_REPLAYED).is_some_and(|value| value == "true")))
    }

    /// Keeps triggers from starting the pipeline, or lets them again.
    pub async fn pause(
        &self,
        team: &str,
        name: &str,
        environment: Option<&str>,
        paused: bool,
    ) -> Result<(), Error> {
        let verb = if paused { "pause" } else { "resume" };
        self.done(Call::new(Method::POST, &path(&["pipelines", team, name, verb])).query(&In { environment }))
            .await
    }

    /// Calls the pipeline's webhook.
    pub async fn hook(
        &self,
        team: &str,
        name: &str,
        environment: Option<&str>,
        payload: &Value,
    ) -> Result<RunStarted, Error> {
        self.json(
            Call::new(Method::POST, &path(&["hooks", team, name])).query(&In { environment }).json(payload),
        )
        .await
    }

    /// Registers a script or command as a pipeline of one step, or changes it.
    pub async fn register_job(&self, job: &RegisterJob) -> Result<Job, Error> {
        self.post(&path(&["jobs"]), job).await
    }

    pub async fn job(&self, id: PipelineId) -> Result<Job, Error> {
        self.get(&path(&["jobs", &id.to_string()])).await
    }

    /// Starts a run of a job. With a key, the same start sent again gives the same run.
    pub async fn start_job(
        &self,
        id: PipelineId,
        start: &StartRun,
        idempotency_key: Option<&str>,
    ) -> Result<RunStarted, Error> {
        let call = Call::new(Method::POST, &path(&["jobs", &id.to_string(), "runs"]));
        self.json(call.json(start).key(idempotency_key)).await
    }
}

impl Call {
    fn key(self, key: Option<&str>) -> Self {
        match key {
            Some(key) => self.header(IDEMPOTENCY_KEY, key),
            None => self,
        }
    }
}
