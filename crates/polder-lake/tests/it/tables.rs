use polder_lake::operations::{Design, Note};
use polder_lake::{Error, Line};
use polder_types::lake::Descriptions;

use crate::bench::{Bench, ids, name, now, rows, schema};

#[tokio::test]
async fn a_table_is_made_filled_and_replaced() {
    let bench = Bench::new();
    let table = bench.table("raw.Orders", 1..=3).await;
    assert_eq!((ids(&table).await, table.version()), (vec![1, 2, 3], 1));
    let (table, written) = table.append(rows([4]), &Note::default()).await.unwrap();
    assert_eq!((written.rows, written.files), (1, 1));
    let (table, _) = table.overwrite(rows([9]), now(), &Note::default()).await.unwrap();
    assert_eq!(ids(&table).await, [9]);
    assert_eq!(bench.outside("raw.Orders").await, [9]);
    let before = bench.lake.table(&name("raw.Orders"), &Line::main(), Some(2)).await.unwrap();
    assert_eq!(ids(&before).await, [1, 2, 3, 4]);
    let restored = table.restore(1, &Note::default()).await.unwrap();
    assert_eq!(ids(&restored).await, [1, 2, 3]);
    assert_eq!(bench.lake.tables().await.unwrap(), [name("raw.Orders")]);
}

#[tokio::test]
async fn what_it_is_for_is_said_once() {
    let bench = Bench::new();
    let texts = Descriptions {
        table: Some("What was ordered".to_owned()),
        columns: [("NAME".to_owned(), "Of whom".to_owned()), ("gone".to_owned(), "Nothing".to_owned())]
            .into(),
    };
    let table = bench.table("raw.orders", 1..=3).await.described(&texts, &Note::default()).await.unwrap();
    let version = table.version();
    let table = table.described(&texts, &Note::default()).await.unwrap();
    assert_eq!(table.version(), version, "it says so already");
    let less = Descriptions { table: None, ..texts };
    let table = table.described(&less, &Note::default()).await.unwrap();
    let facts = table.facts().unwrap();
    let columns: Vec<_> = facts.columns.iter().map(|column| column.description.as_deref()).collect();
    assert_eq!(
        (facts.description.as_deref(), columns),
        (Some("What was ordered"), vec![None, Some("Of whom")])
    );
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3]);
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    let bench = Bench::new();
    let missing = bench.lake.table(&name("raw.none"), &Line::main(), None).await.unwrap_err();
    assert!(matches!(missing, Error::NoTable { .. }), "{missing:?}");
    bench.table("raw.orders", [1]).await;
    let missing = bench.lake.table(&name("raw.orders"), &Line::main(), Some(9)).await.unwrap_err();
    assert!(matches!(missing, Error::NoVersion { version: 9, .. }), "{missing:?}");
    let again =
        bench.lake.create(&name("raw.orders"), &Line::main(), &Design::new(schema()), &Note::default()).await;
    assert!(matches!(again.unwrap_err(), Error::TableExists { .. }));
}
