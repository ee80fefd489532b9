use polder_store::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{ADDRESS, SITE, Server, site_with};

on_both_databases! {
    async fn whatever_is_changed_is_written_down(store: Store) {
        let server = Server::new(store).await;
        let first = server.deploy(&SITE).await;
        server.deploy(&site_with("extract.py", "print('other')\n")).await;
        let revision = first["revision"]["id"].as_str().unwrap();
        server.post(&format!("/revisions/{revision}/rollback"), Value::Null).await.is(201);
        server.post("/pipelines/web/build/pause", Value::Null).await.is(200);
        server.post("/pipelines/web/build/pause", Value::Null).await.is(200);
        server.post("/pipelines/web/build/resume", Value::Null).await.is(200);
        let run = server.start().await;
        server.post(&format!("/runs/{run}/abort"), Value::Null).await.is(202);
        server.post(&format!("/runs/{run}/rerun"), Value::Null).await.is(202);
        server.post("/hooks/web/build", json!({})).await.is(202);
        let job = json!({"team": "web", "name": "job", "run": "true", "secret_values": {"a": "hush-hush"}});
        let job = server.post("/jobs", job).await.is(201);
        server.post(&format!("/jobs/{}/runs", job["id"].as_str().unwrap()), Value::Null).await.is(202);
        server.call(&server.admin, "PUT", "/secrets/web/prod/b", &json!({"value": "hush-hush"})).await.is(200);
        server.call(&server.admin, "DELETE", "/secrets/web/prod/b", &Value::Null).await.is(200);
        server.post("/secrets/rotate-key", Value::Null).await.is(200);
        let token = server.post("/tokens", json!({"name": "ci", "grants": [{"role": "viewer"}]})).await.is(201);
        let id = token["id"].as_str().unwrap();
        server.call(&server.admin, "DELETE", &format!("/tokens/{id}"), &Value::Null).await.is(200);
        assert_eq!(server.post("/backup", Value::Null).await.status, 200);

        let log = server.get("/audit?limit=500").await;
        let entries = log.is(200);
        assert!(!log.text().contains("hush") && !log.text().contains("pld_"), "never a value");
        let address = std::net::IpAddr::from(ADDRESS).to_string();
        let lines = entries["items"].as_array().unwrap().iter().rev().map(|entry| {
            assert_eq!((&entry["actor"], &entry["address"]), (&json!("admin"), &json!(address)));
            format!("{} {}", entry["action"].as_str().unwrap(), entry["object"].as_str().unwrap())
        });
        let lines: Vec<String> = lines.collect();
        insta::allow_duplicates! { insta::assert_snapshot!(lines.join("\n")); }
        let found = server.get("/audit?action=secret.set").await.is(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        assert_eq!((&found["items"][0]["team"], &found["items"][0]["environment"]), (&json!("web"), &json!("prod")));
    }
    async fn what_is_said_of_a_run_has_its_date(store: Store) {
        let server = Server::new(store).await;
        server.deploy(&SITE).await;
        let started = server.post("/pipelines/web/build/runs", json!({"logical_date": "2026-11-20"})).await.is(202);
        let run = started["id"].as_str().unwrap();
        server.post(&format!("/runs/{run}/abort"), Value::Null).await.is(202);
        server.start().await;
        let entries = server.get("/audit?limit=3").await.is(200);
        let details: Vec<&Value> = entries["items"].as_array().unwrap().iter().map(|entry| &entry["detail"]).collect();
        assert_eq!(details[0].get("date"), None, "it is about the moment that it was started in");
        assert_eq!(details[1..], [&json!({"run": run, "date": "2026-11-20"}); 2]);
    }
}
