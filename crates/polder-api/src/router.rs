//! The whole API on one page: its routes, and the layers in front of them.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, OriginalUri, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, routing};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::BodyLimit;
use crate::limits::{BLOB, DEPLOY_BODY, JSON_BODY, LOG_BATCH, QUERY_TIME, REQUEST_TIME};
use crate::routes::{
    access, agents, attempts, audit, backup, blobs, changes, checks, deployments, graph, history, jobs, lake,
    logs, overview, pipelines, revisions, runs, secrets, server, session, sql, start,
};
use crate::{Api, Error, Result, auth, compress, openapi, strict};

const UPLOAD_TIME: Duration = Duration::from_secs(600);
/// What an answer may do if a browser shows it nevertheless.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The router of the whole API. Requests that did not come over a network bring no `ConnectInfo`.
pub fn router(api: Api) -> Router {
    let (guarded, _) = guarded().split_for_parts();
    let (open, _) = open().split_for_parts();
    let authenticated = from_fn_with_state(api.clone(), auth::authenticate);
    let guarded = Router::new().nest("/api/v1", guarded).route_layer(authenticated);
    let layers = tower::ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(from_fn_with_state(api.clone(), observe))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(compress::layer());
    Router::new()
        .nest("/api/v1", open)
        .merge(guarded)
        .route("/metrics", routing::get(server::metrics))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(layers)
        .with_state(api)
}

/// The routes with what is said about them.
pub(crate) fn described() -> OpenApi {
    let routes = OpenApiRouter::with_openapi(openapi::base());
    routes.nest("/api/v1", open()).nest("/api/v1", guarded()).into_openapi()
}

/// What is answered without a token.
fn open() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(server::health))
        .routes(routes!(server::ready))
        .routes(routes!(server::openapi))
        .routes(routes!(server::explain))
        .merge(signing_in())
        .merge(working())
}

/// What browsers begin with. It looks at their cookies itself.
fn signing_in() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new().routes(routes!(session::view, session::sign_in, session::sign_out));
    limited(routes, JSON_BODY, REQUEST_TIME).layer(from_fn(strict::refuse_unknown))
}

/// What attempts say themselves, each with the token of its own.
fn working() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new()
        .routes(routes!(attempts::begin))
        .routes(routes!(attempts::prepare))
        .routes(routes!(attempts::finish))
        .routes(routes!(attempts::checks));
    limited(routes, DEPLOY_BODY, REQUEST_TIME).layer(from_fn(strict::refuse_unknown))
}

/// What needs a token.
fn guarded() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new()
        .merge(limited(ordinary(), JSON_BODY, REQUEST_TIME))
        .merge(limited(deploying(), DEPLOY_BODY, REQUEST_TIME))
        .merge(limited(reporting(), LOG_BATCH, REQUEST_TIME))
        .merge(limited(querying(), JSON_BODY, QUERY_TIME))
        .merge(limited(uploading(), BLOB, UPLOAD_TIME));
    routes.layer(from_fn(strict::refuse_unknown))
}

fn ordinary() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(server::about))
        .routes(routes!(access::whoami))
        .routes(routes!(changes::changes))
        .routes(routes!(overview::view))
        .routes(routes!(graph::view))
        .routes(routes!(graph::environments))
        .routes(routes!(history::view))
        .routes(routes!(pipelines::list))
        .routes(routes!(pipelines::view))
        .routes(routes!(pipelines::why))
        .routes(routes!(pipelines::pause))
        .routes(routes!(pipelines::resume))
        .routes(routes!(start::pipeline))
        .routes(routes!(start::hook))
        .routes(routes!(jobs::list, jobs::register))
        .routes(routes!(jobs::view))
        .routes(routes!(start::job))
        .routes(routes!(runs::list))
        .routes(routes!(runs::view))
        .routes(routes!(runs::operation))
        .routes(routes!(runs::result))
        .routes(routes!(runs::abort))
        .routes(routes!(runs::rerun))
        .routes(routes!(logs::logs))
        .routes(routes!(checks::view))
        .routes(routes!(deployments::projects))
        .routes(routes!(revisions::list))
        .routes(routes!(revisions::view))
        .routes(routes!(revisions::files))
        .routes(routes!(revisions::rollback))
        .routes(routes!(secrets::list))
        .routes(routes!(secrets::missing))
        .routes(routes!(secrets::set, secrets::delete))
        .routes(routes!(secrets::rotate_key))
        .routes(routes!(access::tokens, access::create_token))
        .routes(routes!(access::revoke_token))
        .routes(routes!(lake::tables))
        .routes(routes!(lake::publishes))
        .routes(routes!(lake::publish))
        .routes(routes!(lake::branches))
        .routes(routes!(lake::reset))
        .routes(routes!(sql::tables))
        .routes(routes!(audit::list))
        .routes(routes!(agents::list))
        .routes(routes!(agents::claim))
        .routes(routes!(agents::heartbeat))
        .routes(routes!(agents::started))
        .routes(routes!(agents::ended))
        .routes(routes!(backup::backup))
}

fn deploying() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(deployments::plan)).routes(routes!(deployments::deploy))
}

fn reporting() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(agents::logs))
}

fn querying() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(sql::query))
        .routes(routes!(lake::rollback))
        .routes(routes!(lake::branch_tables))
        .routes(routes!(lake::vacuum))
}

fn uploading() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(blobs::download, blobs::upload))
}

fn limited(routes: OpenApiRouter<Api>, body: usize, time: Duration) -> OpenApiRouter<Api> {
    let in_time = move |request: Request, next: Next| async move {
        tokio::time::timeout(time, next.run(request)).await.map_err(|_| Error::TooSlow)
    };
    routes
        .layer(from_fn(finish))
        .layer(DefaultBodyLimit::max(body))
        .layer(Extension(BodyLimit(body)))
        .layer(from_fn(in_time))
}

/// What has begun to change something is finished, even if who asked for it has gone: it is not left without its entry in the
/// audit log. Agents ask again by themselves, and a claim must not go on for one that is gone.
async fn finish(request: Request, next: Next) -> Result<Response> {
    if request.method().is_safe() || request.uri().path().contains("/agents/") {
        return Ok(next.run(request).await);
    }
    let answered = tokio::spawn(next.run(request)).await;
    answered.map_err(|error| Error::Internal(format!("a handler panicked: {error}")))
}

/// Counts the request, and writes a line about it. Never its query: that may be somebody's credential.
async fn observe(State(api): State<Api>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .map(str::to_owned);
    let of_page = auth::is_of_page(&request);
    let started = tokio::time::Instant::now();
    let mut response = next.run(request).await;
    // What users wrote, such as logs, is never to be taken for a page.
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(NO_PAGE));
    if of_page {
        auth::without_basic(&mut response);
    }
    let status = response.status().as_u16();
    api.metrics().note_request(method.as_str(), &route, status);
    let id = id.unwrap_or_default();
    tracing::debug!(%method, route, status, milliseconds = started.elapsed().as_millis(), request = id, "answered");
    response
}

async fn no_route(OriginalUri(uri): OriginalUri) -> Result<()> {
    Err(Error::not_found(format!("route {}", uri.path())))
}

async fn no_method(OriginalUri(uri): OriginalUri, request: Request) -> Result<()> {
    drop(request);
    Err(Error::MethodNotAllowed(uri.path().to_owned()))
}

#[expect(clippy::needless_pass_by_value, reason = "the layer gives it away")]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> http::Response<Body> {
    let text = cause
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| cause.downcast_ref::<String>().cloned());
    Error::Internal(format!("a handler panicked: {}", text.unwrap_or_default())).into_response()
}
