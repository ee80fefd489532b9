//! Who did what, when and from where: one entry for everything that changes something. Never a value of a secret.

use polder_store::Tx;
use polder_types::id::AuditId;
use polder_types::wire::AuditEntry;
use serde_json::{Value, json};

use crate::{Api, Caller, Result};

/// What somebody did.
#[derive(Debug)]
pub(crate) struct Deed<'a> {
    /// Such as `run.start`.
    pub action: &'static str,
    /// What it was done to, as people name it.
    pub object: String,
    pub team: Option<&'a str>,
    pub environment: Option<&'a str>,
    pub detail: Value,
}

impl<'a> Deed<'a> {
    pub(crate) fn new(action: &'static str, object: impl Into<String>) -> Self {
        Self { action, object: object.into(), team: None, environment: None, detail: json!({}) }
    }

    pub(crate) fn of(self, team: &'a str, environment: &'a str) -> Self {
        Self { team: Some(team), environment: Some(environment), ..self }
    }

    pub(crate) fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

impl Api {
    /// Writes down what the caller has done, where the deed's own transaction is over.
    pub(crate) async fn note(&self, caller: &Caller, deed: Deed<'_>) -> Result<()> {
        let mut tx = self.store().begin().await?;
        self.note_in(&mut tx, caller, deed).await?;
        Ok(tx.commit().await?)
    }

    /// Writes it down in the transaction of the deed.
    pub(crate) async fn note_in(&self, tx: &mut Tx, caller: &Caller, deed: Deed<'_>) -> Result<()> {
        let at = self.now();
        let entry = AuditEntry {
            id: AuditId::new(at),
            at,
            actor: caller.name.clone(),
            address: caller.address.map(|address| address.to_string()),
            action: deed.action.to_owned(),
            object: deed.object,
            team: deed.team.map(str::to_owned),
            environment: deed.environment.map(str::to_owned),
            detail: deed.detail,
        };
        Ok(polder_store::audit::insert(tx, &caller.workspace, &entry).await?)
    }
}
