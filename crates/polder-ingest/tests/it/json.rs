use polder_ingest::{Error, FileFormat, JsonOptions, Limits, ReadOptions};

use crate::support::{gzip, read, read_by};

fn at(path: &str) -> ReadOptions {
    let format = FileFormat { json: JsonOptions { path: path.to_owned() }, ..FileFormat::default() };
    ReadOptions { format, ..ReadOptions::default() }
}

#[tokio::test]
async fn an_object_a_line_is_a_row() {
    let text = r#"{"id": 1, "name": "a\u00e9\n\"b\"", "nested": {"x": [1, 2]}, "at": "2025-01-01T00:00:00Z", "code": "123"}

{"name":null,"id":2,"new":true}
"#;
    let read = read("a.jsonl", text, ReadOptions::default()).await.unwrap();
    assert_eq!(
        read.columns(),
        ["id bigint", "name text", "nested json", "at timestamptz", "code text", "new boolean"]
    );
    assert_eq!(
        read.rows(),
        [
            r#"{"id":1,"name":"aé\n\"b\"","nested":"{\"x\": [1, 2]}","at":"2025-01-01T00:00:00Z","code":"123"}"#,
            r#"{"id":2,"new":true}"#
        ]
    );
}

#[tokio::test]
async fn mixed_types_are_text_and_numbers_stay_exact() {
    let text = "{\"a\":1,\"b\":1,\"c\":{},\"d\":1}\n{\"a\":\"x\",\"b\":12345678901234567890,\"c\":\"t\",\"d\":1e3}\n";
    let read = read("a.jsonl", text, ReadOptions::default()).await.unwrap();
    assert_eq!(read.columns(), ["a text", "b decimal(38,0)", "c text", "d double"]);
    assert_eq!(
        read.rows(),
        [r#"{"a":"1","b":1,"c":"{}","d":1.0}"#, r#"{"a":"x","b":12345678901234567890,"c":"t","d":1000.0}"#]
    );
}

#[tokio::test]
async fn lines_that_are_no_objects_are_rejected() {
    let lines = [
        r#"{"a":1}"#,
        r#"{"a":1"#,
        "[1]",
        "nonsense",
        r#"{"a":01}"#,
        r#"{"a":1,}"#,
        r#"{"a":[1,}"#,
        r#"{"a":"x"#,
        r#"{"a":1} {"a":2}"#,
        r#"{a:1}"#,
        r#"{"a":2}"#,
    ];
    let read = read("a.jsonl", lines.join("\n"), ReadOptions::default()).await.unwrap();
    assert_eq!(read.rows(), [r#"{"a":1}"#, r#"{"a":2}"#]);
    let expected =
        (2..=10).map(|line| format!("{line} {}", if line == 3 { "not_an_object" } else { "not_json" }));
    assert_eq!(read.reasons(), expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn values_of_another_type_are_rejected_whatever_they_could_be_read_as() {
    let kept = read("a.jsonl", r#"{"id":1,"t":"x"}"#, ReadOptions::default()).await.unwrap().schema;
    let text = "{\"id\":\"2\"}\n{\"id\":true}\n{\"id\":{}}\n{\"id\":3,\"t\":{\"a\":1}}\n{\"t\":\"\\ud800\"}";
    let read = read_by(kept, "a.jsonl", text, ReadOptions::default()).await;
    assert_eq!(read.rows(), [r#"{"id":3,"t":"{\"a\":1}"}"#]);
    assert_eq!(read.reasons(), ["1 wrong_type", "2 wrong_type", "3 wrong_type", "5 wrong_type"]);
}

#[tokio::test]
async fn rows_are_found_in_an_array_at_the_top_or_at_a_path() {
    let expected = [r#"{"a":1}"#, r#"{"a":2}"#];
    for (path, text) in [
        ("", r#" [ {"a":1} , {"a":2} ] "#),
        ("", "{\"a\":1}\n{\"a\":2}"),
        ("", "{\n \"a\": 1\n}{\"a\":2}"),
        (
            "data.items",
            r#"{"meta":{"items":["]",{"data":[]}],"n":1.5e3},"data":{"x":"}","items":[{"a":1},{"a":2}],"y":[{}]},"z":"]"}"#,
        ),
    ] {
        assert_eq!(read("a.json", text, at(path)).await.unwrap().rows(), expected, "{text}");
    }
    assert!(read("a.json", "[]", at("")).await.unwrap().rows().is_empty());
    assert!(read("a.json", " ", at("")).await.unwrap().rows().is_empty());
}

#[tokio::test]
async fn elements_that_are_no_objects_are_rejected_with_their_line() {
    let read =
        read("a.json", "[\n1,\n{\"a\":1},\n[{}],\n{\"a\" 1},\n\"x\"]", ReadOptions::default()).await.unwrap();
    assert_eq!(read.rows(), [r#"{"a":1}"#]);
    assert_eq!(read.reasons(), ["2 not_an_object", "4 not_an_object", "5 not_json", "6 not_an_object"]);
}

#[tokio::test]
async fn a_path_that_leads_nowhere_says_so() {
    for (path, text, message) in [
        ("data.items", r#"{"data":{"item":[]}}"#, "`data.items`, is not there"),
        ("data", r#"{"data":{"a":1}}"#, "`data`, is not an array"),
        ("data", r#"[1]"#, "`data`, is not in an object"),
    ] {
        let error = read("a.json", text, at(path)).await.err().unwrap().to_string();
        assert!(error.starts_with("a.json, line 1:") && error.contains(message), "{error}");
    }
}

#[tokio::test]
async fn json_that_is_not_closed_or_goes_wrong_is_an_error() {
    for text in ["[{\"a\":1},\n{\"a\":2}", "[{\"a\":1},\n{\"a\"", "[{\"a\":1}\n,", "[", "[{\"a\":\n\"x"] {
        let error = read("a.json", text, at("")).await.err().unwrap();
        assert!(matches!(error, Error::Truncated { .. }), "{text}: {error}");
    }
    for text in ["[{\"a\":1}\n{\"a\":2}]", "[{\"a\":1}]\n]", "[{\"a\":1},\n}]"] {
        let error = read("a.json", text, at("")).await.err().unwrap();
        assert!(matches!(error, Error::Corrupt { line: 2, .. }), "{text}: {error}");
    }
}

#[tokio::test]
async fn very_deep_json_is_rejected_and_takes_no_stack() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let open = "{\"a\":".repeat(100_000);
    let lines = read("a.jsonl", format!("{{\"a\":{deep}}}\n{open}\n{{\"a\":[1]}}"), ReadOptions::default())
        .await
        .unwrap();
    assert_eq!(lines.reasons(), ["1 too_deep", "2 not_json"]);
    assert_eq!(lines.rows(), [r#"{"a":"[1]"}"#]);
    let array = read("a.json", format!("[{deep},{{\"a\":{deep}}},{{\"a\":[1]}}]"), at("")).await.unwrap();
    assert_eq!(array.reasons(), ["1 not_an_object", "1 too_deep"]);
    assert_eq!(array.rows(), [r#"{"a":"[1]"}"#]);
}

#[tokio::test]
async fn a_row_that_is_too_long_is_rejected_and_the_next_is_read() {
    let limits = Limits { block_bytes: 64, record_bytes: 512, ..Limits::default() };
    let long = format!("{{\"a\":\"{}\"}}", "x]}\\\"".repeat(1000));
    for (name, text) in [
        ("a.jsonl", format!("{{\"a\":1}}\n{long}\n{{\"a\":2}}")),
        ("a.json", format!("[{{\"a\":1}},\n{long},\n{{\"a\":2}}]")),
    ] {
        let read = read(name, text, ReadOptions { limits, ..ReadOptions::default() }).await.unwrap();
        assert_eq!(read.rows(), [r#"{"a":1}"#, r#"{"a":2}"#]);
        assert_eq!(read.reasons(), ["2 too_long"]);
    }
}

#[tokio::test]
async fn keys_without_end_do_not_take_memory_without_end() {
    let limits = Limits { columns: 1000, ..Limits::default() };
    let text: String = (0..3000).map(|row| format!("{{\"key {row}\":{row}}}\n")).collect();
    let read = read("a.jsonl", gzip(text.as_bytes()), ReadOptions { limits, ..ReadOptions::default() })
        .await
        .unwrap();
    assert_eq!((read.schema.columns.len(), read.rows().len(), read.rejected.len()), (1000, 1000, 2000));
    assert_eq!(read.rejected[0].reason, "too_many_columns");
}
