//! Seals secrets: AES-256-GCM (NIST SP 800-38D) with a fresh key for each value, which a master key wraps the same way.
//!
//! A sealed value is bound to its place (workspace, team, environment, name) as associated data: moved to another row of
//! the database, it cannot be opened. Master keys are read from a file, or from an environment variable, one per line or
//! separated by commas, the newest first; older ones stay until everything is wrapped by the newest.
//!
//! Nothing here is ever shown: keys and values have no `Debug` that prints them, and are wiped when dropped.

mod cipher;
mod file;
mod fitting;
mod rotation;

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polder_store::secrets::{Sealed, SecretKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use self::cipher::{Key, NONCE, decrypt, encrypt, random_key};
pub use self::rotation::lock_secrets;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with keys and sealed values. No variant holds any of either.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a master key in {0} is not 32 bytes in base64")]
    Malformed(String),
    #[error("the master key file {path} cannot be used: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the secret is wrapped by master key {0}, which is not there")]
    UnknownKey(String),
    #[error("the secret cannot be opened: it was changed, or belongs to another place")]
    Tampered,
    #[error(
        "the master key comes from the environment: put a new one in front of it there, separated by a comma, and restart"
    )]
    NotAFile,
    #[error("the database holds secrets ({count}), and their master key is not there: {path} does not exist")]
    Missing { path: PathBuf, count: u64 },
    #[error(
        "the database holds secrets ({count}) that are wrapped by master key {key_id}, which is not in {origin}"
    )]
    Wrong { origin: String, key_id: String, count: u64 },
    /// By team/environment/name.
    #[error("nothing was changed, because these secrets cannot be opened: {}; set them anew or delete them", .0.join(", "))]
    Unreadable(Vec<String>),
    #[error("the system has no random numbers to give")]
    Random,
    #[error(transparent)]
    Store(#[from] polder_store::Error),
}

/// The master keys, the newest first.
pub struct Keyring {
    keys: RwLock<Vec<MasterKey>>,
    /// Where they are kept; none if they come from the environment.
    path: Option<PathBuf>,
}

/// A master key, and the name under which sealed values refer to it.
#[derive(Clone)]
struct MasterKey {
    id: String,
    key: Key,
}

impl Keyring {
    /// The keys in `variable` if it is set, otherwise those in the file, which is made with a new key if it is missing.
    ///
    /// # Errors
    /// When a key is malformed, or the file cannot be read or made.
    pub fn load(path: &Path, variable: Option<&str>) -> Result<Self> {
        if let Some(text) = variable {
            return Ok(Self { keys: RwLock::new(from_text(text, "the environment")?), path: None });
        }
        let text = match file::read(path)? {
            Some(text) => text,
            None => file::create(path, &to_text(&[MasterKey::random()?]))?,
        };
        let keys = from_text(&text, &path.display().to_string())?;
        Ok(Self { keys: RwLock::new(keys), path: Some(path.to_owned()) })
    }

    /// The name of the key that wraps new values.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.newest().id
    }

    /// Seals a value for a place.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn seal(&self, place: SecretKey<'_>, value: &[u8]) -> Result<Sealed> {
        let associated = associated_data(place);
        let data_key = random_key()?;
        let (nonce, ciphertext) = encrypt(&data_key, value, &associated)?;
        let master = self.newest();
        Ok(Sealed {
            ciphertext,
            nonce,
            wrapped_key: wrap(&master, &data_key, &associated)?,
            key_id: master.id,
        })
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// When its master key is not there, or it was changed or moved.
    pub fn open(&self, place: SecretKey<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>> {
        let associated = associated_data(place);
        decrypt(&self.data_key(sealed, &associated)?, &sealed.nonce, &sealed.ciphertext, &associated)
    }

    /// The value's key, wrapped by the newest master key.
    ///
    /// # Errors
    /// When its present master key is not there, or it was changed or moved.
    pub fn rewrap(&self, place: SecretKey<'_>, sealed: &Sealed) -> Result<Vec<u8>> {
        let associated = associated_data(place);
        wrap(&self.newest(), &self.data_key(sealed, &associated)?, &associated)
    }

    fn data_key(&self, sealed: &Sealed, associated: &[u8]) -> Result<Key> {
        let keys = self.all();
        let master = keys.iter().find(|key| key.id == sealed.key_id);
        let master = master.ok_or_else(|| Error::UnknownKey(sealed.key_id.clone()))?;
        let (nonce, wrapped) = sealed.wrapped_key.split_at_checked(NONCE).ok_or(Error::Tampered)?;
        let bytes = decrypt(&master.key, nonce, wrapped, associated)?;
        Ok(Zeroizing::new(bytes.as_slice().try_into().map_err(|_| Error::Tampered)?))
    }

    fn all(&self) -> Vec<MasterKey> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn newest(&self) -> MasterKey {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)[0].clone()
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(..)")
    }
}

impl MasterKey {
    fn random() -> Result<Self> {
        Ok(Self::new(random_key()?))
    }

    fn new(key: Key) -> Self {
        // A fingerprint: it tells keys apart and says nothing of them.
        let digest = Sha256::digest([b"polder master key ".as_slice(), key.as_slice()].concat());
        Self { id: digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect(), key }
    }
}

/// A nonce, then the encrypted key.
fn wrap(master: &MasterKey, data_key: &Key, associated: &[u8]) -> Result<Vec<u8>> {
    let (nonce, wrapped) = encrypt(&master.key, data_key.as_slice(), associated)?;
    Ok([nonce, wrapped].concat())
}

/// The parts with their lengths, so that no two places give the same bytes.
fn associated_data(place: SecretKey<'_>) -> Vec<u8> {
    let mut data = Vec::new();
    for part in [place.workspace_id, place.team, place.environment, place.name] {
        data.extend((part.len() as u64).to_be_bytes());
        data.extend(part.as_bytes());
    }
    data
}

fn from_text(text: &str, origin: &str) -> Result<Vec<MasterKey>> {
    let texts = text.split(['\n', ',']).map(str::trim).filter(|text| !text.is_empty());
    let keys: Option<Vec<MasterKey>> = texts.map(key_from_text).collect();
    keys.filter(|keys| !keys.is_empty()).ok_or_else(|| Error::Malformed(origin.to_owned()))
}

fn key_from_text(text: &str) -> Option<MasterKey> {
    let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
    Some(MasterKey::new(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
}

fn to_text(keys: &[MasterKey]) -> Zeroizing<String> {
    // Large enough from the start: a text that grows leaves copies behind that nobody wipes.
    let mut text = Zeroizing::new(String::with_capacity(keys.len() * 48));
    for key in keys {
        text.push_str(&Zeroizing::new(STANDARD.encode(key.key.as_slice())));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
