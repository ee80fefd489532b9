//! Repeats runs: always as a new run, because one that has ended never changes.

use std::collections::BTreeMap;

use polder_store::runs::{StoredRun, StoredStep, Taken};
use polder_store::{idempotency, pipelines};
use polder_types::definition::{self, resolve_parameters};
use polder_types::id::RunId;
use polder_types::run::{RunStatus, StepStatus};
use polder_types::wire::{Reason, Rerun, RerunFrom, RerunRevision};
use serde_json::{Map, Value};

use crate::create::{Blueprint, Made, PinnedAs};
use crate::moves::Mover;
use crate::start::{claim_key, invalid_parameters};
use crate::{Engine, Error, Idempotency, Result, Started};

impl Engine {
    /// Repeats a run that has ended, for the same logical date and with the same parameters.
    ///
    /// # Errors
    /// When there is no such run, it has not ended, or its pipeline is gone, paused or has no place; an idempotency key
    /// that was used for a different request.
    pub async fn rerun(
        &self,
        run: RunId,
        rerun: Rerun,
        by: &str,
        key: Option<&Idempotency>,
    ) -> Result<Started> {
        let mut mover = Mover::begin(self).await?;
        if let Some(key) = key
            && let Some(again) = claim_key(&mut mover, key, &(run, &rerun)).await?
        {
            return Ok(Started::again(&again));
        }
        let old = mover.load(run).await?;
        if !old.run.status.is_terminal() {
            return Err(Error::Conflict {
                detail: format!("run {run} has not ended: it is {}", old.run.status),
            });
        }
        let pipeline = pipelines::get(&mut mover.tx, old.run.pipeline.id).await?;
        if pipeline.paused {
            return Err(Error::Paused);
        }
        let mut blueprint = repetition(&old.run, Reason::Rerun { of: run, by: by.to_owned() });
        if rerun.from == RerunFrom::Failed && old.run.status == RunStatus::Succeeded {
            let detail =
                format!("run {run} succeeded: nothing of it is to be repeated, except from the start");
            return Err(Error::Conflict { detail });
        }
        let latest = rerun.revision == RerunRevision::Latest && pipeline.archived_at.is_none();
        if latest {
            blueprint.parameters = carried_over(&old.run.parameters, &pipeline.definition)?;
        }
        let definition = if latest { &pipeline.definition } else { &old.pinned.pipeline };
        if rerun.from == RerunFrom::Failed {
            blueprint.taken = taken(&old.run, &old.steps, definition);
        }
        let revision = if latest { Some(pipeline.revision_id) } else { old.run.revision };
        let made = if latest {
            mover.create(&pipeline, blueprint).await?
        } else {
            let pinned = PinnedAs { hash: old.run.definition_hash.clone(), revision };
            mover.create_pinned(old.run.pipeline.clone(), definition, pinned, blueprint).await?
        };
        let Made::Run(new, status) = made else {
            let Made::Taken(by) = made else {
                return Err(Error::Internal("a run was neither made nor refused".into()));
            };
            return Err(Error::AlreadyRunning { run: by });
        };
        if let Some(key) = key {
            idempotency::complete(&mut mover.tx, &key.scope, &key.key, new).await?;
        }
        mover.commit().await?;
        Ok(Started { run: new, status, revision, replayed: false })
    }
}

/// Parameters of an earlier run as the present definition takes them: what it does not know any more is left out, and what is
/// new has its default.
///
/// # Errors
/// [`Error::InvalidParameters`] when one must be given, or what was given does not fit any more.
pub(crate) fn carried_over(
    old: &Map<String, Value>,
    definition: &definition::Pipeline,
) -> Result<Map<String, Value>> {
    let declared = &definition.parameters;
    let known = old.iter().filter(|(name, _)| declared.iter().any(|parameter| parameter.name == **name));
    let known = known.map(|(name, value)| (name.clone(), value.clone())).collect();
    resolve_parameters(declared, &known).map_err(invalid_parameters)
}

/// A new run of the same date, parameters and labels.
pub(crate) fn repetition(old: &StoredRun, reason: Reason) -> Blueprint {
    let mut blueprint = Blueprint::new(reason, old.logical, old.parameters.clone());
    blueprint.payload.clone_from(&old.payload);
    blueprint.labels.clone_from(&old.labels);
    blueprint.rerun_of = Some((old.id, old.root));
    blueprint
}

/// The results that stay: of steps that succeeded, are still there, and need nothing that is run again.
fn taken(
    run: &StoredRun,
    steps: &[StoredStep],
    definition: &definition::Pipeline,
) -> BTreeMap<String, Taken> {
    let mut taken: BTreeMap<String, Taken> = BTreeMap::new();
    // Needs may be written in any order: repeat until nothing more can be kept.
    loop {
        let before = taken.len();
        for step in &definition.steps {
            let old = steps.iter().find(|old| old.name == step.name && old.status == StepStatus::Succeeded);
            let needs_kept = step.needs.iter().all(|need| taken.contains_key(need));
            if let (Some(old), true, false) = (old, needs_kept, taken.contains_key(&step.name)) {
                taken.insert(step.name.clone(), result_of(run, old));
            }
        }
        if taken.len() == before {
            return taken;
        }
    }
}

fn result_of(run: &StoredRun, step: &StoredStep) -> Taken {
    let from = step.taken_from.unwrap_or(run.id);
    Taken { from, outputs: step.outputs.clone(), rows: step.rows, bytes: step.bytes }
}
