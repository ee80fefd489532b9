//! `polder secret`. A value is never an argument: others on the machine could read it there.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use polder_client::Client;
use polder_types::wire::{MissingSecret, SetSecret};
use serde_json::{Value, json};

use super::names::{FullName, in_environment};
use super::values;
use crate::config::Context;
use crate::output::{Table, cell, format};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Store a value: from a prompt, a file, or stdin
    Set {
        /// TEAM/NAME
        secret: FullName,
        /// A file with the value; one line break at its end is not part of it
        #[arg(long, value_name = "FILE")]
        from_file: Option<PathBuf>,
        #[command(flatten)]
        environment: Environment,
    },
    /// List secrets, without their values
    List {
        /// Of this team only
        #[arg(long, short)]
        team: Option<String>,
        /// Of this environment only
        #[arg(long = "env", short, value_name = "NAME")]
        environment: Option<String>,
    },
    /// Delete a secret
    Delete {
        /// TEAM/NAME
        secret: FullName,
        #[command(flatten)]
        environment: Environment,
    },
    /// Wrap all secrets with a new master key
    RotateKey,
}

#[derive(clap::Args)]
struct Environment {
    /// The environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    match args.what {
        What::Set { secret, from_file, environment } => set(secret, from_file, environment, context).await?,
        What::List { team, environment } => list(team, environment, context).await?,
        What::Delete { secret, environment: Environment { environment } } => {
            context.client()?.delete_secret(&secret.team, &environment, &secret.name).await?;
            tell(&secret, &environment, "deleted", context)?;
        }
        What::RotateKey => {
            let result: Value = context.client()?.rotate_key().await?;
            context
                .output
                .show(&result, |_| "All secrets are wrapped with the new master key.\n".to_owned())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn set(
    secret: FullName,
    file: Option<PathBuf>,
    environment: Environment,
    context: &Context<'_>,
) -> Result<()> {
    let value = values::read(&format!("the value of {secret}"), file.as_deref())?;
    let environment = environment.environment;
    let client = context.client()?;
    client.set_secret(&secret.team, &environment, &secret.name, &SetSecret { value }).await?;
    tell(&secret, &environment, "stored", context)?;
    if let Some(remark) = unused(&secret.team, &environment, &client).await {
        context.output.note(remark);
    }
    Ok(())
}

/// A remark if the team has projects, but none in that environment: it may be misspelt. Without the right to know, nothing.
async fn unused(team: &str, environment: &str, client: &Client) -> Option<String> {
    let projects = client.projects().await.ok()?.items;
    let places: BTreeSet<String> = projects
        .into_iter()
        .filter(|project| project.team == team)
        .map(|project| project.environment)
        .collect();
    if places.is_empty() || places.contains(environment) {
        return None;
    }
    let places: Vec<String> = places.into_iter().collect();
    let where_to = places.join(", ");
    Some(format!(
        "Nothing of {team} is deployed to {environment} yet, only to {where_to}: is the name right?"
    ))
}

fn tell(secret: &FullName, environment: &str, what: &str, context: &Context<'_>) -> Result<()> {
    let result =
        json!({ "team": secret.team, "name": secret.name, "environment": environment, "result": what });
    context.output.show(&result, |_| format!("Secret {secret} in {environment} {what}.\n"))
}

async fn list(team: Option<String>, environment: Option<String>, context: &Context<'_>) -> Result<()> {
    let page = context.client()?.secrets(team.as_deref(), environment.as_deref()).await?;
    if context.output.json {
        return context.output.value(&page);
    }
    remind_of_missing(team.as_deref(), environment.as_deref(), context).await;
    if page.items.is_empty() {
        context.output.note("There is no secret. Store one with `polder secret set TEAM/NAME`.");
        return Ok(());
    }
    let mut table = Table::new(["SECRET", "ENV", "VERSION", "UPDATED", "BY", "USED BY"])
        .flexible(&["SECRET", "BY", "USED BY"])
        .expendable(&["VERSION", "BY"]);
    for secret in &page.items {
        table.row([
            cell(format!("{}/{}", secret.team, secret.name)),
            cell(&secret.environment),
            cell(secret.version),
            format::instant_cell(Some(secret.updated_at)),
            cell(&secret.updated_by),
            cell(secret.used_by.join(", ")),
        ]);
    }
    context.output.table(table)
}

/// Tells of secrets that are asked for and not set. A server that does not know them yet is no reason to fail.
async fn remind_of_missing(team: Option<&str>, environment: Option<&str>, context: &Context<'_>) {
    let Ok(client) = context.client() else { return };
    let Ok(missing) = client.missing_secrets(team, environment).await else { return };
    for MissingSecret { team, environment, name, used_by } in missing.items {
        let by = used_by.join(", ");
        let store = format!("polder secret set {team}/{name}{}", in_environment(&environment));
        context
            .output
            .note(format!("{team}/{name} is asked for in {environment} by {by}, and not set: `{store}`"));
    }
}
