//! What the document does not know is refused: a parameter with a slip in its name would otherwise be as if it were not there.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::extract::{MatchedPath, Query, Request};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::Response;
use polder_types::definition::did_you_mean;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{RefOr, Schema};

use crate::{Error, Result};

/// The parameters of a route's query, each with whether it may be given several times.
type Names = Vec<(&'static str, bool)>;

/// The layer in front of all routes that stand in the document.
pub(crate) async fn refuse_unknown(request: Request, next: Next) -> Result<Response> {
    if let Some(path) = request.extensions().get::<MatchedPath>() {
        check(request.method(), path.as_str(), request.uri())?;
    }
    Ok(next.run(request).await)
}

fn check(method: &Method, path: &str, uri: &Uri) -> Result<()> {
    let Some(known) = known().get(&(method.clone(), path)) else { return Ok(()) };
    let given = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let Query(given) = given.map_err(|_| Error::bad_request("the query cannot be read"))?;
    for (index, (name, _)) in given.iter().enumerate() {
        let Some((_, several)) = known.iter().find(|(known, _)| known == name) else {
            return Err(unknown(name, known));
        };
        if !several && given[..index].iter().any(|(before, _)| before == name) {
            return Err(Error::bad_request(format!("`{name}` is given twice")));
        }
    }
    Ok(())
}

fn unknown(name: &str, known: &Names) -> Error {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let takes = if names.is_empty() { "no parameters".to_owned() } else { names.join(", ") };
    Error::BadRequest {
        detail: format!("there is no parameter `{name}` here"),
        hint: Some(did_you_mean(name, names).unwrap_or_else(|| format!("this route takes {takes}"))),
    }
}

fn known() -> &'static HashMap<(Method, &'static str), Names> {
    static KNOWN: OnceLock<HashMap<(Method, &'static str), Names>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let paths = &crate::document().paths.paths;
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = [
                (Method::GET, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::DELETE, &item.delete),
            ];
            methods
                .into_iter()
                .filter_map(|(method, operation)| Some(((method, path.as_str()), names(operation.as_ref()?))))
        });
        operations.collect()
    })
}

fn names(operation: &'static Operation) -> Names {
    let parameters = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let query = parameters.filter(|parameter| matches!(parameter.parameter_in, ParameterIn::Query));
    query
        .map(|parameter| {
            let several = matches!(&parameter.schema, Some(RefOr::T(Schema::Array(_))));
            (parameter.name.as_str(), several)
        })
        .collect()
}
