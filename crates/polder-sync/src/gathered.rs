//! What there is to read of a stream, before any of it is written.

use chrono::DateTime;
use polder_ingest::{FileFormat, Format, FoundFile, Seen, Source};
use polder_types::Clock;
use polder_types::definition::sync::{Stream, StreamSource, SyncMode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::http::{self, Api, Keeping};
use crate::log::{AtWork, Log};
use crate::state::{CursorState, State};
use crate::{Error, Result, location};

const NOTHING_NEW: &str = "there is nothing new";

pub(crate) struct Gathered {
    pub(crate) source: Source,
    pub(crate) files: Vec<FoundFile>,
    /// What is said where there are no files to read.
    pub(crate) nothing: String,
    pub(crate) format: Value,
    /// Whether nothing came that says that the source has no rows, so that a full refresh must not empty its table.
    pub(crate) is_silent: bool,
    /// What will have been read then.
    pub(crate) seen: Option<Seen>,
    pub(crate) cursor: Option<CursorState>,
    /// Of pages that were put down, gone with this.
    _folder: Option<TempDir>,
}

/// Finds what there is; of an API it is put down in a temporary file first, so that nothing that breaks off reaches a table.
pub(crate) async fn gather(
    stream: &Stream,
    config: &Value,
    state: &State,
    clock: &dyn Clock,
    at: &AtWork<'_>,
    log: &mut Log<'_>,
) -> Result<Gathered> {
    match &stream.source {
        StreamSource::Files { path, format } => files(stream, path, format, state).await,
        StreamSource::Http(http) => {
            let api = Api { name: &stream.name, at, http, config, keeping: keeping(stream), clock };
            pages(&api, state, log).await
        }
    }
}

fn keeping(stream: &Stream) -> Keeping {
    let columns = &stream.columns;
    let hides = !(columns.exclude.is_empty() && columns.hash.is_empty());
    Keeping { mode: stream.mode, has_key: !stream.primary_key.is_empty(), hides }
}

async fn files(stream: &Stream, path: &str, format: &Value, state: &State) -> Result<Gathered> {
    let (source, in_project) = location::open(path)?;
    let all = source.list().await?;
    let has_pattern = path.contains(['*', '?', '[', '{']);
    let replaces = has_pattern && stream.mode == SyncMode::FullRefresh;
    let nowhere = || Error::NoFiles { path: path.to_owned(), hint: hint(in_project, replaces) };
    let nowhere = all.is_empty().then(nowhere);
    let nothing = match nowhere {
        Some(error) if !has_pattern || replaces => return Err(error),
        Some(error) => error.to_string(),
        None => NOTHING_NEW.to_owned(),
    };
    let before = match stream.mode {
        // All of it is read; what it was counts for a stream that becomes incremental.
        SyncMode::FullRefresh => Seen::default(),
        SyncMode::Incremental => state.files.clone().unwrap_or_default(),
    };
    let (files, seen) = new_ones(all, before, in_project)?;
    let (format, seen) = (format.clone(), Some(seen));
    Ok(Gathered { source, files, nothing, format, is_silent: false, seen, cursor: None, _folder: None })
}

const fn hint(in_project: bool, replaces: bool) -> &'static str {
    match (in_project, replaces) {
        (true, _) => {
            " in the project as it was deployed, without what .gitignore and .polderignore leave out"
        }
        (false, true) => ": nothing is replaced by nothing",
        (false, false) => "",
    }
}

/// A file of the project is what is in it: when it was unpacked says nothing.
fn new_ones(all: Vec<FoundFile>, seen: Seen, in_project: bool) -> Result<(Vec<FoundFile>, Seen)> {
    let marked =
        all.into_iter().map(|file| Ok((if in_project { by_content(&file)? } else { file.clone() }, file)));
    let marked = marked.collect::<Result<Vec<_>>>()?;
    let (marks, files): (Vec<_>, Vec<_>) =
        marked.into_iter().filter(|(mark, _)| !seen.new_ones(std::slice::from_ref(mark)).is_empty()).unzip();
    let seen = seen.and(&marks);
    Ok((files, seen))
}

fn by_content(file: &FoundFile) -> Result<FoundFile> {
    let mut hash = Sha256::new();
    std::io::copy(&mut std::fs::File::open(&file.name)?, &mut HashWriter(&mut hash))?;
    let mut mark = file.clone();
    (mark.last_modified, mark.etag) = (DateTime::UNIX_EPOCH, Some(hex::encode(hash.finalize())));
    Ok(mark)
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn pages(api: &Api<'_>, state: &State, log: &mut Log<'_>) -> Result<Gathered> {
    let folder = tempfile::tempdir()?;
    let name = format!("{}.json", api.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
    let fetched = http::fetch(api, state.cursor.as_ref(), &folder.path().join(&name), log).await?;
    let source = Source::open(&name, folder.path(), std::iter::empty::<(String, String)>())?;
    let files = if fetched.records == 0 { Vec::new() } else { source.list().await? };
    let format = json!(FileFormat { format: Some(Format::Json), ..FileFormat::default() });
    let is_silent = files.is_empty() && fetched.passed_over > 0;
    if is_silent {
        let name = api.name;
        log.say(&format!(
            "{name}: nothing came but answers that the connector passes over: its table stays as it is"
        ))?;
    }
    Ok(Gathered {
        source,
        files,
        nothing: NOTHING_NEW.to_owned(),
        format,
        is_silent,
        seen: None,
        cursor: fetched.cursor,
        _folder: Some(folder),
    })
}
