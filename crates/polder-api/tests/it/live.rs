use axum::body::Body;
use axum::http::Response;
use futures::StreamExt as _;
use polder_store::testing::TestStore;
use serde_json::{Value, json};

use crate::harness::{SITE, Server, site_with};

/// A stream of server-sent events.
pub(crate) struct Events {
    body: axum::body::BodyDataStream,
    text: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) data: Value,
}

impl Server {
    pub(crate) async fn events(&self, token: &str, path: &str, last: Option<&str>) -> Events {
        let request = Self::request("GET", &format!("/api/v1{path}"), token);
        let request = if let Some(last) = last { request.header("last-event-id", last) } else { request };
        self.open(request).await
    }

    /// Without a token, with this header.
    pub(crate) async fn events_with(&self, path: &str, (name, value): (&str, &str)) -> Events {
        self.open(Self::request("GET", &format!("/api/v1{path}"), "").header(name, value)).await
    }

    async fn open(&self, request: http::request::Builder) -> Events {
        let response: Response<Body> =
            tower::ServiceExt::oneshot(self.router.clone(), request.body(Body::empty()).unwrap())
                .await
                .unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events { body: response.into_body().into_data_stream(), text: String::new() }
    }
}

impl Events {
    /// The next event; none when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                match parse(&block) {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let bytes = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    pub(crate) async fn rest(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        block.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned())
    };
    let data = serde_json::from_str(&field("data:")?).unwrap();
    Some(Event { kind: field("event:").unwrap_or_default(), id: field("id:").unwrap_or_default(), data })
}

#[tokio::test]
async fn changes_are_told_as_they_happen_and_can_be_taken_up_again() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let mut all = server.events(&server.admin, "/changes", None).await;
    server.deploy_site().await;
    let first = all.next().await.unwrap();
    assert_eq!(
        (first.kind.as_str(), &first.data["kind"], &first.data["team"]),
        ("change", &json!("deployment"), &json!("web"))
    );
    let run = server.start().await;
    server.work().await;
    let mut seen = vec![];
    while let Some(event) = all.next().await {
        let ended = event.data["kind"] == "run" && event.data["status"] == "SUCCEEDED";
        seen.push(event);
        if ended {
            break;
        }
    }
    assert!(seen.iter().any(|event| event.data["kind"] == "step" && event.data["run"] == run));
    drop(all);

    let mut again = server.events(&server.admin, "/changes", Some(&seen[0].id)).await;
    for event in &seen[1..] {
        assert_eq!(again.next().await.as_ref(), Some(event), "nothing is missing, nothing comes twice");
    }
    for stranger in ["1234-5", "nonsense"] {
        let mut lost = server.events(&server.admin, "/changes", Some(stranger)).await;
        assert_eq!(lost.next().await.unwrap().kind, "reset");
    }
    server.shutdown.cancel();
    assert_eq!(again.rest().await, [], "the stream ends when the server stops");
}

#[tokio::test]
async fn streams_end_with_the_token() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let created = server.post("/tokens", json!({"name": "ci", "grants": [{"role": "viewer"}]})).await.is(201);
    let mut events = server.events(created["token"].as_str().unwrap(), "/changes", None).await;
    let path = format!("/tokens/{}", created["view"]["id"].as_str().or(created["id"].as_str()).unwrap());
    server.call(&server.admin, "DELETE", &path, &Value::Null).await.is(200);
    server.deploy_site().await;
    assert_eq!(events.rest().await, [], "nothing is told to a token that was revoked");
}

#[tokio::test]
async fn callers_are_told_what_they_may_see() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    let other = server.token("other", &[("viewer", Some("other"))]).await;
    let mut seen = server.events(&other, "/changes", None).await;
    let mut filtered = server.events(&server.admin, "/changes?team=other", None).await;
    server.deploy(&SITE).await;
    server.deploy(&site_with("polder.yaml", "project: site\nteam: other\n")).await;
    assert_eq!(seen.next().await.unwrap().data["team"], "other");
    assert_eq!(filtered.next().await.unwrap().data["team"], "other");
}
