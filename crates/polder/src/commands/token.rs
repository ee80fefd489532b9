//! `polder token`.

use std::process::ExitCode;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use polder_client::Client;
use polder_types::definition::{did_you_mean, duration};
use polder_types::id::TokenId;
use polder_types::wire::{CreateToken, Grant, Role, TokenView};
use polder_types::{Clock as _, Code, SystemClock};
use serde_json::json;

use crate::config::Context;
use crate::failure::Failure;
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
    Revoke {
        /// The token's name, if no other that is valid has it, or its id
        token: String,
    },
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
        What::Revoke { token } => {
            let id = find(&token, &client).await?;
            client.revoke_token(id).await?;
            let result = json!({ "id": id, "result": "revoked" });
            context.output.show(&result, |_| format!("Token {token} is revoked.\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The token that is meant: by its id, the end of it, or its name.
async fn find(text: &str, client: &Client) -> Result<TokenId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let mut tokens = client.tokens().await?.items;
    tokens.retain(|token| token.revoked_at.is_none());
    let names: Vec<String> = tokens.iter().map(|token| token.name.clone()).collect();
    tokens.retain(|token| token.name == text || format::short_id(&token.id.to_string()) == text);
    match tokens.as_slice() {
        [token] => Ok(token.id),
        [] => Err(Failure::new(format!("there is no valid token `{text}`"))
            .code(Code::NotFound)
            .hint(
                did_you_mean(text, names.iter().map(String::as_str))
                    .unwrap_or_else(|| "`polder token list` lists them.".to_owned()),
            )
            .into()),
        several => {
            let ids: Vec<String> = several.iter().map(|token| token.id.to_string()).collect();
            Err(Failure::new(format!("several tokens have the name `{text}`"))
                .hint(format!("Name one by its id: {}.", ids.join(", ")))
                .into())
        }
    }
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
    let mut table = Table::new(["ID", "NAME", "ROLES", "CREATED", "LAST USED", "EXPIRES"])
        .flexible(&["NAME", "ROLES"])
        .expendable(&["CREATED", "LAST USED"]);
    for token in tokens {
        let expires = match (token.revoked_at, token.expires_at) {
            (Some(_), _) => cell("revoked").tone(Tone::Bad),
            (None, None) => cell("never"),
            (None, at) => format::instant_cell(at),
        };
        table.row([
            format::id_cell(token.id),
            cell(&token.name),
            cell(token.grants.iter().map(shown).collect::<Vec<_>>().join(", ")),
            format::instant_cell(Some(token.created_at)),
            format::instant_cell(token.last_used_at),
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
