//! The body of an answer, as text.

use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use reqwest::{Response, StatusCode};

use super::broken;
use super::request::Failure;

/// Bytes of one page at most.
const LARGEST: usize = 256 << 20;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const GZIP: &[u8] = &[0x1f, 0x8b];

/// # Errors
/// When it breaks off, which may pass; when it is empty, too large, compressed or no text.
pub(super) async fn text(mut response: Response, place: &str) -> Result<String, Failure> {
    let lasting = |reason: String| Failure::Lasting(broken(place, reason));
    let (status, encoding) = (response.status(), encoding(response.headers()));
    let mut bytes = read(&mut response, place).await?;
    let is_gzip = bytes.starts_with(GZIP).then(|| "gzip".to_owned());
    if let Some(encoding) = encoding.or(is_gzip) {
        let hint = "nobody asked for that, and it is not read: ask the API for plain JSON";
        return Err(lasting(format!("the answer is compressed ({encoding}): {hint}")));
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    if bytes.trim_ascii().is_empty() {
        return Err(lasting(empty(status)));
    }
    String::from_utf8(bytes).map_err(|_| lasting("the answer is no UTF-8".to_owned()))
}

fn encoding(headers: &HeaderMap) -> Option<String> {
    let named = headers.get(CONTENT_ENCODING)?.to_str().ok()?.trim().to_ascii_lowercase();
    (!named.is_empty() && named != "identity").then_some(named)
}

/// It must not be taken for an API that has no records.
fn empty(status: StatusCode) -> String {
    let hint = match status {
        StatusCode::NO_CONTENT => {
            ": if that means that there are no records, say so in the connector: `response_filters: [{http_codes: [204], action: IGNORE}]`"
        }
        _ => ", where JSON should be",
    };
    format!("the answer is empty ({status}){hint}")
}

async fn read(response: &mut Response, place: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(Failure::Passing(broke_off(bytes.len(), &error))),
        }
        if bytes.len() > LARGEST {
            let message = format!("a page has more than {} MiB: ask for smaller ones", LARGEST >> 20);
            return Err(Failure::Lasting(broken(place, message)));
        }
    }
}

fn broke_off(read: usize, error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("the answer did not go on after {read} bytes");
    }
    format!("the answer broke off after {read} bytes: the connection was closed before its end")
}
