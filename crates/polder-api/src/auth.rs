//! Who a request is from.
//!
//! A layer in front of the routes ([`authenticate`]) finds the [`Caller`] of the token, or of the session that a browser has
//! got for one, and puts it into the request; handlers take it from there and ask it for the right that they need. A right
//! that is missing is 403; but what a caller may not even see is 404, so that names of other teams' things are not told.

mod caller;
mod challenge;
mod cookie;
mod credentials;
mod csrf;
mod first;
mod known;
mod presence;
pub(crate) mod sessions;
mod throttle;

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;

pub use caller::Caller;
pub(crate) use challenge::{is_of_page, without_basic};
pub(crate) use cookie::{NAME as COOKIE, cleared as cleared_cookie};
pub use credentials::new_token;
pub(crate) use credentials::{hash as hash_of, token as token_of};
pub(crate) use csrf::{check as check_csrf, refuse_other_sites};
pub use first::{first_admin_token, insert_token};
pub(crate) use known::Known;
pub(crate) use throttle::Throttle;

use crate::{Api, Error, Result};
use known::Key;

/// The layer in front of every route that needs a token.
pub(crate) async fn authenticate(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Result<Response> {
    let caller = caller(&api, request.headers(), request.extensions()).await?;
    csrf::check(request.method(), request.headers(), &caller)?;
    let renewed = caller.session.as_ref().filter(|session| session.is_renewed());
    let cookie = renewed.map(|session| session.cookie(&api));
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Who a request is from: what it says itself counts, a cookie only where it says nothing.
pub(crate) async fn caller(api: &Api, headers: &HeaderMap, extensions: &Extensions) -> Result<Caller> {
    if credentials::are_there(headers) {
        let token =
            credentials::token(headers).ok_or(Error::Unauthenticated("the request brings no token"))?;
        return caller_of_token(api, &token, extensions).await;
    }
    if !cookie::is_there(headers) {
        return Err(Error::Unauthenticated("the request brings no token"));
    }
    caller_of_session(api, headers, extensions).await?.ok_or(Error::SignedOut(sessions::ENDED))
}

/// Whose session the request's cookie is; none if it has ended, or never was.
pub(crate) async fn caller_of_session(
    api: &Api,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Option<Caller>> {
    // One that is not known is not counted as tried: 32 random bytes are not found by trying, and a page that has
    // slept through the end of its session asks for many things at once.
    let Some(secret) = cookie::find(headers, api.is_secure()) else { return Ok(None) };
    let caller = sessions::find(api, secret, presence::of(headers)).await?;
    Ok(caller.map(|caller| Caller { address: address_of(extensions), ..caller }))
}

/// Whose token it is.
pub(crate) async fn caller_of_token(api: &Api, token: &str, extensions: &Extensions) -> Result<Caller> {
    let address = address_of(extensions);
    let caller = find(api, token, address).await?;
    Ok(Caller { address, ..caller })
}

/// The same, where there is no request.
pub(crate) async fn caller_at(api: &Api, token: &str, address: IpAddr) -> Result<Caller> {
    let caller = find(api, token, Some(address)).await?;
    Ok(Caller { address: Some(address), ..caller })
}

/// Who sent the token. Wrong ones are counted, and an address with too many is not listened to for a while.
async fn find(api: &Api, token: &str, address: Option<IpAddr>) -> Result<Caller> {
    let (hash, now) = (hash_of(token), api.now());
    if let Some(caller) = api.internal().get(&hash).or(api.known().get(&Key::Token(hash), now).as_ref()) {
        return Ok(caller.clone());
    }
    // A right token passes whatever others at the same address have tried: it cannot be found by trying.
    if let Some(found) = known::load(api, token, hash, now).await? {
        return Ok(found);
    }
    if let Some(address) = address {
        if let Some(retry_after) = api.throttle().wait_of(address, api.limits().failed_logins, now) {
            return Err(Error::TooManyFailedLogins { retry_after });
        }
        api.throttle().failed(address, now);
    }
    Err(Error::Unauthenticated("the token is not known, has expired or was revoked"))
}

fn address_of(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_canonical())
}
