//! Requests and their answers, tried again where that may help.

use std::cell::Cell;
use std::time::Duration;

use base64::Engine as _;
use polder_types::Clock;
use polder_types::definition::sync::HttpStream;
use polder_types::definition::sync::connector::{Action, Authenticator, Place, RequestOption, Requester};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, Url};
use serde_json::{Map, Value};

use super::template::Templates;
use super::{body, broken, retry};
use crate::{Error, Result};

/// How long a connection may take to come about, and how long a server may be silent.
const CONNECT: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(120);
const REDIRECTS: usize = 5;

pub(super) struct Requests<'a> {
    client: Client,
    requester: &'a Requester,
    templates: &'a Templates,
    clock: &'a dyn Clock,
    sent: Cell<u64>,
    again: Cell<u64>,
}

/// What makes one request another than the last.
#[derive(Default)]
pub(super) struct Ask {
    pub(super) names: Map<String, Value>,
    pub(super) options: Vec<(RequestOption, String)>,
    /// Instead of the requester's own address.
    pub(super) address: Option<String>,
}

pub(super) struct Answer {
    /// Method, host and path: what may be shown.
    pub(super) place: String,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl<'a> Requests<'a> {
    pub(super) fn new(http: &'a HttpStream, templates: &'a Templates, clock: &'a dyn Clock) -> Result<Self> {
        let client =
            Client::builder().connect_timeout(CONNECT).read_timeout(SILENCE).redirect(same_host()).build();
        let client = client.map_err(|error| Error::api(error.to_string()))?;
        Ok(Self {
            client,
            requester: &http.requester,
            templates,
            clock,
            sent: Cell::new(0),
            again: Cell::new(0),
        })
    }

    /// How many there were.
    pub(super) fn told(&self) -> String {
        let again = self.again.get();
        let more = if again > 0 { format!(", {again} of them tried again") } else { String::new() };
        let sent = self.sent.get();
        format!("{sent} {}{more}", if sent == 1 { "request" } else { "requests" })
    }

    /// The answer; none if its status is to be passed over.
    pub(super) async fn send(&self, ask: &Ask) -> Result<Option<Answer>> {
        let errors = &self.requester.errors;
        let (request, place) = self.request(ask)?;
        for tried in 0.. {
            self.sent.set(self.sent.get() + 1);
            let again = request.try_clone().ok_or_else(|| broken(&place, "it cannot be sent twice"))?;
            let (reason, headers) = match self.once(again, &place).await {
                Ok(Once::Answer(answer)) => return Ok(Some(answer)),
                Ok(Once::Ignored) => return Ok(None),
                Ok(Once::Again { reason, headers }) => (reason, Some(headers)),
                Err(Failure::Passing(reason)) => (reason, None),
                Err(Failure::Lasting(error)) => return Err(error),
            };
            if tried >= retry::most(errors) {
                return Err(broken(&place, format!("{reason}, also after {tried} more tries")));
            }
            let wait = retry::wait(errors, tried, headers.as_deref(), self.clock.now());
            let wait = wait.map_err(|asked| {
                broken(
                    &place,
                    format!("{reason}, and asks to wait for {} s: try again then", asked.as_secs()),
                )
            })?;
            self.again.set(self.again.get() + 1);
            tokio::time::sleep(wait).await;
        }
        unreachable!("it returns from the last try")
    }

    async fn once(&self, request: reqwest::Request, place: &str) -> Result<Once, Failure> {
        let response = self.client.execute(request).await.map_err(|error| failure(place, error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        if !status.is_success() || retry::is_named_nothing(&self.requester.errors, status) {
            return self.refused(status, headers, place);
        }
        let text = body::text(response, place).await?;
        Ok(Once::Answer(Answer { place: place.to_owned(), headers, text }))
    }

    fn refused(&self, status: StatusCode, headers: HeaderMap, place: &str) -> Result<Once, Failure> {
        let (action, filter) = retry::verdict(&self.requester.errors, status.as_u16());
        let said = filter.and_then(|filter| filter.message.clone());
        let hint = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                ": is the token right, and has it not expired?"
            }
            _ => "",
        };
        let reason = said.unwrap_or_else(|| format!("it answered {status}{hint}"));
        match action {
            Action::Ignore => Ok(Once::Ignored),
            Action::Retry => Ok(Once::Again { reason, headers: Box::new(headers) }),
            Action::Fail => Err(Failure::Lasting(broken(place, reason))),
        }
    }

    fn request(&self, ask: &Ask) -> Result<(reqwest::Request, String)> {
        let fill = |text: &str| self.templates.text(text, &ask.names);
        let own = self.address(ask)?;
        let mut url = self.next(&own, ask.address.as_deref())?;
        let place = format!("{} {}{}", self.requester.method, host(&url), url.path());
        let method: Method =
            self.requester.method.parse().map_err(|_| broken(&place, "there is no such method"))?;
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, text) in &self.requester.headers {
            headers.push((name.clone(), fill(text)?));
        }
        let mut body =
            self.requester.body.as_ref().map(|body| self.templates.value(body, &ask.names)).transpose()?;
        let mut parameters: Vec<(String, String)> = Vec::new();
        // The address of a next page has all of its parameters.
        if ask.address.is_none() {
            for (name, text) in &self.requester.parameters {
                parameters
                    .extend(self.templates.optional(text, &ask.names)?.map(|text| (name.clone(), text)));
            }
        }
        for (option, value) in
            self.credentials(ask, &mut headers)?.into_iter().chain(ask.options.iter().cloned())
        {
            match option.place {
                Place::RequestParameter => parameters.push((option.name, value)),
                Place::Header => headers.push((option.name, value)),
                Place::BodyJson => {
                    put(body.get_or_insert_with(|| Value::Object(Map::new())), option.name, value)
                }
            }
        }
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        let request = headers
            .iter()
            .fold(self.client.request(method, url), |request, (name, value)| request.header(name, value));
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let request = request.build().map_err(|error| broken(&place, error.without_url()))?;
        Ok((request, place))
    }

    fn address(&self, ask: &Ask) -> Result<Url> {
        let (base, path) = (
            self.templates.text(&self.requester.url_base, &ask.names)?,
            self.templates.text(&self.requester.path, &ask.names)?,
        );
        let text = match path.trim_start_matches('/') {
            "" => base,
            path => format!("{}/{path}", base.trim_end_matches('/')),
        };
        let url: Option<Url> = text.parse().ok().filter(|url: &Url| matches!(url.scheme(), "http" | "https"));
        url.ok_or_else(|| Error::api("the connector's address is none that begins with http:// or https://"))
    }

    /// The address of the next page, which may be a part of one. It must be of the same host: requests bring credentials.
    fn next(&self, own: &Url, address: Option<&str>) -> Result<Url> {
        let Some(address) = address else { return Ok(own.clone()) };
        let next = own
            .join(address)
            .map_err(|_| Error::api("what is said to be the address of the next page is none"))?;
        if next.origin() == own.origin() {
            return Ok(next);
        }
        let message = format!(
            "the next page is said to be on another server, {}, which is not given the credentials of this one",
            host(&next)
        );
        Err(Error::api(message))
    }

    fn credentials(
        &self,
        ask: &Ask,
        headers: &mut Vec<(String, String)>,
    ) -> Result<Option<(RequestOption, String)>> {
        let fill = |text: &str| self.templates.text(text, &ask.names);
        let mut authorization = |value: String| headers.push(("Authorization".to_owned(), value));
        match &self.requester.authenticator {
            None => {}
            Some(Authenticator::Bearer { token }) => authorization(format!("Bearer {}", fill(token)?)),
            Some(Authenticator::Basic { username, password }) => {
                let pair = format!("{}:{}", fill(username)?, fill(password)?);
                authorization(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)));
            }
            Some(Authenticator::ApiKey { token, into }) => return Ok(Some((into.clone(), fill(token)?))),
        }
        Ok(None)
    }
}

enum Once {
    Answer(Answer),
    Ignored,
    Again { reason: String, headers: Box<HeaderMap> },
}

pub(super) enum Failure {
    /// Trying again may help.
    Passing(String),
    Lasting(Error),
}

fn failure(place: &str, error: reqwest::Error) -> Failure {
    let error = error.without_url();
    if error.is_redirect() {
        return Failure::Lasting(broken(
            place,
            "it redirects too often, or to another host: give that address, if it is meant",
        ));
    }
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    if error.is_builder() {
        return Failure::Lasting(broken(place, format!("{error}{cause}")));
    }
    Failure::Passing(format!("{error}{cause}"))
}

fn same_host() -> Policy {
    Policy::custom(|attempt| {
        let first = attempt.previous().first().map(Url::origin);
        if attempt.previous().len() > REDIRECTS || first != Some(attempt.url().origin()) {
            return attempt.error("another host, or too often");
        }
        attempt.follow()
    })
}

fn host(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// Numbers as such: what stands in JSON as a text may not be understood.
fn put(body: &mut Value, name: String, value: String) {
    let value = value.parse::<i64>().map_or(Value::String(value), Value::from);
    if let Value::Object(map) = body {
        map.insert(name, value);
    }
}
