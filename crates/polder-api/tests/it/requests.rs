//! What of a request is read, and what is said of the rest.

use axum::body::Body;
use polder_store::on_both_databases;
use polder_store::testing::TestStore;
use serde_json::{Value, json};

use crate::harness::{Answer, Server, site_with};

/// Starts `web/build` with a body of this type.
async fn start_as(server: &Server, media_type: &str, body: &str) -> Answer {
    let request = Server::request("POST", "/api/v1/pipelines/web/build/runs", &server.admin)
        .header("content-type", media_type);
    server.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn bodies_are_objects() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    server.deploy_site().await;
    let start = "/pipelines/web/build/runs";
    for body in [json!([]), json!([{"bogus": 1}]), json!("x"), json!(1), json!(true)] {
        let problem = server.post(start, body).await.is_problem(400, "BAD_REQUEST");
        assert_eq!(problem["hint"], "send a JSON object");
    }
    server.post("/jobs", json!(["web", "x", "true"])).await.is_problem(400, "BAD_REQUEST");
    server.post("/hooks/web/build", json!([1])).await.is(202);
    let problem = server.post(start, json!({"parameter": {}})).await.is_problem(400, "BAD_REQUEST");
    assert_eq!(problem["hint"], "did you mean `parameters`?");
    let misspelt = json!({"name": "x", "grants": [{"role": "viewer", "tema": "web"}]});
    let problem = server.post("/tokens", misspelt).await.is_problem(400, "BAD_REQUEST");
    assert_eq!(problem["hint"], "did you mean `team`?");
}

#[tokio::test]
async fn large_answers_are_compressed_for_who_takes_it() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let encoding = async |path: &str, accepted: &str| {
        let request = Server::request("GET", path, &server.admin).header("accept-encoding", accepted);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        answer.headers.get("content-encoding").map(|encoding| encoding.to_str().unwrap().to_owned())
    };
    assert_eq!(encoding("/api/v1/pipelines", "gzip").await, None, "small ones are not");
    let many: String = (0..40).map(|number| format!("  - {{name: s{number}, run: \"true\"}}\n")).collect();
    let pipeline = format!("name: build\nsteps:\n{many}").leak();
    server.deploy(&site_with("pipelines/build.yaml", pipeline)).await;
    for _ in 0..10 {
        server.start().await;
    }
    assert_eq!(encoding("/api/v1/pipelines", "gzip").await.as_deref(), Some("gzip"));
    assert_eq!(encoding("/api/v1/pipelines", "identity").await, None);
    assert_eq!(encoding("/api/v1/openapi.json", "gzip").await.as_deref(), Some("gzip"));
}

#[tokio::test]
async fn only_json_is_read() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    server.deploy_site().await;
    for read in ["application/json", "application/json; charset=utf-8", "application/x-www-form-urlencoded"] {
        start_as(&server, read, "{}").await.is(202);
    }
    start_as(&server, "text/plain", "").await.is(202);
    for refused in ["text/plain", "application/xml", "multipart/form-data; boundary=x"] {
        let problem = start_as(&server, refused, "{}").await.is_problem(415, "UNSUPPORTED_MEDIA_TYPE");
        assert!(problem["detail"].as_str().unwrap().contains(refused));
    }
}

#[tokio::test]
async fn parameters_that_are_not_known_are_refused() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let problem = server.get("/runs?pipelines=build").await.is_problem(400, "BAD_REQUEST");
    assert_eq!(problem["hint"], "did you mean `pipeline`?");
    let problem = server.get("/whoami?x=1").await.is_problem(400, "BAD_REQUEST");
    assert_eq!(problem["hint"], "this route takes no parameters");
    let problem = server.get("/runs?team=a&team=b").await.is_problem(400, "BAD_REQUEST");
    assert_eq!(problem["detail"], "`team` is given twice");
    let problem = server.get("/runs?limit=many").await.is_problem(400, "BAD_REQUEST");
    assert_eq!(problem["detail"], "limit: a whole number is expected");
    let problem = server.get("/runs?since=yesterday").await.is_problem(400, "BAD_REQUEST");
    assert!(problem["detail"].as_str().unwrap().starts_with("since: a day such as"), "{problem}");
    let problem = server.get("/runs/latest").await.is_problem(400, "BAD_REQUEST");
    assert!(problem["detail"].as_str().unwrap().contains("an id is expected"), "{problem}");
    let problem = server.get("/runs?status=FAILD").await.is_problem(400, "BAD_REQUEST");
    assert!(problem["detail"].as_str().unwrap().contains("did you mean `FAILED`?"), "{problem}");
    server.get("/runs?limit=0").await.is(200);
    server.get("/runs?limit=100000&search=%25&team=a%20b").await.is(200);
}

#[tokio::test]
async fn a_problem_has_a_page() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let problem = server.call(&server.admin, "DELETE", "/runs", &Value::Null).await;
    let problem = problem.is_problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(problem["type"], "/api/v1/errors/METHOD_NOT_ALLOWED");
    let page = server.call("", "GET", "/errors/METHOD_NOT_ALLOWED", &Value::Null).await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, Some("text/markdown; charset=utf-8"))
    );
    assert!(page.text().starts_with("# METHOD_NOT_ALLOWED\n"));
    server.call("", "GET", "/errors/NONE", &Value::Null).await.is_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn figures_come_in_the_format_that_is_asked_for() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    server.get("/whoami").await.is(200);
    let ask = async |accept: &str| {
        let request = Server::request("GET", "/metrics", &server.admin).header("accept", accept);
        server.send(request.body(Body::empty()).unwrap()).await
    };
    for accept in ["*/*", "text/plain", ""] {
        let answer = ask(accept).await;
        assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        for part in [
            "# TYPE polder_http_requests_total counter\n",
            "polder_build_info{version=\"0.0.0-test\"} 1\n",
            "process_start_time_seconds 1795255200.0\n",
            "process_resident_memory_bytes ",
            "process_cpu_seconds_total ",
            "process_open_fds ",
        ] {
            assert!(answer.text().contains(part), "{part} is not in\n{}", answer.text());
        }
        assert!(!answer.text().contains("# EOF") && !answer.text().contains("# UNIT"));
    }
    let open = ask("application/openmetrics-text; version=1.0.0, */*;q=0.1").await;
    assert!(open.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    assert!(open.text().ends_with("# EOF\n"));
}

on_both_databases! {
    async fn several_statuses_are_one_list(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let (aborted, running) = (server.start().await, server.start().await);
        server.post(&format!("/runs/{aborted}/abort"), Value::Null).await.is(202);
        for (query, count) in [
            ("status=ABORTED", 1),
            ("status=ABORTED&status=RUNNING", 2),
            ("status=ABORTED,RUNNING&team=web", 2),
            ("status=ABORTED%2CRUNNING", 2),
            ("status=FAILED&status=QUEUED", 0),
        ] {
            let listed = server.get(&format!("/runs?{query}")).await.is(200);
            assert_eq!(listed["items"].as_array().unwrap().len(), count, "{query}");
        }
        let end = &running[running.len() - 8..];
        let found = server.get(&format!("/runs?search={end}")).await.is(200);
        assert_eq!(found["items"][0]["id"], running.as_str());
    }

    async fn a_rerun_with_the_same_key_is_the_same_run(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let run = server.start().await;
        server.post(&format!("/runs/{run}/abort"), Value::Null).await.is(202);
        let path = format!("/api/v1/runs/{run}/rerun");
        let mut runs = Vec::new();
        for replayed in ["false", "true"] {
            let request = Server::request("POST", &path, &server.admin).header("idempotency-key", "k");
            let answer = server.send(request.body(Body::empty()).unwrap()).await;
            runs.push(answer.is(202)["id"].clone());
            assert_eq!(answer.header("idempotency-replayed"), Some(replayed));
        }
        assert_eq!(runs[0], runs[1]);
        let other = server.post(&format!("/runs/{run}/rerun"), Value::Null).await.is(202);
        assert_ne!(other["id"], runs[0]);
    }

    async fn every_list_can_be_searched(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let mut other = server.upload(&[("polder.yaml", "project: shop\nteam: sales\n"),
            ("pipelines/a.yaml", "name: orders\nsteps: [{name: a, run: \"true\"}]\n")]).await;
        other["note"] = json!("Fix the PRICES");
        server.post("/deployments", other).await.is(201);
        server.post("/jobs", json!({"team": "web", "name": "import", "run": "true"})).await.is(201);
        server.call(&server.admin, "PUT", "/secrets/web/prod/api-token", &json!({"value": "x"})).await.is(200);
        server.token("nightly", &[("viewer", Some("web"))]).await;
        server.claim().await;
        for (list, found, missed) in [
            ("tokens", "NIGHT", "nobody"),
            ("projects", "sales/sh", "nothing"),
            ("secrets", "api-", "nothing"),
            ("agents", "A1", "b1"),
            ("revisions", "prices", "nothing"),
            ("audit", "shop", "nothing"),
            ("jobs", "web/import", "web/build"),
            ("pipelines", "orders", "nothing"),
        ] {
            let count = async |text: &str| {
                let listed = server.get(&format!("/{list}?search={text}")).await.is(200);
                listed["items"].as_array().unwrap().len()
            };
            assert_eq!((count(found).await, count(missed).await), (1, 0), "{list}");
        }
    }

    async fn revisions_of_all_projects_are_listed(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        server.deploy(&[("polder.yaml", "project: shop\nteam: sales\n"),
            ("pipelines/a.yaml", "name: orders\nsteps: [{name: a, run: \"true\"}]\n")]).await;
        let projects = async |token: &str, query: &str| {
            let listed = server.call(token, "GET", &format!("/revisions{query}"), &Value::Null).await.is(200);
            let items = listed["items"].as_array().unwrap().iter();
            let names: Vec<String> = items.map(|item| item["project"].as_str().unwrap().to_owned()).collect();
            (names.join(" "), listed["next_cursor"].as_str().map(str::to_owned))
        };
        let sales = server.token("sales", &[("viewer", Some("sales"))]).await;
        assert_eq!(projects(&server.admin, "").await.0, "shop site");
        assert_eq!(projects(&sales, "").await.0, "shop");
        assert_eq!(projects(&server.admin, "?team=web").await.0, "site");
        assert_eq!(projects(&server.admin, "?environment=dev").await.0, "");
        let (first, next) = projects(&server.admin, "?limit=1").await;
        let (second, _) = projects(&server.admin, &format!("?limit=1&cursor={}", next.unwrap())).await;
        assert_eq!((first.as_str(), second.as_str()), ("shop", "site"));
        server.get("/revisions?team=web&project=none").await.is_problem(404, "NOT_FOUND");
        server.get("/revisions?cursor=zzz").await.is_problem(400, "BAD_REQUEST");
    }

    async fn files_are_seen_by_who_sees_a_revision_with_them(store: Store) {
        let server = Server::new(store).await;
        let deployed = server.deploy_site().await;
        let id = deployed["revision"]["id"].as_str().unwrap();
        let files = server.get(&format!("/revisions/{id}/files")).await.is(200);
        let path = format!("/blobs/{}", files["files"][0]["sha256"].as_str().unwrap());
        let web = server.token("web", &[("viewer", Some("web"))]).await;
        let other = server.token("other", &[("admin", Some("other"))]).await;
        for token in [&server.agent, &server.admin, &web] {
            assert_eq!(server.call(token, "GET", &path, &Value::Null).await.status, 200);
        }
        server.call(&other, "GET", &path, &Value::Null).await.is_problem(404, "NOT_FOUND");
        server.call(&web, "GET", "/blobs/%25", &Value::Null).await.is_problem(404, "NOT_FOUND");
    }

    async fn a_missing_role_is_named_with_its_team(store: Store) {
        let server = Server::new(store).await;
        let viewer = server.token("viewer", &[("viewer", Some("web"))]).await;
        let other = server.token("other", &[("operator", Some("other"))]).await;
        let body = server.upload(&crate::harness::SITE).await;
        for (token, path, detail) in [
            (&viewer, "/deployments", "this needs the role operator for team web"),
            (&other, "/deployments", "this needs the role operator for team web"),
            (&other, "/plans", "this needs the role viewer for team web"),
            (&server.agent, "/deployments", "this needs the role viewer for at least one team"),
            (&viewer, "/tokens", "this needs the role admin for at least one team"),
            (&viewer, "/backup", "this needs the role admin for all teams"),
        ] {
            let body = if path == "/tokens" { json!({"name": "x", "grants": []}) } else { body.clone() };
            let problem = server.call(token, "POST", path, &body).await.is_problem(403, "FORBIDDEN");
            assert_eq!(problem["detail"], detail);
        }
    }
}
