//! Deployments: a project's files are checked as a whole, and become an immutable revision or a list of mistakes.
//!
//! [`Engine::check`] reads what is sent, without changing anything; what it answers can be planned and deployed. A
//! deployment is one transaction: revision, pipelines and triggers change together or not at all. A deployment that is
//! the same as the current revision changes nothing. Rolling back deploys an old revision's content as a new one.

pub(crate) mod check;
pub(crate) mod commit;
mod cycles;
mod diff;
pub mod files;

use std::collections::{BTreeMap, BTreeSet};

use polder_store::projects::ProjectKey;
use polder_store::{Tx, pipelines, projects, revisions};
use polder_types::definition::{Parsed, Project, StepKind};
use polder_types::id::{PipelineId, RevisionId};
use polder_types::wire::{Deploy, Deployed, Plan, ProjectFile};

use crate::wakeups::{Change, ChangeKind};
use crate::{Engine, Result, triggers};

/// A deployment whose files are there and whose definitions are valid in themselves.
#[derive(Debug, Clone)]
pub struct Checked {
    pub(crate) workspace: String,
    pub(crate) environment: String,
    pub(crate) project: Project,
    pub(crate) files: Vec<ProjectFile>,
    pub(crate) note: Option<String>,
    pub(crate) source: BTreeMap<String, String>,
    pub(crate) rolled_back_to: Option<RevisionId>,
    pub(crate) job: bool,
    /// What was read; none for what was stored before.
    pub(crate) parsed: Option<Parsed>,
}

impl Checked {
    /// The team that the project belongs to: whoever deploys needs a right to it.
    #[must_use]
    pub fn team(&self) -> &str {
        &self.project.team
    }

    /// The other teams whose pipelines its steps start.
    #[must_use]
    pub fn called_teams(&self) -> BTreeSet<&str> {
        let steps = self.project.pipelines.iter().flat_map(|pipeline| &pipeline.steps);
        let called = steps.filter_map(|step| match &step.kind {
            StepKind::Pipeline(call) => Some(call.team.as_str()),
            _ => None,
        });
        called.filter(|team| *team != self.project.team).collect()
    }

    /// The name of the project.
    #[must_use]
    pub fn project(&self) -> &str {
        &self.project.name
    }

    fn key(&self) -> ProjectKey<'_> {
        ProjectKey {
            workspace_id: &self.workspace,
            environment: &self.environment,
            team: &self.project.team,
            name: &self.project.name,
            job: self.job,
        }
    }
}

impl Engine {
    /// Reads a deployment: paths, sizes, presence of the files, and all of its definitions.
    ///
    /// # Errors
    /// Every mistake at once; [`crate::Error::MissingFiles`] with the hashes of contents that are not here.
    pub async fn check(&self, workspace: &str, deploy: Deploy) -> Result<Checked> {
        let mut tx = self.store().read().await?;
        check::check(&mut tx, workspace, deploy).await
    }

    /// What a deployment would change.
    ///
    /// # Errors
    /// See [`Engine::check`]; also mistakes that only show beside what other projects have deployed.
    pub async fn plan(&self, workspace: &str, deploy: Deploy) -> Result<Plan> {
        let checked = self.check(workspace, deploy).await?;
        self.plan_checked(&checked).await
    }

    /// What a deployment would change.
    ///
    /// # Errors
    /// When it does not fit to what other projects have deployed.
    pub async fn plan_checked(&self, checked: &Checked) -> Result<Plan> {
        let mut tx = self.store().read().await?;
        let now = Current::load(&mut tx, checked).await?;
        commit::plan(&mut tx, checked, &now).await
    }

    /// Deploys a project.
    ///
    /// # Errors
    /// See [`Engine::plan`].
    pub async fn deploy(&self, workspace: &str, deploy: Deploy, by: &str) -> Result<Deployed> {
        let checked = self.check(workspace, deploy).await?;
        self.deploy_checked(&checked, by).await
    }

    /// Deploys a project that was checked.
    ///
    /// # Errors
    /// When it does not fit to what other projects have deployed.
    pub async fn deploy_checked(&self, checked: &Checked, by: &str) -> Result<Deployed> {
        let mut tx = self.store().begin().await?;
        let committed = commit::commit(&mut tx, checked, by, self.now()).await?;
        tx.commit().await?;
        self.tell_deployed(checked, &committed);
        Ok(committed.deployed)
    }

    /// Deploys what a revision had, as a new revision.
    ///
    /// # Errors
    /// When the revision is not there, or does not fit any more to what other projects have deployed.
    pub async fn roll_back(&self, revision: RevisionId, by: &str) -> Result<Deployed> {
        let checked = self.checked_revision(revision).await?;
        self.deploy_checked(&checked, by).await
    }

    async fn checked_revision(&self, id: RevisionId) -> Result<Checked> {
        let mut tx = self.store().read().await?;
        let revision = revisions::get(&mut tx, id).await?;
        let project_id = revisions::project_of(&mut tx, id).await?;
        let project = projects::get(&mut tx, project_id).await?;
        Ok(Checked {
            workspace: project.workspace_id,
            environment: project.environment,
            project: revisions::definition(&mut tx, id).await?,
            files: revisions::files(&mut tx, id).await?,
            note: Some(format!("back to revision {}", revision.number)),
            source: revision.source,
            rolled_back_to: Some(id),
            job: project.job,
            parsed: None,
        })
    }

    /// Pauses or resumes a pipeline: no trigger and nobody starts it while it is paused.
    ///
    /// # Errors
    /// When the pipeline is not there.
    pub async fn pause(&self, id: PipelineId, paused: bool, _by: &str) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let pipeline = pipelines::get(&mut tx, id).await?;
        let changed = pipelines::set_paused(&mut tx, id, paused, now).await?;
        if !paused {
            triggers::look_again(&mut tx, id, now).await?;
        }
        tx.commit().await?;
        if changed {
            let kind = ChangeKind::Pipeline { id, pipeline: pipeline.name, paused };
            self.wakeups().tell(Change {
                at: now,
                team: pipeline.team,
                environment: pipeline.environment,
                kind,
            });
            self.wakeups().timers.notify_one();
            self.wakeups().outbox.notify_one();
        }
        Ok(())
    }

    pub(crate) fn tell_deployed(&self, checked: &Checked, committed: &commit::Committed) {
        if !committed.deployed.new {
            return;
        }
        let revision = &committed.deployed.revision;
        let kind = ChangeKind::Deployment { revision: revision.id, project: revision.project.clone() };
        let (team, environment) = (checked.project.team.clone(), checked.environment.clone());
        self.wakeups().tell(Change { at: revision.created_at, team, environment, kind });
        self.wakeups().timers.notify_one();
    }
}

/// What is deployed of a project now.
pub(crate) struct Current {
    pub revision: Option<RevisionId>,
    pub pipelines: Vec<pipelines::Pipeline>,
    pub files: Vec<ProjectFile>,
}

impl Current {
    async fn load(tx: &mut Tx, checked: &Checked) -> Result<Self> {
        let Some(project) = projects::find(tx, checked.key()).await? else {
            return Ok(Self { revision: None, pipelines: Vec::new(), files: Vec::new() });
        };
        let files = match project.current_revision_id {
            Some(revision) => revisions::files(tx, revision).await?,
            None => Vec::new(),
        };
        let pipelines = pipelines::of_project(tx, project.id).await?;
        Ok(Self { revision: project.current_revision_id, pipelines, files })
    }
}
