use std::path::Path;

use polder_api::document;
use polder_store::testing::TestStore;
use serde_json::Value;

use crate::harness::Server;

/// Method and path of every operation, with something in the place of each parameter.
pub(crate) fn operations() -> Vec<(String, String)> {
    let document = serde_json::to_value(document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            operations.push((method.to_uppercase(), path.trim_start_matches("/api/v1").to_owned()));
        }
    }
    assert!(operations.len() > 45, "{operations:?}");
    operations
}

#[test]
fn the_document_in_the_repository_is_the_present_one() {
    let present = serde_json::to_string_pretty(document()).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &present).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == present, "docs/openapi.json is stale: run this test with UPDATE=1");
}

#[test]
fn the_document_says_all_that_a_client_is_generated_from() {
    let document = serde_json::to_value(document()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let what = format!("{method} {path}");
            assert!(
                operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()),
                "{what} has no summary"
            );
            assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{what} has no tag");
            assert!(operation["responses"]["default"].is_object(), "{what} does not tell its errors");
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
            let named = path.matches('{').count();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let count = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
            assert_eq!(count, named, "{what} does not tell all of its path");
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "two operations have the same id");
    assert_refs(&document, &document);
}

/// Everything that is referred to is there.
fn assert_refs(document: &Value, value: &Value) {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{reference} is not there");
            }
            map.values().for_each(|inner| assert_refs(document, inner));
        }
        Value::Array(items) => items.iter().for_each(|inner| assert_refs(document, inner)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_served() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let served = server.call("", "GET", "/openapi.json", &Value::Null).await.is(200);
    assert_eq!(served, serde_json::to_value(document()).unwrap());
}
