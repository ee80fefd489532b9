//! What was published, or half published, is taken back.

use polder_lake::operations::Note;
use polder_lake::{Ending, Error, Intent, Line, Pin, Table};

use crate::bench::{Bench, branch, ids, name, now, occasion, rows};

async fn main_line(bench: &Bench, table: &str) -> Table {
    bench.lake.table(&name(table), &Line::main(), None).await.unwrap()
}

/// Three tables whose commits lie ready, the last of them new.
async fn prepared(bench: &Bench) -> Intent {
    let mut tables = Vec::new();
    for table in ["raw.a", "raw.b"] {
        let ours = bench.table(table, [1]).await.branch(branch("run")).await.unwrap();
        tables.push(ours.append(rows([2]), &Note::default()).await.unwrap().0);
    }
    tables.push(bench.table_on("raw.c", &Line::main().fork(branch("run"), None), [1]).await);
    let mut staged = Vec::new();
    for table in &tables {
        staged.extend(bench.lake.stage(table, &occasion("p1")).await.unwrap());
    }
    Intent { publish: "p1".to_owned(), tables: staged }
}

#[tokio::test]
async fn a_publish_that_somebody_is_in_the_way_of_is_taken_back() {
    let bench = Bench::new();
    let intent = prepared(&bench).await;
    main_line(&bench, "raw.b").await.append(rows([9]), &Note::default()).await.unwrap();
    assert!(matches!(bench.lake.complete(&intent).await.unwrap_err(), Error::Foreign { .. }));
    // As far as it might have got.
    for staged in [&intent.tables[0], &intent.tables[2]] {
        let one = Intent { publish: "p1".to_owned(), tables: vec![staged.clone()] };
        bench.lake.complete(&one).await.unwrap();
    }
    assert_eq!((bench.outside("raw.a").await, bench.outside("raw.c").await), (vec![1, 2], vec![1]));
    for _ in 0..2 {
        let undone = bench.lake.undo(&intent, now()).await.unwrap();
        let endings: Vec<_> = undone.iter().map(|undone| (undone.table.to_string(), undone.ending)).collect();
        let ending = |table: &str, ending| (table.to_owned(), ending);
        assert_eq!(
            endings,
            [
                ending("raw.a", Ending::Restored { version: 3 }),
                ending("raw.b", Ending::Untouched),
                ending("raw.c", Ending::Restored { version: 3 - 2 }),
            ]
        );
        assert_eq!(bench.outside("raw.a").await, [1]);
        assert_eq!(bench.outside("raw.b").await, [1, 9]);
        assert!(bench.outside("raw.c").await.is_empty());
    }
    bench.lake.complete(&intent).await.expect_err("nothing lies ready any more");
    // From there on it goes on as ever.
    let ours = main_line(&bench, "raw.a").await.branch(branch("next")).await.unwrap();
    let (ours, _) = ours.append(rows([5]), &Note::default()).await.unwrap();
    bench.publish("p2", &[&ours]).await;
    assert_eq!(bench.outside("raw.a").await, [1, 5]);
}

#[tokio::test]
async fn what_others_built_upon_is_not_taken_back() {
    let bench = Bench::new();
    let intent = prepared(&bench).await;
    bench.lake.complete(&intent).await.unwrap();
    main_line(&bench, "raw.b").await.append(rows([9]), &Note::default()).await.unwrap();
    let undone = bench.lake.undo(&intent, now()).await.unwrap();
    assert_eq!(undone[1].ending, Ending::Overtaken { by: 3 });
    assert_eq!((bench.outside("raw.a").await, bench.outside("raw.b").await), (vec![1], vec![1, 2, 9]));
}

#[tokio::test]
async fn nothing_is_taken_back_of_a_publish_that_did_not_begin() {
    let bench = Bench::new();
    let intent = prepared(&bench).await;
    let undone = bench.lake.undo(&intent, now()).await.unwrap();
    assert!(undone.iter().all(|undone| undone.ending == Ending::Untouched));
    assert_eq!((bench.outside("raw.a").await, bench.lake.tables().await.unwrap().len()), (vec![1], 2));
}

#[tokio::test]
async fn a_table_goes_back_to_what_it_was_by_a_publish() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", 1..=3).await;
    let (table, _) = table.delete("id = 2", now(), &Note::default()).await.unwrap();
    let (table, _) = table.append(rows([9]), &Note::default()).await.unwrap();
    let from = Pin { line: Line::main(), version: table.version() };
    let back = async |to, run: &str, from: &Pin| {
        bench.lake.stage_restore(&name("raw.orders"), from, to, branch(run), &occasion(run)).await
    };
    let (staged, facts) = back(Some(1), "back1", &from).await.unwrap().unwrap();
    assert_eq!((facts.rows_total, staged.before, staged.version), (Some(3), Some(3), 4));
    assert_eq!(bench.outside("raw.orders").await, [1, 3, 9]);
    bench.lake.complete(&Intent { publish: "back1".to_owned(), tables: vec![staged] }).await.unwrap();
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3]);
    let from = Pin { version: 4, ..from };
    assert!(back(Some(1), "same", &from).await.unwrap().is_none(), "it is that already");
    let (staged, facts) = back(None, "empty", &from).await.unwrap().unwrap();
    assert_eq!((facts.rows_total, facts.columns.len()), (Some(0), 2));
    assert!(matches!(back(None, "empty", &from).await.unwrap_err(), Error::BranchUsed { .. }));
    bench.lake.complete(&Intent { publish: "empty".to_owned(), tables: vec![staged] }).await.unwrap();
    assert!(bench.outside("raw.orders").await.is_empty());
    let stale = back(Some(3), "stale", &from).await.unwrap_err();
    assert!(matches!(stale, Error::Conflict { .. }), "{stale}");
}

#[tokio::test]
async fn files_that_are_gone_are_missed_before_anything_is_staged() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", 1..=3).await;
    let (table, _) = table.overwrite(rows([9]), now(), &Note::default()).await.unwrap();
    for file in std::fs::read_dir(bench.folder.path().join("raw/orders")).unwrap() {
        let file = file.unwrap().path();
        let kept = table
            .delta()
            .get_file_uris()
            .unwrap()
            .any(|uri| uri.ends_with(file.file_name().unwrap().to_str().unwrap()));
        if file.is_file() && !kept {
            std::fs::remove_file(file).unwrap();
        }
    }
    let from = Pin { line: Line::main(), version: table.version() };
    let gone =
        bench.lake.stage_restore(&name("raw.orders"), &from, Some(1), branch("back"), &occasion("p1")).await;
    assert!(gone.unwrap_err().to_string().contains("is gone"));
    assert_eq!(ids(&table).await, [9]);
}
