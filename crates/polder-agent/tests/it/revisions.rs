//! Files of a revision in the working directory.

use bytes::Bytes;
use polder_types::Code;
use polder_types::id::RevisionId;
use polder_types::run::Outcome;
use polder_types::wire::{Assignment, ProjectFile};
use polder_types::{Clock, SystemClock};
use sha2::Digest as _;

use crate::server::Server;
use crate::support::{Bench, shell};

fn file(server: &Server, path: &str, content: &str, executable: bool) {
    let sha256 = hex::encode(sha2::Sha256::digest(content));
    server.change(|state| {
        state.blobs.insert(sha256.clone(), Bytes::copy_from_slice(content.as_bytes()));
        state.files.push(ProjectFile { path: path.into(), sha256, size: content.len() as u64, executable });
    });
}

fn with_revision(text: &str, revision: RevisionId) -> Assignment {
    Assignment { revision: Some(revision), project: Some("rain".into()), ..shell(text) }
}

#[tokio::test]
async fn each_attempt_gets_its_own_copy_and_contents_are_fetched_once() {
    let bench = Bench::new();
    let revision = RevisionId::new(SystemClock.now());
    file(&bench.server, "bin/extract", "#!/bin/sh\necho extracted\n", true);
    file(&bench.server, "data/a.txt", "original\n", false);
    file(&bench.server, "data/b.txt", "original\n", false);
    for _ in 0..2 {
        let key = bench.offer(with_revision(
            "bin/extract; cat data/a.txt; echo changed > data/a.txt; cat data/b.txt",
            revision,
        ));
        assert_eq!(bench.server.ended(&key).await.outcome, Outcome::Succeeded);
        assert_eq!(bench.server.log(&key), ["extracted", "original", "original"]);
    }
    assert_eq!(bench.server.state().blobs_fetched, 2, "equal contents are one");
}

#[tokio::test]
async fn files_that_would_leave_the_folder_are_refused() {
    for path in ["../escaped", "/tmp/escaped", "a/../../escaped"] {
        let bench = Bench::new();
        file(&bench.server, path, "x", false);
        let key = bench.offer(with_revision("true", RevisionId::new(SystemClock.now())));
        let ended = bench.server.ended(&key).await;
        assert_eq!((ended.outcome, ended.code), (Outcome::Failed, Some(Code::CannotStart)), "{path}");
        assert!(ended.message.unwrap().contains("leads out of the project"));
    }
}

#[tokio::test]
async fn a_content_that_is_not_what_its_hash_says_is_refused() {
    let bench = Bench::new();
    file(&bench.server, "a", "right", false);
    bench
        .server
        .change(|state| state.blobs.values_mut().for_each(|content| *content = Bytes::from_static(b"wrong")));
    let key = bench.offer(with_revision("true", RevisionId::new(SystemClock.now())));
    assert!(bench.server.ended(&key).await.message.unwrap().contains("not what its hash says"));
}

#[tokio::test]
async fn a_cache_that_was_tidied_up_is_filled_again() {
    let bench = Bench::new();
    let revision = RevisionId::new(SystemClock.now());
    file(&bench.server, "a.txt", "content\n", false);
    let key = bench.offer(with_revision("cat a.txt", revision));
    bench.server.ended(&key).await;
    for entry in std::fs::read_dir(bench.folder.path().join("revisions/contents")).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let key = bench.offer(with_revision("cat a.txt", revision));
    assert_eq!(bench.server.ended(&key).await.outcome, Outcome::Succeeded);
    assert_eq!(bench.server.log(&key), ["content"]);
}
