use std::fs;
use std::os::unix::fs::symlink;

use chrono::{DateTime, TimeDelta, Utc};
use polder_types::wire::LogStream;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::Error;

fn start() -> DateTime<Utc> {
    "2026-11-21T03:00:00.000001Z".parse().unwrap()
}

fn key() -> LogKey {
    LogKey { run: RunId::new(start()), position: 2, epoch: 1 }
}

fn store() -> (TempDir, LogStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = LogStore::new(folder.path().join("logs")).unwrap();
    (folder, store)
}

fn line(number: u64) -> LogLine {
    LogLine {
        stream: if number.is_multiple_of(3) { LogStream::Stderr } else { LogStream::Stdout },
        at: start() + TimeDelta::milliseconds(number.try_into().unwrap()),
        text: format!("line {number} of Größe \\n {}", number * 7919 % 1000),
        continued: number.is_multiple_of(5),
    }
}

fn lines(range: std::ops::Range<u64>) -> Vec<LogLine> {
    range.map(line).collect()
}

async fn numbers(store: &LogStore, key: LogKey, from: u64, limit: usize) -> Vec<u64> {
    let read = store.read(key, from, limit).await.unwrap();
    assert!(read.iter().all(|read| read.content == line(read.number)), "lines are what was appended");
    read.into_iter().map(|line| line.number).collect()
}

/// Opens the same files anew, as after a restart.
fn reopened(store: &LogStore) -> LogStore {
    LogStore::new(&store.shared.root).unwrap()
}

#[tokio::test]
async fn lines_come_back_as_they_were_appended() {
    let (_folder, store) = store();
    let key = key();
    assert_eq!(store.append(key, 0, lines(0..10)).await.unwrap(), 10);
    assert_eq!(store.append(key, 10, lines(10..12)).await.unwrap(), 12);
    assert_eq!(store.next_line(key).await.unwrap(), 12);
    assert_eq!(numbers(&store, key, 0, 100).await, (0..12).collect::<Vec<_>>());
    assert_eq!(numbers(&store, key, 7, 3).await, [7, 8, 9]);
    assert!(numbers(&store, key, 12, 3).await.is_empty());
}

#[tokio::test]
async fn lines_sent_again_are_ignored_and_a_gap_is_answered_with_the_number_expected() {
    let (_folder, store) = store();
    let key = key();
    store.append(key, 0, lines(0..10)).await.unwrap();
    assert_eq!(store.append(key, 5, lines(5..12)).await.unwrap(), 12);
    assert_eq!(store.append(key, 0, lines(0..3)).await.unwrap(), 12);
    assert_eq!(store.append(key, 20, lines(20..22)).await.unwrap(), 12);
    assert_eq!(numbers(&store, key, 0, 100).await, (0..12).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_log_that_is_not_there_is_empty() {
    let (_folder, store) = store();
    assert_eq!(store.next_line(key()).await.unwrap(), 0);
    assert!(store.read(key(), 0, 10).await.unwrap().is_empty());
    store.finish(key()).await.unwrap();
    assert_eq!(store.usage().await.unwrap(), 0);
}

#[tokio::test]
async fn a_finished_log_is_one_file_that_zstd_reads_and_that_may_still_grow() {
    let (_folder, store) = store();
    let key = key();
    store.append(key, 0, lines(0..1000)).await.unwrap();
    store.finish(key).await.unwrap();
    let folder = store.shared.folder(key.run);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let text = zstd::decode_all(fs::File::open(store.shared.place(key).frames()).unwrap()).unwrap();
    assert_eq!(line::lines(&text).count(), 1000);
    assert_eq!(store.append(key, 1000, lines(1000..1002)).await.unwrap(), 1002);
    assert_eq!(numbers(&reopened(&store), key, 998, 100).await, [998, 999, 1000, 1001]);
}

#[tokio::test]
async fn every_line_of_many_frames_is_found_by_its_number() {
    let (_folder, store) = store();
    let key = key();
    for first in (0..60_000).step_by(1000) {
        store.append(key, first, lines(first..first + 1000)).await.unwrap();
    }
    let frames = store.shared.place(key);
    assert!(fs::metadata(frames.frames()).unwrap().len() > 0, "frames were packed on the way");
    for from in [0, 1, 4_999, 5_000, 33_333, 59_998] {
        let last = (from + 50).min(60_000);
        assert_eq!(numbers(&store, key, from, 50).await, (from..last).collect::<Vec<_>>());
    }
    assert_eq!(reopened(&store).next_line(key).await.unwrap(), 60_000);
}

#[tokio::test]
async fn one_append_of_many_megabytes_is_packed_in_parts_and_read_in_parts() {
    let (_folder, store) = store();
    let key = key();
    let long = |number| LogLine { text: "x".repeat(1 << 20), ..line(number) };
    store.append(key, 0, (0..20).map(long).collect()).await.unwrap();
    let first = store.read(key, 0, 100).await.unwrap();
    assert!(!first.is_empty() && first.len() < 20, "an answer is bounded: {}", first.len());
    assert_eq!(store.read(key, 19, 100).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_tail_torn_at_any_byte_keeps_its_whole_lines() {
    let (_folder, store) = store();
    let key = key();
    store.append(key, 0, lines(0..4)).await.unwrap();
    let path = store.shared.place(key).tail(0);
    let whole = fs::read(&path).unwrap();
    for size in 0..=whole.len() {
        fs::write(&path, &whole[..size]).unwrap();
        let store = reopened(&store);
        let kept = line::lines(&whole[..size]).count() as u64;
        assert_eq!(store.next_line(key).await.unwrap(), kept);
        assert_eq!(store.append(key, kept, lines(kept..5)).await.unwrap(), 5);
        assert_eq!(numbers(&store, key, 0, 100).await, [0, 1, 2, 3, 4]);
    }
}

#[tokio::test]
async fn a_frame_torn_at_any_byte_loses_nothing_and_doubles_nothing() {
    let (_folder, store) = store();
    let key = key();
    let place = store.shared.place(key);
    store.append(key, 0, lines(0..5)).await.unwrap();
    store.finish(key).await.unwrap();
    let before = fs::read(place.frames()).unwrap().len();
    store.append(key, 5, lines(5..10)).await.unwrap();
    let tail = fs::read(place.tail(5)).unwrap();
    store.finish(key).await.unwrap();
    let after = fs::read(place.frames()).unwrap();

    for size in before..=after.len() {
        fs::write(place.frames(), &after[..size]).unwrap();
        fs::write(place.tail(5), &tail).unwrap();
        let store = reopened(&store);
        assert_eq!(numbers(&store, key, 0, 100).await, (0..10).collect::<Vec<_>>(), "torn at {size}");
        assert_eq!(store.append(key, 10, lines(10..12)).await.unwrap(), 12);
        store.finish(key).await.unwrap();
        assert_eq!(
            numbers(&reopened(&store), key, 0, 100).await,
            (0..12).collect::<Vec<_>>(),
            "torn at {size}"
        );
        assert!(place.tails().unwrap().is_empty(), "a tail is left");
    }
}

#[tokio::test]
async fn a_full_disk_is_an_error_of_its_own_and_passes() {
    let (_folder, store) = store();
    let key = key();
    let place = store.shared.place(key);
    fs::create_dir_all(&place.folder).unwrap();
    symlink("/dev/full", place.tail(0)).unwrap();
    let error = store.append(key, 0, lines(0..3)).await.unwrap_err();
    assert!(matches!(error, Error::DiskFull(_)), "{error:?}");
    fs::remove_file(place.tail(0)).unwrap();
    assert_eq!(store.append(key, 0, lines(0..3)).await.unwrap(), 3);
    assert_eq!(numbers(&store, key, 0, 100).await, [0, 1, 2]);
}

#[tokio::test]
async fn lines_that_cannot_be_packed_for_want_of_room_stay_readable() {
    let (_folder, store) = store();
    let key = key();
    let place = store.shared.place(key);
    fs::create_dir_all(&place.folder).unwrap();
    symlink("/dev/full", place.frames()).unwrap();
    let many = writer::FRAME_SIZE / 20;
    assert_eq!(store.append(key, 0, lines(0..many)).await.unwrap(), many);
    fs::remove_file(place.frames()).unwrap();
    assert_eq!(store.append(key, many, lines(many..many + 1)).await.unwrap(), many + 1);
    assert_eq!(numbers(&store, key, many - 1, 100).await, [many - 1, many]);
    store.finish(key).await.unwrap();
    assert!(place.frames().exists() && place.tails().unwrap().is_empty(), "packed as soon as there is room");
    assert_eq!(numbers(&store, key, many - 1, 100).await, [many - 1, many]);
}

#[tokio::test]
async fn a_search_finds_lines_whatever_their_case_and_goes_on() {
    let (_folder, store) = store();
    let key = key();
    for first in (0..20_000).step_by(5000) {
        store.append(key, first, lines(first..first + 5000)).await.unwrap();
    }
    let search =
        |text: &str, from_line, limit| store.search(key, Search { text: text.to_owned(), from_line, limit });
    let found = search("LINE 1234 ", 0, 10).await.unwrap();
    assert_eq!(found.lines, [Line { number: 1234, content: line(1234) }]);
    assert_eq!(found.go_on_from, None);

    let found = search("GRÖSSE", 0, 10).await.unwrap();
    assert!(found.lines.is_empty(), "ß is not SS");
    let found = search("GRÖß", 19_990, 4).await.unwrap();
    assert_eq!(
        found.lines.iter().map(|line| line.number).collect::<Vec<_>>(),
        [19_990, 19_991, 19_992, 19_993]
    );
    assert_eq!(found.go_on_from, Some(19_994));
    let found = search("größ", 19_994, 400).await.unwrap();
    assert_eq!((found.lines.len(), found.go_on_from), (6, None));

    assert_eq!(search(r"\n ", 0, 3).await.unwrap().lines.len(), 3, "a backslash is found as it was written");
    assert!(search("o 17", 0, 10).await.unwrap().lines.is_empty(), "only texts are searched");
}

#[tokio::test]
async fn what_is_deleted_is_gone_and_old_runs_go_by_age() {
    let (_folder, store) = store();
    let made = |at: DateTime<Utc>, number: u8| {
        let millis = at.timestamp_millis().try_into().unwrap();
        let run = RunId(uuid::Builder::from_unix_timestamp_millis(millis, &[number; 10]).into_uuid());
        LogKey { run, position: 0, epoch: 1 }
    };
    let (old, busy, new) = (made(start(), 1), made(start(), 2), made(start() + TimeDelta::days(2), 3));
    for key in [old, busy, new] {
        store.append(key, 0, lines(0..10)).await.unwrap();
    }
    store.finish(old).await.unwrap();
    assert!(store.usage().await.unwrap() > 0);

    assert_eq!(store.delete_older(start() + TimeDelta::days(1)).await.unwrap(), 1);
    assert_eq!(store.next_line(old).await.unwrap(), 0);
    assert_eq!(store.next_line(busy).await.unwrap(), 10);
    assert_eq!(store.next_line(new).await.unwrap(), 10);
    store.delete(new.run).await.unwrap();
    store.delete(busy.run).await.unwrap();
    assert!(store.read(new, 0, 10).await.unwrap().is_empty());
    assert_eq!(store.usage().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_beside_a_writer_sees_every_line_once() {
    let (_folder, store) = store();
    let key = key();
    let writing = tokio::spawn({
        let store = store.clone();
        async move {
            for first in (0..40_000).step_by(500) {
                store.append(key, first, lines(first..first + 500)).await.unwrap();
            }
            store.finish(key).await.unwrap();
        }
    });
    let mut next = 0;
    while next < 40_000 {
        for number in numbers(&store, key, next, 700).await {
            assert_eq!(number, next);
            next += 1;
        }
        tokio::task::yield_now().await;
    }
    writing.await.unwrap();
}

#[tokio::test]
async fn more_logs_than_are_kept_open_can_be_written_in_turn() {
    let (_folder, store) = store();
    let keys: Vec<LogKey> = (0..OPEN as u32 + 20).map(|position| LogKey { position, ..key() }).collect();
    for first in [0, 2] {
        for key in &keys {
            assert_eq!(store.append(*key, first, lines(first..first + 2)).await.unwrap(), first + 2);
        }
    }
    assert!(lock(&store.shared.open).len() <= OPEN);
}

proptest! {
    #[test]
    fn any_text_comes_back(text in any::<String>(), continued: bool, micros in -1i64 << 50..1i64 << 50) {
        let at = DateTime::from_timestamp_micros(micros).unwrap();
        let before = LogLine { stream: LogStream::System, at, text, continued };
        let mut encoded = String::new();
        line::encode(&before, &mut encoded);
        prop_assert_eq!(encoded.matches('\n').count(), 1);
        prop_assert_eq!(line::decode(encoded.trim_end_matches('\n').as_bytes()), Some(before));
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes: Vec<u8>) {
        for line in line::lines(&bytes) {
            let _ = line::decode(line);
        }
    }
}

/// Not timed by the suite: `cargo test --release -p polder-store -- --ignored --nocapture a_million`.
#[tokio::test]
#[ignore = "for measuring"]
async fn a_million_lines() {
    let (_folder, store) = store();
    let key = key();
    let clock = std::time::Instant::now();
    for first in (0..1_000_000).step_by(1000) {
        store.append(key, first, lines(first..first + 1000)).await.unwrap();
    }
    store.finish(key).await.unwrap();
    println!("appended after {:?}, {} bytes", clock.elapsed(), store.usage().await.unwrap());
    let mut next = 0;
    while next < 1_000_000 {
        next += numbers(&store, key, next, 1000).await.len() as u64;
    }
    println!("read after {:?}", clock.elapsed());
    let search = Search { text: "line 999999".to_owned(), from_line: 0, limit: 10 };
    assert_eq!(store.search(key, search).await.unwrap().lines.len(), 1);
    println!("searched after {:?}", clock.elapsed());
    assert_eq!(numbers(&reopened(&store), key, 500_000, 1).await, [500_000]);
    println!("opened anew and read one after {:?}", clock.elapsed());
    let status = fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}
