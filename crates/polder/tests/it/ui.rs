//! The web interface as a browser gets it, from a folder that stands for what `make ui` makes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Response, StatusCode};

use crate::session::{Server, Session};

const INDEX: &str = "<!doctype html><meta name=\"style-nonce\" content=\"__CSP_NONCE__\"><p nonce=\"__CSP_NONCE__\">pages</p>";

fn with_interface() -> (Session, Server) {
    let session = Session::new();
    session.write("secret.txt", "not for browsers");
    session.write("ui/index.html", INDEX);
    session.write("ui/index.html.br", "never sent");
    session.write("ui/favicon.svg", "<svg/>");
    session.write("ui/.hidden", "not for browsers");
    session.write("ui/assets/index-1a2b.js", "plain");
    session.write("ui/assets/index-1a2b.js.br", "small");
    session.write("ui/assets/only.css", "p {}");
    let server = start(&session, "ui");
    (session, server)
}

fn start(session: &Session, folder: &str) -> Server {
    let folder = session.path(folder).display().to_string();
    session.start_server_given("data", &["--ui-folder", &folder])
}

async fn ask(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Client::new().request(method, format!("{}{path}", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let response = ask(server, Method::GET, path, headers).await;
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, response.text().await.unwrap())
}

/// A request exactly as it is written here; clients tidy paths up.
fn raw(server: &Server, line: &str) -> String {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[tokio::test]
async fn each_page_is_the_index_with_a_nonce_of_its_own() {
    let (_session, server) = with_interface();
    let mut nonces = Vec::new();
    let html = ("accept", "text/html,application/xhtml+xml");
    for (path, headers) in [
        ("/", &[][..]),
        ("/index.html", &[]),
        ("/pipelines/web/build", &[]),
        ("/runs/1?step=a#l3", &[("accept-encoding", "br")]),
        ("/revisions/1/files/extract.py", &[html]),
        ("/pipelines/web/a%20b", &[]),
        ("/apidocs", &[]),
    ] {
        let (status, headers, body) = get(&server, path, headers).await;
        assert_eq!(
            (status.as_u16(), text(&headers, "content-type")),
            (200, "text/html; charset=utf-8"),
            "{path}"
        );
        assert_eq!(text(&headers, "cache-control"), "no-cache");
        assert!(!headers.contains_key("content-encoding") && !headers.contains_key("etag"), "{headers:?}");
        let policy = text(&headers, "content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert_eq!(body, INDEX.replace("__CSP_NONCE__", &nonce));
        nonces.push(nonce);
    }
    let count = nonces.len();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), count, "never the same");
}

#[tokio::test]
async fn what_keeps_pages_from_harm_is_said_with_each_answer() {
    let (_session, server) = with_interface();
    let (_, page, _) = get(&server, "/", &[]).await;
    let shown = |headers: &HeaderMap| {
        let names = [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "permissions-policy",
        ];
        names.map(|name| format!("{name}: {}", text(headers, name))).join("\n")
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.add_filter("nonce-[A-Za-z0-9_-]{22}", "nonce-[nonce]");
    settings.bind(|| insta::assert_snapshot!("headers_of_a_page", shown(&page)));
    for path in ["/assets/index-1a2b.js", "/assets/none.js", "/favicon.svg"] {
        let (_, headers, _) = get(&server, path, &[]).await;
        assert_eq!(shown(&headers), without_nonce(&shown(&page)), "{path}");
    }
    let (_, api, _) = get(&server, "/api/v1/health", &[]).await;
    assert_eq!(text(&api, "content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    assert_eq!(text(&api, "x-content-type-options"), "nosniff");
}

fn without_nonce(headers: &str) -> String {
    let (before, rest) = headers.split_once(" 'nonce-").unwrap();
    format!("{before}{}", rest.split_once('\'').unwrap().1)
}

#[tokio::test]
async fn files_are_kept_by_browsers_and_sent_small() {
    let (_session, server) = with_interface();
    let script = "/assets/index-1a2b.js";
    let (status, plain, body) = get(&server, script, &[]).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, "plain"));
    assert_eq!(text(&plain, "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(text(&plain, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(text(&plain, "vary"), "accept-encoding");
    let (_, small, body) = get(&server, script, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((body.as_str(), text(&small, "content-encoding")), ("small", "br"));
    assert_eq!(text(&small, "content-type"), "text/javascript; charset=utf-8");
    assert_ne!(text(&small, "etag"), text(&plain, "etag"));
    let known = [("if-none-match", text(&plain, "etag"))];
    let (status, headers, body) = get(&server, script, &known).await;
    assert_eq!((status.as_u16(), body.as_str(), text(&headers, "etag")), (304, "", text(&plain, "etag")));

    let (_, icon, body) = get(&server, "/favicon.svg", &[("accept-encoding", "br")]).await;
    assert_eq!((body.as_str(), text(&icon, "content-type")), ("<svg/>", "image/svg+xml"));
    assert_eq!((text(&icon, "cache-control"), text(&icon, "content-encoding")), ("no-cache", ""));
    let (_, style, _) = get(&server, "/assets/only.css", &[]).await;
    assert_eq!((text(&style, "content-type"), text(&style, "vary")), ("text/css; charset=utf-8", ""));
    let head = ask(&server, Method::HEAD, script, &[]).await;
    assert_eq!((text(head.headers(), "content-length"), head.status().as_u16()), ("5", 200));
}

#[tokio::test]
async fn there_is_nothing_else() {
    let (_session, server) = with_interface();
    for path in ["/assets/none.js", "/assets/none", "/assets/", "/assets/index-1a2b.js.br", "/robots.txt"] {
        let (status, headers, _) = get(&server, path, &[]).await;
        assert_eq!((status.as_u16(), text(&headers, "cache-control")), (404, "no-store"), "{path}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let response = ask(&server, method, "/runs", &[]).await;
        assert_eq!((response.status().as_u16(), text(response.headers(), "allow")), (405, "GET, HEAD"));
    }
    for path in ["/api", "/api/", "/api/v1/none", "/api/v2", "/api/v1/../../secret.txt"] {
        let answer = raw(&server, &format!("GET {path}"));
        assert!(answer.contains("application/problem+json"), "{path} is the API's: {answer}");
    }
    let (status, _, _) = get(&server, "/metrics", &[]).await;
    assert_eq!(status.as_u16(), 401);
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let (session, server) = with_interface();
    let absolute = session.path("secret.txt").display().to_string();
    let paths = [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/.hidden",
        "/%2ehidden",
        "//secret.txt",
        "/./.hidden",
        &format!("/{absolute}"),
        &absolute,
    ];
    for path in paths {
        let answer = raw(&server, &format!("GET {path}"));
        assert!(!answer.contains("not for browsers"), "{path}: {answer}");
        assert!(
            ["HTTP/1.1 200", "HTTP/1.1 404", "HTTP/1.1 400"].iter().any(|line| answer.starts_with(line)),
            "{path}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_program_without_the_interface_says_so_and_works() {
    let session = Session::new();
    let server = start(&session, "nothing");
    for path in ["/", "/runs"] {
        let (status, headers, body) = get(&server, path, &[]).await;
        assert_eq!((status.as_u16(), text(&headers, "content-type")), (503, "text/html; charset=utf-8"));
        assert!(body.contains("make ui") && body.contains("Node 20") && !body.contains("<script"), "{body}");
    }
    let (status, _, _) = get(&server, "/assets/x.js", &[]).await;
    assert_eq!(status.as_u16(), 404);
    let (status, _, body) = get(&server, "/api/v1/health", &[]).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, r#"{"status":"alive"}"#));
}
