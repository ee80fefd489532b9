use polder_lake::operations::Note;
use polder_lake::{Error, Intent, Line};

use crate::bench::{Bench, branch, ids, name, now, occasion, rows};

#[tokio::test]
async fn many_commits_become_one() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", 1..=3).await;
    let mut ours = main.branch(branch("run")).await.unwrap();
    ours = ours.append(rows([4]), &Note::default()).await.unwrap().0;
    ours = ours.overwrite(rows([5]), now(), &Note::default()).await.unwrap().0;
    ours = ours.append(rows([6]), &Note::default()).await.unwrap().0;
    let intent = bench.publish("p1", &[&ours]).await;
    assert_eq!((intent.tables[0].before, intent.tables[0].version, intent.tables[0].rows), (Some(1), 2, 2));
    assert_eq!(bench.outside("raw.orders").await, [5, 6]);
    let log =
        std::fs::read_to_string(bench.folder.path().join("raw/orders/_delta_log/00000000000000000002.json"))
            .unwrap();
    assert!(log.lines().next().unwrap().contains(r#""publish":"p1""#), "{log}");
    assert_eq!(log.matches(r#"{"add":"#).count(), 2, "what came and went is not in it: {log}");
}

#[tokio::test]
async fn a_branch_that_did_nothing_publishes_nothing() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [1]).await;
    let ours = main.branch(branch("run")).await.unwrap();
    assert_eq!(bench.lake.stage(&ours, &occasion("p1")).await.unwrap(), None);
}

#[tokio::test]
async fn a_table_that_both_changed_is_a_conflict() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [1]).await;
    let (ours, _) =
        main.branch(branch("run")).await.unwrap().append(rows([2]), &Note::default()).await.unwrap();
    main.append(rows([3]), &Note::default()).await.unwrap();
    let conflict = bench.lake.stage(&ours, &occasion("p1")).await.unwrap_err();
    assert!(matches!(conflict, Error::Conflict { theirs: 2, .. }), "{conflict}");
}

#[tokio::test]
async fn a_table_that_both_made_is_a_conflict() {
    let bench = Bench::new();
    let ours = bench.table_on("raw.orders", &Line::main().fork(branch("run"), None), [1]).await;
    bench.table("raw.orders", [2]).await;
    let conflict = bench.lake.stage(&ours, &occasion("p1")).await.unwrap_err();
    assert!(matches!(conflict, Error::Conflict { .. }), "{conflict}");
}

#[tokio::test]
async fn rewriting_files_meanwhile_is_no_conflict() {
    let bench = Bench::new();
    let mut main = bench.table("raw.orders", [1]).await;
    main = main.append(rows([2]), &Note::default()).await.unwrap().0;
    let (adding, _) =
        main.branch(branch("a")).await.unwrap().append(rows([3]), &Note::default()).await.unwrap();
    let (replacing, _) =
        main.branch(branch("b")).await.unwrap().overwrite(rows([4]), now(), &Note::default()).await.unwrap();
    main.delta().clone().optimize().await.unwrap();
    let conflict = bench.lake.stage(&replacing, &occasion("p1")).await.unwrap_err();
    assert!(matches!(conflict, Error::Conflict { .. }), "both remove the same files: {conflict}");
    let intent = bench.publish("p2", &[&adding]).await;
    assert_eq!(intent.tables[0].version, 4);
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3]);
}

#[tokio::test]
async fn completing_twice_changes_nothing() {
    let bench = Bench::new();
    let mut ours = Vec::new();
    for table in ["raw.a", "raw.b", "raw.c"] {
        let main = bench.table(table, [1]).await;
        ours.push(
            main.branch(branch("run")).await.unwrap().append(rows([2]), &Note::default()).await.unwrap().0,
        );
    }
    let intent = bench.publish("p1", &ours.iter().collect::<Vec<_>>()).await;
    let again = bench.lake.complete(&intent).await.unwrap();
    assert!(again.iter().all(|published| published.version == 2), "{again:?}");
    assert_eq!(bench.outside("raw.a").await, [1, 2]);
}

#[tokio::test]
async fn what_died_halfway_is_completed() {
    let bench = Bench::new();
    let mut ours = Vec::new();
    for table in ["raw.a", "raw.b"] {
        let main = bench.table(table, [1]).await;
        ours.push(
            main.branch(branch("run")).await.unwrap().append(rows([2]), &Note::default()).await.unwrap().0,
        );
    }
    let mut staged = Vec::new();
    for table in &ours {
        staged.extend(bench.lake.stage(table, &occasion("p1")).await.unwrap());
    }
    let half = Intent { publish: "p1".to_owned(), tables: staged[..1].to_vec() };
    bench.lake.complete(&half).await.unwrap();
    assert_eq!((bench.outside("raw.a").await, bench.outside("raw.b").await), (vec![1, 2], vec![1]));
    let whole = Intent { publish: "p1".to_owned(), tables: staged };
    // It may be another process that goes on, knowing only what was recorded.
    let recorded = serde_json::to_string(&whole).unwrap();
    bench.lake.complete(&serde_json::from_str(&recorded).unwrap()).await.unwrap();
    assert_eq!((bench.outside("raw.a").await, bench.outside("raw.b").await), (vec![1, 2], vec![1, 2]));
}

#[tokio::test]
async fn a_version_of_somebody_else_is_not_taken_for_ours() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [1]).await;
    let (ours, _) =
        main.branch(branch("run")).await.unwrap().append(rows([2]), &Note::default()).await.unwrap();
    let staged = bench.lake.stage(&ours, &occasion("p1")).await.unwrap().unwrap();
    main.append(rows([3]), &Note::default()).await.unwrap();
    let intent = Intent { publish: "p1".to_owned(), tables: vec![staged] };
    let foreign = bench.lake.complete(&intent).await.unwrap_err();
    assert!(matches!(foreign, Error::Foreign { version: 2, .. }), "{foreign}");
    let fresh = bench.lake.table(&name("raw.orders"), &Line::main(), None).await.unwrap();
    assert_eq!(ids(&fresh).await, [1, 3]);
}

#[tokio::test]
async fn a_log_that_is_only_published_to_is_summed_up() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [0]).await;
    let early = main.branch(branch("early")).await.unwrap().line().clone();
    let mut last = None;
    for id in 1..=25 {
        let run = branch(&format!("run{id}"));
        let main = bench.lake.table(&name("raw.orders"), &Line::main(), None).await.unwrap();
        let (ours, _) = main.branch(run).await.unwrap().append(rows([id]), &Note::default()).await.unwrap();
        last = Some(bench.publish(&format!("p{id}"), &[&ours]).await);
    }
    let log = bench.folder.path().join("raw/orders/_delta_log");
    let hint = std::fs::read_to_string(log.join("_last_checkpoint")).unwrap();
    assert!(hint.contains(r#""version":20"#), "{hint}");
    assert!(log.join("00000000000000000010.checkpoint.parquet").exists());
    for version in 0..20 {
        // A plain reader needs none of them.
        std::fs::rename(log.join(format!("{version:020}.json")), log.join(format!("gone{version}"))).unwrap();
    }
    assert_eq!(bench.outside("raw.orders").await, (0..=25).collect::<Vec<_>>());
    for version in 0..20 {
        std::fs::rename(log.join(format!("gone{version}")), log.join(format!("{version:020}.json"))).unwrap();
    }
    let early = bench.lake.table(&name("raw.orders"), &early, None).await.unwrap();
    assert_eq!((ids(&early).await, early.version()), (vec![0], 1));
    bench.lake.complete(&last.unwrap()).await.unwrap();
    let late = bench.lake.table(&name("raw.orders"), &Line::main(), Some(9)).await.unwrap();
    assert_eq!(ids(&late).await, (0..=8).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_summary_is_made_on_the_line_that_is_published_to_and_may_be_made_twice() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [0]).await;
    let dev = main.branch(branch("dev")).await.unwrap().line().clone();
    let mut intents = Vec::new();
    for id in 1..=9 {
        let dev = bench.lake.table(&name("raw.orders"), &dev, None).await.unwrap();
        let run = dev.branch(branch(&format!("run{id}"))).await.unwrap();
        let (ours, _) = run.append(rows([id]), &Note::default()).await.unwrap();
        intents.push(bench.publish(&format!("p{id}"), &[&ours]).await);
    }
    let log = |line: &str| {
        bench
            .folder
            .path()
            .join(format!("raw/orders/{line}_delta_log/00000000000000000010.checkpoint.parquet"))
    };
    assert!(log("_branches/dev/").exists() && !log("").exists());
    std::fs::remove_file(bench.folder.path().join("raw/orders/_branches/dev/_delta_log/_last_checkpoint"))
        .unwrap();
    bench.lake.complete(&intents[8]).await.unwrap();
    let dev = bench.lake.table(&name("raw.orders"), &dev, None).await.unwrap();
    assert_eq!((ids(&dev).await, bench.outside("raw.orders").await), ((0..=9).collect::<Vec<_>>(), vec![0]));
}
