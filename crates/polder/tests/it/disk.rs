//! A disk that fills up: at whatever point of a step and its publish that happens, all of it is there afterwards, or nothing.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::session::Session;

const PROJECT: &str = "project: shop\nteam: shop\nenvironments: {prod: {}}\n";
const BOTH: &str = "
name: both
steps:
  - name: two
    sql: |
      CREATE TABLE IF NOT EXISTS raw.a (id BIGINT);
      CREATE TABLE IF NOT EXISTS raw.b (id BIGINT);
      INSERT INTO raw.a VALUES (1);
      INSERT INTO raw.b VALUES (1)
";
/// What a file takes at least.
const PAGE: usize = 4096;

/// Files that leave only so many pages of a disk.
struct Full(Vec<PathBuf>);

impl Full {
    fn but(disk: &Path, pages: usize) -> Self {
        let mut files = Vec::new();
        for number in 0.. {
            let file = disk.join(format!("full-{number}"));
            let written = fs::write(&file, [1; PAGE]);
            files.push(file);
            if written.is_err() {
                break;
            }
        }
        // The last one holds nothing.
        for file in files.iter().rev().take(pages + 1) {
            fs::remove_file(file).unwrap();
        }
        files.truncate(files.len().saturating_sub(pages + 1));
        Self(files)
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        for file in &self.0 {
            fs::remove_file(file).unwrap();
        }
    }
}

fn rows(session: &Session) -> (u64, u64) {
    let both = "SELECT (SELECT count(*) FROM raw.a), (SELECT count(*) FROM raw.b)";
    let rows = &session.json(&["sql", "-c", both])["rows"][0];
    (rows[0].as_u64().unwrap(), rows[1].as_u64().unwrap())
}

#[test]
fn a_full_disk_loses_nothing_and_leaves_no_half() {
    let mut session = Session::new();
    session.write("shop/polder.yaml", PROJECT);
    session.write("shop/pipelines/both.yaml", BOTH);
    let (server, disk) = session.start_server_on_disk("data", 4 << 20);
    session.polder(0, &["login", &server.url, "--token-file", &server.token_file.display().to_string()]);
    session.polder(0, &["deploy", "shop"]);
    assert!(session.output(&["run", "shop/both", "--follow"], "").status.success());
    let (mut expected, mut failed, mut completed) = (1, 0, 0);
    for pages in 0.. {
        let full = Full::but(&disk, pages);
        let run = session.json(&["run", "shop/both"])["id"].as_str().unwrap().to_owned();
        let seen = || session.json(&["show", &run]);
        let waits = |run: &Value| run["steps"][0]["status"] == "RETRYING";
        server.until(|| seen()["terminal"] == true || waits(&seen()));
        let waited = waits(&seen());
        let half = rows(&session);
        assert_eq!(half.0, half.1, "{pages} pages");
        drop(full);
        server.until(|| seen()["terminal"] == true);
        let ended = seen();
        if ended["succeeded"] == true {
            expected += 1;
            completed += u32::from(waited);
        } else {
            let why = ended["steps"][0]["error"]["message"].as_str().unwrap();
            let log = || String::from_utf8_lossy(&session.output(&["logs", &run], "").stdout).into_owned();
            assert!(why.contains("the disk of the lake is full"), "{pages} pages: {why}\n{}", log());
            failed += 1;
        }
        assert_eq!(rows(&session), (expected, expected), "{pages} pages, then room");
        if ended["succeeded"] == true && !waited {
            break;
        }
    }
    assert!(failed > 0 && completed > 0, "{failed} failed, {completed} were completed when there was room");
}
