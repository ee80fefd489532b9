//! Large answers are compressed for whoever takes that: lists in JSON become a tenth.
//!
//! Only what is there as a whole: a stream of changes or lines must not wait for a block to be full. Small answers are left alone,
//! also because one of them holds a session's token against forged requests: what a compressed answer's length tells an attacker who
//! chooses part of it is known as BREACH.

use axum::body::HttpBody;
use axum::http::{Response, header};
use tower_http::compression::{CompressionLayer, CompressionLevel, Predicate};

/// In bytes. Below it there is nothing to gain.
const LARGE: u64 = 4 << 10;

pub(crate) fn layer() -> CompressionLayer<LargeJson> {
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(LargeJson)
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct LargeJson;

impl Predicate for LargeJson {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        is_json && response.body().size_hint().exact().is_some_and(|size| size >= LARGE)
    }
}
