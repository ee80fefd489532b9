use std::time::Duration;

use polder_api::serve;
use polder_store::testing::TestStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::Server;

#[tokio::test]
async fn a_listener_is_served_until_the_server_stops() {
    let test = TestStore::sqlite().await;
    let server = Server::new(test.store.clone()).await;
    server.deploy_site().await;
    let id = server.start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(serve(listener, server.router.clone(), server.shutdown.clone()));

    let mut health = TcpStream::connect(address).await.unwrap();
    health.write_all(b"GET /api/v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    health.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(r#"{"status":"alive"}"#), "{answer}");

    // A stream and a long-poll are open when the server is told to stop: both end, and so does the server.
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET /api/v1/changes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", server.admin);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    let mut poll = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /api/v1/runs/{id}?wait=45 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n",
        server.admin
    );
    poll.write_all(request.as_bytes()).await.unwrap();
    server.shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(8), serving).await.expect("it stops in time").unwrap().unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
