//! Which of the compressed files beside a file a browser takes.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

use super::files::{File, Files};

/// Names of encodings, and how the names of files in them end; the smallest first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A file as it is sent.
pub(super) struct Encoded {
    pub file: File,
    /// None: as it is.
    pub encoding: Option<&'static str>,
    /// Whether others may get it in another one.
    pub varies: bool,
}

/// The file in the best encoding that is there and accepted. A compressed file is none of its own.
pub(super) fn best(files: &Files, name: &str, headers: &HeaderMap) -> Option<Encoded> {
    if ENCODINGS.iter().any(|(_, end)| name.ends_with(end)) {
        return None;
    }
    let plain = files.get(name)?;
    let there =
        ENCODINGS.iter().filter_map(|(encoding, end)| Some((*encoding, files.get(&format!("{name}{end}"))?)));
    let there: Vec<_> = there.collect();
    let varies = !there.is_empty();
    Some(match there.into_iter().find(|(encoding, _)| accepts(headers, encoding)) {
        Some((encoding, file)) => Encoded { file, encoding: Some(encoding), varies },
        None => Encoded { file: plain, encoding: None, varies },
    })
}

/// A `*` is not taken at its word: whoever means an encoding names it.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        is_named && !parts.any(is_refusal)
    })
}

fn is_refusal(parameter: &str) -> bool {
    let weight = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weight.is_some_and(|(_, weight)| weight.trim().parse() == Ok(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_accepted_unless_its_weight_is_nothing() {
        let takes = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, value.parse().unwrap());
            accepts(&headers, "br")
        };
        for yes in ["br", "gzip, deflate, br, zstd", "gzip;q=1.0,BR;q=0.5", "br ; q=1"] {
            assert!(takes(yes), "{yes}");
        }
        for no in ["", "gzip", "br;q=0", "br; q=0.000", "*", "brotli", "x-br"] {
            assert!(!takes(no), "{no}");
        }
        assert!(!accepts(&HeaderMap::new(), "br"));
    }
}
