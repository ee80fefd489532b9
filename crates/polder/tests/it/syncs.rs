//! Syncs: files and an HTTP API into tables, again and again, and what happens when something of it is broken.

mod api;
mod columns;
mod mishaps;
mod tested;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use self::api::{Api, Reply};
use crate::session::{Server, Session, assert_session};

const PROJECT: &str = "project: shop\nteam: shop\n";
const LOAD: &str = "name: load\nsteps:\n  - {name: sync, sync: shop}\n";

fn shop(sync: &str, connector: Option<&str>) -> (Session, Server) {
    shop_with(sync, connector, &[])
}

fn shop_with(sync: &str, connector: Option<&str>, variables: &[(&str, &str)]) -> (Session, Server) {
    let mut session = Session::new();
    session.write("inbox/keep", "");
    session.write("shop/polder.yaml", PROJECT);
    session.write("shop/pipelines/load.yaml", LOAD);
    let sync = sync.replace("INBOX", &format!("file://{}", session.path("inbox").display()));
    session.write("shop/syncs/shop.yaml", &sync);
    if let Some(connector) = connector {
        session.write("shop/connectors/shop.yaml", connector);
    }
    let inbox = session.path("inbox").display().to_string();
    let variables = [variables, &[("POLDER_FILES", &inbox)]].concat();
    let server = session.start_server_with("data", &variables);
    login(&mut session, &server);
    session.polder(0, &["deploy", "shop"]);
    (session, server)
}

fn login(session: &mut Session, server: &Server) {
    let token_file = server.token_file.display().to_string();
    session.polder(0, &["login", &server.url, "--token-file", &token_file]);
}

fn rows(session: &Session, query: &str) -> Value {
    session.json(&["sql", "-c", query])["rows"].clone()
}

/// Runs it quietly; whether it succeeded.
fn run(session: &Session) -> bool {
    session.output(&["run", "shop/load", "--follow"], "").status.success()
}

const FILES: &str = "
streams:
  - name: orders
    files: INBOX/orders-*.csv
    mode: incremental
    primary_key: id
    cursor: updated_at
    columns: {exclude: [iban]}
  - {name: visits, files: 'INBOX/visits-*.jsonl', mode: incremental}
  - {name: countries, files: data/countries.csv}
";

#[test]
fn files_come_in_again_and_again() {
    let (mut session, _server) = shop(FILES, None);
    session.write(
        "inbox/orders-1.csv",
        "id,amount,updated_at,iban\n1,10.5,2026-01-01T10:00,DE1\n2,3,2026-01-01T11:00,DE2\n",
    );
    session.write(
        "inbox/visits-1.jsonl",
        "{\"page\": \"/\", \"n\": 1}\n{\"page\": \"/a\", \"n\": 2}\nnonsense\n",
    );
    session.polder(1, &["run", "shop/load", "--follow"]);
    session.write("shop/data/countries.csv", "code;name\nDE;Germany\nAT;Austria\n");
    session.polder(0, &["deploy", "shop"]);
    session.polder(0, &["run", "shop/load", "--follow"]);
    session.polder(0, &["sql", "-c", "SELECT id, amount, updated_at FROM raw.orders ORDER BY id"]);
    session.polder(0, &["sql", "-c", "SELECT line, reason, message, raw FROM raw.visits__rejected"]);
    session.polder(0, &["run", "shop/load", "--follow"]);
    // A key again, twice: the later one counts. A value that does not fit, and a column that is new.
    session.write(
        "inbox/orders-2.csv",
        "id,amount,updated_at,note\n2,4,2026-01-03T11:00,late\n2,99,2026-01-02T11:00,early\nx,1,2026-01-02T11:00,\n3,7,2026-01-02,\n",
    );
    session.polder(0, &["run", "shop/load", "--follow"]);
    session.polder(0, &["sql", "-c", "SELECT id, amount, updated_at, note FROM raw.orders ORDER BY id"]);
    session.polder(0, &["sql", "-c", "SELECT count(*) AS visits FROM raw.visits"]);
    session.polder(0, &["sql", "-c", "SELECT reason, message FROM raw.orders__rejected"]);
    session.polder(0, &["tables"]);
    assert_session("files_come_in_again_and_again", session);
}

#[test]
fn rows_that_do_not_fit_are_counted_and_shown() {
    let sync = "streams:\n  - {name: visits, files: 'INBOX/visits-*.csv', mode: incremental}\n  - {name: days, files: 'INBOX/days.csv'}\n";
    let (mut session, _server) = shop(sync, None);
    session.write("inbox/visits-1.csv", "page,n\n/,1\n/a,2\n/b,3\n");
    session.write("inbox/days.csv", "n\n1\n2\n");
    assert!(run(&session));
    assert_eq!(counted(&session), (json!(5), json!(0), json!({})));
    session.write("inbox/visits-2.csv", "page,n\n/,x\n/c,4\n/d,\"y\"\n/e,5,6\n");
    session.write("inbox/days.csv", "n\n1\nmany\n");
    assert!(run(&session));
    let places = json!({"raw.days__rejected": 1, "raw.visits__rejected": 3});
    assert_eq!(counted(&session), (json!(2), json!(4), places));
    let told = session.output(&["show", "latest:shop/load"], "");
    let told = String::from_utf8(told.stdout).unwrap();
    let step: Vec<&str> =
        told.lines().find(|line| line.starts_with("sync ")).unwrap().split_whitespace().collect();
    assert_eq!(step[4..6], ["2", "4"]);
    let queries: Vec<&str> =
        told.lines().filter_map(|line| line.trim().strip_prefix("polder sql -c ")).collect();
    let found: Vec<Value> = queries.iter().map(|query| rows(&session, query.trim_matches('"'))).collect();
    assert_eq!(found.iter().map(|rows| rows.as_array().unwrap().len()).collect::<Vec<_>>(), [1, 3]);
    // Those of the run before are still there, and are not of this one.
    session.write("inbox/visits-3.csv", "page,n\n/,z\n");
    session.write("inbox/days.csv", "n\n1\n");
    assert!(run(&session));
    assert_eq!(counted(&session), (json!(1), json!(1), json!({"raw.visits__rejected": 1})));
    session.polder(0, &["show", "latest:shop/load"]);
    session.polder(0, &["publishes"]);
    assert_session("rows_that_do_not_fit_are_counted_and_shown", session);
}

/// Of the last run: the rows that were written, those that were rejected, and where these are.
fn counted(session: &Session) -> (Value, Value, Value) {
    let step = session.json(&["show", "latest:shop/load"])["steps"][0].clone();
    assert_eq!(step["rows"], step["outputs"]["rows"]);
    let output = |name: &str| step["outputs"][name].clone();
    (output("rows"), output("rejected"), output("rejected_in"))
}

#[test]
fn a_rollback_takes_the_place_in_the_source_back_too() {
    let (session, _server) = shop("streams: [{name: v, files: 'INBOX/*.csv', mode: incremental}]\n", None);
    session.write("inbox/1.csv", "n\n1\n");
    assert!(run(&session));
    session.write("inbox/2.csv", "n\n2\n");
    assert!(run(&session) && run(&session));
    assert_eq!(rows(&session, "SELECT count(*), sum(n) FROM raw.v"), json!([[2, 3]]));
    let publish = session.json(&["publishes"])["items"][0]["id"].as_str().unwrap().to_owned();
    session.json(&["rollback", &publish]);
    assert_eq!(rows(&session, "SELECT sum(n) FROM raw.v"), json!([[1]]));
    assert!(run(&session));
    assert_eq!(
        rows(&session, "SELECT count(*), sum(n) FROM raw.v"),
        json!([[2, 3]]),
        "the rows come once more"
    );
}

#[test]
fn what_a_first_publish_brought_comes_again_after_its_rollback() {
    let sync = "streams: [{name: v, files: 'INBOX/*.csv', mode: incremental}, {name: k, files: 'INBOX/*.csv', mode: incremental, primary_key: n}]\n";
    let (session, _server) = shop(sync, None);
    session.write("inbox/1.csv", "n\n1\n2\n");
    assert!(run(&session));
    let publish = session.json(&["publishes"])["items"][0]["id"].as_str().unwrap().to_owned();
    session.json(&["rollback", &publish]);
    let both = "SELECT (SELECT count(*) FROM raw.v), (SELECT sum(n) FROM raw.k)";
    assert_eq!(rows(&session, both), json!([[0, null]]));
    for _ in 0..2 {
        assert!(run(&session));
        assert_eq!(rows(&session, both), json!([[2, 3]]));
    }
}

#[test]
fn files_are_read_only_where_they_may_be() {
    let (mut session, _server) = shop("streams: [{name: v, files: 'file:///etc/passwd'}]\n", None);
    session.polder(1, &["run", "shop/load", "--follow"]);
    assert_session("files_are_read_only_where_they_may_be", session);
}

#[test]
fn a_source_that_fails_empties_nothing() {
    let (session, _server) = shop("streams: [{name: v, files: 'INBOX/*.csv'}]\n", None);
    session.write("inbox/1.csv", "n\n1\n2\n");
    assert!(run(&session));
    // Cut off: gzip that ends too early.
    session.write("inbox/2.csv.gz", "\u{1f}");
    std::fs::write(session.path("inbox/2.csv"), [0x1f, 0x8b, 0x08, 0x00]).unwrap();
    assert!(!run(&session));
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.v"), json!([[2]]));
    for name in ["1.csv", "2.csv", "2.csv.gz"] {
        std::fs::remove_file(session.path(&format!("inbox/{name}"))).unwrap();
    }
    assert!(!run(&session), "no file at all replaces nothing");
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.v"), json!([[2]]));
    session.write("inbox/1.csv", "n\n7\n");
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT n FROM raw.v"), json!([[7]]));
}

#[test]
fn what_is_nothing_of_a_table_takes_no_place_in_it() {
    let (session, _server) = shop("streams: [{name: v, files: 'INBOX/v.csv'}]\n", None);
    let load = |text: &str| {
        session.write("inbox/v.csv", text);
        let done = run(&session);
        let counts = rows(&session, "SELECT count(*), sum(n) FROM raw.v")[0].clone();
        (done, counts)
    };
    assert_eq!(load("id,n\n1,2\n2,3\n"), (true, json!([2, 5])));
    let html = "<!doctype html>\n<html><body>\n503</body></html>\n";
    let of_fields = "<html>\nOops, 503\nsorry\n";
    for nothing in ["", "\n", "other,header\n", "other,header\n1,2\n", "<html>503</html>", html, of_fields] {
        assert_eq!(load(nothing), (false, json!([2, 5])), "{nothing:?}");
    }
    let error = session.json(&["show", "latest:shop/load"])["steps"][0]["error"]["message"].clone();
    assert!(error.as_str().unwrap().contains("nothing of what came has a column that raw.v has"), "{error}");
    assert_eq!(load("ID,name\n7,x\n"), (true, json!([1, null])), "one column is enough");
    assert_eq!(load("id,n\n"), (true, json!([0, null])), "a header alone says that there are no rows");
}

#[test]
fn rows_that_stay_as_they_are_are_not_counted() {
    let (session, _server) =
        shop("streams: [{name: v, files: 'INBOX/*.csv', mode: incremental, primary_key: n}]\n", None);
    let lines: String = (0..1000).map(|n| format!("{n},a\n")).collect();
    session.write("inbox/1.csv", &format!("n,x\n{lines}"));
    assert!(run(&session));
    assert_eq!(counted(&session).0, json!(1000));
    session.write("inbox/2.csv", "n,x\n7,b\n1000,c\n");
    assert!(run(&session));
    assert_eq!(counted(&session).0, json!(2));
    let publish = session.json(&["publishes"])["items"][0]["tables"][0].clone();
    assert_eq!(
        (publish["rows"].clone(), rows(&session, "SELECT count(*) FROM raw.v")),
        (json!(2), json!([[1001]]))
    );
}

#[test]
fn publishes_are_rolled_back_one_after_the_other() {
    let (session, _server) = shop("streams: [{name: v, files: 'INBOX/*.csv', mode: incremental}]\n", None);
    for n in 1..=3 {
        session.write(&format!("inbox/{n}.csv"), &format!("n\n{n}\n"));
        assert!(run(&session));
    }
    let sum = || rows(&session, "SELECT sum(n) FROM raw.v")[0][0].clone();
    let publishes = session.json(&["publishes"])["items"].clone();
    let ids: Vec<&str> = (0..3).map(|at| publishes[at]["id"].as_str().unwrap()).collect();
    let back = |id: &str| session.output(&["rollback", id], "").status.success();
    assert!(!back(ids[1]), "a later one has changed the table");
    assert!(back(ids[0]));
    assert_eq!(sum(), json!(3));
    assert!(back(ids[1]), "what was rolled back counts for nothing");
    assert_eq!(sum(), json!(1));
    assert!(!back(ids[1]) && !back(ids[0]));
    // The last roll-back is taken back, and then the one before it.
    for expected in [3, 6] {
        let all = session.json(&["publishes"])["items"].clone();
        let stands =
            |one: &&Value| ids.iter().any(|id| one["rolls_back"] == *id) && one["rolled_back_by"].is_null();
        let standing = all.as_array().unwrap().iter().find(stands).unwrap();
        assert!(back(standing["id"].as_str().unwrap()));
        assert_eq!(sum(), json!(expected));
    }
}

fn connector(api: &Api, more: &str) -> String {
    format!(
        r##"
definitions:
  requester:
    type: HttpRequester
    url_base: "{}"
    path: orders
    authenticator: {{type: BearerAuthenticator, api_token: "{{{{ config['key'] }}}}"}}
    error_handler: {{type: DefaultErrorHandler, max_retries: 2, backoff_strategies: [{{type: ConstantBackoffStrategy, backoff_time_in_seconds: 0}}]}}
streams:
  - name: orders
    retriever:
      requester: {{$ref: "#/definitions/requester"}}
      record_selector: {{extractor: {{field_path: [items]}}}}
{more}"##,
        api.url
    )
}

const PAGES: &str = r#"
      paginator:
        pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}"}
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: day
      datetime_format: "%Y-%m-%d"
      start_datetime: "2026-01-01"
      end_datetime: "2026-01-31"
      start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: from}
"#;

fn api_sync() -> String {
    "connector: shop\nconfig: {key: k-4711-secret}\nstreams: [{name: orders, mode: incremental}]\n".to_owned()
}

fn page(items: &Value, next: Option<&str>) -> Reply {
    Reply::json(&json!({"items": items, "next": next}))
}

#[test]
fn an_api_is_read_page_by_page_and_only_what_is_new() {
    let api = Api::start(|request| match request.path.as_str() {
        _ if request.header("authorization") != Some("Bearer k-4711-secret") => Reply::status(401),
        "/orders?from=2026-01-01" => {
            page(&json!([{"id": 1, "day": "2026-01-01"}, {"id": 2, "day": "2026-01-02"}]), Some("p2"))
        }
        "/orders?from=2026-01-01&after=p2" => {
            page(&json!([{"id": 3, "day": "2026-01-03", "more": {"a": [1]}}]), None)
        }
        // The last one again, and another one of its day.
        "/orders?from=2026-01-03" => page(
            &json!([{"id": 3, "day": "2026-01-03", "more": {"a": [1]}}, {"id": 4, "day": "2026-01-03"}]),
            None,
        ),
        _ => Reply::status(404),
    });
    let (session, _server) = shop(&api_sync(), Some(&connector(&api, PAGES)));
    assert!(run(&session));
    let all = "SELECT id, day, more FROM raw.orders ORDER BY id";
    assert_eq!(rows(&session, all)[2], json!([3, "2026-01-03", "{\"a\":[1]}"]));
    assert!(run(&session));
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT count(*), count(DISTINCT id) FROM raw.orders"), json!([[4, 4]]));
    assert_eq!(
        session.json(&["publishes"])["items"].as_array().unwrap().len(),
        2,
        "nothing new is no publish"
    );
}

#[test]
fn a_day_of_an_api_is_brought_in_as_often_as_somebody_wants_it() {
    let calls = std::sync::atomic::AtomicU64::new(0);
    let api = Api::start(move |request| {
        let amount = calls.fetch_add(1, Relaxed);
        let day = request.path.strip_prefix("/orders?date=").unwrap_or("none").to_owned();
        page(&json!([{"id": 1, "day": day, "amount": amount}, {"id": 2, "day": day, "amount": amount}]), None)
    });
    let sync = "connector: shop
config: {key: k, day: \"{{ run.date }}\"}
streams: [{name: orders, mode: incremental, primary_key: [day, id]}]
";
    let asks = "request_parameters: {date: \"{{ config['day'] }}\"}\n    authenticator";
    let (session, _server) = shop(sync, Some(&connector(&api, "").replace("authenticator", asks)));
    for day in ["2026-02-01", "2026-02-02", "2026-02-01"] {
        let output = session.output(&["run", "shop/load", "--date", day, "--follow"], "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let amounts = "SELECT day, id, amount FROM raw.orders ORDER BY day, id";
    let first = [json!(["2026-02-01", 1, 2]), json!(["2026-02-01", 2, 2])];
    let second = [json!(["2026-02-02", 1, 1]), json!(["2026-02-02", 2, 1])];
    assert_eq!(rows(&session, amounts), json!([first, second].concat()));
}

/// What a run says that fails because of its source; and that it leaves the table as it was.
fn refused(more: &str, answer: impl Fn(u64) -> Reply + Send + Sync + 'static) -> String {
    let calls = std::sync::atomic::AtomicU64::new(0);
    let api = Api::start(move |_| answer(calls.fetch_add(1, Relaxed)));
    let sync = "connector: shop\nconfig: {key: k-4711-secret}\nstreams: [{name: orders}]\n";
    let (session, _server) = shop(sync, Some(&connector(&api, more)));
    assert!(run(&session), "the first time it is well");
    let output = session.output(&["run", "shop/load", "--follow"], "");
    assert!(!output.status.success());
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.orders"), json!([[1]]));
    let runs = session.json(&["runs"]);
    let run = session.json(&["show", runs["items"][0]["id"].as_str().unwrap()]);
    let error = run["steps"][0]["error"]["message"].as_str().unwrap().replace(api.host(), "[host]");
    assert!(!error.contains("4711"), "{error}");
    error
}

#[test]
fn what_an_api_does_wrong_is_told_and_reaches_no_table() {
    let well = || page(&json!([{"id": 1}]), None);
    let then = |reply: fn() -> Reply| move |call: u64| if call == 0 { well() } else { reply() };
    let size = "      paginator: {pagination_strategy: {type: PageIncrement, page_size: 1}}\n";
    let told = [
        refused("", then(|| Reply::status(500))),
        refused("", then(|| Reply::status(401))),
        refused("", then(|| Reply::status(429).with("Retry-After", "86400"))),
        refused("", then(|| Reply::text("<html>Sign in</html>"))),
        refused("", then(|| Reply::text("{\"items\": [{\"id\": 1}, {\"id\""))),
        refused("", then(Reply::broken_off)),
        refused(
            size,
            |call| if call == 1 { page(&json!([]), None) } else { page(&json!([{"id": 1}]), None) },
        ),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn an_api_that_stumbles_is_asked_again() {
    let calls = std::sync::atomic::AtomicU64::new(0);
    let api = Api::start(move |_| match calls.fetch_add(1, Relaxed) {
        0 => Reply::status(503).with("Retry-After", "0"),
        1 => Reply::broken_off(),
        _ => page(&json!([{"id": 1}]), None),
    });
    let sync = "connector: shop\nconfig: {key: k}\nstreams: [{name: orders}]\n";
    let (session, _server) = shop(sync, Some(&connector(&api, "")));
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.orders"), json!([[1]]));
}

/// The server dies at a point of a sync's publish. The step is tried again: no row is lost, and none comes twice.
fn dies_at(point: &str) {
    let sync = "streams: [{name: v, files: 'INBOX/*.csv', mode: incremental}]\n";
    let (mut session, server) = shop_with(sync, None, &[("POLDER_CRASH_AT", point)]);
    session.write("inbox/1.csv", "n\n1\n2\n");
    session.output(&["run", "shop/load"], "");
    server.wait_for_death();
    let inbox = session.path("inbox").display().to_string();
    let server = session.start_server_with("data", &[("POLDER_FILES", &inbox)]);
    login(&mut session, &server);
    server.until(|| session.json(&["runs"])["items"][0]["terminal"] == true);
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT count(*), sum(n) FROM raw.v"), json!([[2, 3]]));
    assert_eq!(session.json(&["publishes"])["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_sync_that_was_decided_when_the_server_died_is_there_once() {
    dies_at("prepared");
}

#[test]
fn a_sync_that_was_published_when_the_server_died_is_there_once() {
    dies_at("published");
}

/// Kills the programs of attempts that work below a folder, as somebody would who is short of memory; how many there were.
fn kill_programs(folder: &Path) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let ours = processes.filter(|process| {
        let works_there =
            std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
        let command = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        works_there && String::from_utf8_lossy(&command).contains("\0task\0sync")
    });
    let kill = |process: std::fs::DirEntry| {
        // The system would take it before the server, too.
        let score = std::fs::read_to_string(process.path().join("oom_score_adj")).unwrap();
        assert!(score.trim().parse::<i32>().unwrap() >= 500, "{score}");
        Command::new("kill").arg("-9").arg(process.file_name()).status().is_ok_and(|status| status.success())
    };
    ours.map(kill).filter(|killed| *killed).count()
}

/// Whether something has been written to a table on a branch.
fn is_on_a_branch(folder: &Path, table: &str) -> bool {
    let branches = std::fs::read_dir(folder.join("data/lake").join(table).join("_branches"));
    let logs = branches.into_iter().flatten().flatten().map(|branch| branch.path().join("_delta_log"));
    logs.flat_map(std::fs::read_dir).any(|mut log| log.next().is_some())
}

/// One stream is on the branch, and the other is on its way: the next attempt begins both anew, where the last publish was.
#[test]
fn a_sync_that_is_killed_between_two_writes_loses_no_row_and_doubles_none() {
    let (killed, folder) = (Arc::new(AtomicUsize::new(0)), Arc::new(OnceLock::<PathBuf>::new()));
    let (count, place) = (Arc::clone(&killed), Arc::clone(&folder));
    let api = Api::start(move |request| {
        let known = request.path.contains("from=2026-01-02");
        match request.path.starts_with("/visits") {
            true if !known && count.load(Relaxed) == 0 => {
                let place = place.get().unwrap();
                assert!(is_on_a_branch(place, "raw/orders"));
                count.fetch_add(kill_programs(place), Relaxed);
                Reply::broken_off()
            }
            _ if known => {
                page(&json!([{"id": 2, "day": "2026-01-02"}, {"id": 3, "day": "2026-01-02"}]), None)
            }
            _ => page(&json!([{"id": 1, "day": "2026-01-01"}, {"id": 2, "day": "2026-01-02"}]), None),
        }
    });
    let orders = connector(&api, PAGES);
    let visits = orders.split_once("streams:\n").unwrap().1.replace("name: orders", "name: visits");
    let visits = visits.replace("requester\"}", "requester\", path: visits}");
    let sync = "connector: shop\nconfig: {key: k}\nstreams: [{name: orders, mode: incremental}, {name: visits, mode: incremental}]\n";
    let (session, _server) = shop(sync, Some(&(orders + &visits)));
    folder.set(session.path("")).unwrap();
    session
        .write("shop/pipelines/load.yaml", &LOAD.replace("shop}", "shop, retries: {limit: 1, backoff: 0s}}"));
    assert!(session.output(&["deploy", "shop"], "").status.success());
    assert!(run(&session));
    assert_eq!(killed.load(Relaxed), 1);
    let counts = "SELECT (SELECT count(*) FROM raw.orders) AS o, (SELECT count(*) FROM raw.visits) AS v";
    assert_eq!(rows(&session, counts), json!([[2, 2]]));
    let shown = session.json(&["show", session.json(&["runs"])["items"][0]["id"].as_str().unwrap()]);
    assert_eq!(shown["steps"][0]["attempts"].as_array().map(Vec::len), Some(2), "{shown}");
    assert!(run(&session));
    assert_eq!(rows(&session, counts), json!([[3, 3]]));
}

#[test]
fn a_stream_that_becomes_incremental_goes_on_from_what_is_there() {
    let (session, _server) = shop("streams: [{name: v, files: 'INBOX/*.csv'}]\n", None);
    session.write("inbox/1.csv", "n\n1\n");
    assert!(run(&session));
    let inbox = format!("file://{}", session.path("inbox").display());
    let incremental = format!("streams: [{{name: v, files: '{inbox}/*.csv', mode: incremental}}]\n");
    session.write("shop/syncs/shop.yaml", &incremental);
    assert!(session.output(&["deploy", "shop"], "").status.success());
    session.write("inbox/2.csv", "n\n2\n");
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT count(*), sum(n) FROM raw.v"), json!([[2, 3]]));
}

#[test]
fn all_of_an_api_may_be_of_one_day() {
    let many: Vec<Value> = (0..10_001).map(|id| json!({"id": id, "day": "2026-01-01"})).collect();
    let api = Api::start(move |_| page(&json!(many), None));
    let sync = "connector: shop\nconfig: {key: k}\nstreams: [{name: orders}]\n";
    let (session, _server) = shop(sync, Some(&connector(&api, PAGES)));
    assert!(run(&session));
    assert_eq!(rows(&session, "SELECT count(*) FROM raw.orders"), json!([[10_001]]));
}
