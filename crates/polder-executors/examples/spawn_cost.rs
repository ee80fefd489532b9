//! What an attempt costs beside the process itself: `cargo run --release -p polder-executors --example spawn_cost`.
//!
//! Starts `/bin/true` many times, one after the other: plainly, and through the executor; prints the median and the
//! 99th percentile of each, in microseconds.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for whoever works on the executor")]

use std::sync::Arc;
use std::time::Instant;

use polder_executors::process::{Config, ProcessExecutor};
use polder_executors::{Attempt, Executor};
use polder_types::definition::Command;
use polder_types::id::RunId;
use polder_types::wire::AttemptKey;
use polder_types::{Clock, SystemClock};

const TIMES: u32 = 500;

#[tokio::main(worker_threads = 2)]
async fn main() {
    let folder = std::env::temp_dir().join(format!("polder-spawn-cost-{}", std::process::id()));
    let executor = ProcessExecutor::open(Config::new(folder.join("state")), Arc::new(SystemClock)).unwrap();
    let mut plain = Vec::new();
    let (mut starts, mut whole) = (Vec::new(), Vec::new());
    for epoch in 0..TIMES {
        plain.push(plainly());
        let attempt = attempt(&folder, epoch);
        let begin = Instant::now();
        let mut running = executor.start(attempt).await.unwrap();
        starts.push(begin.elapsed());
        while running.output.recv().await.is_some() {}
        assert!(running.wait().await.unwrap().is_success());
        whole.push(begin.elapsed());
    }
    for (name, mut times) in
        [("plain", plain), ("executor: start", starts), ("executor: start to end", whole)]
    {
        times.sort_unstable();
        let at = |part: usize| times[times.len() * part / 100].as_micros();
        println!("{name:24} p50 {:6} us   p99 {:6} us", at(50), at(99));
    }
    std::fs::remove_dir_all(folder).unwrap();
}

fn plainly() -> std::time::Duration {
    let begin = Instant::now();
    assert!(std::process::Command::new("/bin/true").env_clear().status().unwrap().success());
    begin.elapsed()
}

fn attempt(folder: &std::path::Path, epoch: u32) -> Attempt {
    let key = AttemptKey { run: RunId::new(SystemClock.now()), step: "step".to_owned(), epoch };
    let own = folder.join(epoch.to_string());
    std::fs::create_dir_all(own.join("work")).unwrap();
    Attempt {
        key,
        command: Command::Arguments(vec!["/bin/true".to_owned()]),
        working_directory: own.join("work"),
        folder: own,
        env: [("TOKEN".to_owned(), "hunter22-hunter22".to_owned())].into(),
        stdin: None,
        masker: Arc::new(polder_executors::mask::Masker::new([("TOKEN", "hunter22-hunter22")])),
    }
}
