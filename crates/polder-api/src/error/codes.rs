//! What a code means over HTTP: its status, its title, and what to do where nothing better is known.

use axum::http::StatusCode;
use polder_types::Code;

/// The status that a code is answered with. Codes of steps only ever stand inside a run; asked for alone, they are 422.
pub(crate) fn status(code: Code) -> StatusCode {
    match code {
        Code::BadRequest => StatusCode::BAD_REQUEST,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::CsrfToken => StatusCode::FORBIDDEN,
        Code::NotFound | Code::NotReady | Code::UnknownEnvironment => StatusCode::NOT_FOUND,
        Code::Paused
        | Code::AlreadyRunning
        | Code::IdempotencyInFlight
        | Code::MissingFiles
        | Code::Fenced
        | Code::Conflict
        | Code::PublishConflict
        | Code::DataInUse
        | Code::Aborted => StatusCode::CONFLICT,
        Code::RetentionOver => StatusCode::GONE,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal | Code::MasterKey => StatusCode::INTERNAL_SERVER_ERROR,
        Code::InvalidDefinition
        | Code::InvalidParameters
        | Code::IdempotencyMismatch
        | Code::StepFailed
        | Code::SqlFailed
        | Code::SyncFailed
        | Code::TestsFailed
        | Code::CannotStart
        | Code::TimedOut
        | Code::AgentLost
        | Code::UnknownSecret
        | Code::TemplateFailed
        | Code::HttpFailed
        | Code::ChildFailed
        | Code::BadOutput => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The code in words.
pub(crate) fn title(code: Code) -> &'static str {
    match code {
        Code::InvalidDefinition => "The definition has mistakes",
        Code::InvalidParameters => "The parameters do not fit",
        Code::BadRequest => "The request is not understood",
        Code::MethodNotAllowed => "The path does not answer to this method",
        Code::UnsupportedMediaType => "The body is not of a kind that is read",
        Code::Unauthenticated => "A valid token is needed",
        Code::Forbidden => "Not allowed",
        Code::CsrfToken => "The request may have been forged",
        Code::NotFound => "Not found",
        Code::Paused => "The pipeline is paused",
        Code::AlreadyRunning => "It is running already",
        Code::IdempotencyMismatch => "The idempotency key came with another body",
        Code::IdempotencyInFlight => "The first request with this key is still being worked on",
        Code::NotReady => "There is no result yet",
        Code::MissingFiles => "Files are missing",
        Code::TooLarge => "Too large",
        Code::TooManyRequests => "Too many requests",
        Code::Fenced => "The report came too late",
        Code::Conflict => "It does not fit the present state",
        Code::Internal => "The server failed",
        Code::Unavailable => "Not available just now",
        Code::StepFailed => "A step failed",
        Code::SqlFailed => "A statement failed",
        Code::SyncFailed => "A source could not be read",
        Code::TestsFailed => "Tests found something",
        Code::PublishConflict => "Somebody else has published meanwhile",
        Code::RetentionOver => "It is not kept any more",
        Code::CannotStart => "A command could not be started",
        Code::TimedOut => "It took too long",
        Code::Aborted => "It was aborted",
        Code::AgentLost => "The agent was lost",
        Code::UnknownSecret => "A secret is not set",
        Code::UnknownEnvironment => "There is no such environment",
        Code::TemplateFailed => "A template could not be filled in",
        Code::HttpFailed => "A request of a step failed",
        Code::ChildFailed => "The pipeline that a step started did not succeed",
        Code::BadOutput => "The output of a step cannot be read",
        Code::DataInUse => "The data folder is in use",
        Code::MasterKey => "The master key does not fit",
    }
}

/// What to do about it.
pub(crate) fn hint(code: Code) -> Option<String> {
    let hint = match code {
        Code::Unauthenticated => {
            "send `Authorization: Bearer <token>`; the first token is in DATA/admin-token"
        }
        Code::CsrfToken => "send the `csrf` of GET /api/v1/session in the header X-CSRF-Token",
        Code::MethodNotAllowed => "the header Allow names the methods",
        Code::UnsupportedMediaType => "send JSON, with `Content-Type: application/json`",
        Code::Paused => "resume the pipeline, then start it again",
        Code::AlreadyRunning => "wait for the running run, or abort it",
        Code::IdempotencyMismatch => "use a new key for a new request",
        Code::IdempotencyInFlight => "send the same request again in a second",
        Code::NotReady => "ask again, with `?wait=45` to be answered as soon as the run ends",
        Code::MissingFiles => "PUT each of `missing` to /api/v1/blobs/<sha256>, then send the request again",
        Code::RetentionOver => {
            "run it again to have it anew; `polder server --lake-retention` says how long the lake keeps things"
        }
        Code::TooManyRequests => "wait as long as Retry-After says",
        Code::Unavailable => "try again in a moment",
        Code::Internal => "give the X-Request-Id of this answer to whoever runs the server",
        _ => return None,
    };
    Some(hint.to_owned())
}
