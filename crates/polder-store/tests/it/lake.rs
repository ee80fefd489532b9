use chrono::TimeDelta;
use polder_store::lake::branches::{self, Branch};
use polder_store::lake::environments;
use polder_store::lake::publishes::{self, Obstacle, Publish};
use polder_store::lake::views::{self, PublishFilter};
use polder_store::lake::{self, Place, kept, retention, turns};
use polder_store::{Error, Tx, on_both_databases};
use polder_types::id::{BranchId, PublishId};
use polder_types::lake::{
    BranchName, BranchState, Intent, Kept, Line, Pin, PublishState, Published, Retention, Staged, TableName,
    View,
};

use crate::given::at;

const PROD: Place<'_> = Place { workspace_id: "default", environment: "prod" };

fn name(text: &str) -> TableName {
    text.parse().unwrap()
}

/// An open branch of what readers see now.
async fn branch(tx: &mut Tx, text: &str) -> Branch {
    let branch = Branch {
        id: BranchId::new(at(0)),
        workspace_id: "default".to_owned(),
        environment: "prod".to_owned(),
        name: BranchName::new(text).unwrap(),
        run: None,
        step: Some("load".to_owned()),
        state: BranchState::Open,
        view: lake::view(tx, PROD).await.unwrap(),
        created_at: at(0),
        ended_at: None,
        removed_at: None,
    };
    branches::insert(tx, &branch).await.unwrap();
    branch
}

fn staged(branch: &Branch, table: &str) -> Staged {
    let pin = branch.view.get(&name(table));
    let line = pin.map_or_else(Line::main, |pin| pin.line.clone());
    let before = pin.map(|pin| pin.version);
    let from = line.fork(branch.name.clone(), before);
    Staged {
        table: name(table),
        from,
        before,
        version: before.map_or(0, |before| before + 1),
        rows: 10,
        bytes: 1000,
    }
}

fn publish(branch: &Branch, tables: &[&str]) -> Publish {
    let id = PublishId::new(at(1));
    let tables = tables.iter().map(|table| staged(branch, table)).collect();
    Publish {
        id,
        workspace_id: "default".to_owned(),
        environment: "prod".to_owned(),
        branch: branch.id,
        state: PublishState::Prepared,
        intent: Intent { publish: id.to_string(), tables },
        rolls_back: None,
        created_by: "anna".to_owned(),
        created_at: at(1),
        ended_at: None,
    }
}

/// Publishes these tables from a branch of their own.
async fn published(tx: &mut Tx, text: &str, tables: &[&str]) -> Publish {
    let branch = branch(tx, text).await;
    let publish = publish(&branch, tables);
    assert_eq!(publishes::prepare(tx, &publish).await.unwrap(), []);
    assert!(publishes::finish(tx, publish.id, at(2)).await.unwrap());
    publish
}

async fn versions(tx: &mut Tx) -> Vec<(String, u64)> {
    let view = lake::view(tx, PROD).await.unwrap();
    view.tables().map(|(table, pin)| (table.to_string(), pin.version)).collect()
}

on_both_databases! {
    async fn readers_are_switched_for_all_tables_at_once(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let made = branch(&mut tx, "run-1").await;
        let first = publish(&made, &["raw.Orders", "marts.sales"]);
        assert_eq!(publishes::prepare(&mut tx, &first).await.unwrap(), []);
        assert!(versions(&mut tx).await.is_empty(), "what is prepared is not seen");
        assert_eq!(publishes::prepared(&mut tx).await.unwrap(), std::slice::from_ref(&first));
        assert!(publishes::finish(&mut tx, first.id, at(2)).await.unwrap());
        assert_eq!(versions(&mut tx).await, [("marts.sales".to_owned(), 0), ("raw.Orders".to_owned(), 0)]);
        assert!(!publishes::finish(&mut tx, first.id, at(3)).await.unwrap(), "once is enough");
        assert!(publishes::prepared(&mut tx).await.unwrap().is_empty());
        let ended = branches::find(&mut tx, made.id).await.unwrap().unwrap();
        assert_eq!((ended.state, ended.ended_at), (BranchState::Published, Some(at(2))));
        let found = lake::table(&mut tx, PROD, &name("RAW.orders")).await.unwrap().unwrap();
        assert_eq!((found.name.to_string().as_str(), found.publish), ("raw.Orders", first.id));
        let dev = Place { environment: "dev", ..PROD };
        assert_eq!(lake::view(&mut tx, dev).await.unwrap(), View::default(), "each environment has its own");
    }

    async fn a_table_that_moved_or_is_being_published_is_an_obstacle(store: Store) {
        let mut tx = store.begin().await.unwrap();
        published(&mut tx, "run-1", &["raw.a", "raw.b"]).await;
        let (ours, theirs) = (branch(&mut tx, "run-2").await, branch(&mut tx, "run-3").await);
        let open = publish(&theirs, &["raw.a"]);
        assert_eq!(publishes::prepare(&mut tx, &open).await.unwrap(), []);
        let refused = publish(&ours, &["raw.a", "raw.b"]);
        let busy = Obstacle::Busy { table: "raw.a".to_owned(), publish: open.id };
        assert_eq!(publishes::prepare(&mut tx, &refused).await.unwrap(), [busy]);
        publishes::finish(&mut tx, open.id, at(2)).await.unwrap();
        let moved = Obstacle::Moved { table: "raw.a".to_owned(), expected: Some(0), found: Some(1) };
        assert_eq!(publishes::prepare(&mut tx, &refused).await.unwrap(), [moved]);
        assert_eq!(publishes::find(&mut tx, refused.id).await.unwrap(), None, "nothing is left of what was refused");
        let other = publish(&ours, &["raw.b"]);
        assert_eq!(publishes::prepare(&mut tx, &other).await.unwrap(), [], "what nobody else touched is fine");
    }

    async fn a_table_made_twice_is_an_obstacle_in_any_case(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let ours = branch(&mut tx, "run-1").await;
        published(&mut tx, "run-2", &["raw.orders"]).await;
        let moved = Obstacle::Moved { table: "raw.Orders".to_owned(), expected: None, found: Some(0) };
        assert_eq!(publishes::prepare(&mut tx, &publish(&ours, &["raw.Orders"])).await.unwrap(), [moved]);
    }

    async fn what_was_undone_was_never_seen(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let made = branch(&mut tx, "run-1").await;
        let first = publish(&made, &["raw.a"]);
        publishes::prepare(&mut tx, &first).await.unwrap();
        publishes::undo(&mut tx, first.id, &[], at(2)).await.unwrap();
        assert!(versions(&mut tx).await.is_empty());
        let late = publishes::finish(&mut tx, first.id, at(3)).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert_eq!(branches::find(&mut tx, made.id).await.unwrap().unwrap().state, BranchState::Failed);
        published(&mut tx, "run-2", &["raw.a"]).await;
        assert_eq!(versions(&mut tx).await, [("raw.a".to_owned(), 0)], "the table is free again");
    }

    async fn a_log_that_went_on_by_being_undone_is_followed(store: Store) {
        let mut tx = store.begin().await.unwrap();
        published(&mut tx, "run-1", &["raw.a", "raw.b"]).await;
        let made = branch(&mut tx, "run-2").await;
        let given_up = publish(&made, &["raw.a", "raw.b"]);
        publishes::prepare(&mut tx, &given_up).await.unwrap();
        let back = Published { table: name("raw.a"), line: Line::main(), version: 2 };
        publishes::undo(&mut tx, given_up.id, &[back], at(2)).await.unwrap();
        assert_eq!(versions(&mut tx).await, [("raw.a".to_owned(), 2), ("raw.b".to_owned(), 0)]);
    }

    async fn a_branch_of_an_environment_moves_on_its_own_line(store: Store) {
        let mut tx = store.begin().await.unwrap();
        published(&mut tx, "run-1", &["raw.a"]).await;
        let made = branch(&mut tx, "dev").await;
        let mut first = publish(&made, &["raw.a"]);
        first.intent.tables[0].from = first.intent.tables[0].from.fork(BranchName::new("run-2").unwrap(), Some(0));
        let refused = publishes::prepare(&mut tx, &first).await.unwrap();
        assert_eq!(refused.len(), 1, "readers are on the main line: {refused:?}");
    }

    async fn an_environment_begins_as_another_is_and_can_be_begun_again(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let dev = Place { environment: "dev", ..PROD };
        published(&mut tx, "run-1", &["raw.a", "raw.b"]).await;
        assert_eq!(environments::root(&mut tx, dev).await.unwrap(), None, "it was never used");
        let first = BranchName::new("env-dev-1").unwrap();
        let root = environments::begin(&mut tx, dev, "prod", &first, at(3)).await.unwrap();
        assert_eq!(environments::root(&mut tx, dev).await.unwrap(), Some(root.clone()));
        assert_eq!(root, Line::main().fork(first.clone(), None));
        published(&mut tx, "run-2", &["raw.a"]).await;
        let view = lake::view(&mut tx, dev).await.unwrap();
        let pin = Pin { line: Line::main().fork(first.clone(), Some(0)), version: 0 };
        assert_eq!(view.get(&name("raw.a")), Some(&pin), "what prod does later is not seen");
        let second = BranchName::new("env-dev-2").unwrap();
        let same = environments::begin(&mut tx, dev, "prod", &second, at(4)).await.unwrap();
        assert_eq!(same, root, "it has begun");
        let before = environments::reset(&mut tx, dev, "prod", &second, at(4)).await.unwrap().unwrap();
        assert_eq!((before.name, before.view), (first, view), "what it was can be looked into");
        let named = branches::named(&mut tx, "default", &BranchName::new("env-dev-1").unwrap()).await.unwrap().unwrap();
        assert_eq!((named.state, named.created_at, named.ended_at), (BranchState::Failed, at(3), Some(at(4))));
        let kept = kept::find(&mut tx, Retention::default(), at(5)).await.unwrap();
        assert!(kept.has_folder(&named.name) && kept.has_folder(&second));
        assert!(kept.pins_of(&name("raw.a")).any(|(_, kept)| *kept == pin), "also by who reads it now");
        let view = lake::view(&mut tx, dev).await.unwrap();
        let pin = Pin { line: Line::main().fork(second, Some(1)), version: 1 };
        assert_eq!(view.get(&name("raw.a")), Some(&pin));
        assert_eq!(versions(&mut tx).await.len(), 2, "prod is as it was");
    }

    async fn an_environment_is_not_reset_while_something_is_published_in_it(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let open = branch(&mut tx, "run-1").await;
        publishes::prepare(&mut tx, &publish(&open, &["raw.a"])).await.unwrap();
        let name = BranchName::new("env-prod-1").unwrap();
        let refused = environments::reset(&mut tx, PROD, "dev", &name, at(3)).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        let test = Place { environment: "test", ..PROD };
        assert_eq!(environments::reset(&mut tx, test, "prod", &name, at(3)).await.unwrap(), None, "it is as prod is");
    }

    async fn a_branch_is_found_by_its_name_and_its_publish_by_the_branch(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let done = published(&mut tx, "run-1", &["raw.a"]).await;
        let run = BranchName::new("run-1").unwrap();
        let found = branches::named(&mut tx, "default", &run).await.unwrap().unwrap();
        assert_eq!(found.id, done.branch);
        assert_eq!(branches::named(&mut tx, "other", &run).await.unwrap(), None);
        let publish = publishes::of_branch(&mut tx, done.branch).await.unwrap().unwrap();
        assert_eq!((publish.id, publish.state), (done.id, PublishState::Done));
        let tables = [name("raw.x"), name("raw.Y")];
        publishes::note_reads(&mut tx, done.id, &tables).await.unwrap();
        publishes::note_reads(&mut tx, done.id, &tables[..1]).await.unwrap();
        assert_eq!(publishes::reads(&mut tx, done.id).await.unwrap(), tables);
    }

    async fn publishes_and_branches_are_listed_newest_first(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let (one, two) = (published(&mut tx, "run-1", &["raw.a"]).await, published(&mut tx, "run-2", &["raw.a"]).await);
        let ids = async |tx: &mut Tx, before| -> Vec<PublishId> {
            publishes::list(tx, PROD, before, Some(10)).await.unwrap().into_iter().map(|publish| publish.id).collect()
        };
        assert_eq!(ids(&mut tx, None).await, [two.id, one.id]);
        assert_eq!(ids(&mut tx, Some(two.id)).await, [one.id]);
        let names: Vec<String> = branches::list(&mut tx, PROD, Some(10)).await.unwrap().iter().map(|b| b.name.to_string()).collect();
        assert_eq!(names, ["run-2", "run-1"]);
        assert_eq!(retention::remove(&mut tx, at(3), at(5)).await.unwrap(), 2);
        let removed = branches::find(&mut tx, one.branch).await.unwrap().unwrap();
        assert_eq!((removed.state, removed.removed_at), (BranchState::Removed, Some(at(5))));
        assert_eq!(versions(&mut tx).await, [("raw.a".to_owned(), 1)]);
        let pin = lake::table(&mut tx, PROD, &name("raw.a")).await.unwrap().unwrap().pin;
        assert_eq!(pin, Pin { line: Line::main(), version: 1 });
    }

    async fn a_roll_back_and_what_it_takes_back_name_each_other(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let load = published(&mut tx, "run-1", &["raw.a", "raw.b"]).await;
        let made = branch(&mut tx, "rollback-1").await;
        let back = Publish { rolls_back: Some(load.id), ..publish(&made, &["raw.a"]) };
        assert_eq!(publishes::prepare(&mut tx, &back).await.unwrap(), []);
        assert_eq!(publishes::rolled_back_by(&mut tx, load.id).await.unwrap(), None, "readers do not see it yet");
        publishes::finish(&mut tx, back.id, at(2)).await.unwrap();
        assert_eq!(publishes::rolled_back_by(&mut tx, load.id).await.unwrap(), Some(back.id));
        assert_eq!(publishes::find(&mut tx, back.id).await.unwrap().unwrap().rolls_back, Some(load.id));
        let shown = views::publishes(&mut tx, PROD, PublishFilter::default()).await.unwrap();
        let links: Vec<_> = shown.iter().map(|shown| (shown.rolls_back, shown.rolled_back_by)).collect();
        assert_eq!(links, [(Some(load.id), None), (None, Some(back.id))]);
        let removed = |at: usize| shown[at].tables.iter().map(|table| table.rows_removed).collect::<Vec<_>>();
        assert_eq!((removed(0), removed(1)), (vec![Some(10)], vec![None, None]), "what the load had added");
        assert_eq!(views::publish(&mut tx, "default", load.id).await.unwrap().as_ref(), Some(&shown[1]));
    }

    async fn a_roll_back_that_was_rolled_back_counts_no_more(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let load = published(&mut tx, "run-1", &["raw.a"]).await;
        let mut chain = vec![load.id];
        for number in 1..=3 {
            let made = branch(&mut tx, &format!("rollback-{number}")).await;
            let before = lake::table(&mut tx, PROD, &name("raw.a")).await.unwrap().unwrap().pin.version;
            let mut back = Publish { rolls_back: chain.last().copied(), ..publish(&made, &["raw.a"]) };
            (back.intent.tables[0].before, back.intent.tables[0].version) = (Some(before), before + 1);
            assert_eq!(publishes::prepare(&mut tx, &back).await.unwrap(), []);
            publishes::finish(&mut tx, back.id, at(number)).await.unwrap();
            chain.push(back.id);
            let by = |id: &PublishId| chain.iter().position(|other| other == id);
            let mut found = Vec::new();
            for id in &chain {
                let back = publishes::rolled_back_by(&mut tx, *id).await.unwrap();
                assert_eq!(views::publish(&mut tx, "default", *id).await.unwrap().unwrap().rolled_back_by, back);
                found.push(back.as_ref().and_then(by));
            }
            let expected: &[&[Option<usize>]] =
                &[&[Some(1), None], &[None, Some(2), None], &[Some(1), None, Some(3), None]];
            assert_eq!(found, expected[chain.len() - 2]);
        }
    }

    async fn what_was_seen_within_the_retention_is_kept(store: Store) {
        let mut tx = store.begin().await.unwrap();
        for run in 0..4 {
            published(&mut tx, &format!("run-{run}"), &["raw.a"]).await;
        }
        let retention = Retention::new(TimeDelta::minutes(10));
        let oldest = |kept: &Kept| kept.pins_of(&name("RAW.A")).map(|(_, pin)| pin.version).collect::<Vec<_>>();
        let young = kept::find(&mut tx, retention, at(12)).await.unwrap();
        assert_eq!((oldest(&young), young.branches.len()), (vec![0], 4), "all were replaced in the second minute");
        assert_eq!(young.files_since, at(2));
        let reading = kept::find(&mut tx, retention, at(22)).await.unwrap();
        assert_eq!(oldest(&reading), [0], "who began in the tenth minute after may read for ten minutes");
        assert_eq!(retention::removable(&mut tx, at(3)).await.unwrap(), 4);
        assert_eq!(retention::remove(&mut tx, at(3), at(22)).await.unwrap(), 4);
        assert_eq!(retention::remove(&mut tx, at(3), at(23)).await.unwrap(), 0, "they are");
        let old = kept::find(&mut tx, retention, at(32)).await.unwrap();
        assert_eq!((oldest(&old).as_slice(), old.branches.len()), (&[0][..], 4), "somebody may be reading the branches");
        let over = kept::find(&mut tx, retention, at(33)).await.unwrap();
        assert_eq!((oldest(&over), over.branches.len()), (vec![3], 0), "what readers see now stays");
    }

    async fn an_open_branch_keeps_what_it_was_made_from_and_what_it_writes(store: Store) {
        let mut tx = store.begin().await.unwrap();
        published(&mut tx, "run-0", &["raw.a"]).await;
        let open = branch(&mut tx, "run-1").await;
        let ready = publish(&branch(&mut tx, "run-2").await, &["raw.a"]);
        assert_eq!(publishes::prepare(&mut tx, &ready).await.unwrap(), []);
        assert_eq!(retention::end_left(&mut tx, at(0), at(90)).await.unwrap(), 0, "they are not that old");
        publishes::finish(&mut tx, ready.id, at(3)).await.unwrap();
        let far = at(9000);
        let kept = kept::find(&mut tx, Retention::new(TimeDelta::minutes(10)), far).await.unwrap();
        let pins: Vec<_> = kept.pins_of(&name("raw.a")).collect();
        assert_eq!(pins, [(&name("raw.a"), &Pin { line: Line::main(), version: 0 })], "as the open branch sees it");
        assert!(kept.has_folder(&open.name) && kept.files_since <= at(0));
        assert_eq!(retention::end_left(&mut tx, at(1), far).await.unwrap(), 1, "nobody writes to it any more");
        assert_eq!(branches::find(&mut tx, open.id).await.unwrap().unwrap().state, BranchState::Failed);
    }

    async fn what_is_decided_and_not_done_is_not_taken_away(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let made = branch(&mut tx, "run-1").await;
        assert_eq!(publishes::prepare(&mut tx, &publish(&made, &["raw.a"])).await.unwrap(), []);
        assert_eq!(retention::end_left(&mut tx, at(1), at(9000)).await.unwrap(), 0);
        assert_eq!(retention::remove(&mut tx, at(9000), at(9000)).await.unwrap(), 0);
        assert!(kept::find(&mut tx, Retention::default(), at(90_000)).await.unwrap().has_folder(&made.name));
    }

    async fn the_lines_of_environments_stay(store: Store) {
        let mut tx = store.begin().await.unwrap();
        published(&mut tx, "run-0", &["raw.a"]).await;
        let (dev, line) = (Place { environment: "dev", ..PROD }, BranchName::new("env-dev-1").unwrap());
        environments::begin(&mut tx, dev, "prod", &line, at(4)).await.unwrap();
        published(&mut tx, "run-1", &["raw.a"]).await;
        retention::remove(&mut tx, at(8000), at(8000)).await.unwrap();
        let kept = kept::find(&mut tx, Retention::new(TimeDelta::minutes(1)), at(9000)).await.unwrap();
        let pins: Vec<_> = kept.pins_of(&name("raw.a")).map(|(_, pin)| (pin.line.forks().len(), pin.version)).collect();
        assert_eq!(pins, [(1, 0), (0, 1)]);
        assert!(kept.has_folder(&line));
    }

    async fn a_turn_is_remembered(store: Store) {
        let mut tx = store.begin().await.unwrap();
        assert_eq!(turns::last(&mut tx).await.unwrap(), None);
        let turn = turns::Turn { begun_at: at(0), ended_at: None, done: false };
        turns::set(&mut tx, &turn).await.unwrap();
        assert_eq!(turns::last(&mut tx).await.unwrap(), Some(turn));
        assert_eq!(retention::begun_at(&mut tx).await.unwrap(), None);
        branch(&mut tx, "run-0").await;
        assert_eq!(retention::begun_at(&mut tx).await.unwrap(), Some(at(0)));
    }
}
