use polder_lake::operations::Note;

use crate::bench::{Bench, branch, ids, now, rows};
use crate::upserts::{id, named};

#[tokio::test]
async fn small_files_are_joined() {
    let bench = Bench::new();
    let mut table = bench.table("raw.orders", [0]).await;
    for id in 1..5 {
        table = table.append(rows([id]), &Note::default()).await.unwrap().0;
    }
    let ours =
        table.branch(branch("run")).await.unwrap().append(rows([9]), &Note::default()).await.unwrap().0;
    let (table, done) = table.optimise(now(), &Note::default()).await.unwrap();
    assert_eq!((done.files_before, done.files), (5, 1));
    assert_eq!(ids(&table).await, [0, 1, 2, 3, 4]);
    let version = table.version();
    let (table, done) = table.optimise(now(), &Note::default()).await.unwrap();
    assert_eq!((done.files_before, table.version()), (0, version), "there is nothing to do");
    let intent = bench.publish("p1", &[&ours]).await;
    assert_eq!(intent.tables[0].version, version + 1, "it changed no answer, so it is no conflict");
    assert_eq!(bench.outside("raw.orders").await, [0, 1, 2, 3, 4, 9]);
}

#[tokio::test]
async fn upserts_join_the_files_that_they_make() {
    let bench = Bench::new();
    let mut table = bench.table("raw.orders", []).await;
    for id in 0..30 {
        table = table
            .upsert(named(&[(id * 7 % 30, "x")]), &super::upserts::id(), None, now(), &Note::default())
            .await
            .unwrap()
            .0;
        assert!(table.size().unwrap().files < 8);
    }
    assert_eq!(ids(&table).await, (0..30).collect::<Vec<_>>());
    let (table, done) = table.upsert(named(&[(3, "y")]), &id(), None, now(), &Note::default()).await.unwrap();
    assert_eq!((done.updated, done.surplus), (1, 0));
    assert_eq!(table.size().unwrap().rows, Some(30));
}
