//! AES-256-GCM with random nonces. No key encrypts more than a handful of messages but the master key, which wraps one key for
//! each value ever set: far from the 2³² at which random nonces become a risk.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use rand::TryRng;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

use super::{Error, Result};

pub(super) const NONCE: usize = 12;

pub(super) type Key = Zeroizing<[u8; 32]>;

pub(super) fn random_key() -> Result<Key> {
    let mut key = Zeroizing::new([0; 32]);
    fill(key.as_mut_slice())?;
    Ok(key)
}

/// A fresh nonce and the ciphertext with its tag.
pub(super) fn encrypt(key: &Key, plaintext: &[u8], associated: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut nonce = [0; NONCE];
    fill(&mut nonce)?;
    let payload = Payload { msg: plaintext, aad: associated };
    let ciphertext = cipher(key).encrypt(&Nonce::from(nonce), payload).map_err(|_| Error::Tampered)?;
    Ok((nonce.to_vec(), ciphertext))
}

pub(super) fn decrypt(
    key: &Key,
    nonce: &[u8],
    ciphertext: &[u8],
    associated: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Error::Tampered)?;
    let payload = Payload { msg: ciphertext, aad: associated };
    let plaintext = cipher(key).decrypt(&Nonce::from(nonce), payload);
    plaintext.map(Zeroizing::new).map_err(|_| Error::Tampered)
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new((&**key).into())
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    SysRng.try_fill_bytes(bytes).map_err(|_| Error::Random)
}
