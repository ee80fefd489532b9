//! Where the server is and which token goes along: from the command line and environment, else from what `login` stored.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use polder_client::{Client, DEFAULT_URL};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::output::Output;

/// What every command gets.
pub struct Context<'a> {
    pub output: &'a Output,
    /// The server that was named on the command line or in the environment.
    url: Option<String>,
}

/// A server, and the token for it.
pub struct Location {
    pub url: String,
    pub token: Option<String>,
}

/// What `login` stored: the server that is used when none is named, and a token for each.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Logins {
    pub current: Option<String>,
    pub tokens: BTreeMap<String, String>,
}

impl<'a> Context<'a> {
    pub fn new(output: &'a Output, url: Option<String>) -> Self {
        Self { output, url }
    }

    /// A client of the server. Nothing is sent yet.
    pub fn client(&self) -> Result<Client> {
        // Only who needs a server has to have logins that can be read.
        let location = Location::find(self.url.clone())?;
        client_of(&location.url, location.token.as_deref())
    }
}

/// A client of the server at the address, if it is one.
pub fn client_of(url: &str, token: Option<&str>) -> Result<Client> {
    if !url.contains("://") {
        return Err(Failure::new(format!("`{url}` is no address of a server: it lacks http://"))
            .hint(format!("Say http://{url}."))
            .into());
    }
    Ok(Client::remote(url, token)?)
}

impl Location {
    /// The server that was named, else the one that was logged in to, else the default one.
    pub fn find(named: Option<String>) -> Result<Self> {
        let named = named.filter(|url| !url.is_empty()).map(|url| normal(&url));
        let token = std::env::var("POLDER_TOKEN").ok().filter(|token| !token.is_empty());
        if let (Some(url), Some(_)) = (&named, &token) {
            return Ok(Self { url: url.clone(), token });
        }
        let logins = Logins::load()?;
        let url = named.or(logins.current).unwrap_or_else(|| DEFAULT_URL.to_owned());
        let token = token.or_else(|| logins.tokens.get(&url).cloned());
        Ok(Self { url, token })
    }
}

impl Logins {
    pub fn load() -> Result<Self> {
        let Some(path) = path() else { return Ok(Self::default()) };
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unreadable(&path, &error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Those that can be read; a file that is broken is written anew by whoever logs in.
    pub fn load_or_begin() -> Self {
        Self::load().unwrap_or_default()
    }

    /// Stores the logins where only this user can read them, and says where.
    pub fn save(&self) -> Result<PathBuf> {
        let path =
            path().context("there is no home folder to store the login in: set HOME or XDG_CONFIG_HOME")?;
        self.save_to(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    fn save_to(&self, path: &Path) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        // A temporary file is made with mode 0600, so the token is never readable by others, not for a moment.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.persist(path)?;
        Ok(())
    }
}

fn unreadable(path: &Path, error: &serde_json::Error) -> anyhow::Error {
    let path = path.display();
    Failure::new(format!("the logins in {path} cannot be read"))
        .cause(error)
        .hint(format!("Log in again, which writes the file anew, or delete it: rm {path}"))
        .into()
}

/// An address as it is stored and compared.
pub fn normal(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

pub fn path() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(config.join("polder").join("logins.json"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn logins_are_stored_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("polder").join("logins.json");
        let tokens = BTreeMap::from([("http://a".to_owned(), "pld_x".to_owned())]);
        Logins { current: Some("http://a".into()), tokens }.save_to(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read: Logins = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(read.tokens["http://a"], "pld_x");
    }
}
