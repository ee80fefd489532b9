//! Keeps the account of what is broken: which run failed, and which one mends it. See `polder_store::failures`.

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::failures::{self, About};
use polder_store::runs::{Logical, NewRun, StoredRun};
use polder_types::run::RunStatus;
use polder_types::wire::Reason;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::Result;
use crate::moves::Mover;

/// How long a failure counts that is not its pipeline's newest run.
pub(crate) const COUNTED: TimeDelta = TimeDelta::days(7);
/// A run that is started without a date is about the moment at which it was asked for; it is made a little later.
const ASKED_FOR: TimeDelta = TimeDelta::seconds(60);

impl Mover<'_> {
    /// A run was made: it may mend one that failed.
    pub(crate) async fn begin_mending(&mut self, run: &NewRun) -> Result<()> {
        let undated =
            undated(&run.reason, run.logical, run.created_at, &run.parameters, run.payload.as_ref());
        let about = About { run: run.id, pipeline: &run.pipeline, logical: run.logical, undated };
        Ok(failures::begin_mending(&mut self.tx, &about).await?)
    }

    /// A run has ended: it is broken, it has mended others, or a person has given it up.
    pub(crate) async fn note_end(&mut self, run: &StoredRun, status: RunStatus) -> Result<()> {
        let since = self.now - COUNTED;
        match status {
            RunStatus::Succeeded => failures::mend(&mut self.tx, &about(run), since).await?,
            RunStatus::Failed | RunStatus::TimedOut => {
                failures::note(&mut self.tx, &about(run), self.now, since).await?;
            }
            _ => failures::give_up_mending(&mut self.tx, run.pipeline.id, run.id).await?,
        }
        Ok(())
    }
}

fn about(run: &StoredRun) -> About<'_> {
    let undated = undated(&run.reason, run.logical, run.created_at, &run.parameters, run.payload.as_ref());
    About { run: run.id, pipeline: &run.pipeline, logical: run.logical, undated }
}

/// A hash of what a run was started with, if it was started without a logical date: then nothing else tells what it is about. An
/// orchestrator that starts a job again after a failure, or a person who presses the button again, has mended it.
fn undated(
    reason: &Reason,
    logical: Logical,
    created_at: DateTime<Utc>,
    parameters: &Map<String, Value>,
    payload: Option<&Value>,
) -> Option<String> {
    let asked_for = matches!(reason, Reason::Manual { .. } | Reason::Webhook { .. });
    let is_now = logical.day.is_none() && (created_at - logical.at).abs() < ASKED_FOR;
    if !asked_for || !is_now {
        return None;
    }
    let started_with = serde_json::to_vec(&(parameters, payload)).ok()?;
    Some(Sha256::digest(started_with).iter().map(|byte| format!("{byte:02x}")).collect())
}
