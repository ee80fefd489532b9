//! Runs a plan: what waits for nothing begins, and what ends lets others begin, or leaves them out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use polder_lake::{Error as Lake, Work};
use polder_types::wire::{CheckStatus, Checks};
use polder_work::{OFTEN, Turn, meanwhile};
use tokio::task::JoinSet;

use crate::at_work::AtWork;
use crate::node::{self, Built, Unbuilt};
use crate::report::Report;
use crate::test::{self, Found};
use crate::{Error, Log, Plan, Result};

/// Nodes and tests that are worked on at the same time, if nobody says that there are fewer processors for them.
pub const AT_ONCE: usize = 4;

/// A node or a test, by its place in the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    // First, so that what is held back by it begins soon.
    Test(usize),
    Node(usize),
}

/// A plan that is being run.
pub struct Build<'w> {
    plan: Arc<Plan>,
    work: &'w mut Work,
    /// What became of each so far; what runs is not there.
    ended: BTreeMap<Item, CheckStatus>,
    waiting: Vec<Item>,
    running: JoinSet<(Ended, Option<Work>)>,
    at_work: AtWork,
    at_once: usize,
    report: Report,
    heard: Box<dyn Fn(&Checks) + Send + Sync + 'w>,
    began: Instant,
}

/// What came of an item, and how long it took.
struct Ended {
    item: Item,
    time: Time,
    outcome: Outcome,
}

/// When something began, from the beginning of the build, and how long it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    pub(crate) began_after: Duration,
    pub(crate) took: Duration,
}

pub(crate) enum Outcome {
    Built(Result<Built, Unbuilt>),
    Tested(Result<(Found, String), Unbuilt>),
    /// The name of what it waited for in vain.
    Skipped(String),
}

impl<'w> Build<'w> {
    /// So many are worked on `at_once`.
    #[must_use]
    pub fn new(plan: Plan, work: &'w mut Work, at_once: usize) -> Self {
        let tests = plan.order.tests.keys().copied().map(Item::Test);
        let waiting = tests.chain(plan.order.nodes.keys().copied().map(Item::Node)).collect();
        let (ended, running, report) = (BTreeMap::new(), JoinSet::new(), Report::default());
        let (at_once, began) = (at_once.max(1), Instant::now());
        let (plan, heard) = (Arc::new(plan), Box::new(|_: &Checks| {}));
        let at_work = AtWork::default();
        Self { plan, work, ended, waiting, running, at_work, at_once, report, heard, began }
    }

    /// Has somebody hear what is known, whenever something has ended, and of what is at work meanwhile.
    #[must_use]
    pub fn heard_by(self, hears: impl Fn(&Checks) + Send + Sync + 'w) -> Self {
        Self { heard: Box::new(hears), ..self }
    }

    /// Runs all of it. What became of each is told in the log as it ends.
    ///
    /// # Errors
    /// When the log cannot be written. That something failed is no error here: it is in the answer.
    pub async fn run(mut self, log: &mut Log<'_>) -> Result<Checks> {
        let mut turn = Turn::new();
        loop {
            self.begin(log)?;
            let at_work = || {
                if !turn.is_due() {
                    return Ok(());
                }
                // Not oftener: all that is known goes with it.
                let tables = self.at_work.tables(&self.plan);
                (self.heard)(&Checks { tables, ..self.report.so_far().clone() });
                log.say(&self.at_work.in_words(&self.plan))
            };
            match meanwhile(self.running.join_next(), OFTEN, at_work).await? {
                Some(Ok((ended, work))) => self.end(&ended, work, log)?,
                Some(Err(error)) => {
                    return Err(Error::Model(format!("a part of the build broke off: {error}")));
                }
                None => return Ok(self.report.finished()),
            }
        }
    }

    /// Begins what may begin, and leaves out what cannot any more.
    fn begin(&mut self, log: &mut Log<'_>) -> Result<()> {
        let mut at = 0;
        while at < self.waiting.len() {
            let item = self.waiting[at];
            match self.readiness(item) {
                Readiness::Ready if self.running.len() < self.at_once => self.spawn(self.waiting[at]),
                Readiness::Hopeless(because) => {
                    let time = Time { began_after: self.began.elapsed(), took: Duration::ZERO };
                    self.note(&Ended { item, time, outcome: Outcome::Skipped(because) }, log)?;
                    self.waiting.remove(at);
                    // What comes after it may stand before it.
                    at = 0;
                    continue;
                }
                Readiness::Ready | Readiness::Waits => {
                    at += 1;
                    continue;
                }
            }
            self.waiting.remove(at);
        }
        Ok(())
    }

    fn readiness(&self, item: Item) -> Readiness {
        let mut readiness = Readiness::Ready;
        for before in self.before(item) {
            match self.ended.get(&before) {
                Some(status) if status.passes() => {}
                Some(_) => return Readiness::Hopeless(self.plan.name(before).to_owned()),
                None => readiness = Readiness::Waits,
            }
        }
        readiness
    }

    fn before(&self, item: Item) -> Vec<Item> {
        let order = &self.plan.order;
        match item {
            Item::Test(test) => order.tests[&test].iter().copied().map(Item::Node).collect(),
            Item::Node(node) => {
                let waits = &order.nodes[&node];
                let tests = waits.tests.iter().copied().map(Item::Test);
                waits.nodes.iter().copied().map(Item::Node).chain(tests).collect()
            }
        }
    }

    fn spawn(&mut self, item: Item) {
        let (plan, mut work, began) = (Arc::clone(&self.plan), self.work.beside(), self.began);
        self.at_work.begin(item, work.taken());
        self.running.spawn(async move {
            let begin = Instant::now();
            let outcome = match item {
                Item::Node(node) => Outcome::Built(node::build(&plan, node, &mut work).await),
                Item::Test(test) => Outcome::Tested(tested(&plan, test, &mut work).await),
            };
            let work = outcome.is_done().then_some(work);
            let time = Time { began_after: begin - began, took: begin.elapsed() };
            (Ended { item, time, outcome }, work)
        });
    }

    fn end(&mut self, ended: &Ended, work: Option<Work>, log: &mut Log<'_>) -> Result<()> {
        work.map_or(Ok(()), |work| self.work.join(work)).map_err(|error: Lake| Error::Lake(error))?;
        self.note(ended, log)
    }

    fn note(&mut self, ended: &Ended, log: &mut Log<'_>) -> Result<()> {
        let status = match ended.item {
            Item::Node(node) => {
                let run = self.report.model(&self.plan.models.nodes[node], &ended.outcome, ended.time);
                log.model(run)?;
                run.status
            }
            Item::Test(test) => {
                let run = self.report.test(&self.plan.models, test, &ended.outcome, ended.time);
                log.test(run)?;
                run.status
            }
        };
        self.at_work.end(ended.item);
        self.ended.insert(ended.item, status);
        (self.heard)(self.report.so_far());
        Ok(())
    }
}

enum Readiness {
    Ready,
    Waits,
    /// Something before it, which is named, did not pass.
    Hopeless(String),
}

async fn tested(plan: &Plan, test: usize, work: &mut Work) -> Result<(Found, String), Unbuilt> {
    let (sql, query) =
        plan.bad_rows(&plan.models.tests[test]).map_err(|message| Unbuilt { message, sql: None })?;
    match test::run(&query, work).await {
        Ok(found) => Ok((found, sql)),
        Err(error) => Err(Unbuilt { message: node::message(&error), sql: Some(sql) }),
    }
}

impl Outcome {
    /// Whether what was done for it was done to its end.
    const fn is_done(&self) -> bool {
        matches!(self, Self::Built(Ok(_)) | Self::Tested(Ok(_)))
    }
}

impl Plan {
    pub(crate) fn name(&self, item: Item) -> &str {
        match item {
            Item::Node(node) => &self.models.nodes[node].name,
            Item::Test(test) => &self.models.tests[test].name,
        }
    }
}
