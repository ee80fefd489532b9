//! `polder explain CODE`: the page about an error code.

use std::process::ExitCode;

use anyhow::Result;
use polder_types::Code;
use serde_json::json;

use crate::config::Context;
use crate::failure::Failure;

#[derive(clap::Args)]
pub struct Args {
    /// The code, such as NOT_FOUND; without it, all are listed
    code: Option<String>,
}

pub fn run(args: &Args, context: &Context<'_>) -> Result<ExitCode> {
    let output = context.output;
    let Some(name) = &args.code else {
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        output.show(&json!({ "codes": names }), |_| format!("{}\n", names.join("\n")))?;
        return Ok(ExitCode::SUCCESS);
    };
    let code: Code = name.to_ascii_uppercase().replace('-', "_").parse().map_err(|_| {
        Failure::usage(format!("there is no error code `{name}`")).hint("`polder explain` lists them all.")
    })?;
    output.show(&json!({ "code": code, "page": code.page() }), |_| code.page().to_owned())?;
    Ok(ExitCode::SUCCESS)
}
