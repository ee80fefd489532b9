//! The cookie of a session: 32 random bytes, which are stored nowhere but in the browser.

use std::fmt;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use rand::Rng as _;
use sha2::{Digest, Sha256};

use super::credentials::{self, Hash};

pub(crate) const NAME: &str = "polder_session";
/// Where pages come over HTTPS: browsers take a cookie of this name only from this very host, and only over HTTPS.
const SECURE_NAME: &str = "__Host-polder_session";

/// What a session's cookie holds. Prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    pub(super) fn random() -> Self {
        let mut bytes = [0u8; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    fn parse(value: &[u8]) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(value).ok().filter(|bytes| bytes.len() == 32)?;
        Some(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// What is stored and compared.
    pub(super) fn hash(&self) -> Hash {
        credentials::hash(&self.0)
    }

    /// What a page has to know to change something with this session. The secret cannot be told from it.
    pub(crate) fn csrf(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("polder csrf {}", self.0)))
    }
}

/// The first of the request's cookies that may be a session's; other programs on the same host set cookies, too.
pub(crate) fn find(headers: &HeaderMap, secure: bool) -> Option<Secret> {
    let name = if secure { SECURE_NAME } else { NAME };
    pairs(headers).filter(|(other, _)| *other == name.as_bytes()).find_map(|(_, value)| Secret::parse(value))
}

/// Whether the request brings a session's cookie, whatever is in it.
pub(crate) fn is_there(headers: &HeaderMap) -> bool {
    pairs(headers).any(|(name, _)| name == NAME.as_bytes() || name == SECURE_NAME.as_bytes())
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&[u8], &[u8])> {
    let cookies = headers.get_all(COOKIE).iter().flat_map(|header| header.as_bytes().split(|b| *b == b';'));
    cookies.filter_map(|cookie| {
        let equals = cookie.iter().position(|byte| *byte == b'=')?;
        Some((cookie[..equals].trim_ascii(), cookie[equals + 1..].trim_ascii()))
    })
}

/// Sets the cookie, for as long as the session lasts if it is not used.
pub(crate) fn set(secret: &Secret, secure: bool, lasts: TimeDelta) -> HeaderValue {
    let seconds = (lasts + TimeDelta::milliseconds(999)).num_seconds().max(0);
    let mut header = header(&secret.0, secure, seconds);
    header.set_sensitive(true);
    header
}

/// Takes the cookie out of the browser.
pub(crate) fn cleared(secure: bool) -> HeaderValue {
    header("", secure, 0)
}

fn header(value: &str, secure: bool, seconds: i64) -> HeaderValue {
    let (name, more) = if secure { (SECURE_NAME, "; Secure") } else { (NAME, "") };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{more}");
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn found(cookies: &[&[u8]], secure: bool) -> Option<String> {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(COOKIE, HeaderValue::from_bytes(cookie).unwrap());
        }
        find(&headers, secure).map(|secret| secret.0)
    }

    #[test]
    fn the_sessions_cookie_is_found_among_others() {
        let among = format!("a=b; polder_session=broken; c=\"d\"; polder_session={VALUE}; e");
        assert_eq!(found(&[b"x=\xff\xfe", among.as_bytes()], false).as_deref(), Some(VALUE));
        assert_eq!(found(&[among.as_bytes()], true), None, "over HTTPS it has another name");
        let secure = format!("polder_session=x; __Host-polder_session={VALUE}");
        assert_eq!(found(&[secure.as_bytes()], true).as_deref(), Some(VALUE));
    }

    #[test]
    fn what_cannot_be_a_secret_is_none() {
        for value in [
            "",
            "x",
            "pld_x",
            &VALUE[1..],
            &format!("{VALUE}A"),
            &format!("\"{VALUE}\""),
            &"a".repeat(10_000),
        ] {
            assert_eq!(found(&[format!("polder_session={value}").as_bytes()], false), None, "{value}");
        }
    }

    #[test]
    fn a_secret_and_its_token_against_forgery_are_long_and_apart() {
        let (one, two) = (Secret::random(), Secret::random());
        assert_ne!(one, two);
        assert_eq!((one.0.len(), one.csrf().len()), (43, 43));
        assert_ne!(one.csrf(), two.csrf());
        assert_eq!(format!("{one:?}"), "Secret(…)");
    }
}
