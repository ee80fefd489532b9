use std::io::Read;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::input::{Counter, fetch};
use crate::parquet_file::ParquetFile;
use crate::reader::scanner;
use crate::rows::Rows;
use crate::schema::{Called, Names, Places};
use crate::value::Fits;
use crate::{ColumnType, Error, Format, FoundFile, KeptSchema, ReadOptions, Result, Sample, Source};

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
    let mut guess = Guess::new(options, sample);
    for file in files.iter().take(sample.files) {
        if guess.is_enough() {
            break;
        }
        guess = match options.format.of(&file.name)? {
            Format::Parquet => {
                ParquetFile::new(source, file, &Counter::default(), options.limits).guess(guess).await?
            }
            _ => text(source, file, guess).await?,
        };
    }
    Ok(guess.schema())
}

async fn text(source: &Source, file: &FoundFile, guess: Guess) -> Result<Guess> {
    let input = fetch(source, file, &Counter::default()).await?;
    let name = file.name.clone();
    let looked = spawn_blocking(move || guess.look(&name, input)).await;
    looked.map_err(|error| Error::BrokeOff { file: file.name.clone(), reason: error.to_string() })?
}

/// What is known of the columns so far.
pub(crate) struct Guess {
    options: Arc<ReadOptions>,
    /// Those that are excluded too: what others are called must not depend on it.
    columns: Vec<Guessed>,
    names: Names,
    rows: usize,
    left: Sample,
}

struct Guessed {
    name: String,
    original: String,
    /// What all texts so far can be. None while there was no value.
    fits: Option<Fits>,
    /// What the file itself says.
    told: Option<ColumnType>,
}

impl Guess {
    fn new(options: &Arc<ReadOptions>, left: Sample) -> Self {
        let names = Names::new(options.columns.naming, []);
        Self { options: options.clone(), columns: Vec::new(), names, rows: 0, left }
    }

    fn is_enough(&self) -> bool {
        self.left.rows == 0 || self.left.bytes == 0
    }

    fn look(mut self, file: &str, input: Box<dyn Read + Send>) -> Result<Self> {
        let mut scanner = scanner(file, input, &self.options.format, self.options.limits)?;
        while !self.is_enough() {
            let Some(rows) = scanner.next_rows()? else { break };
            self.add(&rows);
        }
        Ok(self)
    }

    fn add(&mut self, rows: &Rows) {
        for (slot, place) in self.places(&rows.names).into_iter().enumerate() {
            if let Some(fits) = rows.fits(slot) {
                let column = &mut self.columns[place];
                column.fits = Some(column.fits.unwrap_or_default().and(fits));
            }
        }
        self.rows += rows.len();
        self.left.rows = self.left.rows.saturating_sub(rows.len());
        self.left.bytes = self.left.bytes.saturating_sub(rows.text.len());
    }

    /// Adds columns whose types a file tells; where files tell different ones, it is text.
    pub(crate) fn tell(&mut self, names: &[String], types: impl IntoIterator<Item = ColumnType>) {
        self.rows += 1;
        for (place, told) in self.places(names).into_iter().zip(types) {
            let before = self.columns[place].told.unwrap_or(told);
            self.columns[place].told = Some(if before == told { told } else { ColumnType::Text });
        }
    }

    /// Which column each of a file's is; those that there are not yet are added.
    fn places(&mut self, names: &[String]) -> Vec<usize> {
        let found = Places::new(self.columns.iter().map(Guessed::called), names, &self.options.columns);
        let mut places = vec![0; names.len()];
        let known = found.slots.iter().enumerate();
        known.for_each(|(place, slot)| slot.iter().for_each(|slot| places[*slot] = place));
        for slot in found.others {
            places[slot] = self.columns.len();
            let original = names[slot].clone();
            let name = self.names.add(&original, self.columns.len() + 1);
            self.columns.push(Guessed { name, original, fits: None, told: None });
        }
        places
    }

    fn schema(self) -> KeptSchema {
        let rules = &self.options.columns;
        let mut schema = KeptSchema::empty();
        if self.rows > 0 {
            let visible = self.columns.iter().filter(|column| !rules.is_excluded(column.called()));
            schema.columns =
                visible.map(|column| rules.kept(column.called(), column.column_type())).collect();
        }
        schema
    }
}

impl Guessed {
    fn called(&self) -> Called<'_> {
        Called { original: &self.original, name: &self.name }
    }

    fn column_type(&self) -> ColumnType {
        self.told.unwrap_or_else(|| self.fits.unwrap_or_default().column_type())
    }
}
