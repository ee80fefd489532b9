//! From rows to a part: which column of the file is which of the schema, what is new, what does not fit.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};

use crate::column::{Failures, Reading};
use crate::rows::{Bad, Rows, Span, short};
use crate::schema::{Called, NewColumn, Places, UTC};
use crate::{
    ColumnType, Error, KeptColumn, KeptSchema, OnAdded, Part, ReadOptions, Result, SchemaChange, reject,
};

/// Makes parts of one file's rows.
pub(crate) struct Assembler {
    file: String,
    schema: Arc<KeptSchema>,
    options: Arc<ReadOptions>,
    /// How the columns of the file that were last looked at belong to the schema.
    plan: Plan,
    /// New columns that were told of and are left out.
    ignored: HashSet<String>,
    /// See [`Part::named`].
    named: Arc<BTreeSet<String>>,
    /// Columns that the schema had in the beginning.
    begun_with: usize,
    /// See [`Part::is_known`].
    is_known: bool,
}

#[derive(Default)]
struct Plan {
    names: Arc<Vec<String>>,
    /// Without those that are excluded; the others may be new.
    places: Places,
    /// Which columns of the schema are part of the key.
    keys: HashSet<usize>,
    fields: Option<SchemaRef>,
}

/// A column of the file that is not in the schema and has a value.
pub(crate) struct Found {
    pub(crate) slot: usize,
    pub(crate) column_type: ColumnType,
    pub(crate) line: u64,
}

/// A batch before the rows that do not fit are taken out.
pub(crate) struct Draft {
    pub(crate) columns: Vec<ArrayRef>,
    pub(crate) lines: Vec<u64>,
    pub(crate) failures: Failures,
    pub(crate) bad: Vec<Bad>,
}

impl Assembler {
    pub(crate) fn new(file: &str, schema: Arc<KeptSchema>, options: Arc<ReadOptions>) -> Self {
        let (file, ignored, named) = (file.to_owned(), HashSet::new(), Arc::default());
        let (begun_with, is_known) = (schema.columns.len(), false);
        Self { file, schema, options, plan: Plan::default(), ignored, named, begun_with, is_known }
    }

    /// Where each column of the schema is in the file.
    pub(crate) fn slots(&self) -> &[Option<usize>] {
        &self.plan.places.slots
    }

    /// # Errors
    /// When there is a new column, and that is to be an error.
    pub(crate) fn part(&mut self, rows: Rows) -> Result<Part> {
        self.look(&rows.names);
        let changes = self.changes(&rows)?;
        let draft = self.draft(rows);
        self.finish(draft, changes)
    }

    /// Finds out which columns of a file with these names belong where.
    pub(crate) fn look(&mut self, names: &Arc<Vec<String>>) {
        if self.plan.fields.is_some() && Arc::ptr_eq(&self.plan.names, names) {
            return;
        }
        let places = self.places(names);
        let find = |name: &String| self.schema.find(name).map(|column| column.name.clone());
        let keys: HashSet<String> = self.options.columns.key.iter().filter_map(find).collect();
        let columns = self.schema.columns.iter().enumerate();
        let keys = columns.filter(|(_, column)| keys.contains(&column.name)).map(|(at, _)| at).collect();
        self.is_known |= places.slots.iter().take(self.begun_with).any(Option::is_some);
        let fields = Some(self.fields());
        self.plan = Plan { names: names.clone(), places, keys, fields };
    }

    /// What is excluded is nowhere.
    fn places(&mut self, names: &[String]) -> Places {
        let known = self.schema.columns.iter().map(KeptColumn::called);
        let rules = &self.options.columns;
        let mut places = Places::new(known.clone(), names, rules);
        let called = places.table_names(known, names, rules);
        let called = names.iter().zip(&called).map(|(original, name)| Called { original, name });
        let called: Vec<Called<'_>> = called.collect();
        if rules.hide() {
            Arc::make_mut(&mut self.named).extend(rules.named(&called).map(str::to_owned));
        }
        let is_seen = |slot: &usize| !rules.is_excluded(called[*slot]);
        places.slots.iter_mut().for_each(|slot| *slot = slot.filter(is_seen));
        places.others.retain(is_seen);
        places
    }

    fn fields(&self) -> SchemaRef {
        let added = &self.options.added;
        let own = |wanted: bool, name: &str, data_type: DataType| {
            wanted.then(|| -> FieldRef { Arc::new(Field::new(name, data_type, false)) })
        };
        let instant = DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into()));
        let own = [
            own(added.file, "_polder_file", DataType::Utf8),
            own(added.line, "_polder_line", DataType::Int64),
            own(added.loaded_at.is_some(), "_polder_loaded_at", instant),
        ];
        Arc::new(Schema::new(self.schema.fields().chain(own.into_iter().flatten()).collect::<Vec<_>>()))
    }

    /// The columns that are new because they have a value now.
    fn changes(&mut self, rows: &Rows) -> Result<Vec<SchemaChange>> {
        let found = self.plan.places.others.iter().filter_map(|slot| {
            let fits = rows.fits(*slot)?;
            Some(Found { slot: *slot, column_type: fits.column_type(), line: first_line(rows, *slot) })
        });
        let found = found.collect();
        self.add(found)
    }

    /// Columns of the file that may be new, as its names were last looked at.
    pub(crate) fn others(&self) -> &[usize] {
        &self.plan.places.others
    }

    /// Adds new columns to the schema if they are to stay, and tells of them once.
    pub(crate) fn add(&mut self, mut found: Vec<Found>) -> Result<Vec<SchemaChange>> {
        let names = self.plan.names.clone();
        found.retain(|found| !self.ignored.contains(&names[found.slot]));
        let mut schema = KeptSchema::clone(&self.schema);
        let new = found.iter().map(|found| NewColumn {
            original: names[found.slot].clone(),
            place: found.slot + 1,
            column_type: found.column_type,
        });
        schema.add(&self.options.columns, new);
        let added = &schema.columns[self.schema.columns.len()..];
        let changes: Vec<SchemaChange> =
            added.iter().zip(&found).map(|(column, found)| change(column, found.line)).collect();
        self.decide(schema, &changes)?;
        self.look(&names);
        Ok(changes)
    }

    fn decide(&mut self, schema: KeptSchema, changes: &[SchemaChange]) -> Result<()> {
        let Some(SchemaChange::Added { line, .. }) = changes.first() else { return Ok(()) };
        let originals = changes.iter().map(|SchemaChange::Added { original, .. }| original.clone());
        match self.options.on_added {
            OnAdded::Evolve => self.schema = Arc::new(schema),
            OnAdded::Ignore => self.ignored.extend(originals),
            OnAdded::Fail => {
                let columns = originals.take(20).collect::<Vec<_>>().join(", ");
                return Err(Error::NewColumns { file: self.file.clone(), line: *line, columns });
            }
        }
        self.plan.fields = None;
        Ok(())
    }

    /// How each column of the schema is read, and where it is in the file.
    pub(crate) fn readings(&self) -> impl Iterator<Item = (Reading<'_>, Option<usize>)> {
        let rules = &self.options.columns;
        let columns = self.schema.columns.iter().zip(&self.plan.places.slots).enumerate();
        columns.map(|(at, (column, slot))| {
            let salt = rules.is_hashed(column.called()).then(|| self.options.salt.bytes());
            let is_key = self.plan.keys.contains(&at);
            (Reading { column, salt, is_key, show_values: !rules.hide() }, *slot)
        })
    }

    fn draft(&self, mut rows: Rows) -> Draft {
        let mut failures = Failures::new();
        let columns =
            self.readings().map(|(reading, slot)| reading.array(&rows, slot, &mut failures)).collect();
        let mut bad = std::mem::take(&mut rows.bad);
        bad.extend(failures.iter().map(|(row, failure)| {
            let Span { start, end, line } = rows.spans[*row];
            let raw = (!self.options.columns.hide()).then(|| short(&rows.text[start..end]));
            Bad { line, reason: failure.reason, message: failure.message.clone(), raw }
        }));
        Draft { columns, lines: rows.spans.iter().map(|span| span.line).collect(), failures, bad }
    }

    /// Takes out what does not fit, and adds the columns about where a row is from.
    pub(crate) fn finish(&self, mut draft: Draft, changes: Vec<SchemaChange>) -> Result<Part> {
        let rows = draft.lines.len();
        self.add_columns(&mut draft, rows);
        let schema = self.plan.fields.clone().unwrap_or_else(|| self.fields());
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let broke = |error: arrow::error::ArrowError| Error::BrokeOff {
            file: self.file.clone(),
            reason: error.to_string(),
        };
        let mut batch = RecordBatch::try_new_with_options(schema, draft.columns, &options).map_err(broke)?;
        if !draft.failures.is_empty() {
            let fit: BooleanArray = (0..rows).map(|row| Some(!draft.failures.contains_key(&row))).collect();
            batch = filter_record_batch(&batch, &fit).map_err(broke)?;
        }
        if self.options.columns.hide() {
            draft.bad.iter_mut().for_each(|bad| bad.raw = None);
        }
        let rejected_by = reject::count(&draft.bad);
        let rejected = reject::rejected(&self.file, draft.bad);
        let (schema, named, is_known) = (self.schema.clone(), self.named.clone(), self.is_known);
        Ok(Part { batch, rejected, rejected_by, changes, schema, named, is_known, bytes_read: 0 })
    }

    fn add_columns(&self, draft: &mut Draft, rows: usize) {
        let added = &self.options.added;
        if added.file {
            draft
                .columns
                .push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(&self.file, rows))));
        }
        if added.line {
            let lines = draft.lines.iter().map(|line| line.cast_signed());
            draft.columns.push(Arc::new(Int64Array::from_iter_values(lines)));
        }
        if let Some(at) = added.loaded_at {
            let times = TimestampMicrosecondArray::from_value(at.timestamp_micros(), rows);
            draft.columns.push(Arc::new(times.with_timezone(UTC)));
        }
    }
}

fn change(column: &KeptColumn, line: u64) -> SchemaChange {
    let KeptColumn { name, original, column_type, .. } = column.clone();
    SchemaChange::Added { name, original, column_type, line }
}

/// The line of the first row that has a value in a column.
fn first_line(rows: &Rows, slot: usize) -> u64 {
    let slot = &rows.slots[slot];
    let first = slot.cells.iter().position(|cell| !cell.is_null());
    first.map_or(1, |at| rows.spans[slot.first + at].line)
}
