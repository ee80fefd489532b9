//! `polder token`.

use std::process::ExitCode;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use polder_types::definition::duration;
use polder_types::id::TokenId;
use polder_types::wire::{CreateToken, Grant, Role, TokenView};
use polder_types::{Clock as _, SystemClock};
use serde_json::json;

use crate::config::Context;
use crate::output::{Table, Tone, cell, format};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Create a token; its text is shown once
    Create {
        /// Who or what it is for
        name: String,
        /// admin, operator, viewer or agent; for one team only as ROLE:TEAM
        #[arg(long = "role", required = true, value_name = "ROLE[:TEAM]", value_parser = grant)]
        grants: Vec<Grant>,
        /// Until when it is valid: a time from now such as 90d, or an instant [default: until it is revoked]
        #[arg(long, value_name = "WHEN", value_parser = expiry)]
        expires: Option<DateTime<Utc>>,
    },
    /// List tokens
    List,
    /// Revoke a token
    Revoke { id: TokenId },
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    match args.what {
        What::Create { name, grants, expires } => {
            let created = client.create_token(&CreateToken { name, grants, expires_at: expires }).await?;
            context
                .output
                .note(format!("Token {} ({}); it is shown this once:", created.view.name, created.view.id));
            context.output.show(&created, |_| format!("{}\n", created.token))?;
        }
        What::List => {
            let page = client.tokens().await?;
            if context.output.json {
                context.output.value(&page)?
            } else {
                context.output.table(table(&page.items))?
            }
        }
        What::Revoke { id } => {
            client.revoke_token(id).await?;
            context
                .output
                .show(&json!({ "id": id, "result": "revoked" }), |_| format!("Token {id} is revoked.\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn grant(text: &str) -> Result<Grant, String> {
    let (role, team) =
        text.split_once(':').map_or((text, None), |(role, team)| (role, Some(team.to_owned())));
    let role = match role {
        "admin" => Role::Admin,
        "operator" => Role::Operator,
        "viewer" => Role::Viewer,
        "agent" => Role::Agent,
        other => return Err(format!("`{other}` is no role: admin, operator, viewer or agent")),
    };
    Ok(Grant { role, team })
}

fn expiry(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let wait = duration::parse(text).map_err(|error| error.to_string())?;
    let wait = chrono::TimeDelta::from_std(wait).map_err(|error| error.to_string())?;
    SystemClock.now().checked_add_signed(wait).ok_or_else(|| "that is too far away".to_owned())
}

fn table(tokens: &[TokenView]) -> Table {
    let mut table = Table::new(["ID", "NAME", "ROLES", "CREATED", "LAST USED", "EXPIRES"]);
    for token in tokens {
        let expires = match (token.revoked_at, token.expires_at) {
            (Some(_), _) => cell("revoked").tone(Tone::Bad),
            (None, at) => cell(at.map_or_else(|| "never".to_owned(), format::instant)),
        };
        table.row([
            cell(token.id),
            cell(&token.name),
            cell(token.grants.iter().map(shown).collect::<Vec<_>>().join(", ")),
            cell(format::instant(token.created_at)),
            cell(format::maybe_instant(token.last_used_at)),
            expires,
        ]);
    }
    table
}

fn shown(grant: &Grant) -> String {
    let role = match grant.role {
        Role::Admin => "admin",
        Role::Operator => "operator",
        Role::Viewer => "viewer",
        Role::Agent => "agent",
    };
    grant.team.as_ref().map_or_else(|| role.to_owned(), |team| format!("{role}:{team}"))
}
