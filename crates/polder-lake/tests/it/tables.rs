use polder_lake::operations::{Design, Note};
use polder_lake::{Error, Line};

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
