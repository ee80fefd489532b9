//! Where tables are: a folder on this machine, or a part of a bucket.
//!
//! Stores are reached by `object_store` alone, on S3 too: its conditional writes make a commit atomic there, so neither another
//! SDK nor a lock table is needed.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use object_store::ObjectStore;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use url::Url;

use crate::branch_store::BranchStore;
use crate::means::{Means, Taken};
use crate::operations::at_once;
use crate::{Error, Line, Result, TableName};

/// How to reach a store, by the names that `object_store` gives them (`aws_region`, `azure_storage_account_name`, …).
/// Printing it shows no value: some are secret.
#[derive(Clone, Default)]
pub struct StorageOptions(HashMap<String, String>);

impl StorageOptions {
    #[must_use]
    pub fn new(options: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(options.into_iter().collect())
    }

    /// What the environment says, as the clients of the clouds read it: `AWS_…`, `AZURE_…`, `GOOGLE_…`.
    #[must_use]
    pub fn from_environment() -> Self {
        let of_a_store =
            |name: &String| ["AWS_", "AZURE_", "GOOGLE_"].iter().any(|prefix| name.starts_with(prefix));
        Self::new(std::env::vars().filter(|(name, _)| of_a_store(name)))
    }
}

impl fmt::Debug for StorageOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// All tables of a workspace.
#[derive(Debug, Clone)]
pub struct Lake {
    /// Ends with `/`.
    url: Url,
    store: Arc<dyn ObjectStore>,
    /// The lake's folder in the store.
    folder: Path,
    /// What work on its tables may use; each operation its own if there are none.
    means: Option<Means>,
}

impl Lake {
    /// `url` is `file:///…`, `s3://bucket/…`, `az://container/…` or `gs://bucket/…`. A folder on this machine is made if it is missing.
    ///
    /// # Errors
    /// When it cannot be the place of a lake.
    pub fn open(url: &str, options: &StorageOptions) -> Result<Self> {
        let refuse = |reason: String| Error::Location { url: url.to_owned(), reason };
        let mut parsed =
            Url::parse(url).map_err(|error| refuse(format!("{error}; a folder is `file:///path`")))?;
        if !parsed.path().ends_with('/') {
            parsed.set_path(&format!("{}/", parsed.path()));
        }
        if parsed.scheme() == "file" {
            let folder =
                parsed.to_file_path().map_err(|()| refuse("it is not an absolute path".to_owned()))?;
            std::fs::create_dir_all(folder).map_err(|error| refuse(error.to_string()))?;
        }
        let (store, folder) =
            object_store::parse_url_opts(&parsed, &options.0).map_err(|error| refuse(error.to_string()))?;
        Ok(Self { url: parsed, store: store.into(), folder, means: None })
    }

    /// The same lake, for work that has to do with some means.
    pub(crate) fn within(&self, means: &Means) -> Self {
        Self { means: Some(means.clone()), ..self.clone() }
    }

    pub(crate) fn means(&self) -> Result<Means> {
        self.means.clone().map_or_else(Means::unlimited, Ok)
    }

    /// Where rows are counted that come in to be written.
    pub(crate) fn taken(&self) -> Taken {
        self.means.as_ref().map(|means| means.taken.clone()).unwrap_or_default()
    }

    /// How many tasks to work with at once.
    pub(crate) fn threads(&self) -> usize {
        self.means.as_ref().map_or_else(at_once, |means| means.threads)
    }

    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// What the store is the root of: `file:///`, `s3://bucket/`.
    pub(crate) fn store_url(&self) -> Url {
        let mut url = self.url.clone();
        url.set_path("/");
        url
    }

    /// The folder of the lake, in the store.
    pub(crate) fn root(&self) -> Path {
        self.folder.clone()
    }

    pub(crate) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The folder of a table, in the store.
    pub(crate) fn folder(&self, table: &TableName) -> Path {
        self.folder.clone().join(table.schema()).join(table.table())
    }

    /// The store in which a table's log is that of a line.
    pub(crate) fn store_of(&self, table: &TableName, line: &Line) -> Arc<dyn ObjectStore> {
        let folder = self.folder(table);
        line.forks()
            .iter()
            .fold(self.store.clone(), |store, fork| Arc::new(BranchStore::new(store, &folder, fork)))
    }

    pub(crate) fn log_store(&self, table: &TableName, line: &Line) -> Result<LogStoreRef> {
        let url = self.table_url(table)?;
        let root = self.store_of(table, line);
        let prefixed: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(root.clone(), self.folder(table)));
        Ok(default_logstore(prefixed, root, &url, &StorageConfig::default()))
    }

    fn table_url(&self, table: &TableName) -> Result<Url> {
        let joined = self.url.join(&format!("{}/{}/", table.schema(), table.table()));
        joined.map_err(|error| Error::Location { url: self.url.to_string(), reason: error.to_string() })
    }
}
