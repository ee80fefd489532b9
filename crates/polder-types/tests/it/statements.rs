//! SQL of a project, judged before anything of it runs: models, tests and steps.

use std::collections::BTreeMap;

use polder_types::definition::{Parsed, render};

use crate::support::parse_files;

const PROJECT: (&str, &str) = ("polder.yaml", "project: shop\nteam: shop\n");
const BUILD: (&str, &str) = (
    "pipeline.yaml",
    "name: build\nsteps: [{name: build, models: \"*\", vars: {limit: \"{{ run.attempt }}\", bad: \"1 2\"}}]\n",
);

fn told(parsed: &Parsed) -> String {
    assert_eq!(parsed.project.is_none(), !parsed.problems.is_empty());
    render(&parsed.problems)
}

/// The mistakes of models in these files.
fn of_models(files: &[(&str, &str)]) -> String {
    told(&parse_files(&[&[PROJECT, BUILD], files].concat()))
}

#[test]
fn a_model_is_one_query_that_can_be_read() {
    insta::assert_snapshot!(of_models(&[
        ("models/staging/two.sql", "select 1 as a;\nselect 2 as a;\n"),
        ("models/staging/delete.sql", "delete from raw.orders\n"),
        ("models/staging/unread.sql", "select a,\n  sum(b as c\nfrom {{ source('raw', 'orders') }}"),
        ("models/staging/short.sql", "{{ config(tags='x') }}\nselect a from {{ ref('two') }} where\n"),
        ("models/staging/alone.sql", "select * from orders join {{ ref('two') }} using (a)"),
        (
            "models/staging/looped.sql",
            "select {%- for c in ['a', 'b'] %}\n  {{ c }} as {{ c }}_1{% if not loop.last %},{% endif %}\n{%- endfor %}\nfrom {{ ref('two') }} grop by 1\n",
        ),
        ("models/staging/var.sql", "select 1 as a from {{ ref('two') }} limit {{ var('bad') }}"),
        (
            "models/staging/added.sql",
            "{{ config(materialized='incremental') }}\nselect 1 as a\n{% if is_incremental() %}where ){% endif %}",
        ),
        ("tests/one.sql", "select 1 from {{ ref('two') }}; select 2"),
        (
            "models/x.yml",
            "sources: [{name: raw, tables: [{name: orders}]}]\nmodels:\n  - name: two\n    columns: [{name: a, tests: [{unique: {where: \"a >\"}}]}]\n"
        ),
    ]));
}

#[test]
fn what_a_run_fills_in_is_left_to_the_run() {
    let found = of_models(&[
        ("models/staging/one.sql", "select 1 as a limit {{ var('limit') }}"),
        ("models/staging/off.sql", "{{ config(enabled=false) }} select"),
        ("models/staging/off_too.sql", "select"),
        (
            "models/staging/this.sql",
            "{{ config(materialized='incremental') }}select a from {{ ref('one') }}{% if is_incremental() %} where a > (select max(a) from {{ this }}){% endif %};\n-- done",
        ),
        ("models/x.yml", "models: [{name: off_too, config: {enabled: false}}]"),
        ("tests/off.sql", "{{ config(enabled=false) }} select"),
    ]);
    assert_eq!(found, "");
}

/// The mistakes of a step's SQL, and of a file that another one names.
fn of_steps(sql: &str, file: &str) -> String {
    let indented = sql.replace('\n', "\n      ");
    let pipeline = format!(
        "name: a\nparameters: {{country: {{type: string, default: DE}}}}\nsteps:\n  - name: text\n    sql: |\n      {indented}\n  - {{name: file, sql: sql/build.sql}}\n  - {{name: again, sql: sql/build.sql, needs: []}}\n"
    );
    let mut parsed = parse_files(&[PROJECT, ("pipeline.yaml", &pipeline), ("sql/build.sql", file)]);
    assert_eq!(parsed.sql_files().into_iter().collect::<Vec<_>>(), ["sql/build.sql"]);
    parsed.check_sql(&BTreeMap::from([("sql/build.sql".to_owned(), file.to_owned())]));
    told(&parsed)
}

#[test]
fn statements_of_steps_are_judged_too() {
    insta::assert_snapshot!(of_steps(
        "create table marts.a as select 1 as a;\nselect * form marts.a where é = {{ params.country }};\ndrop table marts.a;\nselect * grom marts.a",
        "{# for all\n of them #} select a b c from marts.a;\ninsert into a select {{ params.country }};\nselect {{ params.contry }};\ndelete marts.a;\nselect 'open",
    ));
}

#[test]
fn statements_with_templates_are_left_to_the_run() {
    let good = "select {{ params.country }} as c, date {{ run.date }};\nselect 1 limit {{ 1 }}";
    let safe = "create table {{ params.country | safe }} as select 1 as a; select * grom {{ 'x' | safe }}";
    let choice = "{% if params.country == 'DE' %}select 1{% else %}select 2;{% endif %}\nselect 3";
    for sql in [good, safe, choice] {
        assert_eq!(of_steps(sql, sql), "");
    }
}
