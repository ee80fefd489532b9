//! `polder new pipeline NAME`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use polder_types::definition::is_name;
use serde_json::json;

use super::init::write;
use crate::config::Context;
use crate::failure::Failure;

const PIPELINE: &str = include_str!("../template/pipelines/new.yaml");

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A pipeline, in pipelines/NAME.yaml
    Pipeline {
        /// The pipeline's name
        name: String,
        /// The project's folder
        #[arg(default_value = ".", value_name = "DIR")]
        folder: PathBuf,
    },
}

pub fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let What::Pipeline { name, folder } = args.what;
    let path = new_pipeline(&name, &folder)?;
    let result = json!({ "pipeline": name, "file": path });
    context.output.show(&result, |_| format!("Wrote {}. Check it with `polder check`.\n", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn new_pipeline(name: &str, folder: &Path) -> Result<PathBuf> {
    if !is_name(name) {
        return Err(Failure::usage(format!("`{name}` cannot be the name of a pipeline"))
            .hint("Names are made of lower-case letters, digits, `-` and `_`, and begin with a letter or digit.")
            .into());
    }
    if !folder.join("polder.yaml").exists() {
        return Err(Failure::new(format!("{} is no project: it has no polder.yaml", folder.display()))
            .hint("Begin one with `polder init`.")
            .into());
    }
    let path = folder.join("pipelines").join(format!("{name}.yaml"));
    if write(&path, &PIPELINE.replace("NAME", name))? {
        Ok(path)
    } else {
        Err(Failure::new(format!("{} is there already", path.display())).hint("Choose another name.").into())
    }
}
