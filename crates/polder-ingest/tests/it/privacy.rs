use std::sync::Arc;

use futures::StreamExt;
use polder_ingest::{ColumnRules, Error, KeptSchema, OnAdded, ReadOptions, Reader, Salt, Source};
use sha2::{Digest, Sha256};

use crate::support::{Read, read, read_by, read_source, store};

const SECRET: &str = "DE89370400440532013000";

fn hiding() -> ReadOptions {
    let columns = ColumnRules {
        exclude: vec!["iban".to_owned()],
        hash: vec!["E-Mail".to_owned()],
        ..ColumnRules::default()
    };
    ReadOptions { columns, salt: Salt::new("pepper"), ..ReadOptions::default() }
}

fn shows(read: &Read, text: &str) -> bool {
    format!("{:?}{:?}{:?}{:?}{:?}", read.batches, read.rejected, read.schema, read.changes, read.error)
        .contains(text)
}

#[tokio::test]
async fn excluded_columns_and_hashed_values_are_seen_nowhere() {
    let csv = format!(
        "id,IBAN,e_mail\n1,{SECRET},a@x\n2,{SECRET},\n3,{SECRET}\n4,x,{SECRET},1\n5,\"{SECRET}\n6,\"{SECRET}\" x,a\n"
    );
    let json = format!(
        "{{\"id\":1,\"IBAN\":\"{SECRET}\",\"e_mail\":\"a@x\"}}\n{{\"id\":2,\"IBAN\":\"{SECRET}\"}}\n{{\"IBAN\":\"{SECRET}\",}}\n"
    );
    for (name, text) in [("a.csv", csv), ("a.jsonl", json)] {
        let read = read(name, text, hiding()).await.unwrap();
        assert_eq!(read.columns(), ["id bigint", "e_mail text"], "{name}");
        let hash = hex::encode(Sha256::digest("peppera@x"));
        assert_eq!(read.rows(), [format!(r#"{{"id":1,"e_mail":"{hash}"}}"#), r#"{"id":2}"#.to_owned()]);
        assert!(!read.rejected.is_empty() && !shows(&read, SECRET) && !shows(&read, "a@x"), "{name}");
        assert!(read.rejected.iter().all(|rejected| rejected.raw.is_none()));
    }
}

/// A delimiter too many before the hidden column moves its value into one that is seen in messages.
#[tokio::test]
async fn a_shifted_row_does_not_show_what_is_hidden() {
    let kept = read("a.csv", "iban,id\nx,1\n", hiding()).await.unwrap().schema;
    let read = read_by(kept, "a.csv", format!("iban,id\n,{SECRET}\n"), hiding()).await;
    assert_eq!(read.rejected[0].message, "column id: the value is no bigint");
    assert!(!shows(&read, SECRET));
}

#[tokio::test]
async fn an_excluded_column_is_never_new() {
    let options = ReadOptions { on_added: OnAdded::Fail, ..hiding() };
    let kept = read("a.csv", "id\n1\n", hiding()).await.unwrap().schema;
    let read = read_by(kept, "b.csv", "id,iban\n1,x\n", options).await;
    assert_eq!((read.rows(), read.changes.len()), (vec![r#"{"id":1}"#.to_owned()], 0));
}

#[tokio::test]
async fn a_new_column_is_hashed_from_the_start() {
    let read = read_by(Arc::new(KeptSchema::empty()), "a.jsonl", "{\"id\":1,\"e-mail\":7}", hiding()).await;
    assert_eq!(read.columns(), ["id bigint", "e_mail text"]);
    assert!(read.rows()[0].contains(&hex::encode(Sha256::digest("pepper7"))));
}

#[test]
fn a_salt_is_not_printed() {
    assert_eq!(format!("{:?}", Salt::new("pepper")), "Salt(…)");
}

/// Of two columns that come to one name, the second is meant by its number.
#[tokio::test]
async fn columns_are_hidden_by_the_name_in_the_table_too() {
    let text = format!("id,E-Mail,e mail,e.mail\n1,a@x,{SECRET},c@x\n");
    let hash = hex::encode(Sha256::digest(format!("pepper{SECRET}")));
    for (exclude, hash, expected) in [
        (vec!["e_mail_2"], vec![], r#"{"id":1,"e_mail":"a@x","e_mail_3":"c@x"}"#.to_owned()),
        (
            vec![],
            vec!["e_mail_2"],
            format!(r#"{{"id":1,"e_mail":"a@x","e_mail_2":"{hash}","e_mail_3":"c@x"}}"#),
        ),
    ] {
        let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        let columns = ColumnRules { exclude: names(exclude), hash: names(hash), ..ColumnRules::default() };
        let options = ReadOptions { columns, salt: Salt::new("pepper"), ..ReadOptions::default() };
        let found = read("a.csv", &text, options.clone()).await.unwrap();
        assert_eq!(found.rows(), vec![expected.clone()]);
        let later = read_by(found.schema.clone(), "b.csv", &text, options.clone()).await;
        assert_eq!((later.rows(), later.changes.len()), (vec![expected.clone()], 0));
        let new = read_by(
            read("a.csv", "id,E-Mail\n1,a@x\n", options.clone()).await.unwrap().schema,
            "b.csv",
            &text,
            options.clone(),
        )
        .await;
        assert_eq!(new.rows(), [expected]);
        // Alone it could be taken for the first one.
        let alone = read_by(found.schema, "c.csv", format!("id,e mail\n1,{SECRET}\n"), options).await;
        assert!(!shows(&alone, SECRET));
    }
}

/// A column that was kept before somebody asked for hashes of it.
#[tokio::test]
async fn a_column_that_is_kept_as_something_else_is_never_read_in_clear() {
    let options = || {
        let columns = ColumnRules { hash: vec!["pin".to_owned()], ..ColumnRules::default() };
        Arc::new(ReadOptions { columns, salt: Salt::new("pepper"), ..ReadOptions::default() })
    };
    for (name, text) in [("a.csv", "id,pin\n1,4711\n"), ("a.jsonl", "{\"id\":1,\"pin\":4711}")] {
        let kept = read(name, text, ReadOptions::default()).await.unwrap().schema;
        let source = Source::in_store(store(&[(name, text.as_bytes())]).await, name).unwrap();
        let error = read_source(&source, kept.clone(), &options()).await.err().unwrap();
        assert!(matches!(&error, Error::Hashed { column, .. } if column == "pin"), "{error}");
        let mut anew = KeptSchema::clone(&kept);
        anew.take_types_by_hand(&options().columns);
        let read = read_source(&source, Arc::new(anew), &options()).await.unwrap();
        assert_eq!(read.columns(), ["id bigint", "pin text"]);
        assert!(read.rows()[0].contains(&hex::encode(Sha256::digest("pepper4711"))), "{name}");
    }
}

#[tokio::test]
async fn a_column_that_is_kept_as_json_is_hashed_as_it_is_written() {
    let options = ReadOptions {
        columns: ColumnRules { hash: vec!["doc".to_owned()], ..ColumnRules::default() },
        salt: Salt::new("pepper"),
        ..ReadOptions::default()
    };
    let kept = read("a.jsonl", r#"{"doc":{"a":1}}"#, ReadOptions::default()).await.unwrap().schema;
    assert_eq!(kept.columns[0].column_type.to_string(), "json");
    let text = format!(
        "{{\"doc\":{{\"a\":\"{SECRET}\"}}}}\n{{\"doc\":\"{SECRET}\"}}\n{{\"doc\":\"\\n{SECRET}\"}}\n"
    );
    let read = read_by(kept, "a.jsonl", text, options).await;
    assert!(read.rows().len() == 3 && !shows(&read, SECRET), "{:?}", read.rows());
}

#[tokio::test]
async fn names_that_no_column_has_are_known() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let columns = ColumnRules {
        exclude: names(&["iban", "adress", "e_mail_2"]),
        hash: names(&["E-MAIL", "fone"]),
        ..ColumnRules::default()
    };
    let options = Arc::new(ReadOptions { columns, ..ReadOptions::default() });
    let text = "id,IBAN,e mail,E-Mail\n1,,,\n";
    let source = Source::in_store(store(&[("a.csv", text.as_bytes())]).await, "a.csv").unwrap();
    let file = &source.list().await.unwrap()[0];
    let empty = Arc::new(KeptSchema::empty());
    let part = Reader::open(&source, file, empty.clone(), options.clone()).await.unwrap().next().await;
    let named = part.unwrap().unwrap().named;
    assert_eq!(options.columns.unmet(&named, &empty), ["adress", "fone"]);
    let kept = read("a.csv", "Fone\n1\n", ReadOptions::default()).await.unwrap().schema;
    assert_eq!(options.columns.unmet(&named, &kept), ["adress"], "the table has it");
}
