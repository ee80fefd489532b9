use polder_lake::Line;
use polder_lake::operations::Note;

use crate::bench::{Bench, branch, ids, name, now, rows};

#[tokio::test]
async fn a_branch_is_seen_by_nobody_else() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", 1..=3).await;
    let (ours, _) =
        main.branch(branch("run")).await.unwrap().append(rows([4]), &Note::default()).await.unwrap();
    let (ours, _) = ours.overwrite(rows([7, 8]), now(), &Note::default()).await.unwrap();
    assert_eq!(ids(&ours).await, [7, 8]);
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3]);
    let fresh = bench.lake.table(&name("raw.orders"), ours.line(), None).await.unwrap();
    assert_eq!((ids(&fresh).await, fresh.version()), (vec![7, 8], 3));
    assert_eq!(bench.lake.table(&name("raw.orders"), &Line::main(), None).await.unwrap().version(), 1);
}

#[tokio::test]
async fn a_branch_does_not_see_what_came_later() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", 1..=3).await;
    let ours = main.branch(branch("run")).await.unwrap();
    // Over the tenth version, so that there is a checkpoint, and a hint at it, that the branch must not follow.
    let mut main = main;
    for id in 10..25 {
        main = main.append(rows([id]), &Note::default()).await.unwrap().0;
    }
    let fresh = bench.lake.table(&name("raw.orders"), ours.line(), None).await.unwrap();
    assert_eq!(ids(&fresh).await, [1, 2, 3]);
    let (ours, _) = fresh.append(rows([4]), &Note::default()).await.unwrap();
    assert_eq!((ids(&ours).await, ours.version()), (vec![1, 2, 3, 4], 2));
}

#[tokio::test]
async fn a_branch_made_after_a_checkpoint_has_one_of_its_own_in_time() {
    let bench = Bench::new();
    let mut main = bench.table("raw.orders", [0]).await;
    for id in 1..15 {
        main = main.append(rows([id]), &Note::default()).await.unwrap().0;
    }
    let mut ours = main.branch(branch("run")).await.unwrap();
    for id in 15..40 {
        ours = ours.append(rows([id]), &Note::default()).await.unwrap().0;
    }
    let fresh = bench.lake.table(&name("raw.orders"), ours.line(), None).await.unwrap();
    assert_eq!(ids(&fresh).await, (0..40).collect::<Vec<_>>());
    assert_eq!(bench.outside("raw.orders").await, (0..15).collect::<Vec<_>>());
    let log = bench.folder.path().join("raw/orders/_branches/run/_delta_log");
    assert!(
        log.join("_last_checkpoint").exists() && log.join("00000000000000000019.checkpoint.parquet").exists()
    );
}

#[tokio::test]
async fn a_table_may_begin_on_a_branch() {
    let bench = Bench::new();
    let line = Line::main().fork(branch("run"), None);
    let ours = bench.table_on("raw.orders", &line, [1, 2]).await;
    assert_eq!((ids(&ours).await, ours.version()), (vec![1, 2], 1));
    assert!(bench.lake.tables().await.unwrap().is_empty());
    bench.publish("p1", &[&ours]).await;
    assert_eq!(bench.outside("raw.orders").await, [1, 2]);
}

#[tokio::test]
async fn a_branch_of_a_branch_publishes_to_its_parent() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [1]).await;
    let (dev, _) =
        main.branch(branch("dev")).await.unwrap().append(rows([2]), &Note::default()).await.unwrap();
    let (run, _) =
        dev.branch(branch("run")).await.unwrap().append(rows([3]), &Note::default()).await.unwrap();
    bench.publish("p1", &[&run]).await;
    let dev = bench.lake.table(&name("raw.orders"), dev.line(), None).await.unwrap();
    assert_eq!(ids(&dev).await, [1, 2, 3]);
    assert_eq!(bench.outside("raw.orders").await, [1]);
}

#[tokio::test]
async fn a_removed_branch_leaves_the_table_alone() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [1]).await;
    let (ours, _) =
        main.branch(branch("run")).await.unwrap().append(rows([2]), &Note::default()).await.unwrap();
    bench.publish("p1", &[&ours]).await;
    bench.lake.remove_branch(&name("raw.orders"), &branch("run")).await.unwrap();
    assert!(
        !bench.folder.path().join("raw/orders/_branches/run/_delta_log/00000000000000000002.json").exists()
    );
    assert_eq!(bench.outside("raw.orders").await, [1, 2]);
}
