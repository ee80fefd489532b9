//! `polder task http` against servers that answer well, badly, or not at all.

use std::time::Duration;

use polder_agent::task::http::{Error, SILENCE, run};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server that reads one request and answers with `answer`; gives its address and what it read.
async fn server(answer: String) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let read = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 16 * 1024];
        let count = stream.read(&mut request).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8_lossy(&request[..count]).into_owned()
    });
    (address, read)
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

/// What came of it: the result, the log, the outputs.
async fn send(spec: Value, silence: Duration) -> (Result<(), Error>, String, Option<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let (output, mut log) = (folder.path().join("output"), Vec::new());
    let result = run(spec.to_string().as_bytes(), Some(&output), silence, &mut log).await;
    let outputs = std::fs::read(output).ok().map(|bytes| serde_json::from_slice(&bytes).unwrap());
    (result, String::from_utf8(log).unwrap(), outputs)
}

fn spec(url: &str) -> Value {
    json!({"method": "post", "url": url, "headers": {"authorization": "Bearer hunter22"}, "body": {"day": "2026-11-20"}, "expect": []})
}

#[tokio::test]
async fn a_good_answer_becomes_outputs() {
    let (address, read) = server(answer("201 Created", "{\"id\": 7}")).await;
    let (result, log, outputs) = send(spec(&format!("{address}/runs?sig=secret")), SILENCE).await;
    result.unwrap();
    assert_eq!(outputs.unwrap(), json!({"status": 201, "body": {"id": 7}}));
    let request = read.await.unwrap();
    assert!(
        request.starts_with("POST /runs?sig=secret HTTP/1.1\r\n")
            && request.ends_with("{\"day\":\"2026-11-20\"}"),
        "{request}"
    );
    assert!(
        request.contains("authorization: Bearer hunter22")
            && request.contains("content-type: application/json")
    );
    assert!(log.starts_with(&format!("POST {address}/…\n201 Created after ")), "{log}");
    assert!(!log.contains("hunter22") && !log.contains("sig"));
}

#[tokio::test]
async fn an_answer_that_is_no_object_gives_only_its_status() {
    let (address, _read) = server(answer("200 OK", "[1]")).await;
    let (result, _, outputs) = send(spec(&address), SILENCE).await;
    result.unwrap();
    assert_eq!(outputs.unwrap(), json!({"status": 200}));
}

#[tokio::test]
async fn a_500_fails_and_shows_what_the_server_said() {
    let (address, _read) = server(answer("500 Internal Server Error", "the disk is on fire")).await;
    let (result, log, outputs) = send(spec(&format!("{address}/x")), SILENCE).await;
    let error = result.unwrap_err();
    assert_eq!(error.exit_code(), 22);
    assert!(
        error.to_string().ends_with(
            "/x answered 500 Internal Server Error, which does not count as success (expected 200 to 299)"
        ),
        "{error}"
    );
    assert!(log.contains("the disk is on fire") && outputs.is_none());
}

#[tokio::test]
async fn other_answers_may_be_expected() {
    let (address, _read) = server(answer("404 Not Found", "")).await;
    let mut spec = spec(&address);
    spec["expect"] = json!([200, 404]);
    let (result, _, outputs) = send(spec, SILENCE).await;
    result.unwrap();
    assert_eq!(outputs.unwrap(), json!({"status": 404}));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_from_one_that_says_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (result, ..) = send(spec(&address), Duration::from_millis(100)).await;
    assert!(matches!(result, Err(Error::Silent { .. })), "{result:?}");
    drop(listener);
    let (result, ..) = send(spec(&address), SILENCE).await;
    let error = result.unwrap_err();
    assert_eq!(error.exit_code(), 7);
    assert!(error.to_string().contains("cannot be reached: Connection refused"), "{error}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_none() {
    let (address, _read) = server("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".into()).await;
    let (result, ..) = send(spec(&address), SILENCE).await;
    assert!(matches!(result, Err(Error::Broken { .. })), "{result:?}");
}

#[tokio::test]
async fn secrets_do_not_follow_a_redirect_to_another_host() {
    let (address, _read) = server(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://localhost:1/\r\ncontent-length: 0\r\n\r\n"
            .into(),
    )
    .await;
    let (result, ..) = send(spec(&address), SILENCE).await;
    assert!(matches!(result, Err(Error::Redirected { .. })), "{result:?}");
}

#[tokio::test]
async fn a_loop_of_redirects_is_told_as_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let again =
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: /x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut vec![0; 16 * 1024]).await;
            let _ = stream.write_all(again.as_bytes()).await;
        }
    });
    let (result, ..) = send(spec(&format!("{address}/x")), SILENCE).await;
    let error = result.unwrap_err();
    assert_eq!(error.exit_code(), 47);
    assert_eq!(error.to_string(), format!("POST {address}/x: it was redirected more than 10 times"));
}

#[tokio::test]
async fn of_a_request_with_secrets_no_path_is_shown() {
    let (address, _read) = server(answer("500 Internal Server Error", "")).await;
    let mut with_secrets = spec(&format!("{address}/p/url&sec ret/1/x"));
    with_secrets["has_secrets"] = json!(true);
    let (result, log, _) = send(with_secrets.clone(), SILENCE).await;
    let error = result.unwrap_err().to_string();
    assert!(error.starts_with(&format!("POST {address}/… answered 500")), "{error}");
    assert!(log.starts_with(&format!("POST {address}/…\n")) && !log.contains("sec"), "{log}");
    // A host that the address writes in its own way would not be found by who looks for the secret in it.
    with_secrets["url"] = json!("http://SeCrEt.invalid./x");
    let (result, log, _) = send(with_secrets, SILENCE).await;
    let shown = format!("{log}{}", result.unwrap_err()).to_lowercase();
    assert!(shown.starts_with("post http://…/…\n") && !shown.contains("secret"), "{shown}");
}

#[tokio::test]
async fn a_deeply_nested_answer_becomes_no_output() {
    for levels in [32, 126, 200] {
        let body = format!("{{\"a\": {}{}}}", "[".repeat(levels), "]".repeat(levels));
        let (address, _read) = server(answer("200 OK", &body)).await;
        let (result, log, outputs) = send(spec(&address), SILENCE).await;
        result.unwrap();
        assert_eq!(outputs.unwrap(), json!({"status": 200}));
        assert!(log.contains("nested deeper than 32 levels"), "{log}");
    }
}

#[tokio::test]
async fn nonsense_is_refused_without_showing_it() {
    for (change, part) in [
        (json!({"url": "hunter22"}), "address is not valid"),
        (json!({"url": "ftp://host/"}), "not http or https"),
        (json!({"headers": {"a": "hunter22\n"}}), "header `a`"),
        (json!({"headers": {"a b": ""}}), "no name of a header"),
    ] {
        let mut spec = spec("http://127.0.0.1:1/");
        spec.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let error = send(spec, SILENCE).await.0.unwrap_err().to_string();
        assert!(error.contains(part) && !error.contains("hunter22"), "{error}");
    }
}
