use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use chrono::DateTime;
use polder_ingest::{
    AddedColumns, ColumnRules, ColumnType, Error, KeptSchema, OnAdded, ReadOptions, Sample, SchemaChange,
    Source, infer,
};

use crate::support::{read, read_by, read_source, store};

fn added(on_added: OnAdded) -> ReadOptions {
    ReadOptions { on_added, ..ReadOptions::default() }
}

async fn kept(text: &str) -> Arc<KeptSchema> {
    read("a.csv", text, ReadOptions::default()).await.unwrap().schema
}

#[tokio::test]
async fn a_new_column_comes_along_from_its_first_value_on() {
    let text = "b,new,a,empty\n1,2025-01-01,2,\n";
    let read = read_by(kept("a,b\n1,2\n").await, "b.csv", text, added(OnAdded::Evolve)).await;
    assert_eq!(read.rows(), [r#"{"a":2,"b":1,"new":"2025-01-01"}"#]);
    let (name, original) = ("new".to_owned(), "new".to_owned());
    assert_eq!(
        read.changes,
        [SchemaChange::Added { name, original, column_type: ColumnType::Date, line: 2 }]
    );
}

#[tokio::test]
async fn a_new_column_is_told_of_once_and_left_out_if_so_wanted() {
    let text = "{\"a\":1}\n{\"a\":2,\"n\":null}\n{\"a\":3,\"n\":1}\n";
    let read = read_by(kept("a\n1\n").await, "b.jsonl", text.repeat(2), added(OnAdded::Ignore)).await;
    assert_eq!((read.columns(), read.changes.len(), read.rows().len()), (vec!["a bigint".to_owned()], 1, 6));
    assert!(matches!(&read.changes[0], SchemaChange::Added { line: 3, .. }));
}

#[tokio::test]
async fn a_new_column_is_an_error_if_so_wanted() {
    let read = read_by(kept("a\n1\n").await, "b.csv", "a,n,m\n1,2,3\n", added(OnAdded::Fail)).await;
    assert!(
        matches!(&read.error, Some(Error::NewColumns { columns, line: 2, .. }) if columns == "n, m"),
        "{:?}",
        read.error
    );
}

#[tokio::test]
async fn columns_that_are_missing_are_null() {
    let read = read_by(kept("a,b\n1,2\n").await, "b.csv", "b\n5\n", ReadOptions::default()).await;
    assert_eq!((read.rows(), read.batch().num_columns()), (vec![r#"{"b":5}"#.to_owned()], 2));
}

#[tokio::test]
async fn names_are_made_valid_and_found_again_by_what_they_were() {
    let read = read("a.csv", "Order Id,order-id,x,x,,2024,order_id\n1,2,3,4,5,6,7\n", ReadOptions::default())
        .await
        .unwrap();
    let names: Vec<&str> = read.schema.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["order_id", "order_id_2", "x", "x_2", "column_5", "_2024", "order_id_3"]);
    assert_eq!(read.batch().schema().field(0).metadata()["polder.original_name"], "Order Id");
    let later =
        read_by(read.schema, "b.csv", "x,order_id,x,Order Id\n30,70,40,10\n", ReadOptions::default()).await;
    assert_eq!(later.rows(), [r#"{"order_id":10,"x":30,"x_2":40,"order_id_3":70}"#]);
    assert!(later.changes.is_empty());
}

/// What a table has by now counts more than what was kept, and what is said by hand more than both.
#[tokio::test]
async fn types_are_taken_from_the_table_and_then_by_hand() {
    let mut schema = Arc::unwrap_or_clone(kept("a,b,c,d\n1,2,3,\n").await);
    let field = |name: &str, data_type: DataType| Field::new(name, data_type, true);
    let table = [field("a", DataType::Utf8), field("b", DataType::Int32), field("d", DataType::Float32)];
    schema.take_types_of(&Schema::new(table.to_vec()));
    let types = |schema: &KeptSchema| {
        schema.columns.iter().map(|column| column.column_type.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(types(&schema), "text bigint bigint double");
    let by_hand = [("b".to_owned(), ColumnType::Date)].into();
    schema.take_types_by_hand(&ColumnRules { types: by_hand, ..ColumnRules::default() });
    assert_eq!(types(&schema), "text date bigint double");
    assert!(schema.columns[1].declared && !schema.columns[0].declared);
}

#[tokio::test]
async fn a_type_is_given_to_the_column_that_its_name_fits_best() {
    let types = [("e_mail", "text"), ("e_mail_2", "double"), ("e mail", "bigint")];
    let types = types.map(|(name, column_type)| (name.to_owned(), column_type.parse().unwrap())).into();
    let columns = ColumnRules { types, ..ColumnRules::default() };
    let options = ReadOptions { columns, ..ReadOptions::default() };
    let read = read("a.csv", "E-Mail,e mail\n1,2\n", options).await.unwrap();
    assert_eq!(read.columns(), ["e_mail text", "e_mail_2 double"]);
}

#[tokio::test]
async fn types_given_by_hand_are_read_as_generously_as_they_can_be() {
    let types = [("amount", "decimal(12,2)"), ("zip", "bigint"), ("ok", "boolean"), ("doc", "json")];
    let types = types.map(|(name, column_type)| (name.to_owned(), column_type.parse().unwrap())).into();
    let columns = ColumnRules { types, ..ColumnRules::default() };
    let text = "amount,zip,ok,doc\n12.5,007,yes,{}\n1.005,1,no,{}\n1,+2,0,{\n";
    let read = read("a.csv", text, ReadOptions { columns, ..ReadOptions::default() }).await.unwrap();
    assert_eq!(read.rows(), [r#"{"amount":12.50,"zip":7,"ok":true,"doc":"{}"}"#]);
    let messages: Vec<&str> = read.rejected.iter().map(|rejected| rejected.message.as_str()).collect();
    assert_eq!(messages, ["column amount: `1.005` is no decimal(12,2)", "column doc: `{` is no json"]);
    assert!(read.schema.columns.iter().all(|column| column.declared));
}

#[tokio::test]
async fn a_key_without_a_value_is_rejected() {
    let columns = ColumnRules { key: vec!["ID".to_owned()], ..ColumnRules::default() };
    let options = ReadOptions { columns, ..ReadOptions::default() };
    let read = read("a.csv", "id,x\n1,a\n,b\n", options).await.unwrap();
    assert_eq!((read.rows().len(), read.reasons()), (1, vec!["3 null_key".to_owned()]));
}

/// A file with another case in its header must not make the table refuse all that follow.
#[tokio::test]
async fn a_header_in_another_case_is_of_the_same_columns() {
    let columns = ColumnRules { key: vec!["id".to_owned()], ..ColumnRules::default() };
    let options = Arc::new(ReadOptions { columns, ..ReadOptions::default() });
    let files: [(&str, &[u8]); 5] = [
        ("1.csv", b"id,v\n1,a\n"),
        ("2.csv", b"ID,v\n2,b\n"),
        ("3.csv", b"V, id \nc,3\n"),
        ("4.csv", b"id,v\n4,d\n"),
        ("5.csv", b"id,ID,v\n5,50,e\n"),
    ];
    let source = Source::in_store(store(&files).await, "*.csv").unwrap();
    let mut found = source.list().await.unwrap();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    for sample in [1, 4] {
        let schema = infer(&source, &found[..sample], &options, Sample::default()).await.unwrap();
        assert_eq!(schema.columns.len(), 2);
        let read = read_source(&source, Arc::new(schema), &options).await.unwrap();
        assert_eq!(read.columns(), ["id bigint", "v text", "id_2 bigint"]);
        assert_eq!((read.rows().len(), read.rejected), (5, vec![]));
    }
}

#[tokio::test]
async fn a_key_is_one_column_by_its_name_in_the_file_or_in_the_table() {
    for (key, rejected) in [("e_mail_2", 3), ("e mail", 3), ("e_mail", 4), ("E-MAIL", 4)] {
        let columns = ColumnRules { key: vec![key.to_owned()], ..ColumnRules::default() };
        let options = ReadOptions { columns, ..ReadOptions::default() };
        let read = read("a.csv", "v,E-Mail,e mail\nx,a,b\nx,a,\nx,,b\n", options).await.unwrap();
        assert_eq!(read.reasons(), [format!("{rejected} null_key")], "{key}");
    }
}

#[tokio::test]
async fn types_are_those_that_hold_the_values_of_all_files_of_the_sample() {
    let files: [(&str, &[u8]); 3] =
        [("d/1.csv", b"a,b\n1,\n"), ("d/2.csv", b"a,c\n2.5,x\n"), ("d/3.csv", b"a\nx\n")];
    let source = Source::in_store(store(&files).await, "d/*.csv").unwrap();
    let mut found = source.list().await.unwrap();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let options = Arc::new(ReadOptions::default());
    let sample = Sample { files: 2, ..Sample::default() };
    let schema = infer(&source, &found, &options, sample).await.unwrap();
    let columns: Vec<String> =
        schema.columns.iter().map(|column| format!("{} {}", column.name, column.column_type)).collect();
    assert_eq!(columns, ["a double", "b text", "c text"]);
    let read = read_source(&source, Arc::new(schema), &options).await.unwrap();
    assert_eq!((read.rows().len(), read.rejected[0].file.as_str()), (2, "d/3.csv"));
}

#[tokio::test]
async fn where_a_row_is_from_can_be_added() {
    let loaded_at = DateTime::from_timestamp(1_700_000_000, 0);
    let options =
        ReadOptions { added: AddedColumns { file: true, line: true, loaded_at }, ..ReadOptions::default() };
    let read = read("a.csv", "_polder_file\nx\ny\n", options).await.unwrap();
    assert_eq!(
        read.rows()[1],
        r#"{"polder_file":"y","_polder_file":"a.csv","_polder_line":3,"_polder_loaded_at":"2023-11-14T22:13:20Z"}"#
    );
}

#[tokio::test]
async fn dates_out_of_range_make_a_column_text_or_a_row_rejected() {
    let read_one = read("a.csv", "d\n2025-02-30\n", ReadOptions::default()).await.unwrap();
    assert_eq!(read_one.columns(), ["d text"]);
    let read = read_by(
        kept("d\n2025-01-01\n").await,
        "b.csv",
        "d\n2025-02-30\n10000-01-01\n9999-12-31\n",
        ReadOptions::default(),
    )
    .await;
    assert_eq!((read.rows(), read.rejected.len()), (vec![r#"{"d":"9999-12-31"}"#.to_owned()], 2));
}

/// A zone leads out of the years that there are.
#[tokio::test]
async fn times_out_of_range_in_utc_are_rejected() {
    let kept = kept("t\n2025-01-01T00:00Z\n").await;
    let texts = ["0001-01-01T00:00+01:00", "9999-12-31T23:00-02:00", "9999-12-31T23:00Z"];
    let csv = format!("t\n{}\n", texts.join("\n"));
    let json = texts.map(|text| format!("{{\"t\":\"{text}\"}}")).join("\n");
    for (name, text) in [("b.csv", csv), ("b.jsonl", json)] {
        let read = read_by(kept.clone(), name, text, ReadOptions::default()).await;
        assert_eq!(
            (read.rows(), read.rejected.len()),
            (vec![r#"{"t":"9999-12-31T23:00:00Z"}"#.to_owned()], 2)
        );
    }
}
