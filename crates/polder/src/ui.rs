//! The web interface, served beside the API: files that `make ui` has made, compiled into a release.
//!
//! Everything but `/api/` and `/metrics` is answered from here. A path that is no file is a page of the interface, which
//! sorts it out itself; so all of them get `index.html`.

mod answer;
mod encoding;
mod files;
mod headers;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

pub use files::Files;

/// Puts the interface around the router of the API.
pub fn around(api: Router, files: Files) -> Router {
    api.layer(from_fn_with_state(Arc::new(files), serve))
}

async fn serve(State(files): State<Arc<Files>>, request: Request, next: Next) -> Response {
    if is_of_api(request.uri().path()) {
        return next.run(request).await;
    }
    answer::answer(&files, request.method(), request.uri().path(), request.headers())
}

fn is_of_api(path: &str) -> bool {
    path == "/metrics" || path == "/api" || path.starts_with("/api/")
}
