use axum::body::Body;
use polder_store::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Server, site_with};

const PARALLEL: &str =
    "name: build\nsteps:\n  - {name: a, run: x, needs: []}\n  - {name: b, run: x, needs: []}\n";

impl Server {
    async fn text(&self, path: &str) -> String {
        let request =
            Self::request("GET", &format!("/api/v1{path}"), &self.admin).header("accept", "text/plain");
        let answer = self.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        answer.text()
    }
}

/// A run of two steps with logs, ended.
async fn logged(server: &Server) -> String {
    server.deploy_site().await;
    let id = server.start().await;
    let attempt = server.claim().await;
    server.log(&attempt, 0, &["one", "two", "three"]).await;
    server.end(&attempt, "succeeded", json!({})).await;
    let attempt = server.claim().await;
    server.log(&attempt, 0, &["four", "Five"]).await;
    server.end(&attempt, "succeeded", json!({})).await;
    id
}

fn texts(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn logs_come_in_pages(store: Store) {
        let server = Server::new(store).await;
        let id = logged(&server).await;
        let page = server.get(&format!("/runs/{id}/logs?limit=2")).await.is(200);
        assert_eq!(texts(&page), ["one", "two"]);
        assert_eq!(page["next_cursor"], "extract/1/1");
        let page = server.get(&format!("/runs/{id}/logs?limit=2&from=extract/1/1")).await.is(200);
        assert_eq!(texts(&page), ["three", "four"]);
        let page = server.get(&format!("/runs/{id}/logs?cursor={}", page["next_cursor"].as_str().unwrap())).await.is(200);
        assert_eq!(texts(&page), ["Five"]);
        assert_eq!(page["next_cursor"], Value::Null);
        let page = server.get(&format!("/runs/{id}/logs?step=extract&from=1")).await.is(200);
        assert_eq!(texts(&page), ["two", "three"]);
        assert_eq!(page["items"][0]["line"], 1);
        server.get(&format!("/runs/{id}/logs?from=1")).await.is_problem(400, "BAD_REQUEST");
        server.get(&format!("/runs/{id}/logs?from=x/y")).await.is_problem(400, "BAD_REQUEST");
    }

    async fn logs_are_searched(store: Store) {
        let server = Server::new(store).await;
        let id = logged(&server).await;
        let page = server.get(&format!("/runs/{id}/logs?search=F")).await.is(200);
        assert_eq!(texts(&page), ["four", "Five"]);
        let page = server.get(&format!("/runs/{id}/logs?search=o&limit=1")).await.is(200);
        assert_eq!(texts(&page), ["one"]);
        let next = page["next_cursor"].as_str().unwrap();
        let page = server.get(&format!("/runs/{id}/logs?search=o&from={next}")).await.is(200);
        assert_eq!(texts(&page), ["two", "four"]);
    }

    async fn logs_are_text(store: Store) {
        let server = Server::new(store).await;
        let id = logged(&server).await;
        assert_eq!(server.text(&format!("/runs/{id}/logs?step=extract")).await, "one\ntwo\nthree\n");
        assert_eq!(
            server.text(&format!("/runs/{id}/logs")).await,
            "extract | one\nextract | two\nextract | three\nload | four\nload | Five\n"
        );
    }

    async fn logs_are_saved_by_browsers(store: Store) {
        let server = Server::new(store).await;
        let id = logged(&server).await;
        let path = format!("/api/v1/runs/{id}/logs?step=extract&epoch=1&format=text");
        let request = Server::request("GET", &path, &server.admin).header("accept", "text/html,*/*;q=0.8");
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        let disposition = answer.header("content-disposition").unwrap().to_owned();
        assert!(disposition.starts_with("attachment; filename=\"") && disposition.ends_with("-extract-1.log\""), "{disposition}");
        assert_eq!(answer.text(), "one\ntwo\nthree\n");
    }

    async fn the_end_of_a_log_is_read_without_its_beginning(store: Store) {
        let server = Server::new(store).await;
        let id = logged(&server).await;
        let page = server.get(&format!("/runs/{id}/logs?step=extract&tail=2")).await.is(200);
        assert_eq!(texts(&page), ["two", "three"]);
        assert_eq!(page["items"][0]["line"], 1);
        let page = server.get(&format!("/runs/{id}/logs?step=extract&tail=9")).await.is(200);
        assert_eq!(texts(&page), ["one", "two", "three"]);
        let page = server.get(&format!("/runs/{id}/logs?step=extract&tail=1&from=1")).await.is(200);
        assert_eq!(texts(&page), ["two", "three"], "where the client was goes before");
        server.get(&format!("/runs/{id}/logs?tail=1")).await.is_problem(400, "BAD_REQUEST");
    }

    async fn a_page_with_fewer_lines_than_asked_for_says_that_there_are_more(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let id = server.start().await;
        let attempt = server.claim().await;
        let lines: Vec<String> = (0..2500).map(|number| number.to_string()).collect();
        server.log(&attempt, 0, &lines.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let page = server.get(&format!("/runs/{id}/logs?limit=10000")).await.is(200);
        assert!(texts(&page).len() < 2500, "no more is read at once");
        let next = page["next_cursor"].as_str().unwrap();
        let page = server.get(&format!("/runs/{id}/logs?limit=10000&cursor={next}")).await.is(200);
        assert_eq!(texts(&page)[0], next.rsplit('/').next().map(|last| (last.parse::<u32>().unwrap() + 1).to_string()).unwrap());
    }

    async fn logs_are_followed_to_the_end_of_the_run(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let id = server.start().await;
        let mut events = server.events(&server.admin, &format!("/runs/{id}/logs?follow=true"), None).await;
        let attempt = server.claim().await;
        server.log(&attempt, 0, &["one"]).await;
        let event = events.next().await.unwrap();
        assert_eq!((event.kind.as_str(), event.id.as_str()), ("line", "extract/1/0"));
        assert_eq!(event.data["text"], "one");
        server.log(&attempt, 1, &["two", "three"]).await;
        assert_eq!(events.next().await.unwrap().data["text"], "two");
        drop(events);

        let mut events = server.events(&server.admin, &format!("/runs/{id}/logs?follow=true"), Some("extract/1/1")).await;
        assert_eq!(events.next().await.unwrap().data["text"], "three");
        server.end(&attempt, "succeeded", json!({})).await;
        let attempt = server.claim().await;
        server.log(&attempt, 0, &["four"]).await;
        server.end(&attempt, "succeeded", json!({})).await;
        let rest = events.rest().await;
        assert_eq!(rest[0].id, "load/1/0");
        assert_eq!(rest[0].data["text"], "four");
        assert_eq!((rest[1].kind.as_str(), &rest[1].data), ("end", &json!({"status": "SUCCEEDED"})));
        assert_eq!(rest.len(), 2);
        let mut after = server.events(&server.admin, &format!("/runs/{id}/logs?follow=true"), Some("load/1/0")).await;
        assert_eq!(after.rest().await.len(), 1, "only the end is left");
        let mut found = server.events(&server.admin, &format!("/runs/{id}/logs?follow=true&search=FOUR"), None).await;
        assert_eq!(found.rest().await.len(), 2);
    }

    async fn steps_beside_each_other_are_followed_without_losing_a_line(store: Store) {
        let server = Server::new(store).await;
        server.deploy(&site_with("pipelines/build.yaml", PARALLEL)).await;
        let id = server.start().await;
        let path = format!("/runs/{id}/logs?follow=true");
        let (a, b) = (server.claim().await, server.claim().await);
        server.log(&a, 0, &["a0"]).await;
        server.log(&b, 0, &["b0", "b1"]).await;
        let mut events = server.events(&server.admin, &path, None).await;
        let ids = [events.next().await.unwrap().id, events.next().await.unwrap().id];
        assert_eq!(ids, ["a/1/0", "a/1/0,b/1/0"]);
        drop(events);
        server.log(&a, 1, &["a1"]).await;
        server.end(&a, "succeeded", json!({})).await;
        server.end(&b, "succeeded", json!({})).await;
        let mut events = server.events(&server.admin, &path, Some(&ids[1])).await;
        let rest: Vec<Value> = events.rest().await.into_iter().map(|event| event.data["text"].clone()).collect();
        assert_eq!(rest, [json!("a1"), json!("b1"), Value::Null]);
    }
}

#[tokio::test]
async fn following_ends_without_an_end_when_the_server_stops() {
    let test = polder_store::testing::TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    server.deploy_site().await;
    let id = server.start().await;
    let mut events = server.events(&server.admin, &format!("/runs/{id}/logs?follow=true"), None).await;
    server.shutdown.cancel();
    assert_eq!(events.rest().await, []);
}
