//! From rows to a part: which column of the file is which of the schema, what is new, what does not fit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};

use crate::column::{Failures, Reading};
use crate::rows::{Bad, Rows, Span, short};
use crate::schema::{Occurrences, UTC};
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
}

#[derive(Default)]
struct Plan {
    names: Arc<Vec<String>>,
    /// For each column of the schema, where it is in the file.
    slots: Vec<Option<usize>>,
    /// What else is in the file and may be new.
    others: Vec<usize>,
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
        Self { file: file.to_owned(), schema, options, plan: Plan::default(), ignored: HashSet::new() }
    }

    pub(crate) fn schema(&self) -> &Arc<KeptSchema> {
        &self.schema
    }

    /// Where each column of the schema is in the file.
    pub(crate) fn slots(&self) -> &[Option<usize>] {
        &self.plan.slots
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
        let mut found: HashMap<(&str, usize), usize> = HashMap::new();
        let mut of_file = Occurrences::default();
        for (slot, name) in
            names.iter().enumerate().filter(|(_, name)| !self.options.columns.is_excluded(name))
        {
            found.insert(of_file.next(name), slot);
        }
        let mut kept = Occurrences::default();
        let slots =
            self.schema.columns.iter().map(|column| found.remove(&kept.next(&column.original))).collect();
        let mut others: Vec<usize> = found.into_values().collect();
        others.sort_unstable();
        let fields = Some(self.fields());
        self.plan = Plan { names: names.clone(), slots, others, fields };
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
        let found = self.plan.others.iter().filter_map(|slot| {
            let fits = rows.fits(*slot)?;
            Some(Found { slot: *slot, column_type: fits.column_type(), line: first_line(rows, *slot) })
        });
        let found = found.collect();
        self.add(found)
    }

    /// Columns of the file that may be new, as its names were last looked at.
    pub(crate) fn others(&self) -> &[usize] {
        &self.plan.others
    }

    /// Adds new columns to the schema if they are to stay, and tells of them once.
    pub(crate) fn add(&mut self, mut found: Vec<Found>) -> Result<Vec<SchemaChange>> {
        let names = self.plan.names.clone();
        found.retain(|found| !self.ignored.contains(&names[found.slot]));
        let mut schema = KeptSchema::clone(&self.schema);
        let rules = &self.options.columns;
        let new =
            found.iter().map(|found| rules.new_column(&names[found.slot], found.slot + 1, found.column_type));
        schema.add(rules.naming, new);
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

    pub(crate) fn reading<'a>(&'a self, column: &'a KeptColumn) -> Reading<'a> {
        let rules = &self.options.columns;
        Reading {
            column,
            salt: rules.is_hashed(&column.original).then(|| self.options.salt.bytes()),
            is_key: rules.is_key(&column.original),
            show_values: !rules.hide(),
        }
    }

    fn draft(&self, mut rows: Rows) -> Draft {
        let mut failures = Failures::new();
        let columns = self.schema.columns.iter().zip(&self.plan.slots);
        let columns =
            columns.map(|(column, slot)| self.reading(column).array(&rows, *slot, &mut failures)).collect();
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
        Ok(Part { batch, rejected, rejected_by, changes, schema: self.schema.clone(), bytes_read: 0 })
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
