//! The server itself: is it there, who is asking, what happens on it.

use futures::StreamExt as _;
use http::Method;
use polder_types::wire::{About, WhoAmI};
use serde_json::Value;

use super::path;
use crate::client::{Call, Client};
use crate::error::Error;
use crate::stream::{Changes, events};
use crate::transport::ByteStream;

impl Client {
    /// Whether the server is alive. Needs no token.
    pub async fn health(&self) -> Result<(), Error> {
        self.done(Call::new(Method::GET, &path(&["health"]))).await
    }

    /// Whether the server can work: its database answers and has the right schema. Needs no token.
    pub async fn ready(&self) -> Result<(), Error> {
        self.done(Call::new(Method::GET, &path(&["ready"]))).await
    }

    /// The OpenAPI document. Needs no token.
    pub async fn openapi(&self) -> Result<Value, Error> {
        self.get(&path(&["openapi.json"])).await
    }

    /// Metrics in the text format of Prometheus.
    pub async fn metrics(&self) -> Result<String, Error> {
        let answer = self.whole(Call::new(Method::GET, "/metrics")).await?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// What the server says of itself.
    pub async fn about(&self) -> Result<About, Error> {
        self.get(&path(&["about"])).await
    }

    /// Whose token this is.
    pub async fn whoami(&self) -> Result<WhoAmI, Error> {
        self.get(&path(&["whoami"])).await
    }

    /// What happens on the server from now on, of one team or of all.
    #[must_use]
    pub fn changes(&self, team: Option<&str>) -> Changes {
        let call = Call::new(Method::GET, &path(&["changes"])).query(&[("team", team)]);
        events(self.clone(), call.into_path(), None).boxed()
    }

    /// A backup of the database, as it streams.
    pub async fn backup(&self) -> Result<ByteStream, Error> {
        let call = Call::new(Method::POST, &path(&["backup"])).patient();
        Ok(self.open(&call).await?.into_body())
    }
}
