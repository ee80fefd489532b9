//! `polder revisions` and `polder rollback`.

use std::process::ExitCode;
use std::str::FromStr;

use anyhow::Result;
use polder_client::Client;
use polder_types::Code;
use polder_types::id::RevisionId;
use polder_types::wire::Revision;

use super::deploy;
use super::names::{FullName, PublishName};
use super::{pages, publishes};
use crate::config::Context;
use crate::failure::Failure;
use crate::output::{Table, Tone, cell, format};

#[derive(clap::Args)]
pub struct Args {
    /// The project: TEAM/NAME
    project: FullName,
    /// The environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
    /// At most this many, the newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

#[derive(clap::Args)]
pub struct RollbackArgs {
    /// The project: TEAM/NAME; or a publish, to bring its tables back to what they were before it
    #[arg(value_name = "PROJECT|PUBLISH")]
    what: What,
    /// Of a project: the revision to bring back, its number or id [default: the one before the current one]
    revision: Option<String>,
    /// The environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

/// What is brought back.
#[derive(Debug, Clone)]
pub enum What {
    Project(FullName),
    Publish(PublishName),
}

impl FromStr for What {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text.parse(), text.parse()) {
            (Ok(publish), _) => Ok(Self::Publish(publish)),
            (_, Ok(project)) => Ok(Self::Project(project)),
            _ => Err("expected TEAM/NAME, or the id of a publish, at least 4 digits of its end or beginning, as `polder publishes` lists it".to_owned()),
        }
    }
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let FullName { team, name } = &args.project;
    let page = pages::fetch(args.limit, async |cursor: Option<String>, limit| {
        Ok(client.revisions(team, name, &args.environment, cursor.as_deref(), Some(limit)).await?)
    });
    let page = page.await?;
    if context.output.json {
        context.output.value(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    context.output.table(table(&page.items))?;
    pages::note_more(context.output, &page);
    Ok(ExitCode::SUCCESS)
}

fn table(revisions: &[Revision]) -> Table {
    let mut table = Table::new(["PROJECT", "ENV", "NUMBER", "", "DEPLOYED", "BY", "NOTE", "ID"])
        .flexible(&["PROJECT", "BY", "NOTE"])
        .expendable(&["ID", "ENV", "BY"]);
    for revision in revisions {
        table.row([
            cell(format!("{}/{}", revision.team, revision.project)),
            cell(&revision.environment),
            cell(revision.number),
            cell(if revision.current { "current" } else { "" }).tone(Tone::Good),
            format::instant_cell(Some(revision.created_at)),
            cell(&revision.created_by),
            cell(revision.note.as_deref().unwrap_or("-")),
            format::id_cell(revision.id),
        ]);
    }
    table
}

pub async fn roll_back(args: RollbackArgs, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let project = match &args.what {
        What::Project(project) => project.clone(),
        What::Publish(publish) => {
            let id = publish.find(&client, &args.environment).await?;
            return publishes::roll_back(id, &client, context).await;
        }
    };
    let wanted = find(&client, &project, &args).await?;
    let deployed = client.roll_back(wanted).await?;
    context.output.show(&deployed, |style| {
        format!("{}{}", deploy::shown(&deployed.plan, "", style), deploy::told(&deployed, style))
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn find(client: &Client, project: &FullName, args: &RollbackArgs) -> Result<RevisionId> {
    if let Some(id) = args.revision.as_ref().and_then(|text| text.parse().ok()) {
        return Ok(id);
    }
    let FullName { team, name } = project;
    let mut cursor = None;
    let mut after_current = false;
    loop {
        let page = client.revisions(team, name, &args.environment, cursor.as_deref(), None).await?;
        for revision in &page.items {
            let is_it = match &args.revision {
                Some(number) => *number == revision.number.to_string(),
                None => after_current,
            };
            if is_it {
                return Ok(revision.id);
            }
            after_current |= revision.current;
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Err(no_revision(project, args));
        }
    }
}

fn no_revision(project: &FullName, args: &RollbackArgs) -> anyhow::Error {
    let RollbackArgs { revision, environment, .. } = args;
    let which = revision
        .as_ref()
        .map_or_else(|| "earlier revision".to_owned(), |number| format!("revision {number}"));
    Failure::new(format!("{project} has no {which} in {environment}"))
        .code(Code::NotFound)
        .hint(format!("`polder revisions {project}` lists them."))
        .into()
}
