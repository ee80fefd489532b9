//! Templates: what they render to, what is refused, and that no value breaks out of its word.

use std::collections::BTreeSet;
use std::process::Command;

use polder_types::template::{Context, Error, Names, Quoting, RunFacts, check, render, render_value};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("{value} is no map") };
    map
}

fn context() -> Context {
    let payload = json!({"rows": [1, 2], "user": {"name": "Ada"}});
    let facts = RunFacts {
        id: "0190",
        date: "2026-11-21".parse().unwrap(),
        scheduled_at: "2026-11-20T23:30:00Z".parse().unwrap(),
        pipeline: "flights",
        team: "air",
        environment: "prod",
        revision: "7",
        trigger: "schedule",
        attempt: 2,
        payload: &payload,
    };
    Context::new(chrono_tz::Europe::Berlin)
        .run(&facts)
        .project("lake", "air")
        .params(&map(json!({"country": "DE", "name": "it's $HOME", "limit": 3, "full": true, "none": null})))
        .step("extract", &map(json!({"rows": 42, "path": "a b.csv"})))
        .step("my-step", &map(json!({"rows": 1})))
        .secret("TOKEN", "s3cret")
}

fn plain(text: &str) -> Result<String, Error> {
    render(text, &context(), Quoting::None)
}

fn shell(text: &str) -> String {
    render(text, &context(), Quoting::Shell).unwrap()
}

#[test]
fn renders_every_group() {
    let text = "{{ run.id }} {{ run.date }} {{ run.scheduled_at }} {{ run.pipeline }} {{ run.team }} {{ run.environment }} \
                {{ run.revision }} {{ run.trigger }} {{ run.attempt }} {{ run.payload.user.name }} {{ project.name }} \
                {{ project.team }} {{ params.limit }} {{ params.full }} {{ steps.extract.rows }} {{ steps['my-step'].rows }} \
                {{ secrets.TOKEN }}";
    let expected =
        "0190 2026-11-21 2026-11-20T23:30:00Z flights air prod 7 schedule 2 Ada lake air 3 true 42 1 s3cret";
    assert_eq!(plain(text).unwrap(), expected);
}

#[test]
fn tells_days_in_the_zone_of_the_pipeline() {
    assert_eq!(plain("{{ run.scheduled_at | date }}").unwrap(), "2026-11-21");
    assert_eq!(plain("{{ run.scheduled_at | date('%d.%m.%Y %H:%M') }}").unwrap(), "21.11.2026 00:30");
    assert_eq!(plain("{{ run.date | date('%Y/%m') }}").unwrap(), "2026/11");
    assert!(plain("{{ run.date | date('%Q') }}").is_err());
    assert!(plain("{{ params.country | date }}").is_err());
}

#[test]
fn keeps_what_is_no_template() {
    for text in ["", "a { b } %}", "trailing newline\n", "{{ run.team }}\n"] {
        assert_eq!(plain(text).unwrap(), text.replace("{{ run.team }}", "air"));
    }
    assert_eq!(plain("{% raw %}{{ x }}{% endraw %}").unwrap(), "{{ x }}");
    assert_eq!(plain("{% if params.full %}a{% else %}b{% endif %}").unwrap(), "a");
    assert_eq!(plain("{% for row in run.payload.rows %}{{ row }};{% endfor %}").unwrap(), "1;2;");
    assert_eq!(
        plain("{{ params.full }} {{ params.none }} {{ run.payload.rows }}").unwrap(),
        "true null [1,2]"
    );
    assert_eq!(plain("{{ run.payload.rows | tojson }}").unwrap(), "[1,2]");
}

#[test]
fn undefined_names_are_errors() {
    for text in
        ["{{ nope }}", "{{ params.nope }}", "{{ run.payload.user.age }}", "{% if params.nope %}x{% endif %}"]
    {
        assert!(matches!(plain(text), Err(Error::Undefined(_))), "{text}: {:?}", plain(text));
    }
    assert_eq!(plain("{{ params.nope | default('x') }}").unwrap(), "x");
    assert!(matches!(plain("{{ run.date"), Err(Error::Syntax(_))));
}

/// minijinja panics on these; found by the fuzzer.
#[test]
fn slices_that_go_backwards_are_refused() {
    for text in ["{{ ''[::-1] }}", "{{ [0, 2, 3][:6:-1] }}", "{{ params.country[1:2:-1] }}"] {
        assert!(matches!(plain(text), Err(Error::Syntax(_))), "{text}");
        assert!(matches!(render_value(&json!(text), &context()), Err(Error::Syntax(_))), "{text}");
    }
}

#[test]
fn work_and_output_are_bounded() {
    let forever = "{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}";
    assert!(matches!(plain(forever), Err(Error::TooMuchWork(_))));
    assert!(matches!(plain("{{ 'x' * 5000000 }}"), Err(Error::TooLarge(_))));
    assert!(matches!(plain("{{ ('x' * 100000) | replace('x', 'y' * 100000) }}"), Err(Error::TooLarge(_))));
    assert!(matches!(plain("{{ (['x' * 100000] * 1000) | join }}"), Err(Error::TooLarge(_))));
    assert!(plain(&format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000))).is_err());
    for text in
        ["{% include 'x' %}", "{% import 'x' as y %}", "{% macro m() %}{% endmacro %}", "{% extends 'x' %}"]
    {
        assert!(plain(text).is_err(), "{text}");
    }
}

#[test]
fn errors_do_not_tell_secrets() {
    for text in [
        "{{ secrets.TOKEN.x.y }}",
        "{{ secrets.TOKEN | int }}",
        "{{ secrets.TOKEN | date }}",
        "{{ secrets.TOKEN + 1 }}",
    ] {
        let error = plain(text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }
    assert!(!format!("{:?}", context()).contains("s3cret"));
}

#[test]
fn errors_in_words() {
    let texts = [
        "{{ run.date",
        "a\n{{ params.nope }}",
        "{{ run.payload.user.age.years }}",
        "{{ run.date | date('%Q') }}",
        "{{ params.country | int }}",
        "{{ params.country + 1 }}",
        "{{ run.date | upr }}",
        "{{ 'x' * 5000000 }}",
    ];
    let said: Vec<String> =
        texts.iter().map(|text| format!("{text}\n    {}", plain(text).unwrap_err())).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn values_are_words_of_the_shell() {
    assert_eq!(
        shell("x.py --day {{ run.date }} {{ steps.extract.path }}"),
        "x.py --day 2026-11-21 'a b.csv'"
    );
    assert_eq!(shell("echo {{ params.name }}"), r"echo 'it'\''s $HOME'");
    assert_eq!(shell("{{ 'a b' | safe }} {{ 'a b' | upper }}"), "a b 'A B'");
    assert_eq!(shell("{{ ['a b', 'c'] | join(' ') }}"), "'a b' c");
    assert_eq!(shell("{% if true %}'{{ 1 }}'{% endif %}"), "'1'");
}

#[test]
fn values_keep_their_type_where_there_is_nothing_else() {
    let value = json!({"rows": "{{ steps.extract.rows }}", "text": "{{ steps.extract.rows }} rows", "list": ["{{ params.full }}", 1, null]});
    let expected = json!({"rows": 42, "text": "42 rows", "list": [true, 1, null]});
    assert_eq!(render_value(&value, &context()).unwrap(), expected);
    assert!(matches!(render_value(&json!("{{ params.nope }}"), &context()), Err(Error::Undefined(_))));
}

fn names() -> Names {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    Names {
        params: Some(set(&["country"])),
        steps: set(&["extract", "my-step"]),
        other_steps: set(&["load"]),
        secrets: Some(set(&["TOKEN"])),
    }
}

#[test]
fn checks_tell_what_is_wrong_and_where() {
    let texts = [
        "{{ run.dat }} {{ project.nam }} {{ run }} {{ params['contry'] }}",
        "{{ country }} {{ extract.rows }} {{ date }} {{ parms.x }}",
        "{{ steps.load.rows }} {{ steps.extract }} {{ steps.my-step.rows }} {{ steps.extrakt.rows }}",
        "{{ secrets.TOKN }} {{ params.country | uper }} {% if params.country is defnd %}{% endif %}",
        "{{ run.date | date(format='%Y', other=nope) }}",
        "{% set x = 1 %}{% include 'x' %}",
        "{{ 'x' * 100000000 }} {{ 2 ** 3 }}",
        "{{ 1 + }}",
        "{{ run.id[::-1] }} {{ run.payload[[1, 2][0]:3:params.country] }}",
        "{{ run.date",
        "{% if true %}",
        "echo \"{{ run.date }}\" '{{ params.country | safe }}'",
    ];
    let say = |text: &&str| {
        let lines = check(text, &names(), Quoting::Shell).into_iter().map(|mistake| {
            let hint = mistake.hint.unwrap_or_default();
            format!("    {:24} {} ({hint})", &text[mistake.range], mistake.message)
        });
        format!("{text}\n{}", lines.collect::<Vec<_>>().join("\n"))
    };
    insta::assert_snapshot!(texts.iter().map(say).collect::<Vec<_>>().join("\n"));
}

#[test]
fn checks_accept_what_is_right() {
    let texts = [
        "{{ run.date }} {{ run.payload.anything[0] }} {{ params[run.trigger] }} {{ params.country == 'DE' }}",
        "{{ steps['my-step'].rows }} {{ steps.extract['rows'] | default(0) | int }}",
        "{% for row in run.payload %}{{ row.x }}{{ loop.index }}{% endfor %}",
        "{{ 'x' if params.country is not defined else [1, 2] | join(',') }}",
        "{{ {'a': run.id} | tojson }} {{ range(3) | list }} {{ not true and false or none }}",
        "{# {{ nope }} #}{% raw %}{{ nope }}{% endraw %}",
        "{% if params.country is none %}{% elif params.country in ['DE'] %}{% else %}{% endif %}",
        "{{ run.id[1:] }} {{ {'a': 1, 'b': 2} }} {{ run.payload[:2][1:3] }}",
        "{%- if true -%}{{- run.id -}}{%- endif -%}",
    ];
    for text in texts {
        assert_eq!(check(text, &names(), Quoting::None), [], "{text}");
    }
}

#[test]
fn sql_gets_literals() {
    let context = Context::new(chrono_tz::UTC)
        .params(&map(json!({"day": "2026-11-21", "rows": 3, "names": ["a", "o'b"], "table": "raw.flights"})));
    let text =
        "SELECT * FROM {{ params.table | safe }} WHERE day = {{ params.day }} AND rows > {{ params.rows }}
        AND name IN ({{ params.names | join(', ') }}) AND x IS {{ none }}";
    insta::assert_snapshot!(render(text, &context, Quoting::Sql).unwrap());
    let wrong = check("SELECT '{{ run.date }}', {{ run.date }}, \"{{ run.id }}\"", &names(), Quoting::Sql);
    insta::assert_debug_snapshot!(wrong);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// The real shell gets back exactly the value.
    #[test]
    fn no_value_breaks_out_of_its_word(value in "[ -~\n\té]{0,30}") {
        let context = Context::new(chrono_tz::UTC).params(&map(json!({"x": value})));
        let command = render("printf %s {{ params.x }}", &context, Quoting::Shell).unwrap();
        let output = Command::new("sh").args(["-c", &command]).output().unwrap();
        prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), value, "{}", command);
    }

    /// Read as SQL reads a literal, it is the value again.
    #[test]
    fn no_value_breaks_out_of_its_literal(value in "[ -~\n\té]{0,30}") {
        let context = Context::new(chrono_tz::UTC).params(&map(json!({"x": value})));
        let literal = render("{{ params.x }}", &context, Quoting::Sql).unwrap();
        let inner = literal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap();
        prop_assert!(!inner.replace("''", "").contains('\''), "{}", literal);
        prop_assert_eq!(inner.replace("''", "'"), value);
    }

    #[test]
    fn no_text_breaks_anything(text in "(\\{\\{|\\}\\}|\\{%|%\\}|if|for|x in|steps|run|\\.date|\\||'|\"|\\[|\\]|\\(|\\)|[ -~é]){0,20}") {
        for mistake in check(&text, &names(), Quoting::Shell) {
            prop_assert!(text.get(mistake.range).is_some());
        }
        let _ = render(&text, &context(), Quoting::Shell);
        let _ = render_value(&json!(text), &context());
    }
}
