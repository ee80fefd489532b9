//! Commands that cannot be started, and what the user is told.

use polder_executors::{Error, Executor as _};

use crate::support::{Bench, With, open};

#[tokio::test]
async fn a_program_that_is_not_there() {
    let bench = Bench::new();
    let error = bench.refusal(bench.arguments(&["no-such-program"])).await;
    assert_eq!(
        error.to_string(),
        "`no-such-program` was not found: install it on the agent's machine, or give its path"
    );
    let error = bench.refusal(bench.arguments(&["./extract.py"])).await;
    assert!(error.to_string().contains("the project has no such file"), "{error}");
    let error = bench.refusal(bench.arguments(&["extract.py"]).with_file("extract.py", "", 0o755)).await;
    assert!(error.to_string().contains("write `./extract.py`"), "{error}");
    let error = bench.refusal(bench.arguments(&["python3 x.py"])).await;
    assert!(error.to_string().contains("one item for the program"), "{error}");
    assert!(bench.records().is_empty());
}

#[tokio::test]
async fn a_script_that_may_not_be_executed() {
    let bench = Bench::new();
    let error = bench.refusal(bench.arguments(&["./x.sh"]).with_file("x.sh", "#!/bin/sh\n", 0o644)).await;
    assert!(
        matches!(error, Error::NotExecutable { .. }) && error.to_string().contains("chmod +x"),
        "{error}"
    );
}

#[tokio::test]
async fn a_script_with_a_bad_first_line() {
    let bench = Bench::new();
    let script = |text| bench.arguments(&["./x"]).with_file("x", text, 0o755);
    let error = bench.refusal(script("#!/no/such/python -u\n")).await.to_string();
    assert!(error.contains("asks for `/no/such/python`, which is not on the agent's machine"), "{error}");
    let error = bench.refusal(script("#!/bin/sh\r\n")).await.to_string();
    assert!(error.contains("asks for `/bin/sh`, followed by a Windows line end"), "{error}");
    let error = bench.refusal(script("echo hello\n")).await;
    assert!(matches!(error, Error::UnknownFormat { .. }), "{error}");
    assert!(bench.records().is_empty());
}

#[tokio::test]
async fn nonsense() {
    let bench = Bench::new();
    assert!(matches!(bench.refusal(bench.shell(" \n")).await, Error::EmptyCommand));
    assert!(matches!(bench.refusal(bench.arguments(&[])).await, Error::EmptyCommand));
    assert!(matches!(bench.refusal(bench.arguments(&[""])).await, Error::EmptyCommand));
    assert!(matches!(bench.refusal(bench.shell("echo \0")).await, Error::NulCharacter { .. }));
    assert!(matches!(
        bench.refusal(bench.shell("true").with_env("A", "\0")).await,
        Error::NulCharacter { .. }
    ));
    assert!(matches!(
        bench.refusal(bench.shell("true").with_env("A=B", "")).await,
        Error::VariableName { .. }
    ));
    let large = "x".repeat(200_000);
    assert!(matches!(bench.refusal(bench.shell("true").with_env("A", &large)).await, Error::TooLong));
}

#[tokio::test]
async fn a_working_directory_that_is_gone() {
    let bench = Bench::new();
    let mut attempt = bench.shell("true");
    attempt.working_directory = attempt.folder.join("other");
    assert!(matches!(bench.refusal(attempt).await, Error::WorkingDirectory { .. }));
}

#[tokio::test]
async fn exits_of_the_shell_are_explained() {
    let bench = Bench::new();
    let (_, exit) = bench.run(bench.shell("no-such-program")).await;
    assert!(exit.message.unwrap().starts_with("exit code 127: the shell did not find a command"));
    let (_, exit) = bench.run(bench.shell("./x.sh").with_file("x.sh", "#!/bin/sh\n", 0o644)).await;
    assert!(
        exit.message.unwrap().starts_with("exit code 126: the shell found a command but may not execute it")
    );
}

#[tokio::test]
async fn a_folder_belongs_to_one_executor() {
    let bench = Bench::new();
    let config = polder_executors::process::Config::new(bench.folder.path().join("state"));
    let clock = std::sync::Arc::new(polder_types::SystemClock);
    let second = polder_executors::process::ProcessExecutor::open(config, clock);
    assert!(matches!(second.map(drop), Err(Error::StateInUse { .. })));
    let folder = bench.folder;
    drop(bench.executor);
    assert_eq!(open(folder.path()).fingerprint().executor, "process");
}
