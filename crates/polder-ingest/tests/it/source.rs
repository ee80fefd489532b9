use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use polder_ingest::{Error, KeptSchema, ReadOptions, Reader, Seen, Source};

use crate::support::read_source;

const NO_OPTIONS: [(String, String); 0] = [];

fn open(location: &str, root: &Path) -> Result<Source, Error> {
    Source::open(location, root, NO_OPTIONS)
}

async fn names(location: &str, root: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        open(location, root).unwrap().list().await.unwrap().into_iter().map(|file| file.name).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn files_of_a_folder_are_found_by_pattern() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("data/day=1/_temporary")).unwrap();
    for name in
        ["data/a.csv", "data/b.csv.gz", "data/day=1/c d.csv", "data/day=1/_temporary/e.csv", "data/.f.csv"]
    {
        fs::write(folder.path().join(name), "x\n1\n").unwrap();
    }
    assert_eq!(names("data/*.csv", folder.path()).await, ["data/a.csv"]);
    assert_eq!(
        names("./data/**/*.csv*", folder.path()).await,
        ["data/a.csv", "data/b.csv.gz", "data/day=1/c d.csv"]
    );
    assert_eq!(names("data/a.csv", folder.path()).await, ["data/a.csv"]);
    assert!(names("data/missing.csv", folder.path()).await.is_empty());
    let absolute = folder.path().canonicalize().unwrap().join("data/day=*/*.csv");
    assert_eq!(names(absolute.to_str().unwrap(), folder.path()).await, ["data/day=1/c d.csv"]);
    assert_eq!(names(&format!("file://{}", absolute.display()), folder.path()).await, ["data/day=1/c d.csv"]);
}

#[tokio::test]
async fn files_outside_of_the_root_are_out_of_reach() {
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("secret.csv"), "x\n1\n").unwrap();
    fs::create_dir(root.path().join("data")).unwrap();
    for location in ["../secret.csv", "data/../../secret.csv", "/etc/passwd", "file:///etc/passwd"] {
        assert!(matches!(open(location, root.path()), Err(Error::Outside { .. })), "{location}");
    }
    symlink(outside.path().join("secret.csv"), root.path().join("data/link.csv")).unwrap();
    symlink(outside.path(), root.path().join("folder")).unwrap();
    for location in ["data/*.csv", "data/link.csv", "folder/*.csv", "folder/secret.csv"] {
        let listed = open(location, root.path()).unwrap().list().await;
        assert!(matches!(listed, Err(Error::Outside { .. })), "{location}: {listed:?}");
    }
}

#[tokio::test]
async fn a_link_that_is_put_in_place_after_listing_is_not_followed() {
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for name in ["a.csv", "a.parquet"] {
        fs::write(outside.path().join(name), "x\n1\n secret secret").unwrap();
        fs::write(root.path().join(name), "x\n1\n").unwrap();
        let source = open(name, root.path()).unwrap();
        let mut files = source.list().await.unwrap();
        files[0].etag = None;
        fs::remove_file(root.path().join(name)).unwrap();
        symlink(outside.path().join(name), root.path().join(name)).unwrap();
        let read = match Reader::open(&source, &files[0], Arc::new(KeptSchema::empty()), Arc::default()).await
        {
            Ok(mut reader) => futures::StreamExt::next(&mut reader).await.unwrap().map(drop),
            Err(error) => Err(error),
        };
        assert!(matches!(read, Err(Error::Outside { .. } | Error::Truncated { .. })), "{name}: {read:?}");
    }
}

#[tokio::test]
async fn links_within_the_root_are_followed() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.csv"), "x\n1\n").unwrap();
    symlink(root.path().join("a.csv"), root.path().join("b.csv")).unwrap();
    let read =
        read_source(&open("b.csv", root.path()).unwrap(), Arc::new(KeptSchema::empty()), &Arc::default())
            .await;
    assert_eq!(read.unwrap().rows(), [r#"{"x":1}"#]);
}

#[tokio::test]
async fn only_what_is_new_is_read_the_next_time() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("b.csv"), "x\n1\n").unwrap();
    let source = open("*.csv", root.path()).unwrap();
    let first = source.list().await.unwrap();
    let seen = Seen::default().and(&first);
    let stored: Seen = serde_json::from_str(&serde_json::to_string(&seen).unwrap()).unwrap();
    assert!(stored.new_ones(&source.list().await.unwrap()).is_empty());
    fs::write(root.path().join("a.csv"), "x\n2\n").unwrap();
    fs::write(root.path().join("b.csv"), "x\n1\n3\n").unwrap();
    let mut new: Vec<String> =
        stored.new_ones(&source.list().await.unwrap()).into_iter().map(|file| file.name).collect();
    new.sort_unstable();
    assert_eq!(new, ["a.csv", "b.csv"]);
}

#[tokio::test]
async fn files_come_from_the_oldest_to_the_newest() {
    let root = tempfile::tempdir().unwrap();
    for (name, seconds) in [("c", 10), ("a", 20), ("b", 20), ("d", 5)] {
        let file = fs::File::create(root.path().join(name)).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
    }
    let listed = open("*", root.path()).unwrap().list().await.unwrap();
    assert_eq!(listed.into_iter().map(|file| file.name).collect::<Vec<_>>(), ["d", "c", "a", "b"]);
}

#[test]
fn locations_that_are_none_say_why() {
    let root = tempfile::tempdir().unwrap();
    for location in ["", "data/", "ftp://host/a.csv", "s3://", "data/[a.csv"] {
        assert!(matches!(open(location, root.path()), Err(Error::Location { .. })), "{location}");
    }
    assert!(matches!(open("a.csv", &root.path().join("missing")), Err(Error::Location { .. })));
}

#[tokio::test]
async fn a_reader_that_is_dropped_ends_its_threads() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.csv"), "x\n".to_owned() + &"1\n".repeat(1 << 20)).unwrap();
    let source = open("a.csv", root.path()).unwrap();
    let files = source.list().await.unwrap();
    let options = Arc::new(ReadOptions::default());
    for _ in 0..20 {
        let mut reader =
            Reader::open(&source, &files[0], Arc::new(KeptSchema::empty()), options.clone()).await.unwrap();
        assert!(futures::StreamExt::next(&mut reader).await.unwrap().is_ok());
    }
    // The runtime waits for its threads when the test ends.
}

#[tokio::test]
async fn the_root_holds_however_a_path_is_written() {
    let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("secret.csv"), "a\n1\n").unwrap();
    for scheme in ["file", "FILE", "File"] {
        let location = format!("{scheme}://{}/secret.csv", outside.path().display());
        assert!(open(&location, inside.path()).is_err(), "{location}");
    }
}
