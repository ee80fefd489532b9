//! From the values of a column, as they are written, to an array of its type. Column by column, because then the same few
//! instructions run over thousands of values.

mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, PrimitiveArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
};

use crate::rows::{Cell, Kind, Rows};
use crate::schema::UTC;
use crate::value::{Number, date, moment, not_finite, trim};
use crate::{ColumnType, KeptColumn, Reason};

/// A value in a message is cut here.
const LONGEST_SHOWN: usize = 100;

/// The rows that do not fit, each with the first column in which it does not.
pub(crate) type Failures = BTreeMap<usize, Failure>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    pub(crate) message: String,
}

/// How a column is read.
pub(crate) struct Reading<'a> {
    pub(crate) column: &'a KeptColumn,
    /// Hash it with this salt.
    pub(crate) salt: Option<&'a [u8]>,
    pub(crate) is_key: bool,
    /// Whether messages may have values in them.
    pub(crate) show_values: bool,
}

impl Reading<'_> {
    /// The array of a column; all null if the file does not have it.
    pub(crate) fn array(&self, rows: &Rows, slot: Option<usize>, failures: &mut Failures) -> ArrayRef {
        let cells = slot
            .map(|slot| rows.slots[slot].cells(rows.len()))
            .unwrap_or_else(|| vec![Cell::NULL; rows.len()].into());
        let mut values = Values { reading: self, rows, cells: &cells, failures };
        let array = values.read();
        self.check_key(&array, failures);
        array
    }

    /// Refuses rows without a value, if the column is part of the key.
    pub(crate) fn check_key(&self, array: &ArrayRef, failures: &mut Failures) {
        if !self.is_key || array.null_count() == 0 {
            return;
        }
        for row in (0..array.len()).filter(|row| array.is_null(*row)) {
            let message = format!("column {} is part of the key, and has no value", self.column.name);
            failures.entry(row).or_insert(Failure { reason: Reason::NullKey, message });
        }
    }
}

/// The values of one column, to be read.
struct Values<'a> {
    reading: &'a Reading<'a>,
    rows: &'a Rows,
    cells: &'a [Cell],
    failures: &'a mut Failures,
}

impl Values<'_> {
    fn read(&mut self) -> ArrayRef {
        let strict = !self.reading.column.declared;
        match self.reading.column.column_type {
            ColumnType::Boolean => self.booleans(strict),
            ColumnType::Bigint => Arc::new(
                self.primitives::<Int64Type>(Kind::Number, strict, |text| number(text, strict)?.bigint()),
            ),
            ColumnType::Double => {
                Arc::new(self.primitives::<Float64Type>(Kind::Number, strict, |text| double(text, strict)))
            }
            ColumnType::Decimal { precision, scale } => self.decimals(precision, scale, strict),
            ColumnType::Date => Arc::new(self.primitives::<Date32Type>(Kind::Text, false, date)),
            ColumnType::Timestamp => Arc::new(self.timestamps(false)),
            ColumnType::Timestamptz => Arc::new(self.timestamps(true).with_timezone(UTC)),
            ColumnType::Text | ColumnType::Json | ColumnType::Bytea => self.texts(),
        }
    }

    /// `own` is how a format that has types writes such values; only a declared column takes them as text too.
    #[inline]
    fn primitives<T: ArrowPrimitiveType>(
        &mut self,
        own: Kind,
        strict: bool,
        parse: impl Fn(&[u8]) -> Option<T::Native>,
    ) -> PrimitiveArray<T> {
        let mut values = Vec::with_capacity(self.cells.len());
        let mut nulls = Nulls::new(self.cells.len());
        for (row, cell) in self.cells.iter().enumerate() {
            let value = if cell.is_null() { None } else { self.one(row, *cell, own, strict, &parse) };
            nulls.push(value.is_some());
            values.push(value.unwrap_or_default());
        }
        PrimitiveArray::new(ScalarBuffer::from(values), nulls.finish())
    }

    #[inline]
    fn one<V>(
        &mut self,
        row: usize,
        cell: Cell,
        own: Kind,
        strict: bool,
        parse: impl Fn(&[u8]) -> Option<V>,
    ) -> Option<V> {
        let raw = cell.raw(&self.rows.text);
        let value = match cell.kind {
            Kind::Plain => parse(trim(raw)),
            // A program that puts all fields in quotes means null.
            Kind::Quoted if raw.is_empty() => return None,
            Kind::Quoted => parse(trim(raw)),
            kind if kind == own => parse(raw),
            Kind::Escaped | Kind::Text | Kind::EscapedText if !strict || own == Kind::Text => {
                self.rows.value(cell).and_then(|text| parse(trim(&text)))
            }
            _ => None,
        };
        if value.is_none() {
            self.fail(row, cell);
        }
        value
    }

    fn booleans(&mut self, strict: bool) -> ArrayRef {
        let parse = |text: &[u8]| boolean(text, strict);
        let values: BooleanArray = (0..self.cells.len())
            .map(|row| match self.cells[row] {
                cell if cell.is_null() => None,
                cell => self.one(row, cell, Kind::Boolean, strict, parse),
            })
            .collect();
        Arc::new(values)
    }

    fn decimals(&mut self, precision: u8, scale: u8, strict: bool) -> ArrayRef {
        let parse = |text: &[u8]| number(text, strict)?.decimal(precision, scale);
        let values = self.primitives::<Decimal128Type>(Kind::Number, strict, parse);
        let values = values.with_precision_and_scale(precision, scale.cast_signed());
        Arc::new(values.expect("a decimal type was checked when it was made"))
    }

    /// A date is its midnight, but only where no zone is asked for.
    fn timestamps(&mut self, zoned: bool) -> PrimitiveArray<TimestampMicrosecondType> {
        self.primitives(Kind::Text, false, |text| match moment(text) {
            Some(moment) => (moment.zoned == zoned).then_some(moment.microseconds),
            None if zoned => None,
            None => date(text).map(|days| i64::from(days) * 86_400_000_000),
        })
    }

    #[cold]
    fn fail(&mut self, row: usize, cell: Cell) {
        let KeptColumn { name, column_type, .. } = self.reading.column;
        let message = match self.rows.value(cell) {
            Some(text) if self.reading.show_values => {
                let text = String::from_utf8_lossy(&text);
                let shown = &text[..text.floor_char_boundary(LONGEST_SHOWN)];
                format!("column {name}: `{shown}` is no {column_type}")
            }
            Some(_) => format!("column {name}: the value is no {column_type}"),
            None => format!("column {name}: the text has an escape that means nothing"),
        };
        self.failures.entry(row).or_insert(Failure { reason: Reason::WrongType, message });
    }
}

/// Which values are null, counted only when one is.
struct Nulls {
    length: usize,
    capacity: usize,
    some: Option<arrow::array::BooleanBufferBuilder>,
}

impl Nulls {
    fn new(capacity: usize) -> Self {
        Self { length: 0, capacity, some: None }
    }

    #[inline]
    fn push(&mut self, valid: bool) {
        if let Some(some) = &mut self.some {
            some.append(valid);
        } else if !valid {
            let mut some = arrow::array::BooleanBufferBuilder::new(self.capacity);
            some.append_n(self.length, true);
            some.append(false);
            self.some = Some(some);
        }
        self.length += 1;
    }

    fn finish(self) -> Option<NullBuffer> {
        self.some.map(|mut some| NullBuffer::new(some.finish()))
    }
}

#[inline]
fn number(text: &[u8], strict: bool) -> Option<Number<'_>> {
    Number::scan(text).filter(|number| !strict || number.keeps_its_digits())
}

#[inline]
fn double(text: &[u8], strict: bool) -> Option<f64> {
    match number(text, strict) {
        Some(number) => number.double(),
        None => not_finite(text),
    }
}

fn boolean(text: &[u8], strict: bool) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    match text {
        _ if is(&["true"]) => Some(true),
        _ if is(&["false"]) => Some(false),
        _ if strict => None,
        _ if is(&["t", "yes", "y", "1", "on"]) => Some(true),
        _ if is(&["f", "no", "n", "0", "off"]) => Some(false),
        _ => None,
    }
}
