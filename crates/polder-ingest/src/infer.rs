use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::input::{Counter, fetch};
use crate::parquet_file::ParquetFile;
use crate::reader::scanner;
use crate::rows::Rows;
use crate::schema::Occurrences;
use crate::value::Fits;
use crate::{
    ColumnRules, ColumnType, Error, Format, FoundFile, KeptSchema, ReadOptions, Result, Sample, Source,
};

/// Decides the columns of files and their types from a sample: so many rows, or so many bytes, of so many files, in the order in which they are
/// given. A schema that [is empty](KeptSchema::is_empty) means that there was no row to decide by.
///
/// # Errors
/// When a file of the sample cannot be read.
pub async fn infer(
    source: &Source,
    files: &[FoundFile],
    options: &Arc<ReadOptions>,
    sample: Sample,
) -> Result<KeptSchema> {
    let mut guess = Guess { left: sample, ..Guess::default() };
    for file in files.iter().take(sample.files) {
        if guess.is_enough() {
            break;
        }
        guess = match options.format.of(&file.name)? {
            Format::Parquet => {
                ParquetFile::new(source, file, &Counter::default(), options.limits).guess(guess).await?
            }
            _ => text(source, file, options, guess).await?,
        };
    }
    Ok(guess.schema(&options.columns))
}

async fn text(source: &Source, file: &FoundFile, options: &Arc<ReadOptions>, guess: Guess) -> Result<Guess> {
    let input = fetch(source, file, &Counter::default()).await?;
    let (options, name) = (options.clone(), file.name.clone());
    let looked = spawn_blocking(move || guess.look(&name, input, &options)).await;
    looked.map_err(|error| Error::BrokeOff { file: file.name.clone(), reason: error.to_string() })?
}

/// What is known of the columns so far.
#[derive(Default)]
pub(crate) struct Guess {
    columns: Vec<Guessed>,
    places: HashMap<(String, usize), usize>,
    rows: usize,
    left: Sample,
}

struct Guessed {
    original: String,
    /// What all texts so far can be. None while there was no value.
    fits: Option<Fits>,
    /// What the file itself says.
    told: Option<ColumnType>,
}

impl Guess {
    fn is_enough(&self) -> bool {
        self.left.rows == 0 || self.left.bytes == 0
    }

    fn look(mut self, file: &str, input: Box<dyn Read + Send>, options: &ReadOptions) -> Result<Self> {
        let mut scanner = scanner(file, input, &options.format, options.limits)?;
        while !self.is_enough() {
            let Some(rows) = scanner.next_rows()? else { break };
            self.add(&rows);
        }
        Ok(self)
    }

    fn add(&mut self, rows: &Rows) {
        let mut occurrences = Occurrences::default();
        for (slot, name) in rows.names.iter().enumerate() {
            let (name, count) = occurrences.next(name);
            let column = self.column(name, count);
            if let Some(fits) = rows.fits(slot) {
                column.fits = Some(column.fits.unwrap_or_default().and(fits));
            }
        }
        self.rows += rows.len();
        self.left.rows = self.left.rows.saturating_sub(rows.len());
        self.left.bytes = self.left.bytes.saturating_sub(rows.text.len());
    }

    /// Adds columns whose types a file tells; where files tell different ones, it is text.
    pub(crate) fn tell(&mut self, columns: impl IntoIterator<Item = (String, ColumnType)>) {
        self.rows += 1;
        for (name, told) in columns {
            let column = self.column(&name, 0);
            column.told =
                Some(column.told.map_or(told, |before| if before == told { told } else { ColumnType::Text }));
        }
    }

    fn column(&mut self, name: &str, count: usize) -> &mut Guessed {
        let next = self.columns.len();
        let place = *self.places.entry((name.to_owned(), count)).or_insert(next);
        if place == next {
            self.columns.push(Guessed { original: name.to_owned(), fits: None, told: None });
        }
        &mut self.columns[place]
    }

    fn schema(self, rules: &ColumnRules) -> KeptSchema {
        let mut schema = KeptSchema::empty();
        if self.rows > 0 {
            let visible =
                self.columns.iter().zip(1..).filter(|(column, _)| !rules.is_excluded(&column.original));
            let new = visible
                .map(|(column, place)| rules.new_column(&column.original, place, column.column_type()));
            schema.add(rules.naming, new);
        }
        schema
    }
}

impl Guessed {
    fn column_type(&self) -> ColumnType {
        self.told.unwrap_or_else(|| self.fits.unwrap_or_default().column_type())
    }
}
