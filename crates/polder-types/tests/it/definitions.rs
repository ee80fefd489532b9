//! Reading projects: what is accepted, and what is said about mistakes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use polder_types::definition::{Problem, ProblemCode, Severity, StepKind, render};
use proptest::prelude::*;

use crate::support::{parse_files, parse_folder, parse_pipeline};

#[test]
fn every_key_is_understood() {
    let parsed = parse_folder("complete");
    assert_eq!(render(&parsed.problems), "");
    insta::assert_json_snapshot!(parsed.project.unwrap());
}

#[test]
fn every_mistake_of_every_file_is_told_at_once() {
    let parsed = parse_folder("broken");
    assert!(parsed.project.is_none());
    insta::assert_snapshot!(render(&parsed.problems));
}

#[test]
fn every_problem_has_its_place_in_the_structure() {
    let problems = parse_folder("broken").problems;
    let mut places = String::new();
    for Problem { file, path, code, .. } in &problems {
        writeln!(places, "{file} {path} {code:?}").unwrap();
    }
    insta::assert_snapshot!(places);
}

/// The problems of a pipeline, each as `line:column message`.
fn problems(text: &str) -> Vec<String> {
    let problems = parse_pipeline(text).problems.into_iter();
    problems.map(|Problem { line, column, message, .. }| format!("{line}:{column} {message}")).collect()
}

const STEPS: &str = "steps:\n  - {name: a, run: 'true'}\n";

#[test]
fn a_small_pipeline_has_defaults() {
    let parsed = parse_pipeline(&format!("name: a\n{STEPS}"));
    let project = parsed.project.unwrap();
    assert!(project.environments["prod"].schedules);
    let pipeline = &project.pipelines[0];
    assert_eq!((pipeline.timezone.as_str(), pipeline.file.as_str()), ("UTC", "pipeline.yaml"));
    assert_eq!(pipeline.steps[0].retries.limit, 0);
}

#[test]
fn a_project_needs_its_file_and_a_pipeline() {
    assert!(
        render(&parse_files(&[("pipeline.yaml", "")]).problems)
            .contains("polder.yaml:1:1: error: there is no `polder.yaml`")
    );
    assert!(
        render(&parse_files(&[("pipeline.yaml", "")]).problems)
            .contains("pipeline.yaml:1:1: error: the file is empty")
    );
    let lonely = parse_files(&[("polder.yaml", "project: p\nteam: t\n")]);
    assert!(render(&lonely.problems).contains("the project has no pipeline"));
    let misnamed = parse_files(&[("polder.yaml", "project: p\nteam: t\n"), ("pipelines/a.yml", "")]);
    assert_eq!((misnamed.problems.len(), misnamed.problems[0].severity), (1, Severity::Error));
    assert!(misnamed.problems[0].message.contains("not read"));
    let beside = format!("name: a\n{STEPS}");
    let project = ("polder.yaml", "project: p\nteam: t\n");
    let misnamed = parse_files(&[project, ("pipelines/a.yml", ""), ("pipelines/b.yaml", &beside)]);
    assert_eq!(misnamed.problems[0].severity, Severity::Warning);
    assert!(misnamed.project.is_some());
    assert!(parse_files(&[]).project.is_none());
}

#[test]
fn names_are_unique() {
    let text = format!("name: same\n{STEPS}");
    let project = ("polder.yaml", "project: p\nteam: t\n");
    let parsed = parse_files(&[project, ("pipelines/a.yaml", &text), ("pipelines/b.yaml", &text)]);
    let Problem { file, message, code, .. } = &parsed.problems[0];
    assert_eq!((file.as_str(), *code), ("pipelines/b.yaml", ProblemCode::DuplicateName));
    assert_eq!(message, "a pipeline `same` is already in pipelines/a.yaml");
}

#[test]
fn cycles_between_pipelines_are_named_in_full() {
    let project = ("polder.yaml", "project: p\nteam: t\n");
    let pipeline = |name: &str, upstream: &str| {
        format!("name: {name}\ntriggers: [{{executions: {{allOf: [{{pipeline: t/{upstream}}}]}}}}]\n{STEPS}")
    };
    let (a, b, c) = (pipeline("a", "c"), pipeline("b", "a"), pipeline("c", "b"));
    let files = [project, ("pipelines/a.yaml", &a), ("pipelines/b.yaml", &b), ("pipelines/c.yaml", &c)];
    let parsed = parse_files(&files);
    let messages: Vec<&str> = parsed.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, ["these pipelines start each other without end: t/a -> t/b -> t/c -> t/a"]);

    let own = "name: a\nsteps:\n  - {name: again, pipeline: team/a}\n";
    assert_eq!(problems(own), ["3:29 these pipelines start each other without end: team/a -> team/a"]);
}

#[test]
fn waiting_for_a_pipeline_that_is_also_called_is_no_cycle() {
    let project = ("polder.yaml", "project: p\nteam: t\n");
    let caller = "name: caller\nsteps:\n  - {name: call, pipeline: t/called}\n";
    let called = format!("name: called\ntriggers: [{{webhook: {{}}}}]\n{STEPS}");
    assert!(
        parse_files(&[project, ("pipelines/a.yaml", caller), ("pipelines/b.yaml", &called)])
            .project
            .is_some()
    );
}

#[test]
fn unknown_upstreams_are_warnings_with_their_place() {
    let text = format!(
        "name: a\ntriggers:\n  - executions: {{anyOf: [{{pipeline: search/serches}}, {{pipeline: search/known}}]}}\n{STEPS}"
    );
    let parsed = parse_pipeline(&text);
    let known = BTreeSet::from(["search/searches".to_owned(), "search/known".to_owned()]);
    let warnings = parsed.unknown_upstreams(&known);
    insta::assert_snapshot!(render(&warnings));
    assert_eq!(parsed.unknown_upstreams(&BTreeSet::from(["search/serches".to_owned()])).len(), 1);
}

#[test]
fn aliases_and_merge_keys_are_expanded_within_bounds() {
    let shared = "name: a\nenv: &env {A: x}\nsteps:\n  - {name: a, run: 'true', env: {<<: *env, B: y}}\n";
    let project = parse_pipeline(shared).project.unwrap();
    assert_eq!(project.pipelines[0].steps[0].env.len(), 2);

    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        writeln!(laughs, "a{level}: &a{level} [{}]", [alias.as_str(); 10].join(", ")).unwrap();
    }
    assert!(problems(&laughs)[0].contains("too large once its aliases are expanded"));
    assert!(problems("a: &a [*a]\n").iter().any(|problem| problem.contains("inside its own anchor")));
}

#[test]
fn size_and_depth_are_bounded() {
    assert!(problems(&"#".repeat((1 << 20) + 1))[0].contains("larger than"));
    assert!(problems(&"[".repeat(100_000))[0].contains("more than 64 deep"));
    let nested: String = (0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(problems(&nested)[0].contains("more than 64 deep"));
    let many: String = (0..1001).map(|index| format!("  - {{name: s{index}, run: 'true'}}\n")).collect();
    assert_eq!(problems(&format!("name: a\nsteps:\n{many}")), ["3:3 1001 steps are more than 1000"]);
    let garbage: String = (0..5000).map(|index| format!("k{index}: 1\n")).collect();
    assert_eq!(parse_pipeline(&garbage).problems.len(), 500);
}

#[test]
fn shell_text_keeps_its_meaning() {
    let text = "name: a\nsteps:\n  - name: a\n    run: |\n      echo 'x'\n      python x.py\n";
    let step = parse_pipeline(text).project.unwrap().pipelines.remove(0).steps.remove(0);
    let StepKind::Run(polder_types::definition::Command::Shell(command)) = step.kind else {
        panic!("no command")
    };
    assert_eq!(command, "echo 'x'\npython x.py\n");
}

#[test]
fn mistakes_in_blocks_and_quotes_are_placed_exactly() {
    let folded =
        "name: a\nsteps:\n  - name: a\n    run: >-\n      echo\n      {{ run.dat }}\n      {{ run.dat }}\n";
    assert_eq!(problems(folded), ["6:10 there is no `run.dat`", "7:10 there is no `run.dat`"]);
    let quoted = "name: ä\nsteps:\n  - {name: a, run: \"echo \\\"ä\\\" {{ run.dat }}\"}\n";
    assert_eq!(problems(quoted), ["1:7 `ä` is not a valid name", "3:35 there is no `run.dat`"]);
}

#[test]
fn windows_line_ends_and_byte_order_marks_are_read() {
    let text = "\u{feff}name: a\r\nsteps:\r\n  - name: a\r\n    run: echo {{ run.dat }}\r\n";
    assert_eq!(problems(text), ["4:18 there is no `run.dat`"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_breaks_the_parser(text in "([a-z]{1,6}: |- |  |\n|\\{|\\}|\\[|\\]|[&*]a |\"|'|\\||>|!|#|steps:\n|name: a\n|run: |\\{\\{ |[ -~é]){0,40}") {
        let parsed = parse_files(&[("polder.yaml", &text), ("pipeline.yaml", &text)]);
        prop_assert!(!parsed.problems.is_empty());
        let _ = render(&parsed.problems);
    }

    /// Any line of a good project may be lost or doubled: mistakes are told, nothing breaks.
    #[test]
    fn a_damaged_project_is_told_apart(line in 0usize..90, action in 0u8..3, noise in "[ -~]{0,12}") {
        let good = include_str!("projects/complete/pipelines/everything.yaml");
        let mut lines: Vec<&str> = good.lines().collect();
        let line = line % lines.len();
        match action {
            0 => drop(lines.remove(line)),
            1 => lines.insert(line, lines[line]),
            _ => lines[line] = &noise,
        }
        let parsed = parse_pipeline(&lines.join("\n"));
        prop_assert!(parsed.project.is_some() || !parsed.problems.is_empty());
        for problem in &parsed.problems {
            prop_assert!(problem.line as usize <= lines.len() + 1, "{problem:?}");
        }
    }
}
