use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use futures::Stream;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::assemble::Assembler;
use crate::input::{Blocks, Counter, decompress, fetch, to_utf8};
use crate::parquet_file::ParquetFile;
use crate::rows::Rows;
use crate::scan::{CsvScanner, JsonScanner, Place, Scan};
use crate::{
    Error, FileFormat, Format, FoundFile, KeptSchema, Limits, ReadOptions, Reason, Result, SchemaChange,
    Source,
};

/// Parts that wait to be taken.
const AHEAD: usize = 1;

/// Some rows of a file.
#[derive(Debug, Clone)]
pub struct Part {
    /// The rows that fit: the columns of `schema`, then those that were asked for about where they are from. It can be empty.
    pub batch: RecordBatch,
    /// The rows that do not, with the columns of [`crate::rejected_schema`].
    pub rejected: Option<RecordBatch>,
    pub rejected_by: BTreeMap<Reason, u64>,
    /// What was found to be different with these rows. If new columns are to stay, they are in `batch` and `schema` already.
    pub changes: Vec<SchemaChange>,
    /// To be kept instead of the one that the reader was opened with.
    pub schema: Arc<KeptSchema>,
    /// The names of `exclude` and `hash` that a column of the file has, as far as it was read.
    pub named: Arc<BTreeSet<String>>,
    /// Whether the file has a column of the schema that it was opened with.
    pub is_known: bool,
    /// Of the file as it lies there, up to now.
    pub bytes_read: u64,
}

/// Reads one file, as a stream of parts. Dropping it ends the reading.
#[derive(Debug)]
pub struct Reader {
    file: String,
    events: mpsc::Receiver<Event>,
    done: bool,
}

#[derive(Debug)]
enum Event {
    Part(Box<Part>),
    Failed(Error),
    /// The file was read to its end. A channel that closes without it is a thread that is gone.
    Done,
}

impl Reader {
    /// # Errors
    /// When the file cannot be reached, is not the one that was listed any more, the options are wrong, or a column
    /// that is to be hashed is not text in the schema.
    pub async fn open(
        source: &Source,
        file: &FoundFile,
        schema: Arc<KeptSchema>,
        options: Arc<ReadOptions>,
    ) -> Result<Self> {
        schema.check(&options.columns)?;
        let (give, events) = mpsc::channel(AHEAD);
        let counter = Counter::default();
        let assembler = Assembler::new(&file.name, schema, options.clone());
        let give = Give { events: give, counter: counter.clone() };
        if options.format.of(&file.name)? == Format::Parquet {
            let opened = ParquetFile::new(source, file, &counter, options.limits);
            spawn_blocking(move || give.all(opened.parts(assembler)));
        } else {
            let input = fetch(source, file, &counter).await?;
            let (rows, coming) = sync_channel(AHEAD);
            let name = file.name.clone();
            spawn_blocking(move || cut(&name, input, &options, &rows));
            let name = file.name.clone();
            spawn_blocking(move || give.all(assemble(&name, &coming, assembler)));
        }
        Ok(Self { file: file.name.clone(), events, done: false })
    }
}

impl Stream for Reader {
    type Item = Result<Part>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Part>>> {
        if self.done {
            return Poll::Ready(None);
        }
        self.events.poll_recv(context).map(|event| {
            self.done = !matches!(event, Some(Event::Part(_)));
            match event {
                Some(Event::Part(part)) => Some(Ok(*part)),
                Some(Event::Failed(error)) => Some(Err(error)),
                Some(Event::Done) => None,
                None => Some(Err(broke_off(&self.file))),
            }
        })
    }
}

struct Give {
    events: mpsc::Sender<Event>,
    counter: Counter,
}

impl Give {
    /// Gives all parts to the reader, as long as there is one.
    fn all(&self, parts: impl Iterator<Item = Result<Part>>) {
        for part in parts {
            let part = part.map(|part| Part { bytes_read: self.counter.get(), ..part });
            let failed = part.is_err();
            let event = part.map_or_else(Event::Failed, |part| Event::Part(Box::new(part)));
            if self.events.blocking_send(event).is_err() || failed {
                return;
            }
        }
        let _nobody_waits = self.events.blocking_send(Event::Done);
    }
}

/// Sends the rows of a file, and `None` at its end; of a file that has none its header.
fn cut(
    file: &str,
    input: Box<dyn Read + Send>,
    options: &ReadOptions,
    rows: &SyncSender<Result<Option<Rows>>>,
) {
    let mut scanner = match scanner(file, input, &options.format, options.limits) {
        Ok(scanner) => scanner,
        Err(error) => return drop(rows.send(Err(error))),
    };
    let mut has_rows = false;
    loop {
        let next = scanner.next_rows();
        let is_last = !matches!(next, Ok(Some(_)));
        if is_last
            && !has_rows
            && let Some(header) = scanner.header()
        {
            drop(rows.send(Ok(Some(header))));
        }
        has_rows = true;
        if rows.send(next).is_err() || is_last {
            return;
        }
    }
}

/// What finds rows in a text.
pub(crate) fn scanner(
    file: &str,
    input: Box<dyn Read + Send>,
    format: &FileFormat,
    limits: Limits,
) -> Result<Box<dyn Scan>> {
    let text = decompress(file, format.compression, input).and_then(|input| to_utf8(format.encoding, input));
    let blocks = Blocks::new(text.map_err(|error| Error::reading(file, 1, error))?);
    let place = Place { file: file.to_owned(), line: 1, limits };
    Ok(match format.of(file)? {
        Format::Csv => Box::new(CsvScanner::new(blocks, &format.csv, place)?),
        Format::Jsonl => Box::new(JsonScanner::lines(blocks, place)),
        Format::Json => Box::new(JsonScanner::elements(blocks, &format.json.path, place)),
        Format::Parquet => return Err(Error::Options { reason: "Parquet is no text".to_owned() }),
    })
}

fn assemble<'a>(
    file: &'a str,
    rows: &'a Receiver<Result<Option<Rows>>>,
    mut assembler: Assembler,
) -> impl Iterator<Item = Result<Part>> + 'a {
    std::iter::from_fn(move || match rows.recv() {
        Ok(Ok(Some(rows))) => Some(assembler.part(rows)),
        Ok(Ok(None)) => None,
        Ok(Err(error)) => Some(Err(error)),
        Err(_) => Some(Err(broke_off(file))),
    })
}

fn broke_off(file: &str) -> Error {
    Error::BrokeOff {
        file: file.to_owned(),
        reason: "a thread has ended; its message is in the log".to_owned(),
    }
}
