//! How fast files are read, and with how much memory: `cargo run --release -p polder-ingest --example measure [-- FILE…]`.
//!
//! Without arguments it writes a million rows of eight columns (about 100 MB), as CSV, CSV compressed with gzip, and JSON Lines.

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;
use polder_ingest::{ReadOptions, Reader, Sample, Source, infer};

const ROWS: u64 = 1_000_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let folder = std::env::temp_dir().join("polder-ingest-measure");
    if files.is_empty() {
        fs::create_dir_all(&folder)?;
        files = write(&folder)?;
    }
    for file in files {
        measure(Path::new(&file)).await?;
    }
    Ok(())
}

async fn measure(path: &Path) -> Result<(), Box<dyn Error>> {
    let folder = path.parent().ok_or("a file in a folder")?;
    let name = path.file_name().and_then(|name| name.to_str()).ok_or("a name in UTF-8")?;
    let source = Source::open(name, folder, std::iter::empty::<(String, String)>())?;
    let options = Arc::new(ReadOptions::default());
    let files = source.list().await?;
    let begun = Instant::now();
    let schema = Arc::new(infer(&source, &files, &options, Sample::default()).await?);
    let inferred = begun.elapsed();
    let (begun, used, mut rows, mut rejected) = (Instant::now(), cpu_seconds(), 0, 0);
    for file in &files {
        let mut reader = Reader::open(&source, file, schema.clone(), options.clone()).await?;
        while let Some(part) = reader.next().await {
            let part = part?;
            rows += part.batch.num_rows();
            rejected += part.rejected_by.values().sum::<u64>();
        }
    }
    let (seconds, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - used);
    #[expect(clippy::cast_precision_loss, reason = "there are no 2^53 rows")]
    let each = |seconds: f64| rows as f64 / seconds / 1e6;
    println!(
        "{name}: {rows} rows, {rejected} rejected; types {inferred:.2?}; {seconds:.2} s, {cpu:.2} CPU-s, {:.2} M rows/s, {:.2} M rows/CPU-s, peak {} MiB",
        each(seconds),
        each(cpu),
        peak_memory()
    );
    Ok(())
}

fn write(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let names = ["m.csv", "m.csv.gz", "m.jsonl"].map(|name| folder.join(name).display().to_string());
    if names.iter().all(|name| Path::new(name).exists()) {
        return Ok(names.to_vec());
    }
    let (mut csv, mut json) =
        ("id,name,amount,price,ordered_at,day,is_paid,note\n".to_owned(), String::new());
    for row in 0..ROWS {
        let mix = row.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let (amount, price) = (mix % 100_000, mix % 9_973);
        let (day, second) = (mix % 28 + 1, mix % 60);
        let time = format!("2025-03-{day:02}T{:02}:{second:02}:{second:02}.{:03}Z", mix % 24, mix % 1000);
        let (name, paid) = (format!("customer {}", mix % 50_000), mix.is_multiple_of(3));
        let note = format!("a note of some length, number {:016x}", mix);
        writeln!(csv, "{row},{name},{amount},{price}.{second:02},{time},2025-03-{day:02},{paid},\"{note}\"")?;
        writeln!(
            json,
            r#"{{"id":{row},"name":"{name}","amount":{amount},"price":{price}.{second:02},"ordered_at":"{time}","day":"2025-03-{day:02}","is_paid":{paid},"note":"{note}"}}"#
        )?;
    }
    fs::write(&names[0], &csv)?;
    let mut gzip =
        flate2::write::GzEncoder::new(fs::File::create(&names[1])?, flate2::Compression::default());
    gzip.write_all(csv.as_bytes())?;
    gzip.finish()?;
    fs::write(&names[2], json)?;
    Ok(names.to_vec())
}

/// From what Linux tells of this process.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[expect(clippy::cast_precision_loss, reason = "it runs for no 2^53 ticks")]
fn cpu_seconds() -> f64 {
    let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = status.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |place: usize| {
        after_name.split_whitespace().nth(place).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0)
    };
    (ticks(11) + ticks(12)) as f64 / 100.0
}
