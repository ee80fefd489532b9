//! A server that is away, or whose disk is full; an agent that was killed.

use polder_types::run::Outcome;

use crate::server::Server;
use crate::support::{Bench, agent, lives, shell};

#[tokio::test]
async fn while_the_server_is_away_nothing_is_lost() {
    let bench = Bench::new();
    let key = bench.offer(shell(
        "echo ready; until [ -e ../go ]; do sleep 0.05; done; seq 1 20000; echo rows=20000 > $POLDER_OUTPUT",
    ));
    bench.until_line(&key, "ready").await;
    bench.server.change(|state| state.away = true);
    let go = bench.folder.path().join("attempts").join(key.to_string()).join("go");
    std::fs::write(&go, "").unwrap();
    bench.server.until(|state| (state.refused >= 3).then_some(())).await;
    bench.server.change(|state| state.away = false);
    let ended = bench.server.ended(&key).await;
    assert_eq!((ended.outcome, ended.rows), (Outcome::Succeeded, Some(20_000)));
    let expected: Vec<String> =
        ["ready".to_owned()].into_iter().chain((1..=20_000).map(|n| n.to_string())).collect();
    assert_eq!(bench.server.log(&key), expected);
}

#[tokio::test]
async fn a_full_disk_for_logs_does_not_fail_the_attempt_and_is_told() {
    let bench = Bench::new();
    bench.server.change(|state| state.disk_full = true);
    let key = bench.offer(shell("echo one; echo two; until [ -e ../go ]; do sleep 0.05; done; echo three"));
    bench.server.until(|state| (state.refused >= 6).then_some(())).await;
    bench.server.change(|state| state.disk_full = false);
    std::fs::write(bench.folder.path().join("attempts").join(key.to_string()).join("go"), "").unwrap();
    let ended = bench.server.ended(&key).await;
    assert_eq!(ended.outcome, Outcome::Succeeded);
    assert_eq!(bench.server.log(&key).last().unwrap(), "three");
}

#[tokio::test]
async fn lines_that_could_not_be_stored_are_counted_in_the_log() {
    let bench = Bench::new();
    bench.server.change(|state| state.disk_full = true);
    let wait = |name: &str| format!("until [ -e ../{name} ]; do sleep 0.05; done");
    let script =
        format!("printf 'one\\ntwo\\n'; {}; echo three; {}; echo four", wait("first"), wait("second"));
    let key = bench.offer(shell(&script));
    let folder = bench.folder.path().join("attempts").join(key.to_string());
    // Tries for 3 s: after 0.1, 0.3, 0.7, 1.5 and 3.1 s. What comes then is tried once.
    bench.server.until(|state| (state.refused == 6).then_some(())).await;
    std::fs::write(folder.join("first"), "").unwrap();
    bench.server.until(|state| (state.refused == 7).then_some(())).await;
    bench.server.change(|state| state.disk_full = false);
    std::fs::write(folder.join("second"), "").unwrap();
    assert_eq!(bench.server.ended(&key).await.outcome, Outcome::Succeeded);
    assert_eq!(bench.server.log(&key), ["3 lines are missing here: the server could not store them", "four"]);
}

#[tokio::test]
async fn a_flood_that_fits_in_parts_is_counted_where_lines_are_missing() {
    let bench = Bench::new();
    bench.server.change(|state| state.room = Some(2));
    let wait = |name: &str| format!("until [ -e ../{name} ]; do sleep 0.02; done");
    let script =
        format!("seq 1 10; {}; seq 11 20; {}; seq 21 30; {}; seq 31 33", wait("a"), wait("b"), wait("c"));
    let key = bench.offer(shell(&script));
    let folder = bench.folder.path().join("attempts").join(key.to_string());
    let next = |name: &'static str, refused: usize, room: Option<usize>| {
        let (server, folder) = (bench.server.clone(), folder.clone());
        async move {
            server.until(|state| (state.refused == refused).then_some(())).await;
            server.change(|state| state.room = room);
            std::fs::write(folder.join(name), "").unwrap();
        }
    };
    // Tried for 3 s, six times; what comes then once: of 11 to 20 the remark and two lines, then a remark alone.
    next("a", 6, Some(3)).await;
    next("b", 7, Some(1)).await;
    next("c", 8, None).await;
    bench.server.ended(&key).await;
    let missing = |count: usize| format!("{count} lines are missing here: the server could not store them");
    let numbers = |from: usize, to: usize| (from..=to).map(|n| n.to_string());
    let expected = numbers(1, 2)
        .chain([missing(8)])
        .chain(numbers(11, 12))
        .chain([missing(8), missing(10)])
        .chain(numbers(31, 33));
    assert_eq!(bench.server.log(&key), expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn an_agent_that_comes_back_ends_and_reports_what_it_had_left() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::default());
    let assignment =
        shell("trap '' TERM HUP PIPE; setsid sleep 1000 & echo $!; echo ready; while :; do sleep 1000; done");
    let key = assignment.key.clone();
    server.change(|state| state.offers.push(assignment));
    // The agent dies with its runtime, without a word to anybody.
    let (path, of_first) = (folder.path().to_owned(), server.clone());
    let pid = std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let key = runtime.block_on(async {
            let agent = agent(&path, &of_first, |_| {});
            tokio::spawn(agent.run(tokio_util::sync::CancellationToken::new()));
            let both = |state: &crate::server::State| {
                state.logs.values().find(|log| log.len() == 2).map(|log| log[0].text.clone())
            };
            of_first.until(both).await
        });
        runtime.shutdown_timeout(std::time::Duration::from_secs(10));
        key
    });
    let pid = tokio::task::spawn_blocking(|| pid.join().unwrap()).await.unwrap();
    assert!(lives(&pid) && server.state().ended.is_empty());

    let second = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(agent(folder.path(), &server, |_| {}).run(second.clone()));
    let ended = server.ended(&key).await;
    assert_eq!(ended.outcome, Outcome::Lost);
    assert!(ended.message.unwrap().contains("were ended when it came back"));
    assert!(!lives(&pid));
    server
        .until(|state| {
            (state.heartbeats.iter().filter(|heartbeat| heartbeat.starting).count() == 2).then_some(())
        })
        .await;
    second.cancel();
    running.await.unwrap();
    let records = std::fs::read_dir(folder.path().join("state")).unwrap().flatten();
    let left = records.filter(|entry| entry.path().extension().is_some_and(|it| it == "json"));
    assert_eq!(left.count(), 0, "no attempt is on record");
}
