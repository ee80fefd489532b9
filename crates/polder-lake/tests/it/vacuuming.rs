//! What nobody needs is deleted, and nothing else: not after a crash, not twice, not while others write.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use object_store::ObjectStoreExt;
use object_store::local::LocalFileSystem;
use polder_lake::operations::{Design, Note};
use polder_lake::{BranchName, Kept, Line, Pin, Table};
use proptest::prelude::*;

use crate::bench::{Bench, branch, ids, name, now, occasion, rows};
use crate::model::{Row, batch, row, schema};
use crate::upserts::{content, id};

/// Whatever its age, a file may go.
fn kept(pins: &[&Table]) -> Kept {
    let mut kept = Kept::since(DateTime::<Utc>::MAX_UTC);
    for table in pins {
        kept.keep(table.name(), &Pin { line: table.line().clone(), version: table.version() });
    }
    kept
}

async fn vacuum(bench: &Bench, kept: &Kept) -> (u64, u64) {
    let vacuumed = bench.lake.vacuum(kept, false).await.unwrap();
    let garbage = vacuumed.iter().map(|vacuumed| vacuumed.garbage.as_ref().unwrap());
    garbage
        .fold((0, 0), |(files, branches), garbage| (files + garbage.files(), branches + garbage.branches()))
}

/// The data files of a table, in its folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_hidden = path.file_name().unwrap().to_string_lossy().starts_with('_');
        if path.is_dir() && !is_hidden {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            found.insert(path);
        }
    }
    found
}

/// Of a version.
fn paths_of(table: &Table) -> Vec<PathBuf> {
    let uris = table.delta().get_file_uris().unwrap();
    uris.map(|uri| {
        url::Url::parse(&uri).map_or_else(|_| PathBuf::from(&uri), |url| url.to_file_path().unwrap())
    })
    .collect()
}

#[tokio::test]
async fn what_failed_goes_and_what_is_open_or_published_stays() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [1]).await;
    let folder = bench.folder.path().join("raw/orders");
    let on = async |table: &Table, name: &str, id| {
        table.branch(branch(name)).await.unwrap().append(rows([id]), &Note::default()).await.unwrap().0
    };
    let failed = on(&main, "failed", 2).await;
    let new = bench.table_on("raw.new", &Line::main().fork(branch("failed"), None), [1]).await;
    let open = on(&main, "open", 3).await;
    bench.publish("p1", &[&on(&main, "done", 4).await]).await;
    let ready = on(&bench.lake.table(main.name(), &Line::main(), None).await.unwrap(), "ready", 5).await;
    bench.lake.stage(&ready, &occasion("p2")).await.unwrap().unwrap();
    let mut kept = kept(&[&main]);
    kept.branches.extend([branch("open"), branch("ready")]);
    let dry = bench.lake.vacuum(&kept, true).await.unwrap();
    assert_eq!((dry.len(), files(&folder).len()), (2, 5), "nothing is done");
    assert_eq!(vacuum(&bench, &kept).await, (7, 3), "two data files, four commits, and one that lay ready");
    assert_eq!(files(&folder).len(), 4);
    assert_eq!((ids(&main).await, ids(&open).await, ids(&ready).await), (vec![1], vec![1, 3], vec![1, 4, 5]));
    assert_eq!(bench.outside("raw.orders").await, [1, 4]);
    for gone in ["raw/orders/_branches/failed", "raw/orders/_branches/done", "raw/new/_branches/failed"] {
        assert!(!bench.folder.path().join(gone).exists(), "{gone}");
    }
    assert!(bench.lake.table(failed.name(), failed.line(), Some(2)).await.is_err());
    assert!(bench.lake.table(new.name(), new.line(), None).await.is_err());
    assert_eq!(vacuum(&bench, &kept).await, (0, 0), "once is enough");
}

#[tokio::test]
async fn what_is_young_stays_and_so_does_what_is_not_understood() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [1]).await;
    bench.table("raw.other", [1]).await.overwrite(rows([2]), now(), &Note::default()).await.unwrap();
    let (newest, _) = main.clone().overwrite(rows([2]), now(), &Note::default()).await.unwrap();
    let folder = bench.folder.path().join("raw/orders");
    fs::write(folder.join("deletion_vector_1.bin"), "x").unwrap();
    fs::create_dir_all(folder.join("_change_data")).unwrap();
    fs::write(folder.join("_change_data/a.parquet"), "x").unwrap();
    fs::create_dir_all(folder.join("_branches/_not ours")).unwrap();
    fs::write(folder.join("_branches/_not ours/a"), "x").unwrap();
    let young = Kept { files_since: "2020-01-01T00:00:00Z".parse().unwrap(), ..kept(&[&newest]) };
    assert_eq!(vacuum(&bench, &young).await, (0, 0));
    assert_eq!(vacuum(&bench, &kept(&[&main])).await, (0, 0), "somebody reads the version before");
    assert_eq!(vacuum(&bench, &kept(&[&newest])).await, (1, 0), "and nobody is asked about the other table");
    assert_eq!(bench.outside("raw.other").await, [2]);
    assert!(folder.join("deletion_vector_1.bin").exists() && folder.join("_branches/_not ours/a").exists());
}

#[tokio::test]
async fn a_table_with_something_wrong_is_left_alone_and_told() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", [1]).await;
    let (newest, _) = main.overwrite(rows([2]), now(), &Note::default()).await.unwrap();
    let good =
        bench.table("raw.good", [1]).await.overwrite(rows([2]), now(), &Note::default()).await.unwrap().0;
    let folder = bench.folder.path().join("raw/orders");
    let told = async |kept: &Kept| {
        let vacuumed = bench.lake.vacuum(kept, false).await.unwrap();
        let errors = vacuumed.iter().filter_map(|vacuumed| vacuumed.garbage.as_ref().err());
        (vacuumed.len(), errors.map(ToString::to_string).collect::<Vec<_>>())
    };
    let mut never = kept(&[&newest]);
    never.keep(newest.name(), &Pin { line: Line::main().fork(branch("dev"), Some(9)), version: 9 });
    let (_, errors) = told(&never).await;
    assert!(errors[0].contains("no version 9"), "{errors:?}");
    fs::remove_file(paths_of(&newest).first().unwrap()).unwrap();
    let (tables, errors) = told(&kept(&[&newest, &good])).await;
    assert_eq!((tables, errors.len(), files(&folder).len()), (2, 1, 1), "{errors:?}");
    assert!(errors[0].contains("which is not there"), "{errors:?}");
}

/// What is done between two vacuums.
#[derive(Debug, Clone)]
enum Step {
    /// Work on a branch of the main line or of `dev`, and what becomes of it.
    Work { in_dev: bool, replaces: bool, rows: Vec<Row>, end: End },
    /// `dev` begins anew as what the main line is.
    Reset,
    /// The retention of all that has ended passes, and a vacuum dies after some of its files.
    Later { dies_after: usize },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Published,
    Failed,
    Open,
}

fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![3 => Just(End::Published), 1 => Just(End::Failed), 1 => Just(End::Open)];
    let work = (any::<bool>(), any::<bool>(), prop::collection::vec(row(), 0..12), end);
    let work = work.prop_map(|(in_dev, replaces, rows, end)| Step::Work { in_dev, replaces, rows, end });
    prop_oneof![6 => work, 1 => Just(Step::Reset), 2 => (0..9_usize).prop_map(|dies_after| Step::Later { dies_after })]
}

/// A version that must stay, and what is in it.
struct Seen {
    pin: Pin,
    content: Vec<String>,
}

impl Seen {
    async fn of(table: &Table) -> Self {
        let pin = Pin { line: table.line().clone(), version: table.version() };
        Self { pin, content: content(table).await }
    }
}

/// A lake with one table, what readers of both environments see of it, and who else has to find what.
struct World {
    bench: Bench,
    main: Table,
    dev: Table,
    /// Seen within the retention.
    past: Vec<Seen>,
    /// Open, and never ended.
    open: Vec<(BranchName, Seen)>,
    made: usize,
}

impl World {
    async fn new() -> Self {
        let bench = Bench::new();
        let design = Design { partition_by: vec!["folder".to_owned()], ..Design::new(schema()) };
        let main = bench.lake.create(&name("raw.t"), &Line::main(), &design, &Note::default()).await.unwrap();
        let dev = main.branch(branch("dev0")).await.unwrap();
        Self { bench, main, dev, past: Vec::new(), open: Vec::new(), made: 0 }
    }

    async fn act(&mut self, step: &Step) {
        self.made += 1;
        match step {
            Step::Work { in_dev, replaces, rows, end } => self.work(*in_dev, *replaces, rows, *end).await,
            Step::Reset => {
                self.past.push(Seen::of(&self.dev).await);
                self.dev = self.main.branch(branch(&format!("dev{}", self.made))).await.unwrap();
            }
            Step::Later { dies_after } => {
                self.past.clear();
                self.vacuum(Some(*dies_after)).await;
            }
        }
    }

    async fn work(&mut self, in_dev: bool, replaces: bool, rows: &[Row], end: End) {
        let from = if in_dev { &self.dev } else { &self.main };
        let run = branch(&format!("run{}", self.made));
        let ours = from.branch(run.clone()).await.unwrap();
        let note = Note::default();
        let ours = ours.upsert(batch(rows), &id(), None, now(), &note).await.unwrap().0;
        let ours = if replaces { ours.overwrite(batch(rows), now(), &note).await.unwrap().0 } else { ours };
        match end {
            End::Failed => {}
            End::Open => self.open.push((run, Seen::of(&ours).await)),
            End::Published => {
                self.past.push(Seen::of(from).await);
                let line = from.line().clone();
                self.bench.publish(&format!("p{}", self.made), &[&ours]).await;
                let after = self.bench.lake.table(&name("raw.t"), &line, None).await.unwrap();
                *(if in_dev { &mut self.dev } else { &mut self.main }) = after;
            }
        }
    }

    fn kept(&self) -> Kept {
        let mut kept = kept(&[&self.main, &self.dev]);
        for seen in &self.past {
            kept.keep(self.main.name(), &seen.pin);
        }
        for (run, seen) in &self.open {
            let (line, fork) = seen.pin.line.parent().unwrap();
            kept.branches.insert(run.clone());
            kept.keep(self.main.name(), &Pin { line, version: fork.at.unwrap() });
        }
        kept
    }

    /// One that dies after some of its files, then one that does not; nothing is missing after either.
    async fn vacuum(&self, dies_after: Option<usize>) {
        let kept = self.kept();
        if let Some(count) = dies_after {
            let garbage = self.bench.lake.garbage(self.main.name(), &kept).await.unwrap();
            // In an order that has nothing to do with what they are.
            let paths: BTreeSet<_> =
                garbage.paths().map(|path| (path.as_ref().len() % 7, path.clone())).collect();
            for (_, path) in paths.into_iter().take(count) {
                LocalFileSystem::new().delete(&path).await.unwrap();
            }
            self.check().await;
        }
        vacuum(&self.bench, &kept).await;
        self.check().await;
    }

    async fn check(&self) {
        let all = self.past.iter().chain(self.open.iter().map(|(_, seen)| seen));
        for seen in all {
            let table = self.bench.lake.table(self.main.name(), &seen.pin.line, Some(seen.pin.version)).await;
            assert_eq!(content(&table.unwrap()).await, seen.content, "{:?}", seen.pin);
        }
        for now in [&self.main, &self.dev] {
            let fresh = self.bench.lake.table(now.name(), now.line(), None).await.unwrap();
            assert_eq!(content(&fresh).await, content(now).await);
        }
    }

    /// As soon as nobody looks at anything but what is current, nothing else is left.
    async fn end(mut self) {
        self.past.clear();
        self.open.clear();
        self.vacuum(None).await;
        let needed = [paths_of(&self.main), paths_of(&self.dev)].concat();
        let needed: BTreeSet<_> = needed.into_iter().collect();
        assert_eq!(files(&self.bench.folder.path().join("raw/t")).len(), needed.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_needed_is_deleted(steps in prop::collection::vec(step(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for step in &steps {
                world.act(step).await;
            }
            world.end().await;
        });
    }
}
