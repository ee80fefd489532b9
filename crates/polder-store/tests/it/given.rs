//! What the stories start from.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::projects::{self, Project, ProjectKey};
use polder_store::revisions::{self, NewRevision};
use polder_store::{Store, Tx, pipelines};
use polder_types::definition::{self, Command, Pipeline, Retries, Step, StepKind, When};
use polder_types::id::{PipelineId, RevisionId};

pub(crate) fn at(minute: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-21T03:00:00.000001Z".parse().unwrap();
    start + TimeDelta::minutes(minute)
}

pub(crate) fn pipeline(name: &str) -> Pipeline {
    Pipeline {
        name: name.to_owned(),
        description: Some(format!("What {name} does")),
        owner: Some("Anna".to_owned()),
        labels: BTreeMap::from([("tier".to_owned(), "1".to_owned())]),
        timezone: "Europe/Berlin".to_owned(),
        triggers: Vec::new(),
        parameters: Vec::new(),
        concurrency: None,
        timeout: None,
        steps: vec![step("load")],
        file: format!("pipelines/{name}.yaml"),
    }
}

pub(crate) fn step(name: &str) -> Step {
    Step {
        name: name.to_owned(),
        kind: StepKind::Run(Command::Shell("true".to_owned())),
        needs: Vec::new(),
        when: When::OnSuccess,
        env: BTreeMap::new(),
        secrets: BTreeMap::from([("TOKEN".to_owned(), "api-token".to_owned())]),
        retries: Retries::default(),
        timeout: None,
    }
}

pub(crate) async fn project(tx: &mut Tx, team: &str, name: &str) -> Project {
    let key = ProjectKey { workspace_id: "default", environment: "prod", team, name, job: false };
    projects::find_or_create(tx, key, at(0)).await.unwrap()
}

pub(crate) fn definition(project: &Project, pipelines: Vec<Pipeline>) -> definition::Project {
    definition::Project {
        name: project.name.clone(),
        team: project.team.clone(),
        environments: BTreeMap::new(),
        pipelines,
    }
}

/// Stores a revision of these pipelines and makes it the current one.
pub(crate) async fn deploy(tx: &mut Tx, project: &Project, names: &[&str]) -> (RevisionId, Vec<PipelineId>) {
    let definition = definition(project, names.iter().map(|name| pipeline(name)).collect());
    let id = RevisionId::new(at(1));
    let revision = NewRevision {
        id,
        project_id: project.id,
        created_at: at(1),
        created_by: "anna",
        note: Some("first"),
        source: &BTreeMap::from([("commit".to_owned(), "abc".to_owned())]),
        rolled_back_to: None,
        definition: &definition,
        files: &[],
    };
    revisions::insert(tx, revision).await.unwrap();
    let mut ids = Vec::new();
    for pipeline in &definition.pipelines {
        ids.push(pipelines::upsert(tx, deployed(project, id, pipeline)).await.unwrap());
    }
    pipelines::archive_others(tx, project.id, &ids, at(1)).await.unwrap();
    projects::set_current(tx, project.id, id).await.unwrap();
    (id, ids)
}

pub(crate) fn deployed<'a>(
    project: &'a Project,
    revision_id: RevisionId,
    definition: &'a Pipeline,
) -> pipelines::Deployed<'a> {
    pipelines::Deployed {
        workspace_id: "default",
        environment: &project.environment,
        team: &project.team,
        project_id: project.id,
        revision_id,
        job: project.job,
        definition,
        at: at(1),
    }
}

/// Deploys in a transaction of its own.
pub(crate) async fn deployment(store: &Store, team: &str, name: &str, pipelines: &[&str]) -> Vec<PipelineId> {
    let mut tx = store.begin().await.unwrap();
    let project = project(&mut tx, team, name).await;
    let (_, ids) = deploy(&mut tx, &project, pipelines).await;
    tx.commit().await.unwrap();
    ids
}
