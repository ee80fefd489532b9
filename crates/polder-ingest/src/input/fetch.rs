use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Buf, Bytes};
use futures::{StreamExt, stream::BoxStream};
use object_store::{GetOptions, GetResultPayload};
use tokio::sync::mpsc::{self, Receiver};

use crate::source::{FoundFile, Source};
use crate::{Error, Result};

/// Pieces that wait to be read. Stores give pieces of some KiB to some MiB.
const AHEAD: usize = 4;

/// How many bytes of a file were read, as it lies there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counter(Arc<AtomicU64>);

impl Counter {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The bytes of a file, as long as it is the one that was listed. They are fetched while others are worked on.
///
/// # Errors
/// When it is not there any more, is another one, or cannot be reached.
pub(crate) async fn fetch(
    source: &Source,
    file: &FoundFile,
    counter: &Counter,
) -> Result<Box<dyn Read + Send>> {
    let options = GetOptions { if_match: file.etag.clone(), ..GetOptions::default() };
    let found = source.store().get_opts(&file.path, options).await.map_err(Error::store(&file.name))?;
    let missing = found.meta.size;
    let input: Box<dyn Read + Send> = match found.payload {
        GetResultPayload::File(opened, path) => {
            source.confine(&path)?;
            Box::new(opened)
        }
        GetResultPayload::Stream(pieces) => Box::new(Pieces { left: Bytes::new(), coming: pull(pieces) }),
    };
    Ok(Box::new(Counted { input, counter: counter.clone(), missing }))
}

/// Fetches on, a few pieces ahead, until nobody takes them.
fn pull(mut pieces: BoxStream<'static, object_store::Result<Bytes>>) -> Receiver<io::Result<Bytes>> {
    let (give, coming) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        while let Some(piece) = pieces.next().await {
            let failed = piece.is_err();
            if give.send(piece.map_err(io::Error::other)).await.is_err() || failed {
                return;
            }
        }
    });
    coming
}

/// Pieces that come from a task, for a thread that may wait for them.
struct Pieces {
    left: Bytes,
    coming: Receiver<io::Result<Bytes>>,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.left.is_empty() {
            match self.coming.blocking_recv() {
                Some(piece) => self.left = piece?,
                None => return Ok(0),
            }
        }
        let count = into.len().min(self.left.len());
        self.left.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}

/// Counts, and does not take for the end what is none: a connection that broke off, a file that was cut meanwhile.
struct Counted<R> {
    input: R,
    counter: Counter,
    missing: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(into)?;
        if count == 0 && !into.is_empty() && self.missing > 0 {
            let reason = format!("{} of its bytes did not come", self.missing);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason));
        }
        self.missing = self.missing.saturating_sub(count as u64);
        self.counter.add(count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_do_not_come_are_not_an_end() {
        let mut counted = Counted { input: &b"abc"[..], counter: Counter::default(), missing: 5 };
        let error = counted.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!((error.kind(), counted.counter.get()), (io::ErrorKind::UnexpectedEof, 3));
        assert_eq!(error.to_string(), "2 of its bytes did not come");
    }
}
