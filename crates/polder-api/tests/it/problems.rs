use axum::body::Body;
use polder_store::testing::TestStore;
use serde_json::{Value, json};

use crate::harness::Server;

#[tokio::test]
async fn whatever_is_wrong_is_told_in_one_form() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    server.get("/nothing").await.is_problem(404, "NOT_FOUND");
    server
        .send(Server::request("GET", "/elsewhere", "").body(Body::empty()).unwrap())
        .await
        .is_problem(404, "NOT_FOUND");
    server.call(&server.admin, "DELETE", "/runs", &Value::Null).await.is_problem(405, "METHOD_NOT_ALLOWED");
    server.get("/runs/not-an-id").await.is_problem(400, "BAD_REQUEST");
    server.get("/runs?limit=many").await.is_problem(400, "BAD_REQUEST");
    server.get("/runs?status=BROKEN").await.is_problem(400, "BAD_REQUEST");
    server.get("/runs?cursor=zzz").await.is_problem(400, "BAD_REQUEST");
    server.get("/pipelines?cursor=zzz").await.is_problem(400, "BAD_REQUEST");
    server.get("/audit?cursor=zzz").await.is_problem(400, "BAD_REQUEST");
    server.get("/runs/00000000-0000-0000-0000-000000000000").await.is_problem(404, "NOT_FOUND");
    server
        .post("/tokens", json!({"name": "x", "grants": [], "more": 1}))
        .await
        .is_problem(400, "BAD_REQUEST");
    server.post("/tokens", json!([])).await.is_problem(400, "BAD_REQUEST");
    server.post("/tokens", Value::Null).await.is_problem(400, "BAD_REQUEST");
}

#[tokio::test]
async fn what_is_asked_of_an_environment_that_nobody_has_declared_is_told() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    server.deploy_site().await;
    for path in ["tables", "publishes", "branches"] {
        server.get(&format!("/lake/{path}")).await.is(200);
        server.get(&format!("/lake/{path}?environment=pord")).await.is_problem(404, "UNKNOWN_ENVIRONMENT");
    }
    let query = json!({"sql": "SELECT 1", "environment": "pord"});
    server.post("/sql", query).await.is_problem(404, "UNKNOWN_ENVIRONMENT");
    server.post("/environments/pord/reset", json!({})).await.is_problem(404, "UNKNOWN_ENVIRONMENT");
}

polder_store::on_both_databases! {
    async fn zero_characters_are_refused(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        server.get("/pipelines/web/%00").await.is_problem(400, "BAD_REQUEST");
        server.get("/pipelines?search=%00").await.is_problem(400, "BAD_REQUEST");
        server.post("/pipelines/web/build/runs", json!({"labels": {"a": "\u{0}"}})).await.is_problem(400, "BAD_REQUEST");
        server.start().await;
        let attempt = server.claim().await;
        server.log(&attempt, 0, &["a\u{0}b"]).await;
        let path = format!("{}/ended", crate::harness::attempt_path(&attempt));
        let ended = json!({"outcome": "failed", "ended_at": server.clock_now(), "exit_code": 1, "message": "a\u{0}b", "outputs": {"a": "\u{0}"}});
        server.as_agent(&path, ended).await.is(200);
    }
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let large = "x".repeat((1 << 20) + 1);
    server.post("/tokens", json!({"name": large, "grants": []})).await.is_problem(413, "TOO_LARGE");
    server
        .post("/deployments", json!({"environment": large, "files": []}))
        .await
        .is_problem(422, "INVALID_DEFINITION");
    let content = "x".repeat((10 << 20) + 1);
    let request = Server::request("PUT", &format!("/api/v1/blobs/{}", "0".repeat(64)), &server.admin);
    server.send(request.body(Body::from(content)).unwrap()).await.is_problem(413, "TOO_LARGE");
}

#[tokio::test]
async fn a_request_has_an_id() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    assert!(server.get("/whoami").await.header("x-request-id").is_some_and(|id| id.len() == 36));
    let request = Server::request("GET", "/api/v1/whoami", &server.admin).header("x-request-id", "mine");
    assert_eq!(server.send(request.body(Body::empty()).unwrap()).await.header("x-request-id"), Some("mine"));
}

#[tokio::test]
async fn the_server_tells_about_itself() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let about = server.get("/about").await.is(200);
    assert_eq!(about["database"], "SQLite");
    assert_eq!(about["public_url"], "https://polder.example");
    server.call("", "GET", "/ready", &Value::Null).await.is(200);
    server.shutdown.cancel();
    server.call("", "GET", "/ready", &Value::Null).await.is_problem(503, "UNAVAILABLE");
    server.call("", "GET", "/health", &Value::Null).await.is(200);
}
