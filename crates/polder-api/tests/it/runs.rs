use std::time::Duration;

use axum::body::Body;
use chrono::TimeDelta;
use polder_api::Limits;
use polder_store::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Server, site_with};

impl Server {
    async fn start_with(&self, key: &str, body: &Value) -> crate::harness::Answer {
        let request = Self::request("POST", "/api/v1/pipelines/web/build/runs", &self.admin)
            .header("idempotency-key", key);
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }
}

on_both_databases! {
    async fn a_start_says_where_everything_is(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let answer = server.post("/pipelines/web/build/runs", json!({"parameters": {"country": "AT"}, "labels": {"adf": "x"}})).await;
        let started = answer.is(202);
        let id = started["id"].as_str().unwrap();
        let api = "https://polder.example/api/v1";
        assert_eq!(answer.header("location"), Some(format!("{api}/operations/{id}").as_str()));
        assert_eq!(answer.header("retry-after"), Some("15"));
        assert_eq!(answer.header("idempotency-replayed"), Some("false"));
        assert_eq!(started["status_url"], format!("{api}/runs/{id}"));
        assert_eq!(started["result_url"], format!("{api}/runs/{id}/result"));
        assert_eq!(started["abort_url"], format!("{api}/runs/{id}/abort"));
        assert_eq!(started["logs_url"], format!("{api}/runs/{id}/logs"));
        assert_eq!(started["ui_url"], format!("https://polder.example/runs/{id}"));
        let run = server.get(&format!("/runs/{id}")).await.is(200);
        assert_eq!(run["parameters"], json!({"country": "AT"}));
        assert_eq!(run["labels"], json!({"adf": "x"}));
        assert_eq!(run["reason"], json!({"kind": "manual", "by": "admin"}));
    }

    async fn a_poor_start_says_why(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let start = "/pipelines/web/build/runs";
        let problem = server.post(start, json!({"parameters": {"country": "FR", "day": 1}})).await.is_problem(422, "INVALID_PARAMETERS");
        let mut paths: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|error| error["path"].as_str().unwrap()).collect();
        paths.sort_unstable();
        assert_eq!(paths, ["parameters.country", "parameters.day"]);
        server.post(start, json!({"parameter": {}})).await.is_problem(400, "BAD_REQUEST");
        server.post(start, json!({"logical_date": "yesterday"})).await.is_problem(400, "BAD_REQUEST");
        server.post(start, json!({"callBackUri": "https://evil.example/x"})).await.is_problem(400, "BAD_REQUEST");
        server.post("/pipelines/web/none/runs", Value::Null).await.is_problem(404, "NOT_FOUND");
        server.post("/pipelines/web/build/runs?environment=dev", Value::Null).await.is_problem(404, "NOT_FOUND");
        server.post("/pipelines/web/build/pause", Value::Null).await.is(200);
        server.post(start, Value::Null).await.is_problem(409, "PAUSED");
        server.post("/pipelines/web/build/resume", Value::Null).await.is(200);
        server.post(start, Value::Null).await.is(202);
    }

    async fn the_same_key_is_the_same_run(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let body = json!({"labels": {"a": "1"}});
        let first = server.start_with("k1", &body).await.is(202);
        let again = server.start_with("k1", &body).await;
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.is(202)["id"], first["id"]);
        server.start_with("k1", &json!({"labels": {"a": "2"}})).await.is_problem(422, "IDEMPOTENCY_MISMATCH");
        let other = server.start_with("k2", &body).await.is(202);
        assert_ne!(other["id"], first["id"]);
        server.start_with(&"k".repeat(256), &body).await.is_problem(400, "BAD_REQUEST");
        server.start_with("", &body).await.is_problem(400, "BAD_REQUEST");
        server.clock.advance(TimeDelta::days(8));
        assert_eq!(server.start_with("k1", &body).await.is(202)["id"], first["id"], "keys are kept for 8 days");
    }

    async fn two_starts_at_once_with_one_key_are_one_run(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let body = json!({});
        let (first, second) = tokio::join!(server.start_with("k", &body), server.start_with("k", &body));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert!(statuses == [202, 202] || statuses == [202, 409], "{statuses:?}");
        let runs = server.get("/runs").await.is(200);
        assert_eq!(runs["items"].as_array().unwrap().len(), 1);
    }

    async fn a_failed_replay_may_be_a_new_run(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let body = json!({"on_failed_replay": "new"});
        let first = server.start_with("k", &body).await.is(202);
        assert_eq!(server.start_with("k", &body).await.is(202)["id"], first["id"]);
        let attempt = server.claim().await;
        server.end(&attempt, "failed", json!({})).await;
        let second = server.start_with("k", &body).await.is(202);
        assert_ne!(second["id"], first["id"]);
        assert_eq!(server.start_with("k", &body).await.is(202)["id"], second["id"]);
    }

    async fn three_views_of_a_run_that_succeeds(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let id = server.start().await;
        let operation = server.get(&format!("/operations/{id}")).await;
        operation.is(202);
        assert_eq!(operation.header("location"), Some(format!("https://polder.example/api/v1/operations/{id}").as_str()));
        assert_eq!(operation.header("retry-after"), Some("15"));
        let run = server.get(&format!("/runs/{id}")).await.is(200);
        assert_eq!((&run["status"], &run["terminal"], &run["succeeded"]), (&json!("RUNNING"), &json!(false), &json!(false)));
        server.get(&format!("/runs/{id}/result")).await.is_problem(404, "NOT_READY");
        server.work().await;
        let run = server.get(&format!("/runs/{id}")).await.is(200);
        assert_eq!((&run["status"], &run["terminal"], &run["succeeded"]), (&json!("SUCCEEDED"), &json!(true), &json!(true)));
        let result = server.get(&format!("/runs/{id}/result")).await.is(200);
        assert_eq!(result["output"], json!({"extract": {"rows": 3}, "load": {"rows": 3}}));
        assert_eq!(server.get(&format!("/operations/{id}")).await.is(200), result);
    }

    async fn three_views_of_a_run_that_fails(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let id = server.start().await;
        let attempt = server.claim().await;
        server.end(&attempt, "failed", json!({})).await;
        let run = server.get(&format!("/runs/{id}")).await.is(200);
        assert_eq!((&run["status"], &run["terminal"], &run["succeeded"]), (&json!("FAILED"), &json!(true), &json!(false)));
        let operation = server.get(&format!("/operations/{id}")).await.is(422);
        assert_eq!(operation["error"]["code"], "STEP_FAILED");
        assert_eq!(operation["error"]["run_id"], id);
        assert_eq!(operation["error"]["ui_url"], format!("https://polder.example/runs/{id}"));
        assert!(operation["error"]["message"].is_string());
        assert_eq!(server.get(&format!("/runs/{id}/result")).await.is(200)["status"], "FAILED");
    }

    async fn three_views_of_a_run_that_is_aborted(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let id = server.start().await;
        let aborted = server.post(&format!("/runs/{id}/abort"), Value::Null).await.is(202);
        assert_eq!(aborted["status"], "ABORTED");
        assert_eq!(server.post(&format!("/runs/{id}/abort"), Value::Null).await.is(202)["status"], "ABORTED");
        assert_eq!(server.get(&format!("/operations/{id}")).await.is(409)["error"]["code"], "ABORTED");
        assert_eq!(server.get(&format!("/runs/{id}/result")).await.is(200)["status"], "ABORTED");
        server.post(&format!("/runs/{id}/rerun"), json!({"from": "start"})).await.is(202);
    }

    async fn a_call_back_uri_is_answered_with_200_and_no_location(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let uri = "https://adf.example/callback?sig=credential";
        let answer = server.post("/pipelines/web/build/runs", json!({"callBackUri": uri})).await;
        let started = answer.is(200);
        assert_eq!(answer.header("location"), None);
        let run = server.get(&format!("/runs/{}", started["id"].as_str().unwrap())).await.text();
        assert!(!run.contains("credential"), "its query is a credential");
        let first = server.start_with("adf", &json!({"callBackUri": uri})).await.is(200);
        let retried = server.start_with("adf", &json!({"callBackUri": format!("{uri}2")})).await;
        assert_eq!(retried.header("idempotency-replayed"), Some("true"), "each try has an address of its own");
        assert_eq!(retried.is(200)["id"], first["id"]);
    }

    async fn a_webhook_brings_a_payload(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let started = server.post("/hooks/web/build", json!({"country": "AT", "other": [1]})).await.is(202);
        let run = server.get(&format!("/runs/{}", started["id"].as_str().unwrap())).await.is(200);
        assert_eq!(run["parameters"], json!({"country": "AT"}));
        assert_eq!(run["reason"], json!({"kind": "webhook", "by": "admin"}));
        server.post("/hooks/web/build", json!({"country": "FR"})).await.is_problem(422, "INVALID_PARAMETERS");
        let without = site_with("pipelines/build.yaml", "name: build\nsteps: [{name: a, run: \"true\"}]\n");
        server.deploy(&without).await;
        server.post("/hooks/web/build", json!({})).await.is_problem(404, "NOT_FOUND");
    }

    async fn never_parallel_with_reject_names_the_running_run(store: Store) {
        let server = Server::new(store).await;
        let text = "name: build\nconcurrency: {limit: 1, on_conflict: reject}\nsteps: [{name: a, run: \"true\"}]\n";
        server.deploy(&site_with("pipelines/build.yaml", text)).await;
        let id = server.start().await;
        let problem = server.post("/pipelines/web/build/runs", Value::Null).await.is_problem(409, "ALREADY_RUNNING");
        assert_eq!(problem["run_id"], id);
    }

    async fn a_long_poll_is_answered_by_the_end(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let id = server.start().await;
        let path = format!("/runs/{id}/result?wait=45");
        let (result, ()) = tokio::join!(server.get(&path), server.work());
        assert_eq!(result.is(200)["status"], "SUCCEEDED");
    }

    async fn runs_are_listed_in_pages_and_by_scope(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let mut started = Vec::new();
        for _ in 0..3 {
            started.push(server.start().await);
            server.clock.advance(TimeDelta::seconds(1));
        }
        let ids = |page: &Value| page["items"].as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let page = server.get("/runs?limit=2&team=web").await.is(200);
        let next = page["next_cursor"].as_str().unwrap();
        let rest = server.get(&format!("/runs?limit=2&team=web&cursor={next}")).await.is(200);
        started.reverse();
        assert_eq!([ids(&page), ids(&rest)].concat(), started);
        assert_eq!(rest["next_cursor"], Value::Null);
        let other = server.token("other", &[("viewer", Some("other"))]).await;
        assert_eq!(ids(&server.call(&other, "GET", "/runs", &Value::Null).await.is(200)), Vec::<String>::new());
        server.call(&other, "GET", &format!("/runs/{}", started[0]), &Value::Null).await.is_problem(404, "NOT_FOUND");
        assert_eq!(server.call(&other, "GET", "/pipelines", &Value::Null).await.is(200)["items"], json!([]));
    }
}

#[tokio::test]
async fn long_polls_are_counted_and_end_when_the_server_stops() {
    let test = polder_store::testing::TestStore::sqlite().await;
    let limits = Limits { open_per_token: 1, ..Limits::default() };
    let server = Server::with_limits(test.store.clone(), limits).await;
    server.deploy_site().await;
    let id = server.start().await;
    let path = format!("/runs/{id}?wait=45");
    let waiting = server.get(&path);
    tokio::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut waiting).await.is_err(), "it waits");
    let refused = server.get(&path).await;
    refused.is_problem(429, "TOO_MANY_REQUESTS");
    assert_eq!(refused.header("retry-after"), Some("5"));
    let metrics = server
        .send(Server::request("GET", "/metrics", &server.admin).body(Body::empty()).unwrap())
        .await
        .text();
    assert!(metrics.contains("polder_open_requests 1\n"), "{metrics}");
    server.shutdown.cancel();
    assert_eq!(waiting.await.is(200)["status"], "RUNNING");
}
