//! Single mistakes and what is said about each: one mistake, one message, at its place.

use std::collections::{BTreeMap, BTreeSet};

use polder_types::definition::{not_utf8, parse, render};

use crate::support::{parse_files, parse_pipeline};

/// Each pipeline with what is said about it.
fn told(pipelines: &[&str]) -> String {
    let tell = |text: &&str| format!("{text}\n---\n{}", render(&parse_pipeline(text).problems));
    pipelines.iter().map(tell).collect::<Vec<_>>().join("\n======\n")
}

#[test]
fn texts_that_are_not_yaml() {
    let deep = format!("name: a\nlabels: {}{}", "[".repeat(80), "]".repeat(80));
    insta::assert_snapshot!(told(&[
        "name: a\nsteps:\n  - name: a\n    run: \"echo hi\n  - name: b\n    run: echo\n",
        "name: a\nsteps:\n  - name: a\n    run: 'echo hi # it''s\n  - name: b\n    run: 'echo'\n",
        "name: a\nsteps: [\n  {name: a, run: \"echo hi},\n  {name: \"b\", run: echo}]\n",
        "name: a\nsteps:\n  - {name: a, run: \"echo\n",
        "name: a\nsteps:\n  - {name: a, run: \"echo\" x}\n",
        "name: a\nsteps:\n  - {name: a, run: [echo\n",
        "name: a\nsteps:\n  - name: a\n    run: @x\n",
        "name: a\nsteps:\n  - name: a\n    run: %x\n",
        "name: a\nsteps:\n  - name: a\n    run: `x`\n",
        "name: a\nsteps:\n  - name: a\n    run: \"\\d\"\n",
        &deep,
    ]));
}

#[test]
fn one_mistake_is_told_once() {
    insta::assert_snapshot!(told(&[
        "name: a\nsteps:\n  - name: a\n    run: {{ params.x }}\n",
        "name: a\nsteps:\n  - {name: a, run: {{ params['x'] | default(\"y\") }}}\n",
        "name: a\nsteps:\n  - name: a\n    run: {{ params.x }} foo\n",
        "name: {{ x }}\n{{ y }}: 1\nsteps:\n  - {name: a, run: 'true'}\n",
        "name: a\nsteps:\n  - name: a\n    run: *foo\n",
        "name: a\nsteps:\n  - name: a\n    <<: *t\n",
        "name: a\nsteps:\n  - {name: a, run: x, env: {<<: [*t], A: b}}\n",
        "name: a\nsteps: *t\n",
    ]));
}

#[test]
fn keys_without_a_value() {
    insta::assert_snapshot!(told(&[
        "name: a\nsteps:\n",
        "name:\nsteps:\n  - name:\n    run:\n  - name: b\n    http:\n",
        "",
    ]));
}

#[test]
fn every_mistake_of_a_value_is_told() {
    insta::assert_snapshot!(told(&[
        "name: a\ntriggers: [{schedule: '99 25 32 13 9'}]\nsteps: [{name: a, run: 'true'}]\n",
        "name: a\nsteps:\n  - name: a\n    env: {POLDER_X: 1, B: '{{ run.dat }}'}\n    secrets: {1a: x}\n",
        "name: a\nsteps:\n  - {name: a, run: 'echo {{ run.dat }}', http: {url: x}}\n",
        "name: a\ntriggers: [{schedule: '61 * * * *'}]\nparameters: {x: {}, y: {default: 1}}\nsteps: [{name: a, run: 'true'}]\n",
        "name: a\ntriggers: [{executions: {anyOf: [{pipeline: other/x}]}}]\nsteps: [{name: a, pipeline: other/x}]\n",
    ]));
}

#[test]
fn mistakes_in_steps_of_sql() {
    insta::assert_snapshot!(told(&[
        "name: a\nsteps:\n  - {name: a, sql: \"  \"}\n  - {name: b, sql: quries/x.sql, compute: {memory: 2GB, cpu: 1}}\n",
        "name: a\nsteps:\n  - {name: a, sql: /tmp/x.sql, compute: {memory: 1MiB, cpus: 0}}\n  - {name: b, sql: ../x.sql, compute: small}\n",
        "name: a\nsteps:\n  - name: a\n    sql: |\n      SELECT 1;\n      SELECT '{{ run.date }}', {{ run.dat }}\n    env: {A: 1}\n",
    ]));
}

#[test]
fn hints_fit() {
    insta::assert_snapshot!(told(&[
        "name: a\ntimeout: 999999999d\nsteps:\n  - {name: a, run: 'true', retries: 99999999999999999999, timeout: 1.5h}\n",
        "name: a\nparameters: {a: {type: int, default: 1}, b: {type: str, default: 99999999999999999999}}\nsteps: [{name: a, run: 'true'}]\n",
        "name: a\nsteps:\n  - {name: a, run: 'echo {{ secrets.FOO }}'}\n  - {name: b, http: {url: 'https://x/{{ secrets.FOO }}'}, secrets: {FOOT: f}}\n",
        "name: a\nsteps:\n  - {name: a, run: 'echo ${#VAR} {{ run.id }}'}\n  - {name: b, run: [echo, '{# x']}\n  - {name: c, run: 'echo ${#A} {# b #}'}\n",
    ]));
}

#[test]
fn files_that_would_be_passed_over() {
    let pipeline = "name: a\nsteps: [{name: a, run: python models/x.py}]\n";
    let files = [
        ("polder.yaml", "project: p\nteam: t\n"),
        ("pipelines/a.yaml", pipeline),
        ("pipelines/sub/q.yaml", pipeline),
        ("pipelines/d.yaml/x.txt", ""),
        ("pipelines/d.yaml/y.txt", ""),
        ("pipelines/sub/q.sql", ""),
        ("models/x.py", ""),
        ("models/a/b.sql", ""),
        ("models/schema.yml", ""),
        ("connections/c.yaml", ""),
        ("connections/deep/c.yaml", ""),
        ("syncs/c.yaml", ""),
        ("dashboards/c.yml", ""),
        ("connectors/c.yaml", ""),
        ("connectors/c.py", ""),
    ];
    let parsed = parse_files(&files);
    assert!(parsed.project.is_none());
    insta::assert_snapshot!(render(&parsed.problems));
    let lonely = parse_files(&[files[0], files[2]]);
    insta::assert_snapshot!("no_pipeline_where_it_is_read", render(&lonely.problems));
}

#[test]
fn a_file_that_cannot_be_read_is_told_by_its_reader_only() {
    let paths: BTreeSet<String> = ["polder.yaml", "pipelines/a.yaml"].map(str::to_owned).into();
    let texts = |path: &str, text: &str| BTreeMap::from([(path.to_owned(), text.to_owned())]);
    let parsed = parse(&texts("polder.yaml", "project: p\nteam: t\n"), &paths);
    assert_eq!(render(&parsed.problems), "");
    let parsed = parse(&texts("pipelines/a.yaml", "name: a\nsteps: [{name: a, run: 'true'}]\n"), &paths);
    assert_eq!((render(&parsed.problems).as_str(), parsed.project), ("", None));
    let problem = not_utf8("pipelines/a.yaml", b"name: a\nowner: \xc3\xa4\xff\n");
    assert_eq!((problem.line, problem.column), (2, 9));
    let empty = parse_files(&[("polder.yaml", "\n"), ("pipeline.yml", "")]);
    insta::assert_snapshot!("an_empty_project", render(&empty.problems));
}
