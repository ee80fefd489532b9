use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use polder_lake::operations::Note;
use polder_lake::{Base, Lake, Occasion, StorageOptions, Work};
use polder_types::id::PublishId;
use polder_types::lake::Intent;
use polder_types::wire::{LakeTask, PublishRequest};
use serde_json::{Value, json};

use crate::server::Server;
use crate::{Error, Result, Telling};

/// An attempt with a place in the lake.
pub struct Attempt {
    lake: Lake,
    server: Server,
    publish: PublishId,
    /// What the commits that readers see say of who made them.
    about: Value,
    at: DateTime<Utc>,
}

/// Where it begins.
pub enum Begun {
    /// On a branch of its own.
    Branch(Box<Base>),
    /// An earlier attempt has decided what is published, and that is all there is to do: [`Attempt::complete`].
    Decided(Intent),
}

impl Attempt {
    /// Proves to the server which attempt this is.
    ///
    /// # Errors
    /// When the attempt has ended, the server has no lake, or the lake cannot be opened.
    pub async fn begin<T>(task: &LakeTask<T>) -> Result<(Self, Begun)> {
        let server = Server::new(task)?;
        let given = server.begin().await?;
        let lake = Lake::open(&given.lake, &StorageOptions::from_environment())?;
        let (at, note) = (task.logical_at, note(task));
        let begun = match given.decided {
            Some(decided) => Begun::Decided(decided),
            None => Begun::Branch(Box::new(Base {
                view: given.view,
                root: given.root,
                branch: given.branch,
                at,
                note,
            })),
        };
        let about = json!({"run": task.key.run, "step": task.key.step, "pipeline": pipeline(task)});
        Ok((Self { lake, server, publish: given.publish, about, at }, begun))
    }

    #[must_use]
    pub const fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Tells the server how far it is.
    #[must_use]
    pub fn telling(&self) -> Telling {
        Telling::new(self.server.clone())
    }

    /// Publishes all tables that the work has changed, or none; if it has changed none, there is no publish. Once the server has agreed to it, it will be, whatever becomes of the
    /// attempt.
    ///
    /// # Errors
    /// When others changed one of the tables meanwhile; when the attempt has ended.
    pub async fn publish(&self, work: &Work) -> Result<Intent> {
        let publish = self.publish.to_string();
        let occasion = Occasion { publish: publish.clone(), about: self.about.clone(), at: self.at };
        let (tables, facts) = work.stage(&occasion).await?.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
        let facts = tables.iter().map(|staged| staged.table.clone()).zip(facts).collect();
        let intent = Intent { publish, tables };
        if intent.tables.is_empty() {
            return Ok(intent);
        }
        let reads = work.tables_read().iter().cloned().collect();
        self.server.decide(&PublishRequest { intent: intent.clone(), reads, facts }).await?;
        self.complete(&intent).await?;
        Ok(intent)
    }

    /// Brings what was decided to readers: first to those from outside, then, all at once, to those who come through Polder.
    ///
    /// # Errors
    /// When the lake cannot be written to; whoever finds the decision goes on with it.
    pub async fn complete(&self, intent: &Intent) -> Result<()> {
        self.lake.complete(intent).await?;
        let id = intent.publish.parse::<PublishId>().map_err(|error| Error::Answer(error.to_string()))?;
        self.server.finish(id).await
    }
}

/// What every commit on the branch says.
fn note<T>(task: &LakeTask<T>) -> Note {
    let about = [
        ("run", json!(task.key.run)),
        ("step", json!(task.key.step)),
        ("epoch", json!(task.key.epoch)),
        ("pipeline", json!(pipeline(task))),
    ];
    let about = about.map(|(name, value)| (format!("polder.{name}"), value));
    Note { about: BTreeMap::from(about), ..Note::default() }
}

fn pipeline<T>(task: &LakeTask<T>) -> String {
    format!("{}/{}", task.team, task.pipeline)
}
