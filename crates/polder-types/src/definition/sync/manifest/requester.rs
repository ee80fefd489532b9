//! Requests: where they go, with what, as whom, and what is done about errors.

use std::collections::BTreeMap;

use super::super::super::shapes::connector::{
    AuthenticatorMap, BackoffStrategy, ErrorHandlerMap, HttpMethod, HttpRequester, ResponseFilter,
};
use super::super::super::{ProblemCode, texts, values};
use super::super::connector::{Authenticator, ErrorHandler, Filter, Place, RequestOption, Requester};
use super::super::parts::{check, component, template};
use super::option;
use crate::definition::reader::{Field, Object};

pub(super) fn read(field: &Field<'_>) -> Option<Requester> {
    let object = field.object::<HttpRequester>()?;
    component(&object, &["HttpRequester"]);
    let (url_base, path) = address(&object);
    let method = object.get("http_method").and_then(|field| {
        let _: HttpMethod = field.choice()?;
        field.text().map(str::to_owned)
    });
    let authenticator = object.get("authenticator").and_then(|field| authenticator(&field));
    let errors = object.get("error_handler").and_then(|field| errors(&field)).unwrap_or_default();
    let map = |key| object.get(key).map(|field| templates(&field)).unwrap_or_default();
    let body = object.get("request_body_json");
    body.iter().flat_map(texts::within).for_each(|(field, text)| check(&field, text));
    let (parameters, headers) = (map("request_parameters"), map("request_headers"));
    Some(Requester {
        method: method.unwrap_or_else(|| "GET".to_owned()),
        url_base: url_base?,
        path,
        parameters,
        headers,
        body: body.map(|field| field.json()),
        authenticator,
        errors,
    })
}

fn address(object: &Object<'_>) -> (Option<String>, String) {
    let text = |key| object.get(key).and_then(|field: Field<'_>| template(&field));
    let (base, path, url) = (text("url_base"), text("path"), text("url"));
    if base.is_none() && url.is_none() {
        object.require("url_base");
    }
    (base.or(url), path.unwrap_or_default())
}

fn templates(field: &Field<'_>) -> BTreeMap<String, String> {
    let entries = values::texts(field).into_iter();
    entries.filter_map(|(key, value)| Some((key.value.to_owned(), template(&value)?))).collect()
}

const AUTHENTICATORS: [&str; 4] =
    ["NoAuth", "BearerAuthenticator", "ApiKeyAuthenticator", "BasicHttpAuthenticator"];

fn authenticator(field: &Field<'_>) -> Option<Authenticator> {
    let object = field.object::<AuthenticatorMap>()?;
    object.ignore();
    let Some(kind) = component(&object, &AUTHENTICATORS) else {
        object.require("type");
        return None;
    };
    let text = |key| object.require(key).and_then(|field| template(&field));
    match kind.as_str() {
        "BearerAuthenticator" => Some(Authenticator::Bearer { token: text("api_token")? }),
        "ApiKeyAuthenticator" => {
            let token = text("api_token");
            Some(Authenticator::ApiKey { into: key_place(&object)?, token: token? })
        }
        "BasicHttpAuthenticator" => {
            let password = object.get("password").and_then(|field| template(&field)).unwrap_or_default();
            Some(Authenticator::Basic { username: text("username")?, password })
        }
        _ => None,
    }
}

fn key_place(object: &Object<'_>) -> Option<RequestOption> {
    if let Some(field) = object.get("header") {
        return Some(RequestOption { place: Place::Header, name: template(&field)? });
    }
    option(&object.require("inject_into")?)
}

fn errors(field: &Field<'_>) -> Option<ErrorHandler> {
    let object = field.object::<ErrorHandlerMap>()?;
    component(&object, &["DefaultErrorHandler"]);
    let most = object.get("max_retries").and_then(|field| field.integer(0..=100));
    let mut errors =
        ErrorHandler { max_retries: most.and_then(|most| u32::try_from(most).ok()), ..Default::default() };
    for item in object.get("backoff_strategies").and_then(|field| field.items()).unwrap_or_default() {
        backoff(&item, &mut errors);
    }
    let filters = object.get("response_filters").and_then(|field| field.items()).unwrap_or_default();
    errors.filters = filters.iter().filter_map(filter).collect();
    Some(errors)
}

const BACKOFFS: [&str; 3] = ["WaitTimeFromHeader", "ConstantBackoffStrategy", "ExponentialBackoffStrategy"];

fn backoff(field: &Field<'_>, errors: &mut ErrorHandler) {
    let Some(object) = field.object::<BackoffStrategy>() else { return };
    object.ignore();
    let number = |key| {
        let field: Field<'_> = object.get(key)?;
        let number = field.json().as_f64().filter(|number| (0.0..=3600.0).contains(number));
        if number.is_none() {
            field.error(ProblemCode::InvalidValue, "seconds, from 0 to 3600, stand here", None);
        }
        number
    };
    match component(&object, &BACKOFFS).as_deref() {
        Some("WaitTimeFromHeader") => {
            errors.wait_header = object.require("header").and_then(|field| template(&field));
        }
        Some("ConstantBackoffStrategy") => errors.constant_seconds = number("backoff_time_in_seconds"),
        Some("ExponentialBackoffStrategy") => errors.factor_seconds = number("factor"),
        Some(_) => {}
        None => drop(object.require("type")),
    }
}

fn filter(field: &Field<'_>) -> Option<Filter> {
    let object = field.object::<ResponseFilter>()?;
    component(&object, &["HttpResponseFilter"]);
    let codes = object.require("http_codes").and_then(|field| field.one_or_many()).unwrap_or_default();
    let codes = codes.iter().filter_map(|code| u16::try_from(code.integer(100..=599)?).ok()).collect();
    let action = object.require("action").and_then(|field| field.choice());
    let message = object.get("error_message").and_then(|field| template(&field));
    Some(Filter { codes, action: action?, message })
}
