use polder_ingest::{CsvOptions, Encoding, Error, FileFormat, Limits, ReadOptions};

use crate::support::{gzip, read, read_by};

fn csv(csv: CsvOptions) -> ReadOptions {
    ReadOptions { format: FileFormat { csv, ..FileFormat::default() }, ..ReadOptions::default() }
}

fn encoded(encoding: Encoding) -> ReadOptions {
    ReadOptions { format: FileFormat { encoding, ..FileFormat::default() }, ..ReadOptions::default() }
}

#[tokio::test]
async fn types_are_found_out() {
    let text = "id,Amount,at,day,paid,zip,big\n1,2.5,2025-01-01T10:00:00+01:00,2025-01-02,true,00123,99999999999999999999\n2,3,,,,,\n";
    let read = read("a.csv", text, ReadOptions::default()).await.unwrap();
    assert_eq!(
        read.columns(),
        [
            "id bigint",
            "amount double",
            "at timestamptz",
            "day date",
            "paid boolean",
            "zip text",
            "big decimal(38,0)"
        ]
    );
    assert_eq!(
        read.rows(),
        [
            r#"{"id":1,"amount":2.5,"at":"2025-01-01T09:00:00Z","day":"2025-01-02","paid":true,"zip":"00123","big":99999999999999999999}"#,
            r#"{"id":2,"amount":3.0}"#
        ]
    );
}

#[tokio::test]
async fn quotes_hold_delimiters_line_ends_and_quotes() {
    let text = "a,b\n\"x,1\",\"two\nlines\"\n\"say \"\"hi\"\"\", \"no\"\n\"end\" ,z\n";
    let read = read("a.csv", text, ReadOptions::default()).await.unwrap();
    assert_eq!(
        read.rows(),
        [r#"{"a":"x,1","b":"two\nlines"}"#, r#"{"a":"say \"hi\"","b":" \"no\""}"#, r#"{"a":"end","b":"z"}"#]
    );
}

#[tokio::test]
async fn an_empty_field_is_null_and_a_quoted_one_is_an_empty_text() {
    let text = "a,n,m\n,1,x\n\"\",\"\",NA\n\"NA\",2,y\n";
    let options = csv(CsvOptions { null: vec!["NA".to_owned()], ..CsvOptions::default() });
    let read = read("a.csv", text, options).await.unwrap();
    assert_eq!(read.rows(), [r#"{"n":1,"m":"x"}"#, r#"{"a":""}"#, r#"{"a":"NA","n":2,"m":"y"}"#]);
    assert_eq!(read.columns(), ["a text", "n bigint", "m text"]);
}

#[tokio::test]
async fn escapes_comments_and_other_delimiters_are_options() {
    let dialect = CsvOptions {
        delimiter: Some('\t'),
        quote: Some('\''),
        escape: Some('\\'),
        comment: Some('#'),
        header: false,
        ..CsvOptions::default()
    };
    let read = read("a.txt", "# made by x\n'a\\'b'\t1\n#\nc\t2\n", csv(dialect)).await.unwrap();
    assert_eq!(read.rows(), [r#"{"column_1":"a'b","column_2":1}"#, r#"{"column_1":"c","column_2":2}"#]);
}

#[tokio::test]
async fn line_ends_are_those_of_the_first_line() {
    for text in ["a,b\r1,2\r3,4", "a,b\r\n1,2\r\n3,4\r\n", "\n\na,b\n1,2\n\n3,4\r\n"] {
        let read = read("a.csv", text, ReadOptions::default()).await.unwrap();
        assert_eq!(read.rows(), [r#"{"a":1,"b":2}"#, r#"{"a":3,"b":4}"#], "{text:?}");
    }
}

#[tokio::test]
async fn too_many_and_too_few_fields_are_rejected_with_their_line() {
    let read = read("a.csv", "a,b\n1,2\n\"x\ny\",1,2\n3\n4,5\n", ReadOptions::default()).await.unwrap();
    assert_eq!(read.rows(), [r#"{"a":1,"b":2}"#, r#"{"a":4,"b":5}"#]);
    assert_eq!(read.reasons(), ["3 too_many_fields", "5 too_few_fields"]);
    assert_eq!(read.rejected[0].raw.as_deref(), Some("\"x\ny\",1,2"));
    assert_eq!(read.rejected[1].message, "there are 1 fields, and 2 columns");
}

#[tokio::test]
async fn a_value_that_does_not_fit_rejects_its_row_and_says_which() {
    let kept = read("a.csv", "id,n\n1,1\n", ReadOptions::default()).await.unwrap().schema;
    let read = read_by(
        kept,
        "b.csv",
        "id,n\n1,x\n2,007\n3,2.5\n4,9223372036854775808\n5,5\n",
        ReadOptions::default(),
    )
    .await;
    assert_eq!(read.rows(), [r#"{"id":5,"n":5}"#]);
    assert_eq!(read.reasons(), ["2 wrong_type", "3 wrong_type", "4 wrong_type", "5 wrong_type"]);
    assert_eq!(read.rejected[0].message, "column n: `x` is no bigint");
    assert_eq!((read.rejected[1].file.as_str(), read.rejected[1].raw.as_deref()), ("b.csv", Some("2,007")));
}

#[tokio::test]
async fn a_stray_quote_costs_one_line() {
    let text = "a,b\n1,x\n2,\"never closed\n3,y\n4,\"z\n5,\"w\" w\n6,v\n";
    let read = read("a.csv", text, ReadOptions::default()).await.unwrap();
    assert_eq!(read.reasons(), ["3 bad_quotes", "5 bad_quotes", "6 bad_quotes"]);
    assert_eq!(read.rows(), [r#"{"a":1,"b":"x"}"#, r#"{"a":3,"b":"y"}"#, r#"{"a":6,"b":"v"}"#]);
    assert_eq!(read.rejected[0].raw.as_deref(), Some("2,\"never closed"));
}

#[tokio::test]
async fn a_stray_quote_far_before_the_next_does_not_swallow_the_rows_between() {
    let between: String = (0..10_000).map(|row| format!("{row},value {row}\n")).collect();
    let text = format!("a,b\n1,\"x\n{between}2,\",z\n3,y,z\n");
    let read = read("a.csv", text, ReadOptions::default()).await.unwrap();
    assert_eq!(read.rows().len(), 10_000);
    assert_eq!(read.reasons(), ["2 bad_quotes", "10003 bad_quotes", "10004 too_many_fields"]);
}

#[tokio::test]
async fn quotes_are_looked_for_so_far_and_no_farther() {
    let limits = Limits { block_bytes: 64, record_bytes: 256, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    let mut text = "a,b\n1,\"open\n".to_owned();
    (0..100).for_each(|row| text.push_str(&format!("{row},value\n")));
    let read = read("a.csv", text, options).await.unwrap();
    assert_eq!((read.rows().len(), read.reasons()), (100, vec!["2 bad_quotes".to_owned()]));
}

#[tokio::test]
async fn a_line_that_is_too_long_is_rejected_and_cut() {
    let limits = Limits { block_bytes: 1 << 10, record_bytes: 100 << 10, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    let text = format!("a,b\n1,x\n2,{}\n3,z\n", "ü".repeat(200 << 10));
    let read = read("a.csv", text, options).await.unwrap();
    assert_eq!(read.rows(), [r#"{"a":1,"b":"x"}"#, r#"{"a":3,"b":"z"}"#]);
    assert_eq!(read.reasons(), ["3 too_long"]);
    let raw = read.rejected[0].raw.as_deref().unwrap();
    assert!(raw.len() <= 64 << 10 && raw.starts_with("2,üü") && raw.ends_with('ü'));
}

#[tokio::test]
async fn text_in_another_encoding_is_rejected_row_by_row() {
    let read =
        read("a.csv", b"a,b\n1,M\xFCnchen\n2,K\xC3\xB6ln\n\xFF,\n", ReadOptions::default()).await.unwrap();
    assert_eq!(read.rows(), [r#"{"a":2,"b":"Köln"}"#]);
    assert_eq!(read.reasons(), ["2 invalid_text", "4 invalid_text"]);
    assert_eq!(read.rejected[0].raw.as_deref(), Some("1,M\u{fffd}nchen"));
}

#[tokio::test]
async fn encodings_are_told_by_their_mark_or_by_option() {
    let utf16: Vec<u8> = "\u{feff}a,b\r\n1,Größe\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let expected = [r#"{"a":1,"b":"Größe"}"#];
    assert_eq!(read("a.csv", utf16, ReadOptions::default()).await.unwrap().rows(), expected);
    assert_eq!(read("a.csv", "\u{feff}a,b\n1,Größe", ReadOptions::default()).await.unwrap().rows(), expected);
    let latin = encoded(Encoding::Windows1252);
    assert_eq!(read("a.csv", b"a,b\n1,Gr\xF6\xDFe\n", latin).await.unwrap().rows(), expected);
}

#[tokio::test]
async fn names_in_another_encoding_are_an_error_that_helps() {
    let error = read("a.csv", b"a,Gr\xF6\xDFe\n1,2\n", ReadOptions::default()).await.err().unwrap();
    assert!(matches!(&error, Error::Corrupt { line: 1, .. }), "{error}");
    assert!(error.to_string().contains("windows-1252"), "{error}");
}

#[tokio::test]
async fn a_byte_order_mark_in_the_middle_is_text() {
    let kept = read("a.csv", "id,n\n1,a\n", ReadOptions::default()).await.unwrap().schema;
    let read =
        read_by(kept, "a.csv", "\u{feff}id,n\n1,a\n\u{feff}id,n\n2,\u{feff}b\n", ReadOptions::default())
            .await;
    assert_eq!(read.rows(), ["{\"id\":1,\"n\":\"a\"}", "{\"id\":2,\"n\":\"\u{feff}b\"}"]);
    assert_eq!(read.reasons(), ["3 wrong_type"]);
}

#[tokio::test]
async fn an_empty_file_and_a_header_alone_are_no_rows() {
    for (name, text) in
        [("a.csv", ""), ("a.csv", "\u{feff}"), ("a.csv", "a,b"), ("a.csv", "a,b\r\n\r\n"), ("a.csv.gz", "")]
    {
        let read = read(name, text, ReadOptions::default()).await.unwrap();
        assert!(read.rows().is_empty() && read.schema.is_empty(), "{text:?}");
    }
}

#[tokio::test]
async fn ten_thousand_columns_are_read() {
    let line = |cell: &dyn Fn(usize) -> String| (0..10_000).map(cell).collect::<Vec<_>>().join(",");
    let mut text = line(&|at| format!("c{at}"));
    for row in 0..300 {
        text.push('\n');
        text.push_str(&line(&|at| (row * at).to_string()));
    }
    let read = read("a.csv", text, ReadOptions::default()).await.unwrap();
    let batch = read.batch();
    assert_eq!((batch.num_rows(), batch.num_columns(), read.rejected.len()), (300, 10_000, 0));
    assert!(read.batches.iter().all(|batch| batch.num_rows() * 10_000 <= 2 << 20));
}

#[tokio::test]
async fn compressed_files_are_read_and_members_are_joined() {
    let two = [gzip(b"a,b\n1,x\n2,"), gzip(b"y\n")].concat();
    let expected = [r#"{"a":1,"b":"x"}"#, r#"{"a":2,"b":"y"}"#];
    assert_eq!(read("a.csv.gz", &two, ReadOptions::default()).await.unwrap().rows(), expected);
    assert_eq!(read("a.csv", &two, ReadOptions::default()).await.unwrap().rows(), expected);
    let frames =
        [zstd::encode_all(&b"a,b\n1,x\n"[..], 1).unwrap(), zstd::encode_all(&b"2,y"[..], 1).unwrap()]
            .concat();
    assert_eq!(read("a.csv.zst", frames, ReadOptions::default()).await.unwrap().rows(), expected);
}
