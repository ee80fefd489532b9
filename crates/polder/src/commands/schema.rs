//! `polder schema`: the JSON Schemas of users' files, made from the types that read them.

use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;
use polder_types::definition::schema;

use crate::config::Context;

#[derive(clap::Args)]
pub struct Args {
    /// Of which file
    #[arg(default_value = "pipeline")]
    file: SchemaFile,
}

#[derive(Clone, Copy, ValueEnum)]
enum SchemaFile {
    /// polder.yaml
    Project,
    /// pipelines/*.yaml
    Pipeline,
    /// syncs/*.yaml
    Sync,
    /// connectors/*.yaml
    Connector,
}

pub fn run(args: &Args, context: &Context<'_>) -> Result<ExitCode> {
    let schema = match args.file {
        SchemaFile::Project => schema::project(),
        SchemaFile::Pipeline => schema::pipeline(),
        SchemaFile::Sync => schema::sync(),
        SchemaFile::Connector => schema::connector(),
    };
    context.output.value(&schema)?;
    Ok(ExitCode::SUCCESS)
}
