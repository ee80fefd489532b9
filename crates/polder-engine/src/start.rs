//! Starts runs for people and systems: idempotency, parameters, the logical date.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use polder_store::idempotency::{self, Claim};
use polder_store::runs::{Logical, StoredRun};
use polder_store::{pipelines, runs};
use polder_types::clock::start_of_day;
use polder_types::definition::{self, resolve_parameters};
use polder_types::id::{PipelineId, RevisionId, RunId};
use polder_types::run::RunStatus;
use polder_types::wire::{Mistake, OnFailedReplay, Reason, RunSummary, StartRun};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::calls::check_call_back;
use crate::create::{Blueprint, Made};
use crate::moves::Mover;
use crate::{Engine, Error, Result, fault};

const MOST_LABELS: usize = 64;
const LONGEST_LABEL: usize = 256;

/// A start by a person or a system.
#[derive(Debug, Clone)]
pub struct StartRequest {
    pub pipeline: PipelineId,
    pub reason: Reason,
    pub start: StartRun,
    /// What a webhook brought along.
    pub payload: Option<Value>,
    pub idempotency: Option<Idempotency>,
}

/// The key under which a request may be repeated without starting anything again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Whose key it is: keys of different scopes are different.
    pub scope: String,
    pub key: String,
}

/// A run that was started, now or by an earlier request with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    pub run: RunId,
    pub status: RunStatus,
    pub revision: Option<RevisionId>,
    pub replayed: bool,
}

impl Started {
    pub(crate) fn again(run: &StoredRun) -> Self {
        Self { run: run.id, status: run.status, revision: run.revision, replayed: true }
    }
}

impl Engine {
    /// Starts a run of a pipeline, or queues it.
    ///
    /// # Errors
    /// Not found; paused; parameters that do not fit; no place and a policy not to wait; an idempotency key that was
    /// used for a different request.
    pub async fn start_run(&self, request: StartRequest) -> Result<Started> {
        let mut mover = Mover::begin(self).await?;
        if let Some(replayed) = replay(&mut mover, &request).await? {
            mover.commit().await?;
            return Ok(replayed);
        }
        let pipeline = pipelines::get(&mut mover.tx, request.pipeline).await?;
        if pipeline.archived_at.is_some() {
            return Err(Error::not_found(format!("pipeline {}/{}", pipeline.team, pipeline.name)));
        }
        if pipeline.paused {
            return Err(Error::Paused);
        }
        let blueprint = self.blueprint(&request, &pipeline.definition)?;
        let (run, status) = match mover.create(&pipeline, blueprint).await? {
            Made::Run(run, status) => (run, status),
            Made::Taken(by) => return Err(Error::AlreadyRunning { run: by }),
        };
        if let Some(key) = &request.idempotency {
            idempotency::complete(&mut mover.tx, &key.scope, &key.key, run).await?;
        }
        mover.commit().await?;
        fault::point("created");
        Ok(Started { run, status, revision: Some(pipeline.revision_id), replayed: false })
    }

    /// Has a run end. One that has ended stays as it is.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn abort(&self, run: RunId, by: &str) -> Result<RunSummary> {
        let mut mover = Mover::begin(self).await?;
        let loaded = mover.abort(run, by).await?;
        mover.commit().await?;
        let mut summary = RunSummary::from(loaded.run);
        summary.status = loaded.state.status;
        summary.terminal = summary.status.is_terminal();
        summary.ended_at = loaded.state.ended_at;
        Ok(summary)
    }

    fn blueprint(&self, request: &StartRequest, definition: &definition::Pipeline) -> Result<Blueprint> {
        let start = &request.start;
        let logical = logical_date(start.logical_date.as_deref(), &definition.timezone, self.now())?;
        let parameters =
            resolve_parameters(&definition.parameters, &start.parameters).map_err(invalid_parameters)?;
        check_labels(&start.labels)?;
        if let Some(uri) = &start.call_back_uri {
            check_call_back(uri, &self.inner.options.allowed_callback_hosts)?;
        }
        let mut blueprint = Blueprint::new(request.reason.clone(), logical, parameters);
        blueprint.payload.clone_from(&request.payload);
        blueprint.labels.clone_from(&start.labels);
        blueprint.call_back_uri.clone_from(&start.call_back_uri);
        Ok(blueprint)
    }
}

/// The run that an earlier request with the same key has started, if the request is a repetition.
async fn replay(mover: &mut Mover<'_>, request: &StartRequest) -> Result<Option<Started>> {
    let Some(key) = &request.idempotency else { return Ok(None) };
    // The address to call back is not part of what is asked: an orchestrator gives each try a new one.
    let start = StartRun { call_back_uri: None, ..request.start.clone() };
    let asked = (&start, &request.payload, request.pipeline);
    let Some(run) = claim_key(mover, key, &asked).await? else { return Ok(None) };
    let failed = run.status.is_terminal() && run.status != RunStatus::Succeeded;
    if failed && request.start.on_failed_replay == OnFailedReplay::New {
        return Ok(None);
    }
    if let Some(uri) = &request.start.call_back_uri {
        mover.call_back_to(&run, uri).await?;
    }
    Ok(Some(Started::again(&run)))
}

/// Takes an idempotency key, or answers with the run that it stands for.
pub(crate) async fn claim_key(
    mover: &mut Mover<'_>,
    key: &Idempotency,
    asked: &impl Serialize,
) -> Result<Option<StoredRun>> {
    let hash = hash_of(asked)?;
    match idempotency::claim(&mut mover.tx, &key.scope, &key.key, &hash, mover.now).await? {
        Claim::New => Ok(None),
        Claim::OtherRequest => Err(Error::IdempotencyMismatch),
        Claim::InFlight => Err(Error::IdempotencyInFlight),
        Claim::Replay(run) => Ok(Some(runs::load(&mut mover.tx, run).await?)),
    }
}

fn hash_of(asked: &impl Serialize) -> Result<String> {
    let body = serde_json::to_vec(asked).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A day (`2026-11-21`) is that whole day; an instant is itself; nothing is now.
fn logical_date(text: Option<&str>, timezone: &str, now: DateTime<Utc>) -> Result<Logical> {
    let Some(text) = text else { return Ok(Logical { at: now, day: None }) };
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(Logical { at: start_of_day(day, zone(timezone)), day: Some(day) });
    }
    match DateTime::parse_from_rfc3339(text) {
        Ok(at) => Ok(Logical { at: polder_types::clock::to_microseconds(at.to_utc()), day: None }),
        Err(_) => Err(Error::BadRequest {
            detail: format!("`{text}` is no logical date"),
            hint: Some("write a day such as 2026-11-21, or an instant such as 2026-11-21T03:00:00Z".into()),
        }),
    }
}

/// The zone of that name; names are checked when a definition is read.
pub(crate) fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// The day that a run is about, in a zone.
pub(crate) fn day_of(logical: Logical, zone: Tz) -> NaiveDate {
    logical.day.unwrap_or_else(|| logical.at.with_timezone(&zone).date_naive())
}

/// Labels are for finding runs by, not for data.
fn check_labels(labels: &BTreeMap<String, String>) -> Result<()> {
    let long = labels.iter().any(|(name, value)| name.len() > LONGEST_LABEL || value.len() > LONGEST_LABEL);
    if labels.len() <= MOST_LABELS && !long {
        return Ok(());
    }
    let detail = format!(
        "a run has at most {MOST_LABELS} labels, their names and values at most {LONGEST_LABEL} bytes"
    );
    Err(Error::BadRequest { detail, hint: Some("give data as parameters".into()) })
}

pub(crate) fn invalid_parameters(problems: Vec<definition::ParameterProblem>) -> Error {
    Error::InvalidParameters(problems.into_iter().map(Mistake::from).collect())
}
