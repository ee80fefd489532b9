//! `polder explain CODE`: the page about an error code.

use std::process::ExitCode;

use anyhow::Result;
use polder_types::Code;
use polder_types::definition::did_you_mean;
use serde_json::{Value, json};

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
        let titles: Vec<Value> =
            Code::ALL.iter().map(|code| json!({ "code": code, "title": title(*code) })).collect();
        output.show(&json!({ "codes": titles }), |_| list())?;
        return Ok(ExitCode::SUCCESS);
    };
    let wanted = name.to_ascii_uppercase().replace('-', "_");
    let code: Code = wanted.parse().map_err(|_| unknown(name, &wanted))?;
    output.show(&json!({ "code": code, "page": code.page() }), |_| code.page().to_owned())?;
    Ok(ExitCode::SUCCESS)
}

fn list() -> String {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
    Code::ALL.iter().map(|code| format!("{code:width$}  {}\n", title(*code))).collect()
}

/// The first sentence of the code's page, up to where it goes into detail.
fn title(code: Code) -> String {
    let paragraph = code.page().split("\n\n").nth(1).unwrap_or_default().replace('\n', " ");
    let end = [". ", ": "].iter().filter_map(|end| paragraph.find(end)).min().unwrap_or(paragraph.len());
    paragraph[..end].trim().trim_end_matches('.').to_owned()
}

fn unknown(name: &str, wanted: &str) -> Failure {
    let nearest = did_you_mean(wanted, Code::ALL.iter().map(|code| code.as_str()));
    Failure::usage(format!("there is no error code `{name}`"))
        .hint(nearest.unwrap_or_else(|| "`polder explain` lists them all.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_title() {
        for code in Code::ALL {
            assert!(title(*code).len() > 10, "{code}: {}", title(*code));
        }
    }
}
