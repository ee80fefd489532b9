//! What a build does, and what is said of it.

use polder_types::wire::{CheckStatus, ModelRun};

use crate::bench::Bench;

/// Takes a while, so that what is done at the same time is seen to be.
const SLOW: &str =
    "select count(*) as n from generate_series(1, 3000) a cross join generate_series(1, 1000) b";

#[tokio::test(flavor = "multi_thread")]
async fn models_that_do_not_wait_for_each_other_are_built_at_the_same_time() {
    let files = ["a", "b", "c"].map(|name| format!("models/{name}.sql"));
    let mut files: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), SLOW)).collect();
    files.push(("models/all_of_them.sql", "select * from {{ ref('a') }} union all select * from {{ ref('b') }} union all select * from {{ ref('c') }}"));
    let (built, _) = Bench::new(&files).build("*", false).await;
    let models = built.unwrap().models;
    let end = |run: &ModelRun| run.began_after_milliseconds + run.milliseconds;
    let (last, first) = models.split_last().unwrap();
    let earliest = first.iter().map(end).min().unwrap();
    assert!(first.iter().all(|run| run.began_after_milliseconds < earliest), "{first:?}");
    assert_eq!(last.name, "all_of_them");
    assert!(first.iter().all(|run| end(run) <= last.began_after_milliseconds + 1), "{models:?}");
    assert_eq!(last.rows, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_cannot_be_built_leaves_others_alone() {
    let mut bench = Bench::new(&[
        ("models/good.sql", "select 1 as id"),
        ("models/wrong.sql", "select nothing from {{ ref('good') }}"),
        ("models/after.sql", "select * from {{ ref('wrong') }}"),
        ("models/beside.sql", "select * from {{ ref('good') }};"),
        ("tests/of_after.sql", "select * from {{ ref('after') }}"),
    ]);
    let (built, said) = bench.build("*", false).await;
    let mut lines: Vec<&str> = said.lines().collect();
    lines.sort_unstable();
    insta::assert_snapshot!(format!("{}\n\n{}", lines.join("\n"), built.unwrap_err()));
    bench.write("models/wrong.sql", "select id from {{ ref('good') }}");
    bench.write("tests/of_after.sql", "select * from {{ ref('after') }} where id > 1");
    let checks = bench.build("*", false).await.0.unwrap();
    assert!(checks.tests.iter().all(|test| test.status == CheckStatus::Passed));
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_that_cannot_be_read_is_told_before_anything_is_built() {
    let mut bench = Bench::new(&[
        ("models/a.sql", "select 1 as id"),
        ("models/b.sql", "select from where"),
        ("models/c.sql", "select 1; select 2"),
        ("models/d.sql", "drop table x"),
        ("tests/e.sql", "select (1 from {{ ref('a') }}"),
    ]);
    let (built, said) = bench.build("*", false).await;
    insta::assert_snapshot!(format!("{said}\n\n{}", built.unwrap_err()));
    bench.write("models/f.sql", "select 1 as id");
    assert_eq!(bench.build("f", false).await.0.unwrap().models.len(), 1, "others are not looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn incremental_models_keep_their_columns_until_they_are_built_anew() {
    let incremental = "{{ config(materialized='incremental', unique_key=['id', 'day']) }}";
    let text = |select: &str| format!("{incremental} {select}");
    let mut bench = Bench::new(&[("models/x.sql", &text("select 1 as id, 2 as day, 'a' as \"Name\""))]);
    assert_eq!(bench.build("x", false).await.0.unwrap().models[0].rows, Some(1));
    // In another order, and once more.
    bench
        .write("models/x.sql", &text("select 'b' as \"Name\", 2 as day, 1 as id union all select 'c', 3, 1"));
    let checks = bench.build("x", false).await.0.unwrap();
    insta::assert_snapshot!(checks.models[0].sql.clone().unwrap());
    assert_eq!(checks.models[0].rows, Some(2));
    bench.write("models/x.sql", &text("select 1 as id, 2 as day, 1 as other"));
    let (built, _) = bench.build("x", false).await;
    insta::assert_snapshot!(built.unwrap_err(), @"1 of 1 models could not be built: marts.x (the model has now other, and has no more Name, and the table marts.x was built before: build it anew with `full_refresh: true`); nothing of this was published");
    assert_eq!(bench.build("x", true).await.0.unwrap().models[0].rows, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_kept_up_to_a_number() {
    let mut bench = Bench::new(&[
        ("models/x.sql", "select value as id, cast(null as int) as nothing from generate_series(1, 5000)"),
        ("tests/many.sql", "select * from {{ ref('x') }}"),
    ]);
    let (built, said) = bench.build("*", false).await;
    insta::assert_snapshot!(format!("{said}\n\n{}", built.unwrap_err()));
}
