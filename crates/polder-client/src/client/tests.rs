//! The client against a router of its own in this process.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::{StreamExt as _, stream};
use http_body_util::StreamBody;
use polder_types::Code;
use polder_types::id::RunId;

use super::*;
use crate::routes::LogQuery;

type Frame = Result<http_body::Frame<Bytes>, BoxError>;
type Answers = StreamBody<stream::BoxStream<'static, Frame>>;

fn answer(status: u16, chunks: Vec<Result<&'static str, &'static str>>) -> Response<Answers> {
    let frames = chunks.into_iter().map(|chunk| {
        chunk.map(|text| http_body::Frame::data(Bytes::from_static(text.as_bytes()))).map_err(BoxError::from)
    });
    let mut response = Response::new(StreamBody::new(stream::iter(frames).boxed()));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    response
}

fn client(handler: impl Fn(Request<Body>) -> Response<Answers> + Clone + Send + Sync + 'static) -> Client {
    let service = tower::service_fn(move |request| {
        let response = handler(request);
        async move { Ok::<_, Infallible>(response) }
    });
    Client::in_process(service, "pld_test")
}

fn run_id() -> RunId {
    "0190a7b2-0000-7000-8000-000000000001".parse().expect("an id")
}

#[tokio::test]
async fn the_token_goes_along_and_filters_become_a_query() {
    let client = client(|request| {
        assert_eq!(request.headers()[AUTHORIZATION], "Bearer pld_test");
        assert_eq!(request.uri(), "/api/v1/runs?team=a+b&limit=5");
        answer(200, vec![Ok(r#"{"items": []}"#)])
    });
    let filter =
        polder_types::wire::RunFilter { team: Some("a b".into()), limit: Some(5), ..Default::default() };
    assert_eq!(client.runs(&filter).await.expect("a page").items.len(), 0);
}

#[tokio::test]
async fn a_problem_is_typed_with_all_that_it_brings() {
    let text = r#"{"code": "ALREADY_RUNNING", "title": "t", "status": 409, "detail": "It runs.", "hint": "Wait.", "run_id": "7"}"#;
    let client = client(move |_| answer(409, vec![Ok(text)]));
    let Err(Error::Problem(problem)) = client.health().await else { panic!("a problem") };
    assert_eq!((problem.code, problem.more["run_id"].as_str()), (Code::AlreadyRunning, Some("7")));
}

#[tokio::test]
async fn what_is_no_problem_and_no_json_is_unexpected() {
    let refused = client(|_| answer(502, vec![Ok("<html>Bad Gateway</html>\nmore")]));
    let error = refused.health().await.expect_err("no answer");
    assert_eq!(
        error.to_string(),
        "unexpected answer from in-process: status 502 Bad Gateway: <html>Bad Gateway</html>"
    );
    let odd = client(|_| answer(200, vec![Ok("hello")]));
    assert!(matches!(odd.about().await, Err(Error::Unexpected { status: Some(200), .. })));
}

#[tokio::test]
async fn a_get_is_repeated_when_its_connection_breaks_and_a_post_is_not() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let client = client(move |_| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => answer(200, vec![Ok("{"), Err("reset")]),
        1 => answer(200, vec![Ok("{}")]),
        _ => answer(200, vec![Err("reset")]),
    });
    client.openapi().await.expect("the second try");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    client.abort(run_id()).await.expect_err("no second try");
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_log_is_resumed_after_the_last_line_that_arrived() {
    let client = client(|request| {
        let line = |id: &str, line: &str, tail: &str| -> &'static str {
            let data = format!(
                r#"{{"step":"s","epoch":1,"line":{line},"stream":"stdout","at":"2026-11-21T00:00:00Z","text":"x"}}"#
            );
            format!("id: {id}\nevent: line\ndata: {data}\n\n{tail}").leak()
        };
        match request.headers().get("last-event-id").map(|id| id.to_str().expect("text")) {
            None => answer(200, vec![Ok(line("a", "0", "id: lost\nevent: line\nda")), Err("reset")]),
            Some("a") => answer(200, vec![Ok(line("b", "1", ""))]),
            Some("b") => answer(200, vec![Ok("event: end\ndata: {}\n\n")]),
            other => panic!("resumed after {other:?}"),
        }
    });
    let lines: Vec<_> = client
        .follow_logs(run_id(), &LogQuery::default())
        .map(|line| line.expect("a line").line)
        .collect()
        .await;
    assert_eq!(lines, [0, 1]);
}

#[tokio::test]
async fn a_stream_that_is_refused_ends_with_the_reason() {
    let client = client(|_| {
        answer(404, vec![Ok(r#"{"code": "NOT_FOUND", "title": "t", "status": 404, "detail": "No run."}"#)])
    });
    let mut lines = client.follow_logs(run_id(), &LogQuery::default());
    assert_eq!(lines.next().await.expect("an item").expect_err("a problem").code(), Some(Code::NotFound));
    assert!(lines.next().await.is_none());
}
