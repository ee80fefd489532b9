//! The part of a deployment that must be seen as one: it runs inside one transaction.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use polder_store::pipelines::PipelineKey;
use polder_store::revisions::NewRevision;
use polder_store::{Tx, pipelines, projects, revisions, triggers as listeners};
use polder_types::definition::Pipeline;
use polder_types::id::{PipelineId, ProjectId, RevisionId};
use polder_types::wire::{Change, Deployed, Mistake, Plan, Revision};

use super::check::as_mistakes;
use super::{Checked, Current, cycles, diff};
use crate::{Error, Result, triggers};

/// What a deployment became, with the pipelines that are deployed now.
pub(crate) struct Committed {
    pub deployed: Deployed,
    pub pipelines: Vec<PipelineId>,
}

pub(crate) async fn commit(
    tx: &mut Tx,
    checked: &Checked,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Committed> {
    // Cycles and names are about all projects of an environment: one deployment at a time there.
    tx.lock("deployments", format!("{} {}", checked.workspace, checked.environment)).await?;
    let project = projects::find_or_create(tx, checked.key(), now).await?;
    let current = Current::load(tx, checked).await?;
    let plan = plan(tx, checked, &current).await?;
    if let Some(id) = current.revision.filter(|_| changes_nothing(&plan)) {
        let revision = revisions::get(tx, id).await?;
        let pipelines = current.pipelines.iter().map(|pipeline| pipeline.id).collect();
        return Ok(Committed { deployed: Deployed { revision, plan, new: false }, pipelines });
    }
    let revision = add_revision(tx, checked, project.id, by, now).await?;
    let pipelines = set_pipelines(tx, checked, project.id, revision.id, now).await?;
    Ok(Committed { deployed: Deployed { revision, plan, new: true }, pipelines })
}

/// What a deployment would change, given what is deployed now.
pub(crate) async fn plan(tx: &mut Tx, checked: &Checked, current: &Current) -> Result<Plan> {
    check_names(tx, checked).await?;
    let mistakes = cycles::find(tx, &checked.workspace, &checked.environment, &checked.project).await?;
    if !mistakes.is_empty() {
        return Err(Error::InvalidDefinition(mistakes));
    }
    let old: Vec<Pipeline> = current.pipelines.iter().map(|pipeline| pipeline.definition.clone()).collect();
    Ok(Plan {
        project: checked.project.name.clone(),
        team: checked.project.team.clone(),
        environment: checked.environment.clone(),
        pipelines: diff::pipelines(&old, &checked.project.pipelines),
        files: diff::files(&current.files, &checked.files),
        warnings: warnings(tx, checked, &old).await?,
    })
}

fn changes_nothing(plan: &Plan) -> bool {
    let files = &plan.files;
    let same_files = files.added.is_empty() && files.changed.is_empty() && files.removed.is_empty();
    same_files && plan.pipelines.iter().all(|pipeline| pipeline.change == Change::Unchanged)
}

/// A pipeline's name belongs to the project that deployed it first.
async fn check_names(tx: &mut Tx, checked: &Checked) -> Result<()> {
    let own = projects::find(tx, checked.key()).await?.map(|project| project.id);
    let team = &checked.project.team;
    let mut taken = Vec::new();
    for Pipeline { name, .. } in &checked.project.pipelines {
        let (workspace_id, environment) = (checked.workspace.as_str(), checked.environment.as_str());
        let found = pipelines::find(tx, PipelineKey { workspace_id, environment, team, name }).await?;
        if let Some(other) = found.filter(|found| Some(found.project_id) != own) {
            let kind = if other.job { "the job" } else { "the project" };
            taken.push(format!("{team}/{name} belongs to {kind} {}", other.project));
        }
    }
    if taken.is_empty() {
        Ok(())
    } else {
        Err(Error::Conflict { detail: format!("in {}: {}", checked.environment, taken.join("; ")) })
    }
}

/// What the reader warned of, and pipelines that are named but not there: teams deploy independently.
async fn warnings(tx: &mut Tx, checked: &Checked, old: &[Pipeline]) -> Result<Vec<Mistake>> {
    let removed = removed(checked, old);
    let mut warnings = Vec::new();
    if let Some(parsed) = &checked.parsed {
        let names = pipelines::names(tx, &checked.workspace, &checked.environment).await?;
        let deployed = names.into_iter().map(|(team, name)| format!("{team}/{name}"));
        let staying: BTreeSet<String> = deployed.filter(|name| !removed.contains(name)).collect();
        warnings.extend(as_mistakes(&parsed.problems));
        warnings.extend(as_mistakes(&parsed.unknown_upstreams(&staying)));
    }
    warnings.extend(bereaved(tx, checked, &removed).await?);
    Ok(warnings)
}

/// Full names of the pipelines that the deployment takes away.
fn removed(checked: &Checked, old: &[Pipeline]) -> BTreeSet<String> {
    let stays = |name: &str| checked.project.pipelines.iter().any(|pipeline| pipeline.name == name);
    let gone = old.iter().filter(|pipeline| !stays(&pipeline.name));
    gone.map(|pipeline| format!("{}/{}", checked.project.team, pipeline.name)).collect()
}

/// Other projects' pipelines that wait for what is taken away.
async fn bereaved(tx: &mut Tx, checked: &Checked, removed: &BTreeSet<String>) -> Result<Vec<Mistake>> {
    let own = projects::find(tx, checked.key()).await?.map(|project| project.id);
    let mut warnings = Vec::new();
    for name in removed {
        let Some((team, pipeline)) = name.split_once('/') else { continue };
        let (workspace_id, environment) = (checked.workspace.as_str(), checked.environment.as_str());
        let upstream = PipelineKey { workspace_id, environment, team, name: pipeline };
        let waiting = listeners::waiting_for(tx, upstream, own).await?;
        if !waiting.is_empty() {
            warnings.push(removal(name, &waiting));
        }
    }
    Ok(warnings)
}

fn removal(name: &str, waiting: &[String]) -> Mistake {
    Mistake::warning(format!("{name} is removed, and {} will wait for it in vain", waiting.join(", ")))
        .hint("tell their owners, or keep it until they have changed their triggers")
}

async fn add_revision(
    tx: &mut Tx,
    checked: &Checked,
    project_id: ProjectId,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Revision> {
    let id = RevisionId::new(now);
    let new = NewRevision {
        id,
        project_id,
        created_at: now,
        created_by: by,
        note: checked.note.as_deref(),
        source: &checked.source,
        rolled_back_to: checked.rolled_back_to,
        definition: &checked.project,
        files: &checked.files,
    };
    revisions::insert(tx, new).await?;
    projects::set_current(tx, project_id, id).await?;
    Ok(revisions::get(tx, id).await?)
}

async fn set_pipelines(
    tx: &mut Tx,
    checked: &Checked,
    project_id: ProjectId,
    revision_id: RevisionId,
    now: DateTime<Utc>,
) -> Result<Vec<PipelineId>> {
    let mut kept = Vec::new();
    for definition in &checked.project.pipelines {
        let (workspace_id, environment, team) =
            (&*checked.workspace, &*checked.environment, &*checked.project.team);
        let job = checked.job;
        let new = pipelines::Deployed {
            workspace_id,
            environment,
            team,
            project_id,
            revision_id,
            job,
            definition,
            at: now,
        };
        let id = pipelines::upsert(tx, new).await?;
        sync_triggers(tx, checked, id, definition, now).await?;
        kept.push(id);
    }
    for id in pipelines::archive_others(tx, project_id, &kept, now).await? {
        triggers::retire_all(tx, id, now).await?;
    }
    Ok(kept)
}

async fn sync_triggers(
    tx: &mut Tx,
    checked: &Checked,
    id: PipelineId,
    pipeline: &Pipeline,
    now: DateTime<Utc>,
) -> Result<()> {
    let schedules = checked
        .project
        .environments
        .get(&checked.environment)
        .is_none_or(|environment| environment.schedules);
    let key = polder_store::runs::PipelineRef {
        id,
        workspace: checked.workspace.clone(),
        environment: checked.environment.clone(),
        team: checked.project.team.clone(),
        name: pipeline.name.clone(),
    };
    triggers::sync(tx, &key, &pipeline.triggers, schedules, now).await
}
