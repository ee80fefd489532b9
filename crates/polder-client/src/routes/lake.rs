//! The lake: what an attempt's own work says to the server, and what people look at.

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use http::Method;
use polder_types::id::PublishId;
use polder_types::wire::{
    AttemptKey, Checks, EnvironmentReset, LakeTable, LakeWork, Page, PublishRequest, PublishView, SqlRequest,
    VacuumReport,
};
use serde::Serialize;

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

    /// Tells what became of its models and tests so far. May be said again.
    pub async fn note_checks(&self, key: &AttemptKey, checks: &Checks) -> Result<(), Error> {
        self.done(Call::new(Method::POST, &lake(key, &["checks"])).json(checks)).await
    }

    pub async fn tables(&self, filter: &TableFilter) -> Result<Page<LakeTable>, Error> {
        self.get_with(&path(&["lake", "tables"]), filter).await
    }

    pub async fn publishes(&self, filter: &PublishFilter) -> Result<Page<PublishView>, Error> {
        self.get_with(&path(&["lake", "publishes"]), filter).await
    }

    /// Goes back to what was before a publish; the publish that does so.
    pub async fn roll_back_publish(&self, id: PublishId) -> Result<PublishView, Error> {
        let path = path(&["lake", "publishes", &id.to_string(), "rollback"]);
        self.json(Call::new(Method::POST, &path).patient()).await
    }

    /// Makes the tables of an environment those of `prod` once more.
    pub async fn reset_environment(&self, name: &str) -> Result<EnvironmentReset, Error> {
        self.json(Call::new(Method::POST, &path(&["environments", name, "reset"]))).await
    }

    /// Deletes what of the lake nobody needs any more, or tells what would be deleted.
    pub async fn vacuum(&self, dry_run: bool) -> Result<VacuumReport, Error> {
        let query = if dry_run { "?dry_run=true" } else { "" };
        let path = format!("{}{query}", path(&["lake", "vacuum"]));
        self.json(Call::new(Method::POST, &path).patient()).await
    }

    /// Asks the lake a query; the answer as it comes. An error in the middle means that it is not all there. Dropping it ends the query.
    pub async fn query(
        &self,
        request: &SqlRequest,
        answer_in: AnswerIn,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let call = Call::new(Method::POST, &path(&["sql"])).json(request).accept(answer_in.media_type());
        let answer = self.open(&call.patient()).await?;
        let client = self.clone();
        Ok(answer.into_body().map_err(move |error| client.broken(&*error)).boxed())
    }
}

/// Which tables, of one environment.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TableFilter {
    pub environment: String,
    pub search: Option<String>,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

/// Which publishes, of one environment.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PublishFilter {
    pub environment: String,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

/// In what a query is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerIn {
    Json,
    Csv,
    Arrow,
}

impl AnswerIn {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Arrow => "application/vnd.apache.arrow.stream",
        }
    }
}

fn lake(key: &AttemptKey, more: &[&str]) -> String {
    let (run, epoch) = (key.run.to_string(), key.epoch.to_string());
    let attempt = ["attempts", &run, &key.step, &epoch, "lake"];
    path(&attempt.iter().chain(more).copied().collect::<Vec<_>>())
}
