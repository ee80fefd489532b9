//! What a request brings to say who it is from.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rand::Rng as _;
use sha2::{Digest, Sha256};

/// SHA-256 of a token: what is stored and compared.
pub(crate) type Hash = [u8; 32];

/// Whether the request itself says who it is from; a session's cookie counts only where it does not.
pub(crate) fn are_there(headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION)
}

/// Whether it does so in the way that browsers do by themselves once they were told.
pub(crate) fn are_basic(headers: &HeaderMap) -> bool {
    let scheme = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().trim_ascii_start().get(..5));
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic"))
}

/// The token of a request: `Bearer <token>`, or `Basic` with the token as password and any user name.
pub(crate) fn token(headers: &HeaderMap) -> Option<String> {
    let (scheme, rest) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned()).filter(|token| !token.is_empty());
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let pair = String::from_utf8(BASE64_STANDARD.decode(rest).ok()?).ok()?;
        return pair
            .split_once(':')
            .map(|(_, password)| password.to_owned())
            .filter(|token| !token.is_empty());
    }
    None
}

pub(crate) fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}

/// A new token: `pld_` and 32 random bytes.
#[must_use]
pub fn new_token() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    format!("pld_{}", base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(authorization: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
        token(&headers)
    }

    #[test]
    fn bearer_and_basic_bring_a_token() {
        assert_eq!(of("Bearer pld_x").as_deref(), Some("pld_x"));
        assert_eq!(of("bearer  pld_x ").as_deref(), Some("pld_x"));
        assert_eq!(of(&format!("Basic {}", BASE64_STANDARD.encode("adf:pld_x"))).as_deref(), Some("pld_x"));
        for nothing in ["", "Bearer", "Bearer ", "Basic !!", "Basic eA==", "Digest x", "pld_x"] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        assert_eq!(new_token().len(), 47);
        assert_ne!(new_token(), new_token());
    }
}
