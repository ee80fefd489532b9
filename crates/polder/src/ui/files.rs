//! Where the interface's files come from.

use std::borrow::Cow;
use std::path::PathBuf;

use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

/// What `make ui` has made: within the program in a release, read from the disk in debug. Empty without it.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Embedded;

pub enum Files {
    Embedded,
    /// For work on the interface, and for tests.
    Folder(PathBuf),
}

/// A file of the interface.
pub struct File {
    pub bytes: Cow<'static, [u8]>,
    pub hash: [u8; 32],
}

impl Files {
    /// The file of this name, such as `assets/index-1a2b.js`.
    pub fn get(&self, name: &str) -> Option<File> {
        if !is_plain(name) {
            return None;
        }
        match self {
            Self::Embedded => {
                let file = Embedded::get(name)?;
                Some(File { hash: file.metadata.sha256_hash(), bytes: file.data })
            }
            Self::Folder(folder) => {
                let bytes = std::fs::read(folder.join(name)).ok()?;
                Some(File { hash: Sha256::digest(&bytes).into(), bytes: Cow::Owned(bytes) })
            }
        }
    }

    pub fn has_interface(&self) -> bool {
        self.get("index.html").is_some()
    }
}

/// Names are taken as they stand in the address, never decoded; nothing in one leads out of the folder, or to what is hidden.
fn is_plain(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '~');
    name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for fine in ["index.html", "assets/index-Bx_1.js", "a/b/c.d.e"] {
            assert!(is_plain(fine), "{fine}");
        }
        for refused in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "%2e%2e/x",
            "a\\b",
            ".env",
            "a/.git",
            "a\0b",
            "a b",
        ] {
            assert!(!is_plain(refused), "{refused}");
        }
    }
}
