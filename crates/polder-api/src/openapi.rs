//! The OpenAPI document, made from the handlers.

use std::sync::OnceLock;

use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::schema::{ArrayItems, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa::{Modify, OpenApi as _, ToSchema};

use crate::auth::COOKIE;
use crate::error::PROBLEM_JSON;

/// What is said of a body that need not be there.
const OPTIONAL: &str = "May be left out";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Polder", description = "Runs, schedules and watches pipelines. Times are RFC 3339 in UTC; lists come in pages; \
        every error is an `application/problem+json` with a stable `code`.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    tags(
        (name = "pipelines", description = "Pipelines as they are deployed, and what starts them"),
        (name = "jobs", description = "Scripts and commands registered by one request"),
        (name = "runs", description = "Starting, following and ending runs"),
        (name = "deployments", description = "Projects, their revisions and files"),
        (name = "secrets", description = "Values that are stored encrypted and never shown again"),
        (name = "access", description = "Tokens, and who did what"),
        (name = "lake", description = "Tables, what was published to them, and queries"),
        (name = "agents", description = "What agents and the server say to each other"),
        (name = "server", description = "The server itself"),
    ),
    security(("token" = []), ("basic" = []), ("session" = [])),
    components(schemas(polder_types::wire::Problem)),
    modifiers(&Security)
)]
pub(crate) struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer =
            Http::builder().scheme(HttpAuthScheme::Bearer).description(Some("An API token, `pld_…`")).build();
        let basic = Http::builder()
            .scheme(HttpAuthScheme::Basic)
            .description(Some("Any user name, the API token as password"));
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        let session = ApiKeyValue::with_description(
            COOKIE,
            "The session of a browser, from POST /api/v1/session; `__Host-polder_session` where the public address is HTTPS. \
             What changes something also needs the header `X-CSRF-Token`, with the `csrf` of the session. \
             A request puts off the end of the session; not so one with the header `X-Polder-Background`, which a page sets on \
             what it asks for by itself, nor a stream of events",
        );
        components.add_security_scheme("basic", SecurityScheme::Http(basic.build()));
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    }
}

/// A change, as the stream of changes tells it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct ChangeEvent {
    at: chrono::DateTime<chrono::Utc>,
    team: String,
    environment: String,
    /// `run`, `step`, `pipeline`, `deployment` or `publish`.
    kind: String,
    /// Of a run, pipeline or publish.
    id: Option<String>,
    pipeline_id: Option<String>,
    pipeline: Option<String>,
    /// Of a run or step.
    status: Option<String>,
    /// The run of a step.
    run: Option<String>,
    step: Option<String>,
    epoch: Option<u32>,
    paused: Option<bool>,
    revision: Option<String>,
    project: Option<String>,
}

/// The document of this version.
#[must_use]
pub fn document() -> &'static OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(|| completed(crate::router::described()))
}

pub(crate) fn base() -> OpenApi {
    Document::openapi()
}

/// Says what the handlers' annotations cannot, or only by repeating it everywhere.
fn completed(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        operations.into_iter().flatten().for_each(complete);
    }
    for (name, schema) in document.components.iter_mut().flat_map(|components| &mut components.schemas) {
        if let Some(item) = name.strip_prefix("Page_") {
            refer(schema, item);
        }
    }
    document
}

/// The one shape that all errors have, bodies that need not be there, and what has to be said of each answer and parameter.
fn complete(operation: &mut Operation) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let error = ResponseBuilder::new().description("What went wrong").content(PROBLEM_JSON, content).build();
    operation.responses.responses.insert("default".to_owned(), error.into());
    if let Some(RefOr::T(body)) = &mut operation.request_body
        && body.description.as_deref() == Some(OPTIONAL)
    {
        body.required = Some(Required::False);
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            description(status).clone_into(&mut response.description);
        }
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            without_null(parameter);
        }
    }
}

/// Required of every answer.
fn description(status: &str) -> &'static str {
    match status {
        "201" => "It was made",
        "202" => "It is under way",
        _ => "It was done, or here it is",
    }
}

/// A parameter that may be left out has no null: a query or a header cannot say it.
fn without_null(parameter: &mut Parameter) {
    if let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema
        && let SchemaType::Array(types) = &object.schema_type
        && let [one, Type::Null] = types.as_slice()
    {
        object.schema_type = SchemaType::Type(one.clone());
    }
}

/// A page refers to its items; generics would repeat them.
fn refer(page: &mut RefOr<Schema>, item: &str) {
    let RefOr::T(Schema::Object(page)) = page else { return };
    if let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items") {
        items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
    }
}
