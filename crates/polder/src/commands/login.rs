//! `polder login` and `polder logout`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::values;
use crate::config::{Context, Logins, client_of, normal};
use crate::failure::Failure;

#[derive(clap::Args)]
pub struct Args {
    /// The server's address, such as http://127.0.0.1:7070
    server: String,
    /// A file with the token, such as DATA/admin-token; `-` for stdin
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct LogoutArgs {
    /// The server's address [default: the one that is logged in to]
    server: Option<String>,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let url = normal(&args.server);
    // Before anything is typed: is there a server at all?
    client_of(&url, None)?.health().await?;
    let given =
        std::env::var("POLDER_TOKEN").ok().filter(|token| !token.is_empty() && args.token_file.is_none());
    let token = match given {
        Some(token) => token,
        None => values::read("the token", args.token_file.as_deref())?.trim().to_owned(),
    };
    let who = client_of(&url, Some(&token))?.whoami().await?;
    let mut logins = Logins::load_or_begin();
    logins.tokens.insert(url.clone(), token);
    logins.current = Some(url.clone());
    let path = logins.save()?;
    context.output.show(&who, |style| {
        format!(
            "Logged in to {} as {}; stored in {}.\n",
            style.bold(&url),
            style.bold(&who.name),
            path.display()
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

pub fn logout(args: LogoutArgs, context: &Context<'_>) -> Result<ExitCode> {
    let mut logins = Logins::load()?;
    let url = args.server.map(|url| normal(&url)).or_else(|| logins.current.clone());
    let Some(url) = url.filter(|url| logins.tokens.contains_key(url)) else {
        return Err(Failure::new("no login is stored").hint("`polder login URL` stores one.").into());
    };
    logins.tokens.remove(&url);
    if logins.current.as_ref() == Some(&url) {
        logins.current = None;
    }
    logins.save()?;
    context.output.show(&serde_json::json!({ "url": url }), |_| {
        format!("Forgot the token of {url}. It stays valid until it is revoked: `polder token revoke`.\n")
    })?;
    Ok(ExitCode::SUCCESS)
}
