//! One method for each route, by what they are about.

mod access;
mod agents;
mod deployments;
mod lake;
mod pipelines;
mod runs;
mod server;

pub use lake::{AnswerIn, PublishFilter, TableFilter};
pub use runs::{LogQuery, Operation};

use std::fmt::Write as _;

/// A path below `/api/v1`, each part encoded.
fn path(parts: &[&str]) -> String {
    let mut path = "/api/v1".to_owned();
    for part in parts {
        path.push('/');
        encode(part, &mut path);
    }
    path
}

/// Percent-encodes all but what RFC 3986 calls unreserved, so that a name cannot become another path.
fn encode(part: &str, path: &mut String) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric()
            || b"-_~".contains(&byte)
            || (byte == b'.' && !part.trim_matches('.').is_empty())
        {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn a_part_cannot_leave_its_place() {
        assert_eq!(path(&["pipelines", "a/../b", "x y?z"]), "/api/v1/pipelines/a%2F..%2Fb/x%20y%3Fz");
        assert_eq!(path(&["pipelines", ".."]), "/api/v1/pipelines/%2E%2E");
        assert_eq!(path(&["secrets", "a.b-c_d"]), "/api/v1/secrets/a.b-c_d");
    }
}
