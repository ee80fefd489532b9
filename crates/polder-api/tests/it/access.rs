use std::fmt::Write as _;

use axum::body::Body;
use base64::Engine as _;
use chrono::TimeDelta;
use polder_api::Limits;
use polder_store::on_both_databases;
use polder_store::testing::TestStore;
use serde_json::{Value, json};

use crate::harness::{Server, site_with};
use crate::openapi::operations;

const OPEN: [&str; 4] = ["/health", "/ready", "/openapi.json", "/errors/{code}"];
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// A path with its parameters filled in; `id` is the id of whatever the route is about.
fn filled(path: &str, id: &str) -> String {
    let values = [
        ("{team}", "web"),
        ("{name}", "build"),
        ("{environment}", "prod"),
        ("{id}", id),
        ("{run}", NOBODY),
        ("{step}", "extract"),
        ("{epoch}", "1"),
        ("{agent}", "a1"),
        ("{sha256}", EMPTY),
        ("{code}", "PAUSED"),
    ];
    values.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

/// Bodies with which each route would do something.
fn body(method: &str, path: &str, deploy: &Value) -> Value {
    let at = "2026-11-21T10:00:00Z";
    match (method, path) {
        ("POST", "/deployments" | "/plans") => deploy.clone(),
        ("POST", "/jobs") => json!({"team": "web", "name": "job", "run": "true"}),
        ("POST", "/tokens") => json!({"name": "new", "grants": [{"role": "viewer"}]}),
        ("PUT", path) if path.starts_with("/secrets") => json!({"value": "hush"}),
        ("POST", "/sql") => json!({"sql": "SELECT 1", "branch": "none"}),
        ("POST", path) if path.ends_with("/claim") => {
            json!({"slots": 1, "wait_seconds": 0, "executors": [], "running": []})
        }
        ("POST", path) if path.ends_with("/heartbeat") => json!({"running": []}),
        ("POST", path) if path.ends_with("/started") => json!({"started_at": at}),
        ("POST", path) if path.ends_with("/ended") => json!({"outcome": "succeeded", "ended_at": at}),
        ("POST", path) if path.ends_with("/logs") => json!({"first_line": 0, "lines": []}),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn every_route_but_a_few_needs_a_token() {
    let test = TestStore::sqlite().await;
    let limits = Limits { failed_logins: 1_000, ..Limits::default() };
    let server = Server::with_limits(test.store.clone(), limits).await;
    for (method, path) in operations() {
        for token in ["", "pld_wrong"] {
            let answer = server.call(token, &method, &filled(&path, NOBODY), &Value::Null).await;
            if path == "/session" && method != "GET" {
                let expected = if method == "POST" { 400 } else { 200 };
                assert_eq!(answer.status, expected, "{method}: it looks at a body and at a cookie only");
            } else if OPEN.contains(&path.as_str()) {
                assert_eq!(answer.status, 200, "{method} {path}");
            } else {
                answer.is_problem(401, "UNAUTHENTICATED");
                assert!(answer.header("www-authenticate").is_some_and(|value| value.contains("Bearer")));
            }
        }
    }
    let metrics = server.send(Server::request("GET", "/metrics", "").body(Body::empty()).unwrap()).await;
    metrics.is_problem(401, "UNAUTHENTICATED");
}

/// What each role gets from each route. 409 and 422 mean that the right was there.
#[tokio::test]
async fn roles_and_routes() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let callers = [
        ("agent", server.agent.clone()),
        ("other", server.token("other", &[("operator", Some("other"))]).await),
        ("viewer", server.token("viewer", &[("viewer", Some("web"))]).await),
        ("operator", server.token("operator", &[("operator", Some("web"))]).await),
        ("team admin", server.token("team admin", &[("admin", Some("web"))]).await),
        ("admin", server.admin.clone()),
    ];
    // Routes about an environment are asked about `build` too.
    let site = site_with("polder.yaml", "project: site\nteam: web\nenvironments: {prod: {}, build: {}}\n");
    let deployed = server.deploy(&site).await;
    let deploy = server.upload(&site).await;
    let job = server.post("/jobs", body("POST", "/jobs", &deploy)).await.is(201);
    let run = json!(server.start().await);
    let mut table = format!("{:60}", "");
    for (name, _) in &callers {
        let _ = write!(table, "{name:>11}");
    }
    for (method, path) in
        operations().into_iter().filter(|(_, path)| path != "/changes" && path != "/session")
    {
        let _ = write!(table, "\n{:60}", format!("{method} {path}"));
        let id = match path.split('/').nth(1) {
            Some("jobs") => &job["id"],
            Some("revisions") => &deployed["revision"]["id"],
            Some("tokens") => &json!(NOBODY),
            _ => &run,
        };
        let query = if path == "/revisions" { "?team=web&project=site" } else { "" };
        let filled = filled(&path, id.as_str().unwrap()) + query;
        for (_, token) in &callers {
            let answer = server.call(token, &method, &filled, &body(&method, &path, &deploy)).await;
            let _ = write!(table, "{:>11}", answer.status.as_u16());
        }
    }
    insta::assert_snapshot!(table);
}

on_both_databases! {
    async fn basic_authentication_takes_the_token_as_password(store: Store) {
        let server = Server::new(store).await;
        let basic = base64::prelude::BASE64_STANDARD.encode(format!("anybody:{}", server.admin));
        let request = Server::request("GET", "/api/v1/whoami", "").header("authorization", format!("Basic {basic}"));
        let who = server.send(request.body(Body::empty()).unwrap()).await.is(200);
        assert_eq!(who, json!({"name": "admin", "grants": [{"role": "admin"}], "expires_at": null, "workspace": "default"}));
    }

    async fn a_token_ends_when_it_expires_or_is_revoked(store: Store) {
        let server = Server::new(store).await;
        let end = server.clock_now() + TimeDelta::hours(1);
        let create = json!({"name": "ci", "grants": [{"role": "viewer"}], "expires_at": end});
        let created = server.post("/tokens", create).await.is(201);
        let token = created["token"].as_str().unwrap();
        assert_eq!(server.call(token, "GET", "/whoami", &Value::Null).await.status, 200);
        server.clock.advance(TimeDelta::minutes(61));
        server.call(token, "GET", "/whoami", &Value::Null).await.is_problem(401, "UNAUTHENTICATED");

        let created = server.post("/tokens", json!({"name": "ci", "grants": [{"role": "viewer"}]})).await.is(201);
        let (token, id) = (created["token"].as_str().unwrap(), created["id"].as_str().unwrap());
        assert_eq!(server.call(token, "GET", "/whoami", &Value::Null).await.status, 200);
        server.call(&server.admin, "DELETE", &format!("/tokens/{id}"), &Value::Null).await.is(200);
        server.call(token, "GET", "/whoami", &Value::Null).await.is_problem(401, "UNAUTHENTICATED");
        let listed = server.get("/tokens").await.is(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 3);
        assert!(!listed.to_string().contains("pld_"));
        assert!(listed["items"][0]["last_used_at"].is_string());
    }

    async fn who_may_see_one_team_does_not_see_the_figures_of_all(store: Store) {
        let server = Server::new(store).await;
        for (grant, status) in [(("viewer", Some("web")), 403), (("viewer", None), 200)] {
            let token = server.token(&format!("of {status}"), &[grant]).await;
            let answer = server.send(Server::request("GET", "/metrics", &token).body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status.as_u16(), status);
        }
    }

    async fn starting_another_teams_pipeline_takes_the_right_to(store: Store) {
        let server = Server::new(store).await;
        let both = server.token("both", &[("operator", Some("web")), ("operator", Some("other"))]).await;
        let web = server.token("web", &[("operator", Some("web"))]).await;
        let text = "name: build\nsteps: [{name: a, pipeline: {name: other/theirs}}]\n";
        let deploy = server.upload(&site_with("pipelines/build.yaml", text)).await;
        let problem = server.call(&web, "POST", "/deployments", &deploy).await.is_problem(403, "FORBIDDEN");
        assert!(problem["detail"].as_str().unwrap().contains("other"), "{problem}");
        server.call(&both, "POST", "/deployments", &deploy).await.is(201);
    }

    async fn nobody_gives_more_than_they_have(store: Store) {
        let server = Server::new(store).await;
        let web = server.token("web admin", &[("admin", Some("web"))]).await;
        for grants in [json!([{"role": "admin"}]), json!([{"role": "viewer", "team": "other"}]), json!([{"role": "agent"}])] {
            let create = json!({"name": "x", "grants": grants});
            server.call(&web, "POST", "/tokens", &create).await.is_problem(403, "FORBIDDEN");
        }
        let create = json!({"name": "x", "grants": [{"role": "operator", "team": "web"}]});
        server.call(&web, "POST", "/tokens", &create).await.is(201);
        server.call(&web, "POST", "/tokens", &create).await.is_problem(409, "CONFLICT");
        let listed = server.call(&web, "GET", "/tokens", &Value::Null).await.is(200);
        let names: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["web admin", "x"], "tokens of others are not seen");
        for poor in [
            json!({"name": "", "grants": [{"role": "viewer"}]}),
            json!({"name": "agent embedded", "grants": [{"role": "viewer"}]}),
            json!({"name": "a", "grants": []}),
            json!({"name": "a", "grants": [{"role": "agent", "team": "web"}]}),
            json!({"name": "a", "grants": [{"role": "viewer"}], "expires_at": "2020-01-01T00:00:00Z"}),
            json!({"name": "a", "grants": [{"role": "king"}]}),
        ] {
            server.post("/tokens", poor).await.is_problem(400, "BAD_REQUEST");
        }
    }

    async fn too_many_wrong_tokens_are_refused_for_a_while(store: Store) {
        let limits = Limits { failed_logins: 3, ..Limits::default() };
        let server = Server::with_limits(store, limits).await;
        server.get("/whoami").await.is(200);
        for _ in 0..3 {
            server.call("pld_guess", "GET", "/whoami", &Value::Null).await.is_problem(401, "UNAUTHENTICATED");
        }
        let refused = server.call("pld_guess", "GET", "/whoami", &Value::Null).await;
        refused.is_problem(429, "TOO_MANY_REQUESTS");
        assert_eq!(refused.header("retry-after"), Some("61"));
        server.get("/whoami").await.is(200);
        let other = server.token("other", &[("viewer", None)]).await;
        server.call(&other, "GET", "/whoami", &Value::Null).await.is(200);
        server.clock.advance(TimeDelta::seconds(61));
        server.call("pld_guess", "GET", "/whoami", &Value::Null).await.is_problem(401, "UNAUTHENTICATED");
    }

    async fn the_first_start_makes_one_token_that_only_its_owner_can_read(store: Store) {
        use std::os::unix::fs::PermissionsExt as _;
        let server = Server::new(store.clone()).await;
        let file = server.folder.path().join("admin-token");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let again = polder_api::first_admin_token(&store, server.folder.path(), server.clock_now()).await.unwrap();
        assert_eq!(again, None);
        assert_eq!(std::fs::read_to_string(file).unwrap().trim(), server.admin);
    }
}
