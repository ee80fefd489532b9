//! What an attempt finds around it.

use polder_executors::process::MINIMUM;
use polder_types::wire::LogStream;

use crate::support::{Bench, With, texts};

#[tokio::test]
async fn nothing_is_in_the_environment_but_the_minimum_and_what_was_given() {
    let bench = Bench::new();
    let (lines, _) = bench.run(bench.arguments(&["env"]).with_env("COUNTRY", "DE")).await;
    let mut names: Vec<&str> =
        texts(&lines, LogStream::Stdout).iter().map(|line| line.split_once('=').unwrap().0).collect();
    let mut expected: Vec<&str> = MINIMUM.iter().map(|(name, _)| *name).chain(["COUNTRY"]).collect();
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_step_may_change_the_minimum_but_not_its_mark() {
    let bench = Bench::new();
    let attempt =
        bench.shell("echo $LANG $POLDER_ATTEMPT").with_env("LANG", "C").with_env("POLDER_ATTEMPT", "other");
    let key = attempt.key.to_string();
    let (lines, _) = bench.run(attempt).await;
    assert_eq!(texts(&lines, LogStream::Stdout), [format!("C {key}")]);
}

#[tokio::test]
async fn it_starts_in_its_working_directory_with_a_home_and_a_place_for_temporary_files() {
    let bench = Bench::new();
    let attempt = bench.shell("pwd; echo $HOME; mktemp; ./tool.sh").with_file(
        "tool.sh",
        "#!/bin/sh\necho \"$0 ran\"\n",
        0o755,
    );
    let folder = attempt.folder.canonicalize().unwrap().display().to_string();
    let (lines, _) = bench.run(attempt).await;
    let stdout = texts(&lines, LogStream::Stdout);
    assert_eq!((stdout[0], stdout[1], stdout[3]), (&*format!("{folder}/work"), &*folder, "./tool.sh ran"));
    assert!(stdout[2].starts_with(&format!("{folder}/tmp/")));
}

#[tokio::test]
async fn files_that_the_agent_was_started_with_stay_with_it() {
    let file = tempfile::NamedTempFile::new().unwrap();
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty()).unwrap();
    let bench = Bench::new();
    let (lines, _) = bench.run(bench.shell("for fd in /proc/$$/fd/*; do readlink $fd; done")).await;
    let open = texts(&lines, LogStream::Stdout);
    assert_eq!((open.len(), open[0]), (3, "/dev/null"), "{open:?}");
}

#[tokio::test]
async fn a_list_is_started_without_a_shell() {
    let bench = Bench::new();
    let (lines, _) = bench.run(bench.arguments(&["printf", "%s|", "$HOME", "a b", "*"])).await;
    assert_eq!(texts(&lines, LogStream::Stdout), ["$HOME|a b|*|"]);
}
