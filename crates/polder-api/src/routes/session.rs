//! Signing in and out, for browsers: a token in, a cookie out.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use polder_types::wire::{Session, SignIn, SignedOut};

use crate::auth::{self, sessions};
use crate::extract::PrivateJson;
use crate::{Api, Caller, Error, Result};

/// Sign in: a token in, a cookie out
///
/// The cookie stands for the token until the session ends: when it is signed out, not used for a while, or the token is
/// revoked or expires. What is asked with the header `X-Polder-Background` is no use: it is for what a page asks by itself while nobody
/// touches it. A token that only has the role `agent` cannot sign in.
#[utoipa::path(post, path = "/session", tag = "access", operation_id = "sign_in", security(()), request_body = SignIn,
    responses((status = 200, body = Session, headers(("Set-Cookie" = String, description = "The session; no script can read it")))))]
pub(crate) async fn sign_in(
    State(api): State<Api>,
    extensions: Extensions,
    headers: HeaderMap,
    PrivateJson(SignIn { token }): PrivateJson<SignIn>,
) -> Result<Response> {
    auth::refuse_other_sites(&headers)?;
    let caller = auth::caller_of_token(&api, token.trim(), &extensions).await?;
    let session = sessions::begin(&api, &caller).await?;
    // Whoever was signed in at this browser is not any more.
    if let Some(before) = auth::caller_of_session(&api, &headers, &extensions).await? {
        sessions::end(&api, &before).await?;
    }
    Ok(answer(&api, &Caller { session: Some(session), ..caller }))
}

/// Who is signed in
#[utoipa::path(get, path = "/session", tag = "access", operation_id = "get_session", security(("session" = [])),
    responses((status = 200, body = Session)))]
pub(crate) async fn view(
    State(api): State<Api>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response> {
    let caller = auth::caller_of_session(&api, &headers, &extensions).await?;
    let caller = caller.ok_or(Error::SignedOut("nobody is signed in"))?;
    Ok(answer(&api, &caller))
}

/// Sign out; also if the session has ended already
#[utoipa::path(delete, path = "/session", tag = "access", operation_id = "sign_out", security((), ("session" = [])),
    params(("X-CSRF-Token" = Option<String>, Header, description = "`csrf` of the session, while there is one")),
    responses((status = 200, body = SignedOut)))]
pub(crate) async fn sign_out(
    State(api): State<Api>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response> {
    let ended = match auth::caller_of_session(&api, &headers, &extensions).await? {
        Some(caller) => {
            auth::check_csrf(&Method::DELETE, &headers, &caller)?;
            sessions::end(&api, &caller).await?
        }
        None => false,
    };
    let cookie = auth::cleared_cookie(api.is_secure());
    Ok((private(cookie), Json(SignedOut { ended })).into_response())
}

fn answer(api: &Api, caller: &Caller) -> Response {
    match &caller.session {
        Some(session) => (private(session.cookie(api)), Json(session.view(caller))).into_response(),
        None => Error::Internal("a caller without a session".to_owned()).into_response(),
    }
}

fn private(cookie: HeaderValue) -> [(http::HeaderName, HeaderValue); 2] {
    [(SET_COOKIE, cookie), (CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}
