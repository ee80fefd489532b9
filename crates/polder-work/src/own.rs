//! Polder's own tables, asked of the server.

use async_trait::async_trait;
use polder_lake::OwnSource;
use polder_types::wire::{OwnPage, OwnQuestion, ServerQuestion, ServerWord};

use crate::Asking;

#[async_trait]
impl OwnSource for Asking {
    async fn page(&self, question: OwnQuestion) -> Result<OwnPage, String> {
        match self.ask(ServerQuestion::Own(question)).await {
            Some(ServerWord::Own(page)) => Ok(page),
            Some(ServerWord::No(why)) => Err(why),
            Some(_) => Err("the server has said something else".to_owned()),
            None => Err("the server is gone".to_owned()),
        }
    }
}
