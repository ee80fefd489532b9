//! A publish as it is named on the command line: by its id, or the beginning or end of it, as those of runs are.

use std::str::FromStr;

use anyhow::Result;
use polder_client::{Client, PublishFilter};
use polder_types::Code;
use polder_types::id::PublishId;
use polder_types::wire::PublishView;

use super::run::{is_meant, is_part};
use crate::commands::pages;
use crate::failure::Failure;

/// How many of the newest are looked through for a part of an id.
const LOOKED_AT: u32 = 1000;

/// A publish as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishName {
    Id(PublishId),
    /// The beginning or the end of an id.
    Part(String),
}

impl FromStr for PublishName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) if is_part(text) => Ok(Self::Part(text.to_ascii_lowercase())),
            Err(_) => {
                Err("expected the id of a publish, or at least 4 digits of its end or beginning".to_owned())
            }
        }
    }
}

impl PublishName {
    /// The publish that is meant.
    pub async fn find(&self, client: &Client, environment: &str) -> Result<PublishId> {
        let part = match self {
            Self::Id(id) => return Ok(*id),
            Self::Part(part) => part,
        };
        let newest = pages::fetch(LOOKED_AT, async |cursor, limit| {
            let environment = environment.to_owned();
            Ok(client.publishes(&PublishFilter { environment, cursor, limit: Some(limit) }).await?)
        });
        only(part, newest.await?.items)
    }
}

fn only(part: &str, mut publishes: Vec<PublishView>) -> Result<PublishId> {
    publishes.retain(|publish| is_meant(part, publish.id));
    match publishes.as_slice() {
        [publish] => Ok(publish.id),
        [] => Err(Failure::new(format!("there is no publish whose id begins or ends with `{part}`"))
            .code(Code::NotFound)
            .hint("`polder publishes` lists the newest publishes.")
            .into()),
        several => Err(Failure::new(format!("`{part}` may be any of {} publishes", several.len()))
            .hint("Give the end of the id, which tells them apart.")
            .into()),
    }
}
