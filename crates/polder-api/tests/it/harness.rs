//! A server without a socket: the router over a fresh store, a clock that stands still, and somebody who plays the agent.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt as _;
use polder_api::{Api, InternalToken, Limits, Options, QueryOptions, new_token, router};
use polder_engine::vault::Keyring;
use polder_engine::{Engine, Options as EngineOptions};
use polder_store::Store;
use polder_store::logs::LogStore;
use polder_types::Clock;
use polder_types::wire::{Grant, Role};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub(crate) const ADDRESS: [u8; 4] = [192, 0, 2, 7];

/// A clock that a test moves.
#[derive(Debug)]
pub(crate) struct TestClock(Mutex<DateTime<Utc>>);

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

impl TestClock {
    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

pub(crate) struct Server {
    pub(crate) router: Router,
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) admin: String,
    pub(crate) agent: String,
    pub(crate) folder: TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The answer is a problem with this status and code, in the form that all problems have.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{problem}");
        assert_eq!((self.status.as_u16(), problem["code"].as_str()), (status, Some(code)), "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
        assert!(self.headers.contains_key("x-request-id"));
        problem
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.json()
    }
}

impl Server {
    pub(crate) async fn new(store: Store) -> Self {
        Self::with_limits(store, Limits::default()).await
    }

    pub(crate) async fn with_limits(store: Store, limits: Limits) -> Self {
        Self::reached_by(store, limits, "https://polder.example").await
    }

    pub(crate) async fn reached_by(store: Store, limits: Limits, public_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(Mutex::new(
            DateTime::parse_from_rfc3339("2026-11-21T10:00:00Z").unwrap().to_utc(),
        )));
        let admin_file =
            polder_api::first_admin_token(&store, folder.path(), clock.now()).await.unwrap().unwrap();
        let admin = std::fs::read_to_string(admin_file).unwrap().trim().to_owned();
        let shutdown = CancellationToken::new();
        let options = EngineOptions {
            store,
            logs: LogStore::new(folder.path().join("logs")).unwrap(),
            keyring: Arc::new(Keyring::load(&folder.path().join("master-key"), None).unwrap()),
            clock: clock.clone(),
            public_url: public_url.to_owned(),
            allowed_callback_hosts: vec!["adf.example".to_owned()],
            lake: Some("file:///lake".to_owned()),
            lake_retention: polder_types::lake::Retention::default(),
            keep_logs: None,
        };
        let engine = Engine::idle(options, shutdown.clone()).unwrap();
        let agent = new_token();
        let grants = vec![Grant { role: Role::Agent, team: None }];
        let internal_tokens =
            vec![InternalToken { token: agent.clone(), name: "embedded".to_owned(), grants }];
        let api = Api::new(Options {
            engine: engine.clone(),
            version: "0.0.0-test".to_owned(),
            limits,
            open_metrics: false,
            internal_tokens,
            queries: QueryOptions::new(folder.path().join("queries")),
            shutdown: shutdown.clone(),
        });
        Self { router: router(api), engine, clock, shutdown, admin, agent, folder }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) fn request(method: &str, path: &str, token: &str) -> http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .extension(ConnectInfo(SocketAddr::from((ADDRESS, 5000))));
        if token.is_empty() { request } else { request.header("authorization", format!("Bearer {token}")) }
    }

    pub(crate) async fn call(&self, token: &str, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(Self::request(method, &format!("/api/v1{path}"), token).body(body).unwrap()).await
    }

    pub(crate) fn clock_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(&self.admin, "GET", path, &Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(&self.admin, "POST", path, &body).await
    }

    /// A token with these roles.
    pub(crate) async fn token(&self, name: &str, grants: &[(&str, Option<&str>)]) -> String {
        let grants: Vec<Value> =
            grants.iter().map(|(role, team)| json!({"role": role, "team": team})).collect();
        let created = self.post("/tokens", json!({"name": name, "grants": grants})).await.is(201);
        created["token"].as_str().unwrap().to_owned()
    }

    /// Uploads files and answers with the body that deploys them to `prod`.
    pub(crate) async fn upload(&self, files: &[(&str, &str)]) -> Value {
        let mut listed = Vec::new();
        for (path, text) in files {
            let sha256 = hex::encode(Sha256::digest(text));
            let request = Self::request("PUT", &format!("/api/v1/blobs/{sha256}"), &self.admin);
            self.send(request.body(Body::from((*text).to_owned())).unwrap()).await.is(200);
            listed.push(json!({"path": path, "sha256": sha256, "size": text.len()}));
        }
        json!({"environment": "prod", "files": listed})
    }

    pub(crate) async fn deploy(&self, files: &[(&str, &str)]) -> Value {
        let body = self.upload(files).await;
        self.post("/deployments", body).await.is(201)
    }

    /// A project `web/site` with a pipeline of two steps.
    pub(crate) async fn deploy_site(&self) -> Value {
        self.deploy(&SITE).await
    }

    /// Starts `web/build` and answers with the run's id.
    pub(crate) async fn start(&self) -> String {
        let started = self.post("/pipelines/web/build/runs", Value::Null).await.is(202);
        started["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn as_agent(&self, path: &str, body: Value) -> Answer {
        self.call(&self.agent, "POST", &format!("/agents/a1{path}"), &body).await
    }

    /// Claims the next attempt, as an agent.
    pub(crate) async fn claim(&self) -> Value {
        let claim = json!({"slots": 1, "wait_seconds": 0, "executors": ["process"], "running": []});
        let claimed = self.as_agent("/claim", claim).await.is(200);
        claimed["assignments"][0].clone()
    }

    pub(crate) async fn log(&self, assignment: &Value, first_line: u64, lines: &[&str]) {
        let lines: Vec<Value> = lines
            .iter()
            .map(|text| json!({"stream": "stdout", "at": self.clock.now(), "text": text}))
            .collect();
        let path = format!("{}/logs", attempt_path(assignment));
        self.as_agent(&path, json!({"first_line": first_line, "lines": lines})).await.is(200);
    }

    /// Reports an attempt's end.
    pub(crate) async fn end(&self, assignment: &Value, outcome: &str, outputs: Value) {
        let path = attempt_path(assignment);
        self.as_agent(&format!("{path}/started"), json!({"started_at": self.clock.now()})).await.is(200);
        let code = if outcome == "succeeded" { 0 } else { 1 };
        let ended =
            json!({"outcome": outcome, "ended_at": self.clock.now(), "exit_code": code, "outputs": outputs});
        self.as_agent(&format!("{path}/ended"), ended).await.is(200);
        self.engine.run_due().await.unwrap();
    }

    /// Executes attempts until there are none.
    pub(crate) async fn work(&self) {
        loop {
            let assignment = self.claim().await;
            if assignment.is_null() {
                return;
            }
            self.end(&assignment, "succeeded", json!({"rows": 3})).await;
        }
    }
}

pub(crate) fn attempt_path(assignment: &Value) -> String {
    let key = &assignment["key"];
    let (run, step) = (key["run"].as_str().unwrap(), key["step"].as_str().unwrap());
    format!("/attempts/{run}/{step}/{}", key["epoch"])
}

pub(crate) const SITE: [(&str, &str); 3] = [
    ("polder.yaml", "project: site\nteam: web\n"),
    (
        "pipelines/build.yaml",
        "name: build
description: Builds the site
triggers:
  - schedule: \"0 3 * * *\"
  - webhook: {}
parameters:
  country: {type: string, default: DE, enum: [DE, AT]}
steps:
  - name: extract
    run: python extract.py
  - name: load
    run: echo {{ params.country }}
",
    ),
    ("extract.py", "print('hello')\n"),
];

/// The files with one text replaced.
pub(crate) fn site_with(path: &'static str, text: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut files: BTreeMap<&str, &str> = SITE.into_iter().collect();
    files.insert(path, text);
    files.into_iter().collect()
}
