//! Sources that answer with something that looks well and is not: what a table has stays there, and somebody is told why.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde_json::{Value, json};

use super::api::{Api, Reply};
use super::{PAGES, connector, page, refused, rows, run, shop};
use crate::session::Session;

/// What the last run says that failed.
fn error(session: &Session) -> String {
    let runs = session.json(&["runs"]);
    let run = session.json(&["show", runs["items"][0]["id"].as_str().unwrap()]);
    run["steps"][0]["error"]["message"].as_str().unwrap().to_owned()
}

/// An API whose first answer is one row, and what it answers after that.
fn then(reply: impl Fn() -> Reply + Send + Sync + 'static) -> impl Fn(u64) -> Reply + Send + Sync {
    move |call| if call == 0 { page(&json!([{"id": 1}]), None) } else { reply() }
}

#[test]
fn what_is_no_list_of_records_empties_no_table() {
    let told = [
        refused("", then(|| Reply::json(&json!({"error": "quota exceeded"})))),
        refused("", then(|| Reply::json(&json!({"items": null, "error": "db down"})))),
        refused("", then(|| Reply::json(&json!({"items": "nope"})))),
        refused("", then(|| Reply::text(""))),
        refused("", then(Reply::nothing)),
        refused("", then(|| Reply::bytes(&[0x1f, 0x8b, 8, 0]).with("Content-Encoding", "gzip"))),
        refused("", then(|| Reply::text("{\"items\": [1, \"x\"]}"))),
    ];
    insta::assert_snapshot!(told.join("\n"), @r#"
    orders: GET [host]/orders: the answer has no `items`; it begins with `{"error":"quota exceeded"}`
    orders: GET [host]/orders: `items` is null, no list or object; it begins with `{"items":null,"error":"db down"}`
    orders: GET [host]/orders: `items` is a text, no list or object; it begins with `{"items":"nope"}`
    orders: GET [host]/orders: the answer is empty (200 OK), where JSON should be
    orders: GET [host]/orders: the answer is empty (204 No Content): if that means that there are no records, say so in the connector: `response_filters: [{http_codes: [204], action: IGNORE}]`
    orders: GET [host]/orders: the answer is compressed (gzip): nobody asked for that, and it is not read: ask the API for plain JSON
    orders: none of the 2 rows that came fits, so that nothing is written. The first of them: orders.json, line 1: it is JSON, but not an object with names and values; orders.json, line 2: it is JSON, but not an object with names and values
    "#);
}

/// An API of two pages the first time, which turns in circles then.
fn circling(more: &str, answer: fn(u64) -> Value) -> String {
    refused(more, move |call| {
        Reply::json(&if call == 0 { json!({"items": [{"id": 1}]}) } else { answer(call) })
    })
}

#[test]
fn an_api_that_turns_in_circles_is_left() {
    let pages = "      paginator:
        pagination_strategy: {type: PageIncrement, page_size: 2}
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}\n";
    let cursor = "      paginator:
        pagination_strategy: {type: CursorPagination, cursor_value: \"{{ response.next }}\"}
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after}\n";
    let told = [
        circling(pages, |call| json!({"items": [{"id": 1}, {"id": 2}], "served_at": call})),
        circling(cursor, |call| json!({"items": [{"id": call}], "next": format!("abc{}", call % 2)})),
        circling(cursor, |call| json!({"items": [{"id": call}], "next": format!("c{}", call % 3)})),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    orders: GET [host]/orders: it answers with the same page again and again: is the place of the page's token right?
    orders: GET [host]/orders: it says that the next page is one that it has answered with already
    orders: GET [host]/orders: it says that the next page is one that it has answered with already
    ");
}

#[test]
fn nothing_of_an_answer_is_told_whose_columns_are_hidden() {
    let api = Api::start(|_| Reply::text("{\"items\": [{\"id\": 1, \"iban\": \"DE4711\"}, {\"id\""));
    let sync = "connector: shop\nconfig: {key: k}\nstreams: [{name: orders, columns: {exclude: [iban]}}]\n";
    let (session, _server) = shop(sync, Some(&connector(&api, "")));
    let output = session.output(&["run", "shop/load", "--follow"], "");
    assert!(!output.status.success());
    let said = [output.stdout, output.stderr].concat();
    assert!(!String::from_utf8_lossy(&said).contains("4711"), "{}", String::from_utf8_lossy(&said));
    insta::assert_snapshot!(error(&session).replace(api.host(), "[host]"), @"orders: GET [host]/orders: the answer is no JSON, or was cut off (EOF while parsing an object at line 1 column 45); it has 45 bytes of a type that it does not say, not shown because columns are excluded or hashed");
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let api = Api::start(|_| Reply::text("\u{feff}{\"items\": [{\"id\": 1}]}"));
    let sync = "connector: shop\nconfig: {key: k}\nstreams: [{name: orders}]\n";
    let (session, _server) = shop(sync, Some(&connector(&api, "")));
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT id FROM raw.orders"), json!([[1]]));
}

/// What the table has after an API was asked twice: one row, and what it answers then.
fn after(filter: &str, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Value {
    let (calls, answer) = (AtomicU64::new(0), then(reply));
    let api = Api::start(move |_| answer(calls.fetch_add(1, Relaxed)));
    let retries = format!("max_retries: 2, response_filters: [{filter}]");
    let connector = connector(&api, "").replace("max_retries: 2", &retries);
    let sync = "connector: shop\nconfig: {key: k}\nstreams: [{name: orders}]\n";
    let (session, _server) = shop(sync, Some(&connector));
    assert!(run(&session) && run(&session));
    rows(&session, "SELECT count(*) FROM raw.orders")
}

#[test]
fn a_table_is_emptied_by_a_source_without_rows_alone() {
    assert_eq!(after("", || Reply::json(&json!({"items": []}))), json!([[0]]));
    let passed_over = "{http_codes: [204, 404], action: IGNORE}";
    assert_eq!(after(passed_over, || Reply::status(404)), json!([[1]]));
    assert_eq!(after(passed_over, Reply::nothing), json!([[1]]));
}

#[test]
fn a_file_of_which_no_row_fits_takes_no_place() {
    let (session, _server) = shop("streams: [{name: v, files: 'INBOX/v.csv'}]\n", None);
    session.write("inbox/v.csv", "n\n1\n2\n");
    assert!(run(&session));
    session.write("inbox/v.csv", "n\nx\ny\n");
    assert!(!run(&session));
    insta::assert_snapshot!(error(&session), @"v: none of the 2 rows that came fits, so that nothing is written. The first of them: v.csv, line 2: column n: `x` is no bigint; v.csv, line 3: column n: `y` is no bigint");
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.v"), json!([[2]]));
    // A header alone says that there are none.
    session.write("inbox/v.csv", "n\n");
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.v"), json!([[0]]));
}

#[test]
fn the_first_sync_tells_that_no_row_fits() {
    let (session, _server) = shop("streams: [{name: v, files: 'INBOX/v.*', mode: incremental}]\n", None);
    let mut told = Vec::new();
    for (name, text) in [
        ("v.jsonl", "garbage\nmore garbage\n"),
        ("v.json", "{\"items\": [{\"id\": 1}, garbage]}\n"),
        ("v.json", "42\n"),
    ] {
        session.write(&format!("inbox/{name}"), text);
        assert!(!run(&session));
        told.push(error(&session));
        std::fs::remove_file(session.path(&format!("inbox/{name}"))).unwrap();
    }
    insta::assert_snapshot!(told.join("\n"), @"
    v: none of the 2 rows that came fits, so that nothing is written. The first of them: v.jsonl, line 1: it is not a JSON object; v.jsonl, line 2: it is not a JSON object
    v: none of the 1 rows that came fits, so that nothing is written. The first of them: v.json, line 1: what is nested in it is not JSON
    v: none of the 1 rows that came fits, so that nothing is written. The first of them: v.json, line 1: it is JSON, but not an object with names and values
    ");
    session.write("inbox/v.jsonl", "garbage\n{\"id\": 1}\n");
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.v"), json!([[1]]));
    assert_eq!(rows(&session, "SELECT line FROM raw.v__rejected"), json!([[1]]));
    // What there is stays, and what does not fit is kept beside it.
    session.write("inbox/v.2.jsonl", "garbage\n");
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.v__rejected"), json!([[2]]));
}

#[test]
fn records_without_a_time_and_of_the_future_are_added_once() {
    let api = Api::start(|_| {
        page(&json!([{"id": 1}, {"id": 2, "day": "2062-01-01"}, {"id": 3, "day": "2026-01-02"}]), None)
    });
    let sync = "connector: shop\nconfig: {key: k}\nstreams: [{name: orders, mode: incremental}]\n";
    let (session, _server) = shop(sync, Some(&connector(&api, PAGES)));
    let output = session.output(&["run", "shop/load", "--follow"], "");
    assert!(String::from_utf8_lossy(&output.stdout).contains("the `day` of 1 records lies in the future"));
    assert!(run(&session) && run(&session));
    assert_eq!(rows(&session, "SELECT id FROM raw.orders ORDER BY id"), json!([[1], [2], [3]]));
}

#[test]
fn a_stream_that_was_replaced_whole_adds_nothing_twice() {
    let api =
        Api::start(|_| page(&json!([{"id": 1, "day": "2026-01-01"}, {"id": 2, "day": "2026-01-02"}]), None));
    let sync = |mode: &str| {
        format!("connector: shop\nconfig: {{key: k}}\nstreams: [{{name: orders, mode: {mode}}}]\n")
    };
    let (session, _server) = shop(&sync("full_refresh"), Some(&connector(&api, PAGES)));
    assert!(run(&session));
    session.write("shop/syncs/shop.yaml", &sync("incremental"));
    assert!(session.output(&["deploy", "shop"], "").status.success());
    assert!(run(&session) && run(&session));
    assert_eq!(rows(&session, "SELECT id FROM raw.orders ORDER BY id"), json!([[1], [2]]));
}
