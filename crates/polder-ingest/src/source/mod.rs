//! Which files there are: in a folder on this machine or in a bucket, by a name or a pattern.

mod local;
mod pattern;
mod seen;

use std::path::Path as LocalPath;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use url::Url;

use crate::{Error, Result};
use local::Root;
use pattern::Pattern;
pub use seen::Seen;

/// Files that are read together.
#[derive(Debug, Clone)]
pub struct Source {
    store: Arc<dyn ObjectStore>,
    pattern: Pattern,
    /// The folder that files must be in, if they are on this machine.
    root: Option<Root>,
}

/// A file of a source, as it was when it was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// From the root folder or the bucket on. This is how it stands in messages and in rejected rows.
    pub name: String,
    pub size: u64,
    pub last_modified: DateTime<Utc>,
    pub etag: Option<String>,
    pub(crate) path: Path,
}

impl Source {
    /// `location` is a path below `root` or a URL (`s3://bucket/…`, `gs://…`, `az://…`, `https://…`), either with `*`, `?`,
    /// `[…]`, `{a,b}` and `**` for any number of folders. `options` are those of `object_store`.
    ///
    /// # Errors
    /// When it is no such location, or outside of `root`.
    pub fn open<I, K, V>(location: &str, root: &LocalPath, options: I) -> Result<Self>
    where
        I: IntoIterator<Item = (K, V)>,
        K: AsRef<str>,
        V: Into<String>,
    {
        if !location.contains("://") || location.starts_with("file://") {
            return Self::local(location, root);
        }
        let refuse = |reason: String| Error::Location { location: location.to_owned(), reason };
        let (place, rest) = pattern::split_url(location);
        let url = Url::parse(place).map_err(|error| refuse(error.to_string()))?;
        // However it is written, it would be read without a root.
        if url.scheme() == "file" {
            return Err(refuse("write `file://` in lower case".to_owned()));
        }
        let (store, folder) =
            object_store::parse_url_opts(&url, options).map_err(|error| refuse(error.to_string()))?;
        let parts = [folder.as_ref(), rest].into_iter().filter(|part| !part.is_empty());
        let pattern = Pattern::new(&parts.collect::<Vec<_>>().join("/")).map_err(refuse)?;
        Ok(Self { store: store.into(), pattern, root: None })
    }

    fn local(location: &str, root: &LocalPath) -> Result<Self> {
        let root = Root::new(root)?;
        let refuse = |reason: String| Error::Location { location: location.to_owned(), reason };
        let pattern = Pattern::new(&root.relative(location)?).map_err(refuse)?;
        let store = root.store().map_err(|error| refuse(error.to_string()))?;
        Ok(Self { store: Arc::new(store), pattern, root: Some(root) })
    }

    /// For a store that is there already; `pattern` is from its root on.
    ///
    /// # Errors
    /// When the pattern is none.
    pub fn in_store(store: Arc<dyn ObjectStore>, pattern: &str) -> Result<Self> {
        let refuse = |reason: String| Error::Location { location: pattern.to_owned(), reason };
        Ok(Self { store, pattern: Pattern::new(pattern).map_err(refuse)?, root: None })
    }

    /// All files that match, from the oldest to the newest, and by name where they are of the same age.
    ///
    /// # Errors
    /// When the store cannot be reached, or a file lies outside of the root by way of a link.
    pub async fn list(&self) -> Result<Vec<FoundFile>> {
        let mut found = match self.pattern.exact() {
            Some(path) => self.one(path).await?,
            None => self.matching().await?,
        };
        found.sort_by(|a, b| (a.last_modified, &a.name).cmp(&(b.last_modified, &b.name)));
        Ok(found)
    }

    async fn one(&self, path: &Path) -> Result<Vec<FoundFile>> {
        match self.store.head(path).await {
            Ok(meta) => Ok(vec![self.found(meta)?]),
            Err(object_store::Error::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(Error::store(path.as_ref())(error)),
        }
    }

    async fn matching(&self) -> Result<Vec<FoundFile>> {
        let folder = self.pattern.folder();
        let all = self.store.list(Some(folder)).map_err(Error::store(folder.as_ref()));
        let matching = all.try_filter(|meta| std::future::ready(self.pattern.matches(&meta.location)));
        matching.and_then(|meta| std::future::ready(self.found(meta))).try_collect().await
    }

    fn found(&self, meta: ObjectMeta) -> Result<FoundFile> {
        if let Some(root) = &self.root {
            root.confine_relative(meta.location.as_ref())?;
        }
        let ObjectMeta { location, last_modified, size, e_tag: etag, .. } = meta;
        Ok(FoundFile { name: location.to_string(), size, last_modified, etag, path: location })
    }

    pub(crate) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// Refuses a file on this machine that is not below the root.
    pub(crate) fn confine(&self, path: &LocalPath) -> Result<()> {
        self.root.as_ref().map_or(Ok(()), |root| root.confine(path))
    }
}
