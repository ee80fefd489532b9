//! Attempts that are stopped, or leave something behind. After the end nothing of them lives.

use std::process::Stdio;
use std::time::Duration;

use polder_executors::{Executor as _, Running};

use crate::support::{Bench, is_in_table, lives, read_lines};

/// Detaches in every way that is known, ignores TERM, and says which processes there are.
pub(crate) const DETACHING: &str = r#"
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def say(): os.write(1, f'{os.getpid()}\n'.encode())
def forever():
    say()
    while True: time.sleep(1000)
def child(act):
    if os.fork() == 0:
        act()
        os._exit(0)
def detach_twice():
    os.setsid()
    child(forever)
def daemon():
    os.setsid()
    os.chdir('/')
    def inner():
        say()
        for fd in range(3): os.close(fd)
        while True: time.sleep(1000)
    child(inner)
def without_environment():
    os.setsid()
    if os.fork() == 0:
        os.execve('/bin/sh', ['sh', '-c', 'trap "" TERM; echo $$; while :; do sleep 1000; done'], {})
child(forever)
child(detach_twice)
child(daemon)
child(without_environment)
child(lambda: (os.setpgid(0, 0), forever()))
"#;

/// How many processes the script above leaves.
pub(crate) const DETACHED: usize = 5;

fn pids(lines: &[String]) -> Vec<u32> {
    lines.iter().map(|line| line.parse().unwrap()).collect()
}

async fn start_detaching(bench: &Bench, rest: &str) -> (Running, Vec<u32>) {
    let script = format!("{DETACHING}\n{rest}");
    let mut running = bench.start(bench.arguments(&["python3", "-c", &script])).await;
    let pids = pids(&read_lines(&mut running, DETACHED).await);
    (running, pids)
}

#[tokio::test]
async fn stopping_leaves_nothing_of_what_detached_and_ignores_term() {
    let bench = Bench::new();
    let (running, pids) = start_detaching(&bench, "forever()").await;
    assert!(pids.iter().all(|pid| lives(*pid)));
    running.stopper().stop(Duration::from_millis(50));
    let exit = running.wait().await.unwrap();
    assert_eq!((exit.signal, exit.stopped), (Some(9), true));
    assert!(!pids.iter().any(|pid| is_in_table(*pid)), "and none is left to be taken notice of");
    assert!(bench.records().is_empty());
}

#[tokio::test]
async fn what_is_left_behind_is_ended_and_does_not_hold_up_the_end() {
    let bench = Bench::new();
    let (running, pids) = start_detaching(&bench, "").await;
    let exit = running.wait().await.unwrap();
    assert_eq!((exit.code, exit.stopped), (Some(0), false));
    assert!(exit.stragglers >= DETACHED, "and what they started since");
    assert!(exit.is_success() && !pids.iter().any(|pid| is_in_table(*pid)));
}

#[tokio::test]
async fn a_stop_shortens_the_time_of_what_was_left_behind() {
    let bench = Bench::new();
    let (running, pids) = start_detaching(&bench, "").await;
    running.stopper().stop(Duration::ZERO);
    let exit = running.wait().await.unwrap();
    assert!(exit.duration < Duration::from_secs(2) && !pids.iter().any(|pid| lives(*pid)));
}

#[tokio::test]
async fn a_program_may_clean_up_before_its_time_is_over() {
    let bench = Bench::new();
    let script = "trap 'echo cleaning; sh -c \"echo cleaned\"; exit 0' TERM; echo ready; while :; do sleep 1000 & wait; done";
    let mut running = bench.start(bench.shell(script)).await;
    assert_eq!(read_lines(&mut running, 1).await, ["ready"]);
    running.stopper().stop(Duration::from_secs(60));
    assert_eq!(read_lines(&mut running, 2).await, ["cleaning", "cleaned"]);
    let exit = running.wait().await.unwrap();
    assert_eq!((exit.code, exit.stopped, exit.is_success()), (Some(0), true, false));
}

#[tokio::test]
async fn the_earliest_end_of_a_grace_time_counts() {
    let bench = Bench::new();
    let mut running =
        bench.start(bench.shell("trap '' TERM; echo ready; while :; do sleep 1000; done")).await;
    read_lines(&mut running, 1).await;
    running.stopper().stop(Duration::from_secs(1000));
    running.stopper().stop(Duration::from_millis(10));
    running.stopper().stop(Duration::from_secs(1000));
    assert_eq!(running.wait().await.unwrap().signal, Some(9));
}

#[tokio::test]
async fn a_stopped_process_is_woken_to_end() {
    let bench = Bench::new();
    let mut running =
        bench.start(bench.shell("trap 'echo bye; exit 7' TERM; echo ready; kill -STOP $$")).await;
    read_lines(&mut running, 1).await;
    running.stopper().stop(Duration::from_secs(60));
    assert_eq!(read_lines(&mut running, 1).await, ["bye"]);
    assert_eq!(running.wait().await.unwrap().code, Some(7));
}

#[tokio::test]
async fn a_program_that_keeps_starting_others_is_ended() {
    let bench = Bench::new();
    let script =
        "trap '' TERM; echo ready; while :; do setsid sh -c 'trap \"\" TERM; sleep 1000' & sleep 0.01; done";
    let mut running = bench.start(bench.shell(script)).await;
    read_lines(&mut running, 1).await;
    running.stopper().stop(Duration::from_millis(100));
    let exit = running.wait().await.unwrap();
    assert_eq!(exit.signal, Some(9));
}

#[tokio::test]
async fn a_process_that_only_holds_the_pipes_is_found_by_them() {
    let bench = Bench::new();
    let script = "cd /; setsid env -i sh -c 'echo $$; exec sleep 1000' & cd /; sleep 0.1";
    let mut running = bench.start(bench.shell(script)).await;
    let pid = pids(&read_lines(&mut running, 1).await)[0];
    let exit = running.wait().await.unwrap();
    assert_eq!((exit.stragglers, is_in_table(pid)), (1, false));
}

/// Detaches without a trace: twice, with nothing in its environment, elsewhere, with all files closed. Its number is
/// written to the file that is given.
const WITHOUT_TRACE: &str = r#"
import os, signal, sys
note = os.path.abspath(sys.argv[1])
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.chdir('/')
    if os.fork() == 0:
        with open(note + '.part', 'w') as file: file.write(str(os.getpid()))
        os.rename(note + '.part', note)
        os.closerange(0, 1000)
        os.execve('/usr/bin/env', ['sleep', 'sleep', '1000'], {})
    os._exit(0)
os.wait()
while not os.path.exists(note): pass
"#;

/// Runs the script above as (part of) an attempt that then does `rest`, until it has detached.
async fn start_without_trace(bench: &Bench, rest: &str) -> (Running, u32) {
    let attempt =
        bench.arguments(&["sh", "-c", &format!("python3 -c \"$0\" note; echo ready; {rest}"), WITHOUT_TRACE]);
    let note = attempt.working_directory.join("note");
    let mut running = bench.start(attempt).await;
    assert_eq!(read_lines(&mut running, 1).await, ["ready"]);
    let pid = std::fs::read_to_string(note).unwrap().parse().unwrap();
    assert!(lives(pid));
    (running, pid)
}

/// Runs a test in a process of its own, where no attempts of other tests are candidates too.
pub(crate) fn alone(test: &str) {
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn what_detached_without_a_trace_is_ended_too() {
    alone("ending::without_a_trace");
}

#[tokio::test]
#[ignore = "started by another test"]
async fn without_a_trace() {
    let bench = Bench::new();
    let (running, pid) = start_without_trace(&bench, "sleep 1000").await;
    running.stopper().stop(Duration::from_millis(50));
    running.wait().await.unwrap();
    assert!(!is_in_table(pid), "after it was told to stop");
    let (running, pid) = start_without_trace(&bench, "").await;
    assert_eq!((running.wait().await.unwrap().stragglers, is_in_table(pid)), (1, false));
}

#[test]
fn what_detached_without_a_trace_goes_with_the_last_that_it_may_be_of() {
    alone("ending::without_a_trace_beside_others");
}

#[tokio::test]
#[ignore = "started by another test"]
async fn without_a_trace_beside_others() {
    let bench = Bench::new();
    let mut before = bench.start(bench.shell("echo ready; sleep 1000")).await;
    read_lines(&mut before, 1).await;
    let (running, pid) = start_without_trace(&bench, "sleep 1000").await;
    // Later by more than the table's grain, which is a hundredth of a second.
    bench.run(bench.arguments(&["sleep", "0.05"])).await;
    let after = bench.start(bench.shell("sleep 1000")).await;
    for (attempt, survives) in [(running, true), (before, false)] {
        attempt.stopper().stop(Duration::ZERO);
        attempt.wait().await.unwrap();
        assert_eq!(is_in_table(pid), survives);
    }
    after.stopper().stop(Duration::ZERO);
    after.wait().await.unwrap();
}

#[tokio::test]
async fn children_of_other_parts_of_the_program_are_left_alone() {
    let bench = Bench::new();
    let mut other = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
    let mut ended =
        std::process::Command::new("sh").args(["-c", "exit 5"]).stdin(Stdio::null()).spawn().unwrap();
    let (running, _) = start_detaching(&bench, "").await;
    running.wait().await.unwrap();
    assert!(lives(other.id()));
    assert_eq!(ended.wait().unwrap().code(), Some(5));
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test]
async fn attempts_beside_each_other_end_only_their_own() {
    let bench = Bench::new();
    let (first, of_first) = start_detaching(&bench, "forever()").await;
    let (second, of_second) = start_detaching(&bench, "").await;
    second.wait().await.unwrap();
    assert!(!of_second.iter().any(|pid| lives(*pid)) && of_first.iter().all(|pid| lives(*pid)));
    first.stopper().stop(Duration::ZERO);
    first.wait().await.unwrap();
    assert!(!of_first.iter().any(|pid| lives(*pid)));
}

#[tokio::test]
async fn two_hundred_attempts_at_once_end_each_with_its_own() {
    let bench = Bench::new();
    let attempts: Vec<_> = (0..200).map(|n| bench.shell(&format!("echo {n}; exit {}", n % 100))).collect();
    let ends = futures::future::join_all(attempts.into_iter().map(|attempt| bench.run(attempt))).await;
    for (n, (lines, exit)) in ends.iter().enumerate() {
        assert_eq!((lines[0].text.clone(), exit.code), (n.to_string(), i32::try_from(n % 100).ok()));
    }
    assert!(bench.executor.recover().unwrap().is_empty());
}
