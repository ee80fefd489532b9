//! Requests that some other page had a browser send: refused where they would change something.
//!
//! A browser adds cookies and Basic credentials by itself, whichever page asked for the request. So with a session the
//! request also brings what only a page of ours can know; and what the browser says another site has made is refused. A
//! bearer token is added by nobody but the program that means it.

use axum::http::{HeaderMap, Method};
use subtle::ConstantTimeEq as _;

use super::{Caller, credentials};
use crate::{Error, Result};

pub(super) const HEADER: &str = "x-csrf-token";

/// Whether this request of this caller may be carried out.
///
/// # Errors
/// [`Error::Forged`].
pub(crate) fn check(method: &Method, headers: &HeaderMap, caller: &Caller) -> Result<()> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    if caller.session.is_some() || credentials::are_basic(headers) {
        refuse_other_sites(headers)?;
    }
    let Some(session) = &caller.session else { return Ok(()) };
    let given = headers.get(HEADER).ok_or(Error::Forged("the header X-CSRF-Token is missing"))?;
    if bool::from(given.as_bytes().ct_eq(session.csrf().as_bytes())) {
        Ok(())
    } else {
        Err(Error::Forged("the header X-CSRF-Token does not fit the session"))
    }
}

/// Refuses what the browser says a page of another site has made.
///
/// # Errors
/// [`Error::Forged`].
pub(crate) fn refuse_other_sites(headers: &HeaderMap) -> Result<()> {
    match headers.get("sec-fetch-site") {
        Some(site) if site == "cross-site" => {
            Err(Error::Forged("the request comes from a page of another site"))
        }
        _ => Ok(()),
    }
}
