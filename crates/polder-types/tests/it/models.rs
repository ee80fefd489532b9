//! Models of a project: what they become, and what is said when they cannot be.

use std::collections::{BTreeMap, BTreeSet};

use polder_types::definition::{Severity, render};
use polder_types::models::{self, Models, Query, Selector};
use proptest::prelude::*;
use serde_json::Map;

use crate::support::parse_files;

const PROJECT: (&str, &str) = ("polder.yaml", "project: shop\nteam: shop\n");
const PIPELINE: (&str, &str) = (
    "pipeline.yaml",
    "name: build\nsteps: [{name: build, models: [\"*\", \"+days\"], vars: {country: \"{{ run.environment }}\"}}]\n",
);
const GOOD: &[(&str, &str)] = &[
    PROJECT,
    PIPELINE,
    ("dbt_project.yml", "name: shop\nversion: '1.0'\nmodel-paths: [models]\nvars: {since: 2026-01-01}\n"),
    ("seeds/countries.csv", "code,name\nDE,Germany\n"),
    (
        "models/staging/orders.sql",
        "select * from {{ source('raw', 'orders') }} where country = '{{ var('country') }}' and day >= '{{ var('since') }}'\n",
    ),
    (
        "models/marts/days.sql",
        "{{ config(materialized='incremental', unique_key='day', tags=['daily']) }}
select day, count(*) as orders from {{ ref('orders') }}
{% if is_incremental() %}where day >= (select max(day) from {{ this }}){% endif %}
group by day\n",
    ),
    (
        "models/report.sql",
        "{{ config(alias='Report') }}select * from {{ ref('shop', 'days') }} cross join {{ ref('countries') }}",
    ),
    (
        "models/schema.yml",
        "version: 2
sources:
  - name: raw
    tables:
      - name: orders
        columns: [{name: id, tests: [unique]}]
models:
  - name: orders
    columns:
      - name: id
        tests: [unique, not_null]
      - name: status
        data_tests:
          - accepted_values: {values: [placed, shipped], config: {severity: warn, where: id > 0}}
      - name: country
        tests:
          - relationships: {arguments: {to: ref('countries'), field: code}}
  - name: days
    description: Orders of each day
    columns: [{name: day, tests: [{unique: {severity: warn}}]}]
",
    ),
    ("tests/no_day_is_empty.sql", "select * from {{ ref('days') }} where orders = 0"),
];

fn read(files: &[(&str, &str)]) -> Models {
    let files: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
    let paths: BTreeSet<String> = files.keys().cloned().collect();
    let read = models::read(&files, &paths, &Map::from_iter([("country".to_owned(), "DE".into())]));
    assert_eq!(read.problems, []);
    read.models
}

/// Nodes and tests with what each waits for.
fn told(models: &Models) -> String {
    let order = models.order(&Selector::parse("*").unwrap().pick(models).unwrap());
    let names = |nodes: &BTreeSet<usize>| {
        nodes.iter().map(|at| models.nodes[*at].name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let tests = |tests: &BTreeSet<usize>| {
        tests.iter().map(|at| models.tests[*at].name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let mut lines = Vec::new();
    for (at, waits) in &order.nodes {
        let node = &models.nodes[*at];
        lines.push(format!(
            "{} → {} after [{}] and [{}]",
            node.file,
            node.table,
            names(&waits.nodes),
            tests(&waits.tests)
        ));
    }
    for (at, after) in &order.tests {
        let test = &models.tests[*at];
        let (Query::Sql(sql) | Query::Template(sql)) = &test.query;
        lines.push(format!(
            "{} ({:?}) after [{}]\n    {}",
            test.name,
            test.severity,
            names(after),
            sql.replace('\n', "\n    ")
        ));
    }
    lines.join("\n")
}

#[test]
fn a_project_is_what_there_is_to_build() {
    let parsed = parse_files(GOOD);
    assert_eq!(render(&parsed.problems), "");
    let build = &parsed.project.unwrap().pipelines[0].steps[0].kind;
    insta::assert_snapshot!(format!("{build:#?}\n{}", told(&read(GOOD))));
}

#[test]
fn every_mistake_of_models_is_told_at_once() {
    let parsed = parse_files(&[
        PROJECT,
        PIPELINE,
        ("dbt_project.yml", "name: shop\nmodel-paths: [sql]\nmodels: {+materialized: table}\nvarz: {}\n"),
        (
            "models/staging/orders.sql",
            "select *\nfrom {{ ref('ordres_raw') }} join {{ source('raw', 'order') }}",
        ),
        ("models/staging/orders_raw.sql", "{{ config(materialised='table', tags=1) }}\nselect 1"),
        ("models/marts/orders.sql", "select 1"),
        ("models/marts/empty.sql", "-- nothing\n"),
        ("models/marts/syntax.sql", "select {{ ref('orders') }\nfrom x"),
        ("models/marts/macro.sql", "select {{ dbt_utils.star('orders') }} from {% macro x() %}"),
        ("models/marts/var.sql", "select {{ var('contry') }}"),
        ("models/my-marts/x.sql", "select 1"),
        (
            "models/schema.yml",
            "version: 2
sources: [{name: raw, tables: [{name: orders}, {name: orders}, {nam: x}]}]
exposures: []
modles: []
models:
  - name: orderz
  - name: orders
    column: []
    config: {schema: 1, post_hook: x}
    tests: [unique]
    columns:
      - name: id
        tests:
          - uniqe
          - accepted_values
          - accepted_values: {value: [a]}
          - relationships: {to: orders, field: id}
          - relationships: {to: ref('order'), field: id}
          - not_null: {config: {severity: fatal, error_if: 1}}
",
        ),
        ("tests/broken.sql", "select * from {{ ref('nothing') }}"),
        ("models/list.yml", "- a\n"),
    ]);
    insta::assert_snapshot!(render(&parsed.problems));
}

#[test]
fn models_in_a_circle_are_told() {
    let parsed = parse_files(&[
        PROJECT,
        PIPELINE,
        ("models/a.sql", "select * from {{ ref('b') }}"),
        (
            "models/b.sql",
            "{% if is_incremental() %}select * from {{ ref('c') }}{% else %}select 1{% endif %}",
        ),
        ("models/c.sql", "select *\nfrom {{ ref('a') }}"),
        ("models/d.sql", "{{ config(alias='e') }} select 1"),
        ("models/e.sql", "select 1"),
    ]);
    insta::assert_snapshot!(render(&parsed.problems));
}

#[test]
fn steps_of_models_are_checked() {
    let parsed = parse_files(&[
        PROJECT,
        (
            "pipeline.yaml",
            "name: build
steps:
  - {name: a, models: dayz}
  - {name: b, models: [days, 'tag:', 'source:raw']}
  - {name: c, models: []}
  - {name: d, models: days, full_refresh: 1, vars: {a: '{{ run.x }}'}, compute: {memory: 1}, env: {A: b}}
  - {name: e, models: days, sql: select 1}
",
        ),
        ("models/days.sql", "select 1 as day"),
    ]);
    insta::assert_snapshot!(render(&parsed.problems));
}

#[test]
fn models_that_no_step_builds_are_not_judged() {
    let pipeline = ("pipeline.yaml", "name: a\nsteps: [{name: a, run: dbt build}]\n");
    let parsed =
        parse_files(&[PROJECT, pipeline, ("models/x.sql", "{{ my_macro() }}"), ("models/y.sql", "{{")]);
    assert!(parsed.project.is_some());
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(parsed.problems[0].severity, Severity::Warning);
    insta::assert_snapshot!(render(&parsed.problems));
}

/// A test of two models holds back what comes after both, and never one of them.
#[test]
fn tests_hold_back_what_comes_after_all_that_they_read() {
    let models = read(&[
        ("models/a.sql", "select 1 as id"),
        ("models/b.sql", "select * from {{ ref('a') }}"),
        ("models/c.sql", "select * from {{ ref('b') }}"),
        ("tests/ab.sql", "select * from {{ ref('a') }} join {{ ref('b') }} using (id)"),
    ]);
    insta::assert_snapshot!(told(&models), @r"
    models/a.sql → marts.a after [] and []
    models/b.sql → marts.b after [a] and []
    models/c.sql → marts.c after [b] and [ab]
    ab (Error) after [a, b]
        select * from {{ ref('a') }} join {{ ref('b') }} using (id)
    ");
}

const WORDS: &str = "([a-z:\\-\\n ,'\"{}()%#\\[\\]é]|select |\\{\\{ |\\}\\}|\\{% |%\\}|ref\\('a'\\)|config\\(|is_incremental\\(\\)|set x = |models:\\n|sources:\\n|  - name: a\\n|    tests: |columns:|unique)*";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_text_panics(sql in WORDS, yaml in WORDS, settings in WORDS) {
        let files = [
            ("models/a.sql", "select 1"), ("models/b.sql", &sql), ("tests/c.sql", &sql), ("models/d.yml", &yaml),
            ("dbt_project.yml", &settings),
        ];
        let files: BTreeMap<String, String> = files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
        let paths: BTreeSet<String> = files.keys().cloned().chain(["seeds/a b.csv".to_owned()]).collect();
        let read = models::read(&files, &paths, &Map::new());
        let again = models::read(&files, &paths, &Map::new());
        prop_assert_eq!(&read.models, &again.models);
        prop_assert_eq!(&read.problems, &again.problems);
        let all = (0..read.models.nodes.len()).collect();
        let order = read.models.order(&all);
        prop_assert_eq!(order.nodes.len(), read.models.nodes.len());
    }
}
