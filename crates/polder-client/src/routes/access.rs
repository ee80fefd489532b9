//! Secrets, tokens and the audit log.

use http::Method;
use polder_types::id::TokenId;
use polder_types::wire::{
    AuditEntry, AuditFilter, CreateToken, CreatedToken, MissingSecret, Page, SecretView, SetSecret, TokenView,
};
use serde::Serialize;
use serde_json::Value;

use super::path;
use crate::client::{Call, Client};
use crate::error::Error;

#[derive(Serialize)]
struct Which<'a> {
    team: Option<&'a str>,
    environment: Option<&'a str>,
}

impl Client {
    /// The secrets, without their values.
    pub async fn secrets(
        &self,
        team: Option<&str>,
        environment: Option<&str>,
    ) -> Result<Page<SecretView>, Error> {
        self.get_with(&path(&["secrets"]), &Which { team, environment }).await
    }

    /// What pipelines ask for and nobody has set.
    pub async fn missing_secrets(
        &self,
        team: Option<&str>,
        environment: Option<&str>,
    ) -> Result<Page<MissingSecret>, Error> {
        self.get_with(&path(&["secrets", "missing"]), &Which { team, environment }).await
    }

    pub async fn set_secret(
        &self,
        team: &str,
        environment: &str,
        name: &str,
        value: &SetSecret,
    ) -> Result<(), Error> {
        self.done(Call::new(Method::PUT, &path(&["secrets", team, environment, name])).json(value)).await
    }

    pub async fn delete_secret(&self, team: &str, environment: &str, name: &str) -> Result<(), Error> {
        self.done(Call::new(Method::DELETE, &path(&["secrets", team, environment, name]))).await
    }

    /// Wraps every secret's key with the newest master key.
    pub async fn rotate_key(&self) -> Result<Value, Error> {
        self.json(Call::new(Method::POST, &path(&["secrets", "rotate-key"])).patient()).await
    }

    pub async fn tokens(&self) -> Result<Page<TokenView>, Error> {
        self.get(&path(&["tokens"])).await
    }

    /// Makes a token; its text is in this answer and never again.
    pub async fn create_token(&self, token: &CreateToken) -> Result<CreatedToken, Error> {
        self.post(&path(&["tokens"]), token).await
    }

    pub async fn revoke_token(&self, id: TokenId) -> Result<(), Error> {
        self.done(Call::new(Method::DELETE, &path(&["tokens", &id.to_string()]))).await
    }

    /// Who did what, newest first.
    pub async fn audit(&self, filter: &AuditFilter) -> Result<Page<AuditEntry>, Error> {
        self.get_with(&path(&["audit"]), filter).await
    }
}
