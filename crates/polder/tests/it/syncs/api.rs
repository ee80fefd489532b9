//! An HTTP API on this machine: what it answers to each request is up to the test.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::Value;

pub(crate) struct Request {
    /// With its query.
    pub(crate) path: String,
    headers: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: Vec<u8>,
    /// How long it says that the body is.
    length: usize,
}

impl Reply {
    pub(crate) fn text(body: &str) -> Self {
        Self::bytes(body.as_bytes())
    }

    pub(crate) fn bytes(body: &[u8]) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.to_vec(), length: body.len() }
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::text(&body.to_string())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::text("no") }
    }

    /// 204, which has no body.
    pub(crate) fn nothing() -> Self {
        Self { status: 204, ..Self::text("") }
    }

    pub(crate) fn broken_off() -> Self {
        Self { length: 1000, ..Self::text("{\"items\": [{\"id\": 1}") }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    fn send(&self, mut stream: TcpStream) -> std::io::Result<()> {
        write!(
            stream,
            "HTTP/1.1 {} x\r\nContent-Length: {}\r\nConnection: close\r\n",
            self.status, self.length
        )?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        write!(stream, "\r\n")?;
        stream.write_all(&self.body)
    }
}

pub(crate) struct Api {
    pub(crate) url: String,
}

impl Api {
    /// Answers for as long as the test's process lives.
    pub(crate) fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = Arc::clone(&answer);
                // Whoever asks may be gone by now.
                std::thread::spawn(move || read(&stream).map(|request| answer(&request).send(stream)));
            }
        });
        Self { url }
    }

    pub(crate) fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let header = |line: String| {
        line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
    };
    let headers = lines.take_while(|line| !line.is_empty()).filter_map(header).collect();
    Some(Request { path, headers })
}
