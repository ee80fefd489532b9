use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, GetResultPayload};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, Length};
use tokio::runtime::Handle;

use crate::input::Counter;
use crate::{Error, FoundFile, Result, Source};

/// Parquet is read here and there; a piece of this size at a time is fetched.
const PIECE: u64 = 1 << 20;
/// As many of them are kept, because columns that are read side by side lie apart.
const MOST_KEPT: usize = 48;
/// How a Parquet file begins and ends.
const MAGIC: &[u8] = b"PAR1";

/// Any part of an object, as long as it is the one that was listed. Memory is bounded however large its groups of rows are.
#[derive(Clone)]
pub(crate) struct Ranges(Arc<Inner>);

struct Inner {
    source: Source,
    file: FoundFile,
    counter: Counter,
    runtime: Handle,
    kept: Mutex<VecDeque<(u64, Bytes)>>,
    /// Why a piece could not be fetched; the decoder only tells that it could not.
    failure: Mutex<Option<Error>>,
}

impl Ranges {
    pub(crate) fn new(source: &Source, file: &FoundFile, counter: &Counter) -> Self {
        let (kept, failure) = (Mutex::default(), Mutex::default());
        let (source, file, counter) = (source.clone(), file.clone(), counter.clone());
        Self(Arc::new(Inner { source, file, counter, runtime: Handle::current(), kept, failure }))
    }

    /// Looks at the start and the end, to tell a file that is cut off from one that is something else.
    pub(crate) fn check(&self) -> Result<()> {
        let Inner { file, .. } = &*self.0;
        let cut_off =
            |reason: &str| Error::Truncated { file: file.name.clone(), line: 0, reason: reason.to_owned() };
        if file.size < 12 {
            return Err(cut_off("it is too short to be Parquet"));
        }
        let ends = [0, file.size - 4].map(|at| self.get_bytes(at, 4));
        let [Ok(start), Ok(end)] = ends else {
            return Err(self.failure().unwrap_or_else(|| cut_off("its end cannot be read")));
        };
        match (&*start == MAGIC, &*end == MAGIC) {
            (true, true) => Ok(()),
            (true, false) => Err(cut_off("it begins as Parquet and has no end")),
            (false, _) => Err(Error::corrupt(&file.name, 0, "this is not Parquet, or it is encrypted")),
        }
    }

    pub(crate) fn failure(&self) -> Option<Error> {
        self.0.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn piece(&self, number: u64) -> Result<Bytes> {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|(found, _)| *found == number)
            && let Some(hit) = kept.remove(at)
        {
            kept.push_back(hit.clone());
            return Ok(hit.1);
        }
        let piece = self.0.fetch(number)?;
        if kept.len() >= MOST_KEPT {
            kept.pop_front();
        }
        kept.push_back((number, piece.clone()));
        Ok(piece)
    }

    fn range(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start + length as u64;
        let first = self.piece(start / PIECE)?;
        let offset = usize::try_from(start % PIECE).unwrap_or(usize::MAX);
        if first.len().saturating_sub(offset) >= length {
            return Ok(first.slice(offset..offset + length));
        }
        let mut bytes = BytesMut::from(first.get(offset..).unwrap_or_default());
        for number in start / PIECE + 1..end.div_ceil(PIECE) {
            let piece = self.piece(number)?;
            let wanted = piece.len().min(length - bytes.len());
            bytes.extend_from_slice(&piece[..wanted]);
        }
        Ok(bytes.freeze())
    }
}

impl Inner {
    fn fetch(&self, number: u64) -> Result<Bytes> {
        let end = ((number + 1) * PIECE).min(self.file.size);
        let range = Some(GetRange::Bounded(number * PIECE..end));
        let options = GetOptions { if_match: self.file.etag.clone(), range, ..GetOptions::default() };
        let bytes = self.runtime.block_on(self.get(&self.file.path, options))?;
        self.counter.add(bytes.len() as u64);
        Ok(bytes)
    }

    async fn get(&self, path: &Path, options: GetOptions) -> Result<Bytes> {
        let found =
            self.source.store().get_opts(path, options).await.map_err(Error::store(&self.file.name))?;
        if let GetResultPayload::File(_, path) = &found.payload {
            self.source.confine(path)?;
        }
        found.bytes().await.map_err(Error::store(&self.file.name))
    }
}

impl Length for Ranges {
    fn len(&self) -> u64 {
        self.0.file.size
    }
}

impl ChunkReader for Ranges {
    type T = From;

    fn get_read(&self, start: u64) -> ParquetResult<From> {
        Ok(From { ranges: self.clone(), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.0.file.size) {
            return Err(ParquetError::EOF(format!("it has {} bytes, and more are needed", self.0.file.size)));
        }
        self.range(start, length).map_err(|error| {
            let told = ParquetError::General(error.to_string());
            *self.0.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            told
        })
    }
}

/// Reads on from some place.
pub(crate) struct From {
    ranges: Ranges,
    at: u64,
}

impl Read for From {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.ranges.0.file.size.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let in_piece = usize::try_from(PIECE - self.at % PIECE).unwrap_or(usize::MAX);
        let count = into.len().min(left).min(in_piece);
        let bytes = self.ranges.get_bytes(self.at, count).map_err(io::Error::other)?;
        into[..count].copy_from_slice(&bytes);
        self.at += count as u64;
        Ok(count)
    }
}
