//! The token by which an attempt's own work shows that it is of that attempt.

use polder_store::Tx;
use polder_store::attempts::{self, Place};
use polder_store::runs::{self, StoredRun};
use polder_types::wire::AttemptKey;
use rand::Rng as _;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use crate::definitions::hex;
use crate::{Engine, Error, Result};

/// What every token of an attempt begins with.
pub const TOKEN_PREFIX: &str = "pla_";

/// Which attempt somebody says to be of, and the token that shows it.
#[derive(Clone)]
pub struct Proof {
    pub key: AttemptKey,
    pub token: String,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proof({})", self.key)
    }
}

impl Engine {
    /// A new token for an attempt that an agent has. An earlier one is worth nothing from then on.
    pub(crate) async fn new_attempt_token(&self, place: Place) -> Result<String> {
        let mut bytes = [0u8; 32];
        rand::rng().fill_bytes(&mut bytes);
        let token = format!("{TOKEN_PREFIX}{}", hex(&bytes));
        let mut tx = self.store().begin().await?;
        attempts::set_token(&mut tx, place, &hash(&token)).await?;
        tx.commit().await?;
        Ok(token)
    }
}

/// The attempt of a proof, with its run locked so that it does not end meanwhile.
///
/// # Errors
/// [`Error::Fenced`] when the attempt has ended, or the token is not its own.
pub(super) async fn proven(tx: &mut Tx, proof: &Proof) -> Result<(StoredRun, Place)> {
    let key = &proof.key;
    runs::lock(tx, key.run).await.map_err(fenced)?;
    let position = attempts::position(tx, key.run, &key.step).await.map_err(fenced)?;
    let place = Place { run: key.run, position, epoch: key.epoch };
    let expected = attempts::token_hash(tx, place).await?.ok_or(Error::Fenced)?;
    if !bool::from(expected.ct_eq(&hash(&proof.token))) {
        return Err(Error::Fenced);
    }
    Ok((runs::load(tx, key.run).await?, place))
}

/// Whoever has no valid token is not told which runs there are.
fn fenced(error: polder_store::Error) -> Error {
    match error {
        polder_store::Error::NotFound => Error::Fenced,
        other => other.into(),
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
