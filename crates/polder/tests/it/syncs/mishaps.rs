//! Sources that answer with something that looks well and is not: what a table has stays there, and somebody is told why.

use serde_json::json;

use super::api::{Api, Reply};
use super::{connector, page, refused, rows, run, shop};

/// An API whose first answer is one row, and what it answers after that.
fn then(reply: impl Fn() -> Reply + Send + Sync + 'static) -> impl Fn(u64) -> Reply + Send + Sync {
    move |call| if call == 0 { page(&json!([{"id": 1}]), None) } else { reply() }
}

#[test]
fn what_is_no_list_of_records_empties_no_table() {
    let told = [
        refused("", then(|| Reply::text(""))),
        refused("", then(Reply::nothing)),
        refused("", then(|| Reply::bytes(&[0x1f, 0x8b, 8, 0]).with("Content-Encoding", "gzip"))),
    ];
    insta::assert_snapshot!(told.join("\n"), @r#"
    orders: GET [host]/orders: the answer is empty (200 OK), where JSON should be
    orders: GET [host]/orders: the answer is empty (204 No Content): if that means that there are no records, say so in the connector: `response_filters: [{http_codes: [204], action: IGNORE}]`
    orders: GET [host]/orders: the answer is compressed (gzip): nobody asked for that, and it is not read: ask the API for plain JSON
    "#);
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let api = Api::start(|_| Reply::text("\u{feff}{\"items\": [{\"id\": 1}]}"));
    let sync = "connector: shop\nconfig: {key: k}\nstreams: [{name: orders}]\n";
    let (session, _server) = shop(sync, Some(&connector(&api, "")));
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT id FROM raw.orders"), json!([[1]]));
}
