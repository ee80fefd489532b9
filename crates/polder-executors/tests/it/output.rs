//! What comes out of an attempt: lines, the exit, outputs.

use std::fs;
use std::time::Duration;

use polder_types::wire::LogStream;

use crate::support::{Bench, With, read_lines, texts};

#[tokio::test]
async fn both_streams_come_apart_and_in_order() {
    let bench = Bench::new();
    let (lines, exit) =
        bench.run(bench.shell("echo one; echo two >&2; echo three; printf end; exit 3")).await;
    assert_eq!(texts(&lines, LogStream::Stdout), ["one", "three", "end"]);
    assert_eq!(texts(&lines, LogStream::Stderr), ["two"]);
    assert_eq!((exit.code, exit.signal, exit.stopped, exit.stragglers), (Some(3), None, false, 0));
    assert_eq!(exit.message.as_deref(), Some("exit code 3"));
    assert!(!exit.is_success() && bench.records().is_empty());
}

#[tokio::test]
async fn a_signal_is_told() {
    let bench = Bench::new();
    let (_, exit) = bench.run(bench.shell("kill -SEGV $$")).await;
    assert_eq!((exit.code, exit.signal), (None, Some(11)));
    assert_eq!(exit.message.as_deref(), Some("ended by signal 11 (SEGV: a memory error in the program)"));
    let (_, exit) = bench.run(bench.shell("sh -c 'kill -9 $$'; exit $?")).await;
    assert!(exit.message.unwrap().starts_with("exit code 137: a command was ended by signal 9 (KILL"));
}

#[tokio::test]
async fn memory_and_processor_time_are_told() {
    let bench = Bench::new();
    let script = "import time\nx = b'x' * 300_000_000\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass";
    let (_, exit) = bench.run(bench.arguments(&["python3", "-c", script])).await;
    assert!(exit.peak_memory_bytes.unwrap() > 300_000_000, "{exit:?}");
    assert!(exit.cpu >= Duration::from_millis(200) && exit.duration >= exit.cpu / 2, "{exit:?}");
}

#[tokio::test]
async fn the_agents_own_memory_is_not_taken_for_the_attempts() {
    let bench = Bench::new();
    let ballast = std::hint::black_box(vec![1u8; 200_000_000]);
    let (_, exit) = bench.run(bench.arguments(&["sleep", "0.1"])).await;
    assert!(exit.peak_memory_bytes.unwrap() < 20_000_000, "{exit:?}");
    drop(ballast);
}

#[tokio::test]
async fn stdin_is_what_was_given_or_empty() {
    let bench = Bench::new();
    let (lines, _) = bench.run(bench.arguments(&["cat"]).with_stdin(b"a spec\n")).await;
    assert_eq!(texts(&lines, LogStream::Stdout), ["a spec"]);
    let large = vec![b'x'; 1_000_000];
    let (lines, _) = bench.run(bench.arguments(&["wc", "-c"]).with_stdin(&large)).await;
    assert_eq!(texts(&lines, LogStream::Stdout), ["1000000"]);
    let (_, exit) = bench.run(bench.arguments(&["true"]).with_stdin(&large)).await;
    assert!(exit.is_success());
    let (lines, _) = bench.run(bench.arguments(&["wc", "-c"])).await;
    assert_eq!(texts(&lines, LogStream::Stdout), ["0"]);
}

#[tokio::test]
async fn a_prompt_is_seen_before_its_line_ends() {
    let bench = Bench::new();
    let attempt = bench.shell("printf 'Name? '; read name < ../answer; echo \"hello $name\"");
    let answer = attempt.folder.join("answer");
    assert!(std::process::Command::new("mkfifo").arg(&answer).status().unwrap().success());
    let mut running = bench.start(attempt).await;
    assert_eq!(read_lines(&mut running, 1).await, ["Name? "]);
    tokio::task::spawn_blocking(|| fs::write(answer, "you\n")).await.unwrap().unwrap();
    assert_eq!(read_lines(&mut running, 1).await, ["hello you"]);
    assert!(running.wait().await.unwrap().is_success());
}

#[tokio::test]
async fn long_lines_and_binary_output_break_nothing() {
    let bench = Bench::new();
    let (lines, _) = bench
        .run(bench.shell("head -c 1000000 /dev/zero | tr '\\0' x; echo; head -c 1000000 /dev/urandom"))
        .await;
    let pieces: Vec<_> = lines.iter().take_while(|line| line.continued).collect();
    assert_eq!(pieces.len(), 1_000_000 / (64 * 1024));
    assert_eq!(lines[..=pieces.len()].iter().map(|line| line.text.len()).sum::<usize>(), 1_000_000);
    assert!(lines.len() > 1000 && lines.iter().all(|line| !line.text.contains('\0')));
}

#[tokio::test]
async fn an_attempt_whose_output_nobody_takes_is_held_up_and_loses_nothing() {
    let bench = Bench::new();
    let mut running = bench.start(bench.shell("seq 1 2000000; touch ../written")).await;
    let first = running.output.recv().await.unwrap();
    assert_eq!(first[0].text, "1");
    let mut count = first.len();
    while let Some(batch) = running.output.recv().await {
        count += batch.len();
    }
    assert_eq!(count, 2_000_000);
}

#[tokio::test]
async fn output_that_nobody_wants_does_not_hold_up() {
    let bench = Bench::new();
    let running = bench.start(bench.shell("seq 1 200000")).await;
    assert!(running.wait().await.unwrap().is_success());
}

#[tokio::test]
async fn secrets_are_masked_even_across_writes_and_pieces_of_lines() {
    let bench = Bench::new();
    let script = "
import os, sys
token = os.environ['TOKEN']
for half in (token[:5], token[5:]): os.write(1, half.encode())
os.write(1, b'\\n' + b'x' * (65536 - 4) + token.encode() + b'\\n')
os.write(2, b'bearer ' + token.encode())
";
    let attempt = bench.arguments(&["python3", "-c", script]).with_secret("TOKEN", "hunter22-hunter23");
    let (lines, exit) = bench.run(attempt).await;
    assert!(exit.is_success());
    let stdout = texts(&lines, LogStream::Stdout);
    assert_eq!((stdout[0], stdout[1].len(), &stdout[1][65532..]), ("***", 65_535, "***"));
    assert_eq!(texts(&lines, LogStream::Stderr), ["bearer ***"]);
}

#[tokio::test]
async fn outputs_are_read_after_the_end() {
    let bench = Bench::new();
    let attempt = bench.shell("echo day=2026-11-20 >> $POLDER_OUTPUT; echo rows=12 >> $POLDER_OUTPUT; echo t=$TOKEN >> $POLDER_OUTPUT");
    let (_, exit) = bench.run(attempt.with_secret("TOKEN", "hunter22")).await;
    let outputs = exit.outputs.unwrap();
    assert_eq!(
        serde_json::to_string(&outputs.values).unwrap(),
        r#"{"day":"2026-11-20","rows":12,"t":"***"}"#
    );
    assert_eq!((outputs.rows, outputs.bytes), (Some(12), None));
    let (_, exit) = bench.run(bench.shell("echo nonsense > $POLDER_OUTPUT")).await;
    assert_eq!(
        exit.outputs.unwrap_err().to_string(),
        "line 1 of the output file is no `key=value`: `nonsense`"
    );
}
