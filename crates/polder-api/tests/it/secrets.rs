use axum::body::Body;
use polder_store::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Server, site_with};
use crate::openapi::operations;

const VALUE: &str = "correct-horse-battery-staple";
const PIPELINE: &str = "name: build\nsteps: [{name: a, run: \"true\", secrets: {TOKEN: api-token}}]\n";

on_both_databases! {
    async fn secrets_are_set_listed_and_deleted(store: Store) {
        let server = Server::new(store).await;
        server.deploy(&site_with("pipelines/build.yaml", PIPELINE)).await;
        let path = "/secrets/web/prod/api-token";
        let missing = json!([{"team": "web", "environment": "prod", "name": "api-token", "used_by": ["web/build"]}]);
        assert_eq!(server.get("/secrets/missing").await.is(200)["items"], missing);
        let set = server.call(&server.admin, "PUT", path, &json!({"value": VALUE})).await.is(200);
        assert_eq!(server.get("/secrets/missing?environment=prod").await.is(200)["items"], json!([]));
        assert_eq!(set, json!({"name": "api-token", "version": 1}));
        assert_eq!(server.call(&server.admin, "PUT", path, &json!({"value": VALUE})).await.is(200)["version"], 2);
        let listed = server.get("/secrets?team=web").await.is(200);
        assert_eq!(listed["items"][0]["used_by"], json!(["web/build"]));
        assert_eq!(listed["items"][0]["updated_by"], "admin");
        let rotated = server.post("/secrets/rotate-key", Value::Null).await.is(200);
        assert_eq!(rotated, json!({"secrets": 1}));
        server.start().await;
        assert_eq!(server.claim().await["secrets"], json!({"TOKEN": VALUE}), "it opens after a rotation");
        server.call(&server.admin, "DELETE", path, &Value::Null).await.is(200);
        server.call(&server.admin, "DELETE", path, &Value::Null).await.is_problem(404, "NOT_FOUND");
        assert_eq!(server.get("/secrets").await.is(200)["items"], json!([]));
    }

    async fn a_poor_secret_is_refused_without_its_value(store: Store) {
        let server = Server::new(store).await;
        for (path, body) in [
            ("/secrets/web/prod/x", json!({"value": [VALUE]}).to_string()),
            ("/secrets/web/prod/x", json!({"value": 1, VALUE: 2}).to_string()),
            ("/secrets/web/prod/x", format!("{{\"value\": {VALUE}}}")),
            ("/secrets/web/prod/x", json!({"value": format!("{VALUE}\u{0}")}).to_string()),
            ("/secrets/web/prod/x", json!({"value": ""}).to_string()),
            ("/secrets/web/prod/x", json!({"value": VALUE.repeat(10_000)}).to_string()),
            ("/secrets/web/prod/a%20b", json!({"value": VALUE}).to_string()),
            ("/secrets/web/a%20b/x", json!({"value": VALUE}).to_string()),
            ("/jobs", json!({"team": "web", "name": "x", "run": "true", "secret_values": {"a": {VALUE: 1}}}).to_string()),
            ("/jobs", json!({"team": "web", "name": "x", "run": "true", "secret_values": {"a b": VALUE}}).to_string()),
        ] {
            let method = if path == "/jobs" { "POST" } else { "PUT" };
            let request = Server::request(method, &format!("/api/v1{path}"), &server.admin);
            let answer = server.send(request.body(Body::from(body.clone())).unwrap()).await;
            assert!(answer.status.is_client_error(), "{path} {body}: {}", answer.text());
            assert!(!answer.text().contains(VALUE), "{}", answer.text());
        }
    }

    async fn a_secret_appears_nowhere(store: Store) {
        let server = Server::new(store).await;
        let deployed = server.deploy(&site_with("pipelines/build.yaml", PIPELINE)).await;
        server.call(&server.admin, "PUT", "/secrets/web/prod/api-token", &json!({"value": VALUE})).await.is(200);
        let job = json!({"team": "web", "name": "job", "run": "true", "secrets": {"T": "t"}, "secret_values": {"t": VALUE}});
        let job = server.post("/jobs", job).await.is(201);
        let run = server.start().await;
        let attempt = server.claim().await;
        server.log(&attempt, 0, &["a line"]).await;
        server.end(&attempt, "failed", json!({})).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        for (method, path) in operations() {
            if method != "GET" || path == "/changes" || path == "/session" {
                continue;
            }
            let id = match path.as_str() {
                path if path.starts_with("/jobs") => text(&job["id"]),
                path if path.starts_with("/revisions") => text(&deployed["revision"]["id"]),
                _ => run.clone(),
            };
            let file = text(&server.get(&format!("/revisions/{}/files", text(&deployed["revision"]["id"]))).await.json()["files"][0]["sha256"]);
            let filled = path.replace("{id}", &id).replace("{team}", "web").replace("{name}", "build").replace("{step}", "a").replace("{sha256}", &file).replace("{code}", "PAUSED");
            let query = if filled == "/revisions" { "?team=web&project=site" } else { "" };
            let answer = server.get(&format!("{filled}{query}")).await;
            let is_of_nothing = ["/lake/publishes/{id}", "/lake/branches/{name}/tables"].contains(&path.as_str());
            let expected = answer.status.is_success() || answer.status == 422 || is_of_nothing;
            assert!(expected, "{filled}: {}", answer.text());
            assert!(!answer.text().contains(VALUE), "{filled} shows it");
        }
        let metrics = server.send(Server::request("GET", "/metrics", &server.admin).body(Body::empty()).unwrap()).await;
        assert!(!metrics.text().contains(VALUE));
        let backup = server.post("/backup", Value::Null).await;
        let unpacked = zstd::decode_all(backup.bytes.as_slice()).unwrap();
        let unpacked = String::from_utf8_lossy(&unpacked).into_owned();
        assert!(unpacked.contains("api-token") && !unpacked.contains(VALUE));
        assert!(!unpacked.contains(&hex::encode(VALUE)));
    }
}
