//! An object store in which a table's log is the log of a branch.
//!
//! Where Delta looks for `_delta_log/…` it finds the union of the parent's log up to the version of the fork and the branch's own
//! after it; what it writes there goes to `_branches/<branch>/_delta_log/…`. All else, data files above all, is as in the parent.
//! So every operation of Delta runs on a branch unchanged, and whoever reads the folder without Polder sees nothing of it.
//! A branch of a branch is this store around another one.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};

use crate::Fork;
use crate::log::{self, LAST_CHECKPOINT, LOG};

type Listed = BoxStream<'static, Result<ObjectMeta>>;

/// See the head of this file.
#[derive(Debug, Clone)]
pub(crate) struct BranchStore {
    parent: Arc<dyn ObjectStore>,
    paths: Arc<Paths>,
}

/// What is where. Paths are those of the store, not relative to the table.
#[derive(Debug)]
struct Paths {
    /// The folder in which the log is looked for.
    log: Path,
    /// The folder in which it is.
    own: Path,
    /// The last version that is the parent's.
    at: Option<u64>,
}

/// Where something is.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Parent,
    Own(Path),
}

impl BranchStore {
    /// `table` is the folder of the table in `parent`.
    pub(crate) fn new(parent: Arc<dyn ObjectStore>, table: &Path, fork: &Fork) -> Self {
        let own = log::branch_folder(table, &fork.branch).join(LOG);
        let paths = Paths { log: table.clone().join(LOG), own, at: fork.at };
        Self { parent, paths: Arc::new(paths) }
    }

    /// The log of the branch, from what is in the parent's folder and in its own. Versions of the parent come before those of the
    /// branch, so the order in which stores list is kept.
    fn union(&self, parent: Listed, own: Listed) -> Listed {
        let (inherits, shows) = (self.paths.clone(), self.paths.clone());
        let inherited =
            parent.try_filter(move |meta| std::future::ready(inherits.is_inherited(&meta.location)));
        inherited.chain(own.map_ok(move |meta| shows.shown(meta))).boxed()
    }
}

impl Paths {
    /// The path in the branch's own folder for one in the log.
    fn own(&self, location: &Path) -> Option<Path> {
        let rest = location.prefix_match(&self.log)?;
        Some(self.own.parts().chain(rest).collect())
    }

    /// Whether the parent's file belongs to the part of the history that both share.
    fn is_inherited(&self, location: &Path) -> bool {
        let version = log::version_of(location);
        version.is_some_and(|version| self.at.is_some_and(|at| version <= at))
    }

    /// Where to read.
    fn place(&self, location: &Path) -> Place {
        match self.own(location) {
            Some(own) if !self.is_inherited(location) => Place::Own(own),
            _ => Place::Parent,
        }
    }

    /// Where to write: never over what the parent has.
    fn writable(&self, location: &Path) -> Result<Path> {
        match self.own(location) {
            None => Ok(location.clone()),
            Some(_) if self.is_inherited(location) => Err(inherited(location)),
            Some(own) => Ok(own),
        }
    }

    /// A file of the own folder as it is asked for.
    fn shown(&self, mut meta: ObjectMeta) -> ObjectMeta {
        meta.location = self.shown_path(meta.location);
        meta
    }

    fn shown_path(&self, location: Path) -> Path {
        let shown = location.prefix_match(&self.own).map(|rest| self.log.parts().chain(rest).collect());
        shown.unwrap_or(location)
    }
}

/// The version is there already, in the history that the branch shares with its parent.
fn inherited(location: &Path) -> Error {
    Error::AlreadyExists {
        path: location.to_string(),
        source: "it is part of the history that this branch shares with the line it was made from".into(),
    }
}

impl fmt::Display for BranchStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BranchStore({} over {})", self.paths.own, self.parent)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ObjectStore for BranchStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.parent.put_opts(&self.paths.writable(location)?, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.parent.put_multipart_opts(&self.paths.writable(location)?, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let own = match self.paths.place(location) {
            Place::Parent => return self.parent.get_opts(location, options).await,
            Place::Own(own) => own,
        };
        match self.parent.get_opts(&own, options.clone()).await {
            Ok(mut found) => {
                found.meta.location = location.clone();
                Ok(found)
            }
            Err(Error::NotFound { .. }) if log::may_be_inherited(location) => {
                let found = self.parent.get_opts(location, options).await?;
                self.checkpoint_hint(location, found).await
            }
            Err(error) => Err(error),
        }
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        match self.paths.place(location) {
            Place::Parent => self.parent.get_ranges(location, ranges).await,
            Place::Own(own) => self.parent.get_ranges(&own, ranges).await,
        }
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let (paths, shown) = (self.paths.clone(), self.paths.clone());
        let own = locations.map(move |location| paths.writable(&location?)).boxed();
        self.parent.delete_stream(own).map_ok(move |location| shown.shown_path(location)).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> Listed {
        let parent = self.parent.list(prefix);
        match prefix.and_then(|prefix| self.paths.own(prefix)) {
            Some(own) => self.union(parent, self.parent.list(Some(&own))),
            None => parent,
        }
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> Listed {
        let parent = self.parent.list_with_offset(prefix, offset);
        let own = |path: &Path| self.paths.own(path);
        match (prefix.and_then(own), own(offset)) {
            (Some(own), Some(offset)) => {
                self.union(parent, self.parent.list_with_offset(Some(&own), &offset))
            }
            _ => parent,
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let mut found = self.parent.list_with_delimiter(prefix).await?;
        let Some(own) = prefix.and_then(|prefix| self.paths.own(prefix)) else { return Ok(found) };
        found.objects.retain(|meta| self.paths.is_inherited(&meta.location));
        let own = self.parent.list_with_delimiter(Some(&own)).await?;
        found.objects.extend(own.objects.into_iter().map(|meta| self.paths.shown(meta)));
        found
            .common_prefixes
            .extend(own.common_prefixes.into_iter().map(|folder| self.paths.shown_path(folder)));
        Ok(found)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.parent.copy_opts(&self.source(from), &self.paths.writable(to)?, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.parent.rename_opts(&self.paths.writable(from)?, &self.paths.writable(to)?, options).await
    }
}

impl BranchStore {
    fn source(&self, location: &Path) -> Path {
        match self.paths.place(location) {
            Place::Parent => location.clone(),
            Place::Own(own) => own,
        }
    }

    /// The parent's hint at its last checkpoint serves as long as that is older than the fork; without it the whole log is listed.
    async fn checkpoint_hint(&self, location: &Path, found: GetResult) -> Result<GetResult> {
        if location.filename() != Some(LAST_CHECKPOINT) {
            return Ok(found);
        }
        let (meta, attributes, range) = (found.meta.clone(), found.attributes.clone(), found.range.clone());
        let text = found.bytes().await?;
        let version = log::hinted_version(&text);
        if version.is_none_or(|version| self.paths.at.is_none_or(|at| version > at)) {
            let source = "the hint is at a checkpoint after the fork".into();
            return Err(Error::NotFound { path: location.to_string(), source });
        }
        let stream = futures::stream::once(async move { Ok(text) }).boxed();
        Ok(GetResult { payload: object_store::GetResultPayload::Stream(stream), meta, range, attributes })
    }
}
