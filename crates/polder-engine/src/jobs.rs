//! Jobs: a script or command that one request registers as a pipeline of one step, with its files and secrets.
//!
//! A job is written as a pipeline's file would be and read by the same reader, so that the same rules hold. What that
//! finds is told by the members of the request: there is no file to give lines of.

use std::collections::{BTreeMap, BTreeSet};

use polder_store::secrets::SecretKey;
use polder_store::{Tx, blobs, pipelines};
use polder_types::definition::Project;
use polder_types::wire::{Job, Mistake, ProjectFile, RegisterJob};
use serde_json::{Map, Value, json};

use crate::deploy::commit::{Committed, commit};
use crate::deploy::{Checked, check, files};
use crate::{Engine, Error, Result, secrets};

/// The name of a job's only step.
pub const STEP: &str = "run";
/// The settings that a job may have beside its own members.
const SETTINGS: [&str; 7] = ["triggers", "concurrency", "retries", "timeout", "labels", "timezone", "owner"];

impl Engine {
    /// Registers a job, or changes it. The same registration again changes nothing.
    ///
    /// # Errors
    /// Every mistake at once, by the members of the request.
    pub async fn register_job(&self, workspace: &str, job: RegisterJob, by: &str) -> Result<Job> {
        let now = self.now();
        let mut checked = check_job(workspace, &job)?;
        let mut tx = self.store().begin().await?;
        checked.files = store_files(&mut tx, &job, now).await?;
        for (name, value) in &job.secret_values {
            let key =
                SecretKey { workspace_id: workspace, team: &job.team, environment: &job.environment, name };
            secrets::store(&mut tx, self.keyring(), key, value, by, now).await?;
        }
        let committed = commit(&mut tx, &checked, by, now).await?;
        tx.commit().await?;
        self.tell_deployed(&checked, &committed);
        self.view_job(&checked, &committed)
    }

    fn view_job(&self, checked: &Checked, committed: &Committed) -> Result<Job> {
        let id = *committed
            .pipelines
            .first()
            .ok_or_else(|| Error::Internal("a job has one pipeline".to_owned()))?;
        Ok(Job {
            id,
            team: checked.project.team.clone(),
            name: checked.project.name.clone(),
            environment: checked.environment.clone(),
            start_url: format!("{}/api/v1/jobs/{id}/runs", self.public_url()),
            revision: committed.deployed.revision.id,
        })
    }

    /// A job as it is registered now.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn job(&self, id: polder_types::id::PipelineId) -> Result<Job> {
        let mut tx = self.store().read().await?;
        let pipeline = pipelines::get(&mut tx, id).await?;
        if !pipeline.job || pipeline.archived_at.is_some() {
            return Err(Error::not_found(format!("job {id}")));
        }
        Ok(Job {
            id,
            team: pipeline.team,
            name: pipeline.name,
            environment: pipeline.environment,
            start_url: format!("{}/api/v1/jobs/{id}/runs", self.public_url()),
            revision: pipeline.revision_id,
        })
    }
}

fn check_job(workspace: &str, job: &RegisterJob) -> Result<Checked> {
    let mut mistakes = setting_mistakes(&job.settings);
    mistakes.extend(secrets::name_mistakes(job.secret_values.keys()));
    let project = read(job, mistakes)?;
    Ok(Checked {
        workspace: workspace.to_owned(),
        environment: job.environment.clone(),
        project,
        files: Vec::new(),
        note: None,
        source: BTreeMap::new(),
        rolled_back_to: None,
        job: true,
        parsed: None,
    })
}

/// Reads the job as the files that it could have been.
fn read(job: &RegisterJob, mistakes: Vec<Mistake>) -> Result<Project> {
    let project =
        json!({"project": job.name, "team": job.team, "environments": {(job.environment.as_str()): {}}});
    let texts = BTreeMap::from([
        ("polder.yaml".to_owned(), project.to_string()),
        ("pipeline.yaml".to_owned(), Value::Object(pipeline(job)).to_string()),
    ]);
    let mut paths: BTreeSet<String> = job.files.keys().cloned().collect();
    paths.extend(texts.keys().cloned());
    match check::parse(&texts, &paths) {
        Ok((project, _)) if mistakes.is_empty() => Ok(project),
        Ok(_) => Err(Error::InvalidDefinition(mistakes)),
        Err(Error::InvalidDefinition(found)) => Err(Error::InvalidDefinition(
            mistakes.into_iter().chain(found.into_iter().map(by_member)).collect(),
        )),
        Err(other) => Err(other),
    }
}

fn pipeline(job: &RegisterJob) -> Map<String, Value> {
    let step = json!({"name": STEP, "run": job.run, "env": job.env, "secrets": job.secrets});
    let allowed = job.settings.iter().filter(|(key, _)| SETTINGS.contains(&key.as_str()));
    let mut pipeline: Map<String, Value> = allowed.map(|(key, value)| (key.clone(), value.clone())).collect();
    pipeline.insert("name".to_owned(), json!(job.name));
    pipeline.extend(job.description.as_ref().map(|text| ("description".to_owned(), json!(text))));
    if !job.parameters.is_empty() {
        pipeline.insert("parameters".to_owned(), json!(job.parameters));
    }
    pipeline.insert("steps".to_owned(), json!([step]));
    pipeline
}

fn setting_mistakes(settings: &Map<String, Value>) -> Vec<Mistake> {
    let unknown = settings.keys().filter(|key| !SETTINGS.contains(&key.as_str()));
    unknown
        .map(|key| {
            let hint = Some(format!("known settings: {}", SETTINGS.join(", ")));
            let path = format!("settings.{key}");
            Mistake {
                file: None,
                ..check::about("", Some(&path), format!("`{key}` is no setting of a job"), hint)
            }
        })
        .collect()
}

/// A mistake of the files that were never written, told by the member of the request.
fn by_member(mistake: Mistake) -> Mistake {
    let path = match (mistake.file.as_deref(), mistake.path.as_deref()) {
        (Some("polder.yaml"), Some("project")) => Some("name".to_owned()),
        (Some("polder.yaml"), Some(path)) if path.starts_with("environments") => {
            Some("environment".to_owned())
        }
        (Some("pipeline.yaml"), Some(path)) => Some(member(path)),
        (_, path) => path.map(str::to_owned),
    };
    Mistake { file: None, line: None, column: None, excerpt: None, path, ..mistake }
}

fn member(path: &str) -> String {
    if let Some(inside) = path.strip_prefix("steps[0]") {
        return inside.strip_prefix('.').filter(|inside| !inside.is_empty()).unwrap_or("run").to_owned();
    }
    let first = path.split(['.', '[']).next().unwrap_or(path);
    if SETTINGS.contains(&first) { format!("settings.{path}") } else { path.to_owned() }
}

async fn store_files(
    tx: &mut Tx,
    job: &RegisterJob,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<ProjectFile>> {
    let described: Vec<ProjectFile> = job.files.iter().map(|(path, text)| describe(path, text)).collect();
    let mistakes = files::mistakes(&described);
    if !mistakes.is_empty() {
        return Err(Error::InvalidDefinition(mistakes));
    }
    for text in job.files.values() {
        blobs::insert(tx, text.clone().into_bytes(), now).await?;
    }
    Ok(described)
}

/// A file with a `#!` line can be executed.
fn describe(path: &str, text: &str) -> ProjectFile {
    let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
    ProjectFile {
        path: path.to_owned(),
        sha256: blobs::hash_of(text.as_bytes()),
        size,
        executable: text.starts_with("#!"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_by_the_members_of_the_request() {
        for (path, told) in [
            ("steps[0].run", "run"),
            ("steps[0].env.DAY", "env.DAY"),
            ("steps[0]", "run"),
            ("triggers[0].schedule", "settings.triggers[0].schedule"),
            ("retries", "settings.retries"),
            ("parameters.country", "parameters.country"),
            ("name", "name"),
        ] {
            assert_eq!(member(path), told);
        }
    }

    #[test]
    fn a_script_with_a_shebang_can_be_executed() {
        assert!(describe("x.sh", "#!/bin/sh\n").executable);
        assert!(!describe("x.py", "print()").executable);
    }
}
