//! What became of the models and tests of an attempt.

use polder_types::wire::{Checks, StepChecks};

use super::DOCUMENTS;
use crate::attempts::Place;
use crate::runs::{as_i64, as_u32};
use crate::stored::{from_document, to_document};
use crate::{Result, Tx};

/// Keeps what an attempt tells, instead of what it told before.
pub async fn put(tx: &mut Tx, place: Place, checks: &Checks) -> Result<()> {
    let sql = "INSERT INTO attempt_checks (run_id, position, epoch, checks) VALUES ($1, $2, $3, $4)
        ON CONFLICT (run_id, position, epoch) DO UPDATE SET checks = excluded.checks";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(place.run.0)
            .bind(as_i64(place.position))
            .bind(i64::from(place.epoch))
            .bind(to_document(DOCUMENTS, checks)?)
    )?;
    Ok(())
}

/// What the newest attempt of a step has told, up to the one of `place`.
pub async fn newest(tx: &mut Tx, place: Place) -> Result<StepChecks> {
    let sql = "SELECT epoch, checks FROM attempt_checks WHERE run_id = $1 AND position = $2 AND epoch <= $3
        ORDER BY epoch DESC LIMIT 1";
    let found: Option<(i64, String)> = on!(tx, |c| sqlx::query_as(sql)
        .bind(place.run.0)
        .bind(as_i64(place.position))
        .bind(i64::from(place.epoch))
        .fetch_optional(c))?;
    let Some((epoch, checks)) = found else { return Ok(StepChecks::default()) };
    let epoch = Some(as_u32("epoch", epoch)?);
    Ok(StepChecks { epoch, checks: from_document("checks", DOCUMENTS, &checks)? })
}
