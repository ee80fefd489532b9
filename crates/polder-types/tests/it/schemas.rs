//! The JSON Schemas and the parser say the same: what one takes the other takes, and no key is known to one only.

use std::collections::BTreeSet;

use polder_types::definition::schema;
use serde_json::{Value, json};

use crate::support::{parse_files, parse_folder};

const PROJECT: &str = include_str!("projects/complete/polder.yaml");
const PIPELINE: &str = include_str!("projects/complete/pipelines/everything.yaml");
const SECOND: &str = include_str!("projects/complete/pipelines/second.yaml");

/// As YAML 1.2 has it, where `off` is a text.
fn yaml(text: &str) -> Value {
    serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true }).unwrap()
}

#[test]
fn the_schemas_are_as_they_were() {
    insta::assert_json_snapshot!("schema_of_project", schema::project());
    insta::assert_json_snapshot!("schema_of_pipeline", schema::pipeline());
    insta::assert_json_snapshot!("schema_of_sync", schema::sync());
    insta::assert_json_snapshot!("schema_of_connector", schema::connector());
}

#[test]
fn what_the_parser_takes_the_schema_takes() {
    assert_eq!(parse_folder("complete").problems, []);
    fits(&schema::project(), &yaml(PROJECT)).unwrap();
    fits(&schema::pipeline(), &yaml(PIPELINE)).unwrap();
    fits(&schema::pipeline(), &yaml(SECOND)).unwrap();
    fits(&schema::sync(), &yaml(crate::syncs::SYNC)).unwrap();
}

/// With this, debug builds have checked for each shape that the parser asks for exactly the keys of the schema.
#[test]
fn the_complete_project_has_every_key_of_the_schemas() {
    let mut used = BTreeSet::new();
    [PROJECT, PIPELINE, SECOND].iter().for_each(|text| collect_keys(&yaml(text), &mut used));
    let mut known = BTreeSet::new();
    collect_properties(&schema::project(), &mut known);
    collect_properties(&schema::pipeline(), &mut known);
    let unused: Vec<&String> = known.difference(&used).collect();
    assert!(unused.is_empty(), "not in tests/it/projects/complete: {unused:?}");
}

/// A key that nobody knows, put into each map in turn: if one refuses it, so does the other.
#[test]
fn both_refuse_the_same_unknown_keys() {
    let original = yaml(PIPELINE);
    let mut maps = Vec::new();
    collect_maps(&original, String::new(), &mut maps);
    assert!(maps.len() > 30);
    for pointer in maps {
        let mut changed = original.clone();
        let map = changed.pointer_mut(&pointer).and_then(Value::as_object_mut).unwrap();
        map.insert("nobody_knows".to_owned(), Value::String("x".to_owned()));
        let by_schema = fits(&schema::pipeline(), &changed).is_ok();
        let text = serde_json::to_string(&changed).unwrap();
        let parsed =
            parse_files(&[("polder.yaml", "project: p\nteam: rent-journey\n"), ("pipeline.yaml", &text)]);
        let by_parser = parsed.problems.iter().all(|problem| !problem.message.contains("nobody_knows"));
        assert_eq!(by_schema, by_parser, "{pointer}: {:?}", parsed.problems);
    }
}

/// What is empty, or a value of another type than most would write: one that refuses goes with the other.
#[test]
fn both_judge_the_same_small_values() {
    let cases = [
        ("/steps/0/run", json!([]), false),
        ("/steps/0/run", json!(""), false),
        ("/steps/0/run", json!("  "), false),
        ("/steps/0/run", json!(["echo", 5, true]), true),
        ("/steps", json!([]), false),
        ("/triggers", json!([{"executions": {}}]), false),
        ("/triggers", json!([{"executions": {"within": "day"}}]), false),
        ("/triggers", json!([{"executions": {"allOf": []}}]), false),
        ("/triggers", json!([{"executions": {"anyOf": [{"operator": "OR"}]}}]), false),
        ("/triggers", json!([{"executions": {"allOf": [{"pipeline": "t/x", "status": []}]}}]), false),
        ("/triggers", json!([]), true),
        ("/parameters", json!({"a": {"enum": []}}), false),
    ];
    for (pointer, value, accepted) in cases {
        let mut pipeline =
            json!({"name": "a", "steps": [{"name": "a", "run": "true"}], "triggers": [], "parameters": {}});
        *pipeline.pointer_mut(pointer).unwrap() = value;
        let by_schema = fits(&schema::pipeline(), &pipeline).is_ok();
        let text = pipeline.to_string();
        let parsed = parse_files(&[("polder.yaml", "project: p\nteam: t\n"), ("pipeline.yaml", &text)]);
        assert_eq!(
            (by_schema, parsed.project.is_some()),
            (accepted, accepted),
            "{text}: {:?}",
            parsed.problems
        );
    }
}

fn collect_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            keys.insert(key.clone());
            collect_keys(value, keys);
        }),
        Value::Array(items) => items.iter().for_each(|item| collect_keys(item, keys)),
        _ => {}
    }
}

fn collect_properties(schema: &Value, keys: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            let properties = map.get("properties").and_then(Value::as_object);
            keys.extend(properties.into_iter().flat_map(|properties| properties.keys().cloned()));
            map.values().for_each(|value| collect_properties(value, keys));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_properties(item, keys)),
        _ => {}
    }
}

fn collect_maps(value: &Value, pointer: String, maps: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| collect_maps(value, format!("{pointer}/{key}"), maps));
            maps.push(pointer);
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| collect_maps(item, format!("{pointer}/{index}"), maps));
        }
        _ => {}
    }
}

/// As much of JSON Schema as ours have; anything else in them fails the test.
fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    Validator { root: schema }.check(schema, value)
}

struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let Value::Object(rules) = schema else { return Ok(()) };
        for (rule, argument) in rules {
            let holds = match rule.as_str() {
                "$schema"
                | "$id"
                | "$defs"
                | "title"
                | "description"
                | "format"
                | "default"
                | "properties"
                | "additionalProperties" => true,
                "$ref" => {
                    let pointer = argument.as_str().and_then(|text| text.strip_prefix('#')).unwrap();
                    return self.check(self.root.pointer(pointer).unwrap(), value);
                }
                "type" => match argument {
                    Value::Array(types) => types.iter().any(|name| is_of_type(value, name)),
                    name => is_of_type(value, name),
                },
                "enum" => argument.as_array().unwrap().contains(value),
                "const" => argument == value,
                "anyOf" | "oneOf" => {
                    argument.as_array().unwrap().iter().any(|schema| self.check(schema, value).is_ok())
                }
                "required" => {
                    argument.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some())
                }
                "items" => {
                    value.as_array().into_iter().flatten().all(|item| self.check(argument, item).is_ok())
                }
                "minimum" => value.as_f64() >= argument.as_f64(),
                "maximum" => value.as_f64() <= argument.as_f64(),
                "minItems" => value.as_array().map(Vec::len) >= argument.as_u64().map(|least| least as usize),
                // Patterns are checked by hand; but nothing is as empty as that.
                "pattern" => argument != "\\S" || value.as_str().is_some_and(|text| !text.trim().is_empty()),
                other => panic!("`{other}` is not known to this test"),
            };
            if !holds {
                return Err(format!("{value} breaks {rule}: {argument}"));
            }
        }
        self.check_map(rules, value)
    }

    fn check_map(&self, rules: &serde_json::Map<String, Value>, value: &Value) -> Result<(), String> {
        let Value::Object(map) = value else { return Ok(()) };
        let properties = rules.get("properties").and_then(Value::as_object);
        for (key, value) in map {
            match (properties.and_then(|properties| properties.get(key)), rules.get("additionalProperties")) {
                (Some(schema), _) => self.check(schema, value)?,
                (None, Some(Value::Bool(false))) => return Err(format!("unknown key {key}")),
                (None, Some(schema)) => self.check(schema, value)?,
                (None, None) => {}
            }
        }
        Ok(())
    }
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("`{other}` is not known to this test"),
    }
}
