//! What it costs to look whether dates and times go too far: `cargo run --release --example measure`.

use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Date32Array, ListArray, RecordBatch, TimestampMicrosecondArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field};
use polder_times::{Reach, beyond};

const ROWS: usize = 8192;
const BATCHES: usize = 2000;

#[expect(clippy::print_stdout, reason = "it is a program")]
fn main() {
    let days: ArrayRef = Arc::new(Date32Array::from_iter((0..20_000).cycle().map(Some).take(ROWS)));
    let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values((0..).take(ROWS)));
    let nulls = (0..).map(|row| (row % 3 > 0).then_some(row)).take(ROWS);
    let some: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter(nulls));
    let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(1, ROWS));
    let item = Arc::new(Field::new_list_field(DataType::Date32, true));
    let lists: ArrayRef = Arc::new(ListArray::new(item, offsets, Arc::clone(&days), None));
    for (name, column) in
        [("dates", days), ("times", times), ("times and nulls", some), ("lists of dates", lists)]
    {
        let batch = RecordBatch::try_from_iter([(name, column)]).expect("it is a batch");
        let begin = Instant::now();
        let found =
            (0..BATCHES).filter(|_| beyond(std::hint::black_box(&batch), Reach::Years).is_some()).count();
        let each = begin.elapsed().as_secs_f64() / (ROWS * BATCHES) as f64;
        println!("{name}: {:.3} s for ten million rows, {found} found", each * 1e7);
    }
}
