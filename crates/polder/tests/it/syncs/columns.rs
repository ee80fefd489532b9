//! What is said of columns by hand: types that win over what was found before, and what nobody is to see.

use serde_json::json;

use super::{rows, run, shop};
use crate::session::{Server, Session};

const SALTED: &str = "salt: \"{{ secrets.SALT }}\"\nsecrets: {SALT: salt}\n";

/// A stream of CSV files, into `raw.v`.
fn stream(more: &str) -> String {
    format!("{SALTED}streams: [{{name: v, files: 'INBOX/*.csv'{more}}}]\n")
}

fn salted(more: &str) -> (Session, Server) {
    let (session, server) = shop(&stream(more), None);
    let set = session.output(&["secret", "set", "shop/salt"], "pepper\n");
    assert!(set.status.success());
    (session, server)
}

fn deploy(session: &Session, more: &str) {
    let inbox = format!("file://{}", session.path("inbox").display());
    session.write("shop/syncs/shop.yaml", &stream(more).replace("INBOX", &inbox));
    assert!(session.output(&["deploy", "shop"], "").status.success());
}

/// Why the last run failed.
fn told(session: &Session) -> String {
    let runs = session.json(&["runs"]);
    let run = session.json(&["show", runs["items"][0]["id"].as_str().unwrap()]);
    run["steps"][0]["error"]["message"].as_str().unwrap_or("it did not fail").to_owned()
}

#[test]
fn a_column_that_was_a_number_is_never_seen_once_it_is_to_be_hashed() {
    let (session, _server) = salted(", mode: incremental");
    session.write("inbox/1.csv", "id,pin\n1,1111\n");
    assert!(run(&session));
    deploy(&session, ", mode: incremental, columns: {hash: [pin]}");
    session.write("inbox/2.csv", "id,pin\n2,4711\n");
    assert!(!run(&session));
    insta::assert_snapshot!(told(&session), @"v: column pin of raw.v is bigint, and is to be text, because it is hashed. What is there cannot become that: run the stream once with `mode: full_refresh`, which replaces the table");
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.v"), json!([[1]]));
    deploy(&session, ", columns: {hash: [pin]}");
    assert!(run(&session), "{}", told(&session));
    let hashed = json!([[1, 64, false], [2, 64, false]]);
    let pins = "SELECT id, length(pin), pin LIKE '%4711%' FROM raw.v ORDER BY id";
    assert_eq!(rows(&session, pins), hashed);
    deploy(&session, ", mode: incremental, columns: {hash: [pin]}");
    session.write("inbox/3.csv", "id,pin\n3,4711\n");
    assert!(run(&session), "{}", told(&session));
    let same = "SELECT count(*), count(DISTINCT pin) FROM raw.v WHERE length(pin) = 64";
    assert_eq!(rows(&session, same), json!([[3, 2]]));
}

#[test]
fn a_type_by_hand_wins_over_the_one_that_was_found() {
    let (session, _server) = salted(", mode: incremental");
    session.write("inbox/1.csv", "id,code\n1,7\n");
    assert!(run(&session));
    deploy(&session, ", mode: incremental, columns: {types: {code: \"decimal(38,0)\"}}");
    assert!(run(&session), "it holds what is there: {}", told(&session));
    deploy(&session, ", mode: incremental, columns: {types: {code: text}}");
    session.write("inbox/2.csv", "id,code\n2,A77\n");
    assert!(!run(&session));
    insta::assert_snapshot!(told(&session), @"v: column code of raw.v is bigint, and is to be text, as `columns: {types: …}` says. What is there cannot become that: run the stream once with `mode: full_refresh`, which replaces the table");
    deploy(&session, ", primary_key: id, columns: {types: {code: text}}");
    assert!(run(&session), "{}", told(&session));
    assert_eq!(rows(&session, "SELECT id, code FROM raw.v ORDER BY id"), json!([[1, "7"], [2, "A77"]]));
}

#[test]
fn the_types_of_the_table_win_over_those_that_were_kept() {
    let (session, _server) = salted(", mode: incremental");
    session.write("inbox/1.csv", "id,code\n1,7\n");
    assert!(run(&session));
    let anew = "CREATE OR REPLACE TABLE raw.v AS SELECT id, CAST(code AS VARCHAR) AS code, _polder_loaded_at FROM raw.v";
    session.write("shop/pipelines/anew.yaml", &format!("name: anew\nsteps: [{{name: a, sql: '{anew}'}}]\n"));
    deploy(&session, ", mode: incremental");
    let output = session.output(&["run", "shop/anew", "--follow"], "");
    assert!(output.status.success(), "{}", told(&session));
    session.write("inbox/2.csv", "id,code\n2,A77\n");
    assert!(run(&session), "{}", told(&session));
    assert_eq!(rows(&session, "SELECT id, code FROM raw.v ORDER BY id"), json!([[1, "7"], [2, "A77"]]));
}

#[test]
fn a_header_in_another_case_costs_no_row() {
    let (session, _server) = salted(", mode: incremental, primary_key: [id]");
    for (name, text) in [("1", "id,v\n1,a\n"), ("2", "ID,v\n2,b\n"), ("3", "id,v\n3,c\n")] {
        session.write(&format!("inbox/{name}.csv"), text);
        assert!(run(&session), "{}", told(&session));
    }
    assert_eq!(rows(&session, "SELECT id, v FROM raw.v ORDER BY id"), json!([[1, "a"], [2, "b"], [3, "c"]]));
}

#[test]
fn a_key_of_several_columns_that_are_called_alike_rejects_rows_without_it() {
    let (session, _server) = salted(", mode: incremental, primary_key: [e_mail_2]");
    session.write("inbox/1.csv", "v,E-Mail,e mail\nd,x,y\ne,x,\nf,,z\n");
    assert!(run(&session), "{}", told(&session));
    assert_eq!(rows(&session, "SELECT v FROM raw.v ORDER BY v"), json!([["d"], ["f"]]));
    assert_eq!(rows(&session, "SELECT line, reason FROM raw.v__rejected"), json!([[3, "null_key"]]));
}

/// Of a run, what it says of columns.
fn warnings(session: &Session) -> String {
    let output = session.output(&["run", "shop/load", "--follow"], "");
    assert!(output.status.success(), "{}", told(session));
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let is_of_columns = |line: &&str| line.contains("warning") || line.contains("is new");
    said.lines().filter(is_of_columns).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_hides_nothing_and_what_is_left_out_is_told() {
    let (session, _server) =
        salted(", mode: incremental, columns: {hash: [emial], exclude: [iban, e_mails]}");
    session.write("inbox/1.csv", "id,email\n1,a@x\n");
    session.write("inbox/2.csv", "id,email,IBAN\n2,b@x,DE1\n");
    assert!(!run(&session));
    insta::assert_snapshot!(told(&session), @"v: no column is called `e_mails` (did you mean `email`?) or `emial` (did you mean `email`?). Nothing is brought in, lest something is seen that is to be hidden: mend the name, or take it out of the list");
    deploy(&session, ", mode: incremental, columns: {hash: [phone], exclude: [iban]}");
    insta::assert_snapshot!(warnings(&session), @"[sync] v: warning: no column is called `phone`, so nothing is hashed by it");
    deploy(&session, ", mode: incremental, columns: {hash: [email]}}]\non_schema_change: ignore\n#");
    session.write("inbox/3.csv", "id,email,w\n3,c@x,1\n");
    insta::assert_snapshot!(warnings(&session), @"
    [sync] v: warning: email is hashed from now on; rows that are there keep it as it was until a full refresh
    [sync] v: a column is new, and is left out, as `on_schema_change` says: w (bigint)
    ");
    session.write("inbox/4.csv", "id\n4\n");
    assert_eq!(warnings(&session), "", "the table has it");
    assert_eq!(
        rows(&session, "SELECT id, length(email) FROM raw.v ORDER BY id"),
        json!([[1, 3], [2, 3], [3, 64], [4, null]])
    );
}

#[test]
fn a_column_that_is_new_is_told_once() {
    let (session, _server) = salted(", mode: incremental");
    session.write("inbox/1.csv", "id\n1\n");
    assert_eq!(warnings(&session), "");
    session.write("inbox/2.csv", "id,w\n2,5\n");
    assert_eq!(warnings(&session), "[sync] v: a column is new: w (bigint)");
    session.write("inbox/3.csv", "id,w\n3,6\n");
    assert_eq!(warnings(&session), "");
    assert_eq!(rows(&session, "SELECT id, w FROM raw.v ORDER BY id"), json!([[1, null], [2, 5], [3, 6]]));
}
