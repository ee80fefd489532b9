//! What became of the models and tests of an attempt: told by its own work, kept for those who look.

use polder_store::attempts::{self, Place};
use polder_store::lake::checks;
use polder_types::id::RunId;
use polder_types::wire::{Checks, StepChecks};

use super::Proof;
use super::token::proven;
use crate::{Engine, Error, Result};

impl Engine {
    /// Keeps what an attempt tells of its models and tests, instead of what it told before.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the attempt has ended.
    pub async fn note_checks(&self, proof: &Proof, told: &Checks) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let (_, place) = proven(&mut tx, proof).await?;
        checks::put(&mut tx, place, told).await?;
        Ok(tx.commit().await?)
    }

    /// What is known of the models and tests of a step: from its newest attempt that told anything, up to `epoch`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the run has no such step.
    pub async fn checks(&self, run: RunId, step: &str, epoch: Option<u32>) -> Result<StepChecks> {
        let mut tx = self.store().read().await?;
        let position = attempts::position(&mut tx, run, step).await.map_err(|error| match error {
            polder_store::Error::NotFound => Error::not_found(format!("step {step} of run {run}")),
            other => other.into(),
        })?;
        let place = Place { run, position, epoch: epoch.unwrap_or(u32::MAX) };
        Ok(checks::newest(&mut tx, place).await?)
    }
}
