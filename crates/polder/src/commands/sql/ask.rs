//! One query: asked, and its answer written.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use polder_client::{AnswerIn, Client};
use polder_types::wire::SqlRequest;

use super::Form;
use crate::output::{Output, format};

/// Rows that a table shows.
const SHOWN: u64 = 1_000;

/// Makes a text of the first rows of an answer, and counts them.
type Shows = fn(&[u8], usize) -> Result<(String, usize), polder_sql::Error>;

/// Whom to ask, and what to do with answers.
#[derive(Clone)]
pub struct Asking<'a> {
    pub client: Client,
    pub output: &'a Output,
    pub form: Form,
    pub file: Option<PathBuf>,
    pub environment: String,
    pub branch: Option<String>,
    pub at: Option<DateTime<Utc>>,
    pub rows: Option<u64>,
    pub timeout: u64,
}

impl Asking<'_> {
    pub async fn ask(&self, sql: &str) -> Result<()> {
        match self.form {
            Form::Table => self.shown(sql, polder_sql::result::table).await,
            Form::Lines => self.shown(sql, polder_sql::result::lines).await,
            Form::Csv => self.stream(sql, AnswerIn::Csv).await,
            Form::Json => self.stream(sql, AnswerIn::Json).await,
            Form::Parquet => self.parquet(sql).await,
        }
    }

    fn request(&self, sql: &str, rows: Option<u64>) -> SqlRequest {
        SqlRequest {
            sql: sql.to_owned(),
            environment: Some(self.environment.clone()),
            branch: self.branch.clone(),
            at: self.at,
            max_rows: rows,
            timeout_seconds: Some(self.timeout),
        }
    }

    /// The whole answer, in Arrow's format.
    pub async fn whole(&self, sql: &str, rows: Option<u64>) -> Result<Vec<u8>> {
        let mut pieces = self.client.query(&self.request(sql, rows), AnswerIn::Arrow).await?;
        let mut whole = Vec::new();
        while let Some(piece) = pieces.try_next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }

    /// One row more than is shown tells whether there are more.
    async fn shown(&self, sql: &str, show: Shows) -> Result<()> {
        let most = self.rows.unwrap_or(SHOWN);
        let answer = self.whole(sql, Some(most.saturating_add(1))).await?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let (text, count) = show(&answer, most)?;
        match &self.file {
            Some(path) => std::fs::write(path, text + "\n")?,
            None => self.output.say(text)?,
        }
        if count > most {
            self.output
                .note(format!("The first {most} rows; more with --rows, all of them with --format csv."));
        } else {
            self.output.note(format::count(count, "row"));
        }
        Ok(())
    }

    /// As it comes: however long it is, little of it is in memory.
    async fn stream(&self, sql: &str, answer_in: AnswerIn) -> Result<()> {
        let mut pieces = self.client.query(&self.request(sql, self.rows), answer_in).await?;
        let mut out: Box<dyn Write + Send> = match &self.file {
            Some(path) => {
                Box::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?)
            }
            None => Box::new(io::stdout()),
        };
        while let Some(piece) = pieces.try_next().await? {
            out.write_all(&piece)?;
        }
        if answer_in == AnswerIn::Json {
            out.write_all(b"\n")?;
        }
        Ok(out.flush()?)
    }

    async fn parquet(&self, sql: &str) -> Result<()> {
        let answer = self.whole(sql, self.rows).await?;
        let path = self.file.clone().unwrap_or_default();
        let rows = polder_sql::result::parquet(&answer, &path)?;
        self.output.note(format!("{} in {}", format::count(rows, "row"), path.display()));
        Ok(())
    }
}
