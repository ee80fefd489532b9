//! What upserts cost, next to Delta's own MERGE: not a test, but a measurement, with
//! `cargo test --release --workspace --test it -- --ignored --nocapture measure::upserts`. `ROWS` says how large the table is,
//! and `ONLY` which of `upsert` and `MERGE`, if not both.
//!
//! Each is done in a process of its own, on a copy of its own of the same table.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use deltalake::arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray};
use deltalake::datafusion::prelude::{SessionContext, col};
use polder_lake::operations::{Batches, Design, Note};
use polder_lake::{Lake, Line, StorageOptions};

use crate::bench::{name, now};
use crate::upserts::id;

/// Rows of a batch that is written.
const BATCH: i64 = 50_000;

fn rows() -> i64 {
    std::env::var("ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_500_000)
}

/// The same numbers each time, without a pattern.
fn scattered(seed: i64) -> i64 {
    let mixed = seed.wrapping_mul(-7_046_029_254_386_353_131);
    ((mixed ^ (mixed >> 29)).wrapping_mul(-4_658_895_280_553_007_687) >> 8).abs()
}

/// Much like the orders of TPC-H. Another version has other prices and states, and a negative one is other in all columns.
fn orders(ids: &[i64], version: i64) -> RecordBatch {
    let scattered = |seed: i64| scattered(if version < 0 { seed - 1_000_000_000 } else { seed });
    let text = |make: &dyn Fn(i64) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(ids.iter().map(|id| make(*id))))
    };
    let number = |make: &dyn Fn(i64) -> i64| ids.iter().map(|id| make(*id)).collect::<Vec<_>>();
    let prices = number(&|id| scattered(id) % 50_000_000 + version).into_iter().map(i128::from);
    let prices = Decimal128Array::from_iter_values(prices).with_precision_and_scale(15, 2).unwrap();
    let days = Date32Array::from_iter_values(
        ids.iter().map(|id| i32::try_from(8000 + scattered(*id) % 2400).unwrap()),
    );
    let columns: [(&str, ArrayRef); 9] = [
        ("id", Arc::new(Int64Array::from(ids.to_vec()))),
        ("customer", Arc::new(Int64Array::from(number(&|id| scattered(id + 1) % 150_000)))),
        (
            "status",
            text(&|id| ["O", "F", "P"][usize::try_from((id + version.abs()) % 3).unwrap()].to_owned()),
        ),
        ("price", Arc::new(prices)),
        ("day", Arc::new(days)),
        ("priority", text(&|id| format!("{}-PRIORITY", scattered(id + 2) % 5))),
        ("clerk", text(&|id| format!("Clerk#{:09}", scattered(id + 3) % 1000))),
        ("ship_priority", Arc::new(Int64Array::from(vec![0; ids.len()]))),
        (
            "comment",
            text(&|id| {
                (0..6)
                    .map(|word| WORDS[usize::try_from(scattered(id * 7 + word) % 24).unwrap()])
                    .collect::<Vec<_>>()
                    .join(" ")
            }),
        ),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

const WORDS: [&str; 24] = [
    "furiously",
    "carefully",
    "requests",
    "deposits",
    "accounts",
    "final",
    "special",
    "pending",
    "ironic",
    "express",
    "regular",
    "packages",
    "theodolites",
    "sleep",
    "haggle",
    "nag",
    "blithely",
    "quickly",
    "slyly",
    "asymptotes",
    "foxes",
    "instructions",
    "platelets",
    "above",
];

/// Half of them new, if they are not all old.
fn keys(pattern: &str, count: i64) -> Vec<i64> {
    let rows = rows();
    match pattern {
        "contiguous" => (rows / 2..rows / 2 + count).collect(),
        "newest" => (rows - count / 2 - 1..rows + (count + 1) / 2 - 1).collect(),
        _ => {
            let mut keys = BTreeSet::new();
            let mut seed = 0;
            while (keys.len() as i64) < count {
                seed += 1;
                keys.insert(scattered(seed) % rows);
            }
            keys.into_iter().collect()
        }
    }
}

fn lake(folder: &Path) -> Lake {
    Lake::open(url::Url::from_directory_path(folder).unwrap().as_str(), &StorageOptions::default()).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

async fn fill(folder: &Path) {
    let design = Design::new(orders(&[], 0).schema());
    let table =
        lake(folder).create(&name("raw.orders"), &Line::main(), &design, &Note::default()).await.unwrap();
    let batches = (0..rows()).step_by(usize::try_from(BATCH).unwrap());
    let batches =
        batches.map(|first| Ok(orders(&(first..(first + BATCH).min(rows())).collect::<Vec<_>>(), 0)));
    let batches = Batches::new(orders(&[], 0).schema(), futures::stream::iter(batches));
    let started = Instant::now();
    let (table, done) = table.upsert(batches, &id(), None, now(), &Note::default()).await.unwrap();
    println!("filled in {:.1} s: {:?}, {done:?}", started.elapsed().as_secs_f64(), table.size().unwrap());
}

async fn upsert(folder: &Path, batch: RecordBatch) -> String {
    let table = lake(folder).table(&name("raw.orders"), &Line::main(), None).await.unwrap();
    let done = table.upsert(Batches::of(vec![batch]), &id(), None, now(), &Note::default()).await.unwrap().1;
    format!("{} read, {} rewritten, {} kB", done.files_read, done.files_rewritten, done.bytes / 1000)
}

async fn merge(folder: &Path, batch: RecordBatch) -> String {
    let url = url::Url::from_directory_path(folder.join("raw/orders")).unwrap();
    let table = deltalake::open_table(url).await.unwrap();
    let columns: Vec<_> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    let source = SessionContext::new().read_batch(batch).unwrap();
    let set = |column: &String| col(format!("source.{column}"));
    let merge = table
        .merge(source, col("target.id").eq(col("source.id")))
        .with_source_alias("source")
        .with_target_alias("target")
        .when_matched_update(|update| {
            columns.iter().fold(update, |update, name| update.update(name.as_str(), set(name)))
        })
        .unwrap()
        .when_not_matched_insert(|insert| {
            columns.iter().fold(insert, |insert, name| insert.set(name.as_str(), set(name)))
        })
        .unwrap();
    let (_, done) = merge.await.unwrap();
    format!("{} removed, {} rows copied", done.num_target_files_removed, done.num_target_rows_copied)
}

/// The seconds that the processors worked for this process.
fn worked() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// The most that this process held in memory, in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1000
}

#[test]
#[ignore = "one of the processes of the measurement"]
fn one() {
    let setting = |name: &str| std::env::var(name).unwrap();
    let folder = setting("FOLDER");
    let keys = keys(&setting("PATTERN"), setting("COUNT").parse().unwrap());
    let batch = orders(&keys, if setting("PATTERN") == "random, all" { -1 } else { 1 });
    let (started, before) = (Instant::now(), worked());
    let told = match setting("HOW").as_str() {
        "upsert" => runtime().block_on(upsert(Path::new(&folder), batch)),
        _ => runtime().block_on(merge(Path::new(&folder), batch)),
    };
    let (wall, cpu) = (started.elapsed().as_secs_f64(), worked() - before);
    println!("= {wall:6.2} s {cpu:6.2} s {:5} MB  {told}", peak());
}

#[test]
#[ignore = "a measurement"]
fn upserts() {
    let scratch = tempfile::tempdir().unwrap();
    let original = scratch.path().join("original");
    std::fs::create_dir(&original).unwrap();
    runtime().block_on(fill(&original));
    println!("{:>7} {:<12} {:<7} {:>8} {:>8} {:>8}", "keys", "which", "how", "wall", "cpu", "memory");
    for count in ["1", "1000", "10000"] {
        for pattern in ["contiguous", "newest", "random", "random, all"] {
            for how in ["upsert", "MERGE"] {
                if std::env::var("ONLY").is_ok_and(|only| only != how) {
                    continue;
                }
                let copy = scratch.path().join("copy");
                assert!(Command::new("cp").arg("-r").args([&original, &copy]).status().unwrap().success());
                let done = Command::new(std::env::current_exe().unwrap())
                    .args(["--ignored", "--exact", "--nocapture", "measure::one"])
                    .env("FOLDER", &copy)
                    .envs([("PATTERN", pattern), ("COUNT", count), ("HOW", how)])
                    .output()
                    .unwrap();
                let said = String::from_utf8_lossy(&done.stdout).into_owned();
                let line = said
                    .lines()
                    .find_map(|line| line.split_once("= "))
                    .map_or(said.as_str(), |found| found.1);
                println!("{count:>7} {pattern:<12} {how:<7} {line}");
                std::fs::remove_dir_all(&copy).unwrap();
            }
        }
    }
}
