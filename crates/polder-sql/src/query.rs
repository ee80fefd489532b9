//! `polder task query`: one query about one view, answered as it is computed.

use std::io::Write;
use std::sync::Arc;

use futures::StreamExt;
use polder_lake::{Lake, StorageOptions, View};
use polder_types::wire::QuerySpec;
use polder_work::Asking;
use tokio::net::UnixStream;

use crate::answer::Answer;
use crate::{Error, Result};

/// Is told what to do (a [`QuerySpec`]) by the server, and writes the answer. Nothing is written before the first rows are there, so that an error
/// up to then is told instead of an answer.
///
/// # Errors
/// When it is not a query, names what is not there, or needs more than it may.
pub async fn run(server: UnixStream, output: &mut (dyn Write + Send)) -> Result<()> {
    // A query ends with its program: nobody says so before.
    let (spec, asking): (QuerySpec, _) = Asking::open(server, || {}).await.map_err(Error::Server)?;
    polder_work::bind_memory(spec.limits.memory);
    let lake = Lake::open(&spec.lake, &StorageOptions::from_environment())?;
    let view = view(&lake, &spec).await?;
    let session = lake.session_at(&view, spec.at, &spec.limits.into())?;
    let session = session.with_own(Arc::new(asking), spec.at.is_some());
    let mut batches = session.query(&spec.sql).await?;
    let mut answer = Answer::new(spec.format, batches.schema(), spec.limits.rows);
    let mut output = std::io::BufWriter::new(output);
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(polder_lake::Error::query)?;
        if !answer.write(&batch, &mut output)? {
            break;
        }
        output.flush()?;
    }
    answer.end(&mut output)?;
    output.flush().map_err(Error::Output)
}

async fn view(lake: &Lake, spec: &QuerySpec) -> Result<View> {
    match &spec.branch {
        Some(branch) => Ok(lake.view_of_branch(&spec.view, &branch.root, &branch.name).await?),
        None => Ok(spec.view.clone()),
    }
}
