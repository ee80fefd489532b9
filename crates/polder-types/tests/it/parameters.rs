//! The values of a start: converted, completed, and every mistake told at once.

use polder_types::definition::{Parameter, ParameterType, resolve_parameters};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::parse_pipeline;

fn parameters() -> Vec<Parameter> {
    let text = "name: a\nparameters:\n  country: {default: DE, enum: [DE, AT]}\n  days: {type: integer, default: 3}\n  ratio: {type: number, \
                enum: [0.5, 1]}\n  full: {type: boolean, default: false}\n  since: {type: date}\nsteps: [{name: a, run: 'true'}]\n";
    parse_pipeline(text).project.unwrap().pipelines.remove(0).parameters
}

fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("{value} is no map") };
    map
}

#[test]
fn texts_are_converted_and_defaults_filled_in() {
    let given =
        map(json!({"days": "7", "ratio": "1", "full": "true", "since": "2026-11-21", "country": null}));
    let expected = json!({"country": "DE", "days": 7, "ratio": 1, "full": true, "since": "2026-11-21"});
    assert_eq!(Value::Object(resolve_parameters(&parameters(), &given).unwrap()), expected);
}

#[test]
fn every_mistake_is_told_at_once() {
    let given = map(
        json!({"contry": "AT", "country": "CH", "days": 1.5, "ratio": "0.7", "full": "yes", "since": "21.11.2026"}),
    );
    let problems = resolve_parameters(&parameters(), &given).unwrap_err();
    let said: Vec<String> = problems
        .into_iter()
        .map(|problem| {
            format!("{}: {} ({})", problem.parameter, problem.message, problem.hint.unwrap_or_default())
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
    let missing = resolve_parameters(&parameters(), &map(json!({"ratio": 0.5}))).unwrap_err();
    assert_eq!(missing[0].message, "`since` has no default and must be given");
    assert!(resolve_parameters(&[], &map(json!({"x": 1}))).unwrap_err()[0].hint.is_some());
}

fn parameter() -> impl Strategy<Value = Parameter> {
    let types = [
        ParameterType::String,
        ParameterType::Integer,
        ParameterType::Number,
        ParameterType::Boolean,
        ParameterType::Date,
    ];
    ("[a-d]", prop::sample::select(types.to_vec()), prop::bool::ANY).prop_map(
        |(name, r#type, has_default)| {
            let default = match r#type {
                ParameterType::String => json!("x"),
                ParameterType::Integer => json!(1),
                ParameterType::Number => json!(1.5),
                ParameterType::Boolean => json!(true),
                ParameterType::Date => json!("2026-11-21"),
            };
            Parameter {
                name,
                r#type,
                description: None,
                default: has_default.then_some(default),
                choices: Vec::new(),
            }
        },
    )
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[0-9.e-]{0,6}|true|false|2026-02-2[0-9]".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!([1])),
    ]
}

proptest! {
    /// What was resolved resolves to itself, so a re-run with the stored values is the same run.
    #[test]
    fn resolving_is_stable(
        parameters in prop::collection::vec(parameter(), 0..4),
        given in prop::collection::hash_map("[a-e]", value(), 0..4),
    ) {
        let mut parameters = parameters;
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        parameters.dedup_by(|a, b| a.name == b.name);
        let given: Map<String, Value> = given.into_iter().collect();
        match resolve_parameters(&parameters, &given) {
            Ok(values) => prop_assert_eq!(resolve_parameters(&parameters, &values).unwrap(), values),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }
}
