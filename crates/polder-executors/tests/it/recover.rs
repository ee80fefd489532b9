//! An agent that was killed, and comes back.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use polder_executors::Executor as _;

use crate::ending::{DETACHED, DETACHING, alone};
use crate::support::{Bench, attempt, lives, open, read_lines};

const FOLDER: &str = "TEST_FOLDER_OF_THE_AGENT";

/// Not a test by itself: the agent that the test below starts and kills.
#[tokio::test]
#[ignore = "started by another test"]
async fn agent_to_be_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let executor = open(Path::new(&folder));
    let command = ["python3", "-c", &format!("{DETACHING}\nforever()")].map(str::to_owned);
    let attempt = attempt(Path::new(&folder), polder_types::definition::Command::Arguments(command.to_vec()));
    let mut running = executor.start(attempt).await.unwrap();
    for line in read_lines(&mut running, DETACHED + 1).await {
        println!("pid {line}");
    }
    println!("ready");
    drop(running.wait().await);
}

#[test]
fn what_a_killed_agent_left_running_is_ended_and_told() {
    alone("recover::left_by_a_killed_agent");
}

/// Alone, since what the agent leaves comes to this process, where attempts of other tests may end it.
#[tokio::test]
#[ignore = "started by another test"]
async fn left_by_a_killed_agent() {
    let folder = tempfile::tempdir().unwrap();
    // From now on what the agent leaves comes to this process, whatever else there is between it and the init process.
    let _subreaper = Bench::new();
    let mut agent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "recover::agent_to_be_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(agent.stdout.take().unwrap()).lines().map(Result::unwrap);
    let pids: Vec<u32> = lines
        .take_while(|line| line != "ready")
        .filter_map(|line| line.rsplit_once("pid ").and_then(|(_, pid)| pid.parse().ok()))
        .collect();
    agent.kill().unwrap();
    agent.wait().unwrap();
    assert_eq!(pids.len(), DETACHED + 1);
    assert!(pids.iter().all(|pid| lives(*pid)), "they outlive the agent");

    let bench = Bench::of(folder);
    let [lost] = <[_; 1]>::try_from(bench.executor.recover().unwrap()).unwrap();
    assert!(lost.ended.await >= pids.len());
    assert!(!pids.iter().any(|pid| lives(*pid)));

    let [again] = <[_; 1]>::try_from(bench.executor.recover().unwrap()).unwrap();
    assert_eq!((&again.key, again.ended.await), (&lost.key, 0), "on record until it is forgotten");
    bench.executor.forget(&lost.key);
    assert!(bench.executor.recover().unwrap().is_empty());
}

#[tokio::test]
async fn a_record_of_an_earlier_start_of_the_machine_ends_nothing() {
    let bench = Bench::new();
    let (record, own) = (include_str!("record-v1.json"), std::process::id());
    let record = record.replace("4242", &own.to_string());
    std::fs::write(bench.folder.path().join("state/old.json"), record).unwrap();
    let [lost] = <[_; 1]>::try_from(bench.executor.recover().unwrap()).unwrap();
    assert_eq!((lost.key.step.as_str(), lost.ended.await), ("extract", 0));
}
