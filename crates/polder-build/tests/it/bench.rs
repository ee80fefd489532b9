//! A project and a lake for a test.

use std::fs;
use std::path::PathBuf;

use polder_build::{Build, Log, Plan, Project, Result, Wish};
use polder_lake::operations::Note;
use polder_lake::{Base, BranchName, Lake, Limits, Line, Occasion, Pin, StorageOptions, View, Work};
use polder_types::lake::Intent;
use polder_types::wire::Checks;
use serde_json::json;

pub(crate) struct Bench {
    folder: tempfile::TempDir,
    lake: Lake,
    view: View,
    builds: u32,
}

impl Bench {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lake = folder.path().join("lake");
        fs::create_dir_all(&lake).unwrap();
        let lake =
            Lake::open(&format!("file://{}", lake.display()), &StorageOptions::from_environment()).unwrap();
        let bench = Self { folder, lake, view: View::default(), builds: 0 };
        files.iter().for_each(|(path, text)| bench.write(path, text));
        bench
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.project().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Builds, publishes if nothing failed, and says what the log said, without times.
    pub(crate) async fn build(&mut self, select: &str, full_refresh: bool) -> (Result<Checks>, String) {
        self.builds += 1;
        let mut said = Vec::new();
        let built = self.attempt(select, full_refresh, &mut Log::new(&mut said)).await;
        let said = String::from_utf8(said).unwrap();
        let without_time = |line: &str| {
            line.rsplit_once(", ")
                .filter(|(_, time)| time.ends_with(" s"))
                .map_or(line, |(line, _)| line)
                .to_owned()
        };
        (built, said.lines().map(without_time).collect::<Vec<_>>().join("\n"))
    }

    async fn attempt(&mut self, select: &str, full_refresh: bool, log: &mut Log<'_>) -> Result<Checks> {
        let wish = Wish { select: vec![select.to_owned()], full_refresh, ..Wish::default() };
        let plan = Plan::new(Project::read(&self.project())?, wish, log)?;
        plan.check(log)?;
        let branch = BranchName::new(format!("build-{}", self.builds)).unwrap();
        let at = "2026-11-20T03:00:00Z".parse().unwrap();
        let base = Base { view: self.view.clone(), root: Line::main(), branch, at, note: Note::default() };
        let mut work = Work::begin(&self.lake, base, &Limits::default()).unwrap();
        let checks = Build::new(plan, &mut work, 4).run(log).await?;
        polder_build::step::gate(&checks)?;
        let publish = format!("publish-{}", self.builds);
        let occasion = Occasion { publish: publish.clone(), about: json!({}), at };
        let tables: Vec<_> =
            work.stage(&occasion).await.unwrap().into_iter().map(|(staged, _)| staged).collect();
        let pins = tables
            .iter()
            .map(|staged| (staged.table.clone(), Pin { line: Line::main(), version: staged.version }));
        let before = self.view.tables().map(|(name, pin)| (name.clone(), pin.clone()));
        let view = before.chain(pins).collect();
        self.lake.complete(&Intent { publish, tables: tables.clone() }).await.unwrap();
        self.view = view;
        Ok(checks)
    }
}
