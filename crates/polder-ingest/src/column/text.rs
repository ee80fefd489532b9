use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use super::{Nulls, Values};
use crate::rows::{Cell, Kind};

impl Values<'_> {
    pub(super) fn texts(&mut self) -> ArrayRef {
        let length: usize = self.cells.iter().map(|cell| cell.raw(&self.rows.text).len()).sum();
        let mut texts = Texts::new(self.cells.len(), length);
        // A hash is text, whatever it is of.
        let is_json =
            self.reading.column.column_type == crate::ColumnType::Json && self.reading.salt.is_none();
        for (row, cell) in self.cells.iter().enumerate() {
            match cell.kind {
                Kind::Null => texts.push(None),
                // The value itself is JSON.
                Kind::EscapedText if is_json => texts.push(Some(cell.raw(&self.rows.text))),
                Kind::Quoted if is_json && cell.raw(&self.rows.text).is_empty() => texts.push(None),
                Kind::Text if is_json => texts.push_quoted(cell.raw(&self.rows.text)),
                kind if is_as_written(kind, is_json) && self.reading.salt.is_none() => {
                    texts.push(Some(cell.raw(&self.rows.text)));
                }
                _ => texts.push(self.other(row, *cell, is_json).as_deref()),
            }
        }
        Arc::new(texts.finish())
    }

    fn other(&mut self, row: usize, cell: Cell, is_json: bool) -> Option<Vec<u8>> {
        let is_wrong = |text: &[u8]| is_json && serde_json::from_slice::<IgnoredAny>(text).is_err();
        let text = self.rows.value(cell).map(Cow::into_owned).filter(|text| !is_wrong(text));
        if text.is_none() {
            self.fail(row, cell);
        }
        Some(match self.reading.salt {
            Some(salt) => hash(salt, &text?).into_bytes(),
            None => text?,
        })
    }
}

/// Whether the bytes of a cell are its text.
#[inline]
fn is_as_written(kind: Kind, is_json: bool) -> bool {
    match kind {
        Kind::Plain | Kind::Quoted => !is_json,
        Kind::Text | Kind::Number | Kind::Boolean | Kind::Nested => true,
        Kind::Null | Kind::Escaped | Kind::EscapedText => false,
    }
}

/// SHA-256 of the salt and then the text, in hexadecimal digits.
fn hash(salt: &[u8], text: &[u8]) -> String {
    hex::encode(Sha256::new_with_prefix(salt).chain_update(text).finalize())
}

/// Makes an array of texts. Their bytes are checked all at once in the end, not one by one.
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<i32>,
    nulls: Nulls,
}

impl Texts {
    fn new(rows: usize, bytes: usize) -> Self {
        let mut ends = Vec::with_capacity(rows + 1);
        ends.push(0);
        Self { bytes: Vec::with_capacity(bytes), ends, nulls: Nulls::new(rows) }
    }

    #[inline]
    fn push(&mut self, text: Option<&[u8]>) {
        self.bytes.extend_from_slice(text.unwrap_or_default());
        self.end(text.is_some());
    }

    fn push_quoted(&mut self, text: &[u8]) {
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(text);
        self.bytes.push(b'"');
        self.end(true);
    }

    #[inline]
    fn end(&mut self, valid: bool) {
        self.ends.push(i32::try_from(self.bytes.len()).expect("the texts of a batch are below 2 GiB"));
        self.nulls.push(valid);
    }

    fn finish(self) -> StringArray {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        StringArray::try_new(offsets, Buffer::from_vec(self.bytes), self.nulls.finish())
            .expect("rows that are no UTF-8 were taken out before")
    }
}
