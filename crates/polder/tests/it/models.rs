//! Steps of models: what is built and in which order, what a test holds back, and what is published.

use serde_json::Value;

use crate::session::{Server, Session, assert_session};

const PROJECT: &str = "project: shop\nteam: shop\n";
const PIPELINES: &[(&str, &str)] = &[
    (
        "load",
        "name: load
parameters: {rows: {type: string, default: \"(1, 'DE', 10, DATE '2026-11-20'), (2, 'AT', 5, DATE '2026-11-21')\"}}
steps:
  - name: orders
    sql: |
      CREATE TABLE IF NOT EXISTS raw.orders (id BIGINT, country TEXT, amount BIGINT, day DATE);
      INSERT INTO raw.orders VALUES {{ params.rows | safe }}
",
    ),
    ("build", "name: build\nsteps: [{name: build, models: \"*\", vars: {smallest: 1}, compute: {cpus: 1}}]\n"),
    ("anew", "name: anew\nsteps: [{name: build, models: [+days], vars: {smallest: 1}, full_refresh: true}]\n"),
];
const MODELS: &[(&str, &str)] = &[
    ("seeds/countries.csv", "code,name\nDE,Germany\nAT,Austria\n"),
    (
        "models/staging/orders.sql",
        "select id, country, amount, day from {{ source('raw', 'orders') }} where amount >= {{ var('smallest') }}",
    ),
    (
        "models/marts/days.sql",
        "{{ config(materialized='incremental', unique_key='day') }}
select day, count(*) as orders, sum(amount) as amount from {{ ref('orders') }}
{% if is_incremental() %} where day >= (select max(day) from {{ this }}) {% endif %}
group by day",
    ),
    (
        "models/marts/by_country.sql",
        "select name, sum(amount) as amount from {{ ref('orders') }} join {{ ref('countries') }} on code = country group by name",
    ),
    (
        "models/schema.yml",
        "version: 2
sources: [{name: raw, tables: [{name: orders}]}]
models:
  - name: orders
    columns:
      - {name: id, tests: [not_null, {unique: {severity: warn}}]}
      - {name: country, tests: [{relationships: {to: ref('countries'), field: code}}]}
  - name: days
    description: What was ordered on each day
    columns: [{name: day, tests: [unique]}, {name: AMOUNT, description: Euros}, {name: gone, description: Nothing}]
",
    ),
    ("tests/amounts_are_small.sql", "select * from {{ ref('days') }} where amount > 1000"),
];

fn shop() -> (Session, Server) {
    let mut session = Session::new();
    session.write("shop/polder.yaml", PROJECT);
    for (name, text) in PIPELINES {
        session.write(&format!("shop/pipelines/{name}.yaml"), text);
    }
    for (path, text) in MODELS {
        session.write(&format!("shop/{path}"), text);
    }
    let server = session.start_server_with("data", &[]);
    let token_file = server.token_file.display().to_string();
    session.polder(0, &["login", &server.url, "--token-file", &token_file]);
    session.polder(0, &["deploy", "shop"]);
    (session, server)
}

fn load(session: &Session, rows: &str) {
    let output = session.output(&["run", "shop/load", "-p", &format!("rows={rows}"), "--follow"], "");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

fn rows(session: &Session, query: &str, more: &[&str]) -> Value {
    session.json(&[&["sql", "-c", query], more].concat())["rows"].clone()
}

#[test]
fn models_are_built_tested_and_published_together() {
    let (mut session, _server) = shop();
    session.polder(0, &["run", "shop/load", "--follow"]);
    session.polder(0, &["run", "shop/build", "--follow"]);
    session.polder(0, &["tables"]);
    session.polder(0, &["sql", "-c", "SELECT * FROM marts.days ORDER BY day"]);
    session.polder(0, &["sql", "-c", "SELECT * FROM marts.by_country ORDER BY name"]);
    assert_session("models_are_built_tested_and_published_together", session);
}

#[test]
fn what_yaml_says_of_models_is_said_of_their_tables() {
    let (session, _server) = shop();
    let described = || {
        let tables = session.json(&["tables"]);
        let days = tables["items"].as_array().unwrap().iter().find(|table| table["name"] == "marts.days");
        let facts = days.unwrap()["facts"].clone();
        let columns = facts["columns"].as_array().unwrap();
        let columns = columns.iter().map(|column| format!("{}: {}", column["name"], column["description"]));
        format!("{}; {}", facts["description"], columns.collect::<Vec<_>>().join(", "))
    };
    for rows in ["(1, 'DE', 10, DATE '2026-11-20')", "(2, 'DE', 10, DATE '2026-11-21')"] {
        load(&session, rows);
        assert_eq!(session.output(&["run", "shop/build", "--follow"], "").status.code(), Some(0));
        insta::allow_duplicates! {
            insta::assert_snapshot!(described(), @r#""What was ordered on each day"; "day": null, "orders": null, "amount": "Euros""#);
        }
    }
    // What is described otherwise, and is as it was besides, is described anew.
    let yaml = std::fs::read_to_string(session.path("shop/models/schema.yml")).unwrap();
    session.write("shop/models/schema.yml", &yaml.replace("Euros", "In euros"));
    assert!(session.output(&["deploy", "shop"], "").status.success());
    assert_eq!(session.output(&["run", "shop/build", "--follow"], "").status.code(), Some(0));
    assert!(described().contains("In euros"));
}

#[test]
fn incremental_models_are_added_to_by_key() {
    let (session, _server) = shop();
    load(&session, "(1, 'DE', 10, DATE '2026-11-20'), (2, 'AT', 5, DATE '2026-11-21')");
    assert_eq!(session.output(&["run", "shop/build", "--follow"], "").status.code(), Some(0));
    // The first is of a day that is over, and is not looked at again.
    load(
        &session,
        "(3, 'DE', 7, DATE '2026-11-20'), (4, 'DE', 7, DATE '2026-11-21'), (5, 'AT', 1, DATE '2026-11-22')",
    );
    assert_eq!(session.output(&["run", "shop/build", "--follow"], "").status.code(), Some(0));
    let amounts = "SELECT amount FROM marts.days ORDER BY day";
    assert_eq!(rows(&session, amounts, &[]).to_string(), "[[10],[12],[1]]");
    assert_eq!(session.output(&["run", "shop/anew", "--follow"], "").status.code(), Some(0));
    assert_eq!(rows(&session, amounts, &[]).to_string(), "[[17],[12],[1]]");
}

#[test]
fn an_incremental_model_whose_first_publish_was_rolled_back_is_built_anew() {
    let (session, _server) = shop();
    load(&session, "(1, 'DE', 10, DATE '2026-11-20'), (2, 'AT', 5, DATE '2026-11-21')");
    assert_eq!(session.output(&["run", "shop/build", "--follow"], "").status.code(), Some(0));
    let publish = session.json(&["publishes"])["items"][0]["id"].as_str().unwrap().to_owned();
    session.json(&["rollback", &publish]);
    let amounts = "SELECT amount FROM marts.days ORDER BY day";
    assert_eq!(rows(&session, amounts, &[]).to_string(), "[]");
    for _ in 0..2 {
        assert_eq!(session.output(&["run", "shop/build", "--follow"], "").status.code(), Some(0));
        assert_eq!(rows(&session, amounts, &[]).to_string(), "[[10],[5]]");
    }
}

#[test]
fn a_failed_test_holds_back_what_comes_after_it_and_publishes_nothing() {
    let (mut session, server) = shop();
    load(&session, "(1, 'DE', 10, DATE '2026-11-20')");
    assert_eq!(session.output(&["run", "shop/build", "--follow"], "").status.code(), Some(0));
    load(
        &session,
        "(NULL, 'DE', 7, DATE '2026-11-21'), (2, 'XX', 7, DATE '2026-11-22'), (1, 'DE', 1, DATE '2026-11-22')",
    );
    session.polder(1, &["run", "shop/build", "--follow"]);
    assert_eq!(rows(&session, "SELECT count(*) FROM staging.orders", &[]).to_string(), "[[1]]");
    let run = session.json(&["runs"])["items"][0]["id"].as_str().unwrap().to_owned();
    let on_branch = rows(&session, "SELECT count(*) FROM staging.orders", &["--branch", &run]);
    assert_eq!(on_branch.to_string(), "[[4]]", "what failed can be looked at");
    session.polder(0, &["checks", "latest:shop/build"]);
    session.polder(0, &["checks", "latest:shop/build", "--failed", "--rows", "1", "unique"]);
    session.polder(2, &["checks", "latest:shop/load"]);
    drop(server);
    assert_session("a_failed_test_holds_back_what_comes_after_it_and_publishes_nothing", session);
}

#[test]
fn a_warning_is_told_and_published() {
    let (session, _server) = shop();
    load(&session, "(1, 'DE', 10, DATE '2026-11-20'), (1, 'AT', 5, DATE '2026-11-21')");
    let output = session.output(&["run", "shop/build", "--follow"], "");
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("warned  test unique_orders_id: 1 row"), "{told}");
    assert_eq!(rows(&session, "SELECT count(*) FROM marts.days", &[]).to_string(), "[[2]]");
}

#[test]
fn a_project_is_built_without_a_server() {
    let mut session = Session::new();
    session.write("shop/polder.yaml", PROJECT);
    session.write("shop/pipelines/build.yaml", "name: build\nsteps: [{name: build, models: \"*\"}]\n");
    session.write("shop/seeds/numbers.csv", "id\n1\n2\n");
    let model = "{{ config(materialized='incremental') }} select id + {{ var('more', 0) }} as id from {{ ref('numbers') }}";
    session.write("shop/models/more.sql", model);
    session.write("shop/tests/are_small.sql", "select * from {{ ref('more') }} where id > 100");
    session.polder(0, &["build", "--project", "shop"]);
    session.polder(1, &["build", "--project", "shop", "more", "--var", "more=100"]);
    session.polder(0, &["build", "--project", "shop", "more", "--var", "more=2"]);
    session.polder(1, &["build", "--project", "shop", "moar"]);
    let server = session.start_server_with("data", &[]);
    let token_file = server.token_file.display().to_string();
    session.polder(0, &["login", &server.url, "--token-file", &token_file]);
    // Without the tables that were built beside its files.
    session.polder(0, &["deploy", "shop"]);
    assert_session("a_project_is_built_without_a_server", session);
}
