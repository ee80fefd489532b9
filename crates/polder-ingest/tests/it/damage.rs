//! What cannot be read at all: an error that names file and line, after all that came before.

use std::sync::Arc;

use polder_ingest::{CsvOptions, Error, FileFormat, KeptSchema, Limits, ReadOptions, Reader, Source};

use crate::support::{gzip, read, read_by, store};

async fn read_damaged(name: &str, bytes: &[u8]) -> crate::support::Read {
    let limits = Limits { block_bytes: 1 << 10, ..Limits::default() };
    read_by(Arc::new(KeptSchema::empty()), name, bytes, ReadOptions { limits, ..ReadOptions::default() })
        .await
}

fn rows(count: usize) -> String {
    (0..count).fold("id,name\n".to_owned(), |text, row| text + &format!("{row},{}\n", row * 7919 % 1009))
}

#[tokio::test]
async fn gzip_that_is_cut_off_names_the_line() {
    let whole = gzip(rows(10_000).as_bytes());
    let read = read_damaged("a.csv.gz", &whole[..whole.len() / 2]).await;
    let before = read.rows_before_error().len();
    assert!(before > 1000, "{before}");
    match read.error {
        Some(Error::Truncated { file, line, .. }) => {
            assert_eq!((file.as_str(), line), ("a.csv.gz", before as u64 + 2))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn zstd_that_is_cut_off_or_damaged_is_an_error() {
    // As the command writes it: with a checksum.
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    std::io::Write::write_all(&mut encoder, rows(10_000).as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    let read = read_damaged("a.csv.zst", &whole[..whole.len() - 10]).await;
    assert!(matches!(read.error, Some(Error::Truncated { .. })), "{:?}", read.error);
    let mut damaged = whole.clone();
    damaged[100..200].fill(0xAA);
    let read = read_damaged("a.csv.zst", &damaged).await;
    assert!(matches!(read.error, Some(Error::Corrupt { .. } | Error::Truncated { .. })), "{:?}", read.error);
}

#[tokio::test]
async fn a_damaged_gzip_is_an_error_though_its_rows_look_right() {
    let mut damaged = gzip(rows(1000).as_bytes());
    let checksum = damaged.len() - 8;
    damaged[checksum] ^= 1;
    let read = read_damaged("a.csv.gz", &damaged).await;
    assert!(matches!(read.error, Some(Error::Corrupt { .. })), "{:?}", read.error);
}

#[tokio::test]
async fn a_name_that_promises_compression_is_held_to_it() {
    let read = read_damaged("a.csv.gz", b"id,name\n1,x\n").await;
    let error = read.error.unwrap().to_string();
    assert!(error.contains("Rename it, or set `compression`"), "{error}");
}

#[tokio::test]
async fn a_file_that_has_changed_since_it_was_listed_is_not_read() {
    let store = store(&[("a.csv", b"a\n1\n")]).await;
    let source = Source::in_store(store.clone(), "a.csv").unwrap();
    let files = source.list().await.unwrap();
    object_store::ObjectStoreExt::put(&store, &"a.csv".into(), "a\n2\n".into()).await.unwrap();
    let opened = Reader::open(&source, &files[0], Arc::new(KeptSchema::empty()), Arc::default()).await;
    assert!(matches!(opened, Err(Error::Changed { .. })), "{opened:?}");
}

#[tokio::test]
async fn a_format_that_cannot_be_told_is_asked_for() {
    let error = read("a.dat", "a\n1\n", ReadOptions::default()).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "of which format a.dat is cannot be told by its name: set `format` to csv, jsonl, json or parquet"
    );
}

#[tokio::test]
async fn a_file_of_quotes_ends_in_time() {
    let csv = CsvOptions { header: false, ..CsvOptions::default() };
    let format = FileFormat { csv, ..FileFormat::default() };
    for piece in ["\"", "\"\"", "\"\"\"\n", "a,\"\n", "\"\",\"\n"] {
        let options = ReadOptions { format: format.clone(), ..ReadOptions::default() };
        let text = piece.repeat((1 << 20) / piece.len());
        let _what_ever_it_is = read("a.csv", text, options).await;
    }
}
