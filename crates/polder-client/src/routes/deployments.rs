//! Deploying projects, and what was deployed.

use bytes::Bytes;
use http::Method;
use polder_types::id::RevisionId;
use polder_types::wire::{Deploy, Deployed, Page, Plan, Project, Revision, RevisionFiles};
use serde::Serialize;

use super::path;
use crate::client::{Call, Client};
use crate::error::Error;

#[derive(Serialize)]
struct Which<'a> {
    team: &'a str,
    project: &'a str,
    environment: &'a str,
    cursor: Option<&'a str>,
    limit: Option<u32>,
}

impl Client {
    /// What a deployment would change. `MISSING_FILES` names the contents that must be uploaded before.
    pub async fn plan(&self, deploy: &Deploy) -> Result<Plan, Error> {
        self.post(&path(&["plans"]), deploy).await
    }

    pub async fn deploy(&self, deploy: &Deploy) -> Result<Deployed, Error> {
        self.post(&path(&["deployments"]), deploy).await
    }

    /// Uploads the content of a file under its hash. Harmless if it is there already.
    pub async fn put_blob(&self, sha256: &str, content: Bytes) -> Result<(), Error> {
        self.done(Call::new(Method::PUT, &path(&["blobs", sha256])).body(content).patient()).await
    }

    /// The content of a file by its hash.
    pub async fn blob(&self, sha256: &str) -> Result<Bytes, Error> {
        Ok(self.whole(Call::new(Method::GET, &path(&["blobs", sha256])).patient()).await?.body)
    }

    pub async fn projects(&self) -> Result<Page<Project>, Error> {
        self.get(&path(&["projects"])).await
    }

    /// The revisions of a project, newest first.
    pub async fn revisions(
        &self,
        team: &str,
        project: &str,
        environment: &str,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Page<Revision>, Error> {
        self.get_with(&path(&["revisions"]), &Which { team, project, environment, cursor, limit }).await
    }

    pub async fn revision(&self, id: RevisionId) -> Result<Revision, Error> {
        self.get(&path(&["revisions", &id.to_string()])).await
    }

    pub async fn revision_files(&self, id: RevisionId) -> Result<RevisionFiles, Error> {
        self.get(&path(&["revisions", &id.to_string(), "files"])).await
    }

    /// Makes a new revision with the content of an old one.
    pub async fn roll_back(&self, id: RevisionId) -> Result<Deployed, Error> {
        self.json(Call::new(Method::POST, &path(&["revisions", &id.to_string(), "rollback"]))).await
    }
}
