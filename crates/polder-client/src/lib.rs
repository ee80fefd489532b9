//! The typed client of Polder's own HTTP API, for the CLI, the agent and tests.
//!
//! A [`Client`] speaks to a server over the network ([`Client::remote`]) or calls its router in the same process without
//! a socket ([`Client::in_process`]); everything above the transport is the same, so that the embedded agent and a remote
//! one cannot differ. Each route is one method, with the shapes of [`polder_types::wire`].
//!
//! Only what is harmless to repeat is repeated here: a GET whose connection broke, and a stream that is resumed after the
//! last event that was seen. Whoever starts, reports or changes something decides about a second try itself.
//!
//! This crate does not know the server: neither its framework nor its crates.

mod client;
mod error;
mod routes;
mod sse;
mod stream;
mod transport;

pub use client::{Answer, Client};
pub use error::{BoxError, Error};
pub use routes::{AnswerIn, LogQuery, Operation, PublishFilter, TableFilter};
pub use sse::ServerEvent;
pub use stream::{Changes, Connection, LogStream};
pub use transport::{Body, ByteStream, InProcessService};

/// The address that is tried when nobody says where the server is.
pub const DEFAULT_URL: &str = "http://127.0.0.1:7070";
