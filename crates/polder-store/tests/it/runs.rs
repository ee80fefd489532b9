use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use polder_store::run_views::RunScope;
use polder_store::runs::{self, Logical, NewRun, PipelineRef};
use polder_store::{Store, on_both_databases};
use polder_types::id::{PipelineId, RunId};
use polder_types::run::RunStatus;
use polder_types::wire::{Reason, RunFilter};
use serde_json::{Map, json};

use crate::given::{at, deployment};

pub(crate) fn run(id: RunId, pipeline: PipelineId, labels: &[(&str, &str)]) -> NewRun {
    let text = |text: &str| text.to_owned();
    NewRun {
        id,
        pipeline: PipelineRef {
            id: pipeline,
            workspace: text("default"),
            environment: text("prod"),
            team: text("web"),
            name: text("build_all"),
        },
        revision: None,
        definition_hash: text("hash"),
        logical: Logical { at: at(0), day: None },
        created_at: at(0),
        parameters: Map::new(),
        payload: None,
        labels: labels.iter().map(|(key, value)| (text(key), text(value))).collect::<BTreeMap<_, _>>(),
        reason: Reason::Manual { by: text("anna") },
        rerun_of: None,
        parent: None,
        call_back_uri: None,
        steps: Vec::new(),
    }
}

pub(crate) async fn add(store: &Store, run: &NewRun) {
    let mut tx = store.begin().await.unwrap();
    runs::insert_definition(&mut tx, "hash", &json!({})).await.unwrap();
    runs::insert(&mut tx, run).await.unwrap();
    tx.commit().await.unwrap();
}

async fn found(store: &Store, filter: RunFilter) -> Vec<RunId> {
    let scope = RunScope { workspace: "default".to_owned(), teams: None };
    let page = store.runs(&filter, &[], &scope).await.unwrap();
    page.items.into_iter().map(|run| run.id).collect()
}

fn text(text: &str) -> RunFilter {
    RunFilter { search: Some(text.to_owned()), ..RunFilter::default() }
}

fn id(text: &str) -> RunId {
    text.parse().unwrap()
}

on_both_databases! {
    async fn runs_are_found_by_id_name_and_label(store: Store) {
        let pipeline = deployment(&store, "web", "site", &["build_all"]).await[0];
        let one = id("0190a7b2-0000-7000-8000-00000000beef");
        let two = id("0190a7b2-0001-7000-8000-0000000c0ffe");
        add(&store, &run(one, pipeline, &[("Customer", "ACME 100%"), ("tier", "1")])).await;
        add(&store, &run(two, pipeline, &[("batch", "cafe-beef")])).await;

        for (wanted, ids) in [
            ("0190", vec![two, one]),
            ("0190a7b2-0001", vec![two]),
            ("BEEF", vec![two, one]),
            ("8000-00000000beef", vec![one]),
            ("0190a7b2-0000-7000-8000-00000000beef", vec![one]),
            ("c0ffe", vec![two]),
            ("build_", vec![two, one]),
            ("build%", vec![]),
            ("web/build", vec![two, one]),
            ("customer", vec![one]),
            ("100%", vec![one]),
            ("100_", vec![]),
            ("tier=1", vec![two, one]),
            ("customer=acme", vec![one]),
            ("batch=cafe", vec![two]),
            ("190", vec![]),
        ] {
            assert_eq!(found(&store, text(wanted)).await, ids, "{wanted}");
        }
        let limited = RunFilter { limit: Some(1), ..text("beef") };
        assert_eq!(found(&store, limited).await, [two]);
        let next = RunFilter { cursor: Some(two.to_string()), ..text("beef") };
        assert_eq!(found(&store, next).await, [one]);
        let elsewhere = RunFilter { team: Some("other".to_owned()), ..text("beef") };
        assert_eq!(found(&store, elsewhere).await, []);
    }

    async fn a_run_about_a_day_counts_by_that_day(store: Store) {
        let pipeline = deployment(&store, "web", "site", &["build_all"]).await[0];
        let midnight: DateTime<Utc> = "2026-02-09T23:00:00Z".parse().unwrap();
        let day = "2026-02-10".parse().unwrap();
        let (in_berlin, instant) = (RunId::new(at(0)), RunId::new(at(1)));
        let logical = Logical { at: midnight, day: Some(day) };
        add(&store, &NewRun { logical, ..run(in_berlin, pipeline, &[]) }).await;
        let logical = Logical { at: midnight, day: None };
        add(&store, &NewRun { logical, ..run(instant, pipeline, &[]) }).await;
        let since = |day: &str| RunFilter { since: Some(day.parse().unwrap()), ..RunFilter::default() };
        assert_eq!(found(&store, since("2026-02-10")).await, [in_berlin]);
        assert_eq!(found(&store, since("2026-02-09")).await, [instant, in_berlin]);
        assert_eq!(found(&store, since("2026-02-11")).await, []);
        let only = |day: &str, timezone: Option<&str>| {
            let timezone = timezone.map(str::to_owned);
            RunFilter { since: Some(day.parse().unwrap()), until: Some(day.parse().unwrap()), timezone, ..RunFilter::default() }
        };
        assert_eq!(found(&store, only("2026-02-10", None)).await, [in_berlin]);
        assert_eq!(found(&store, only("2026-02-09", None)).await, [instant]);
        assert_eq!(found(&store, only("2026-02-10", Some("Europe/Berlin"))).await, [instant, in_berlin], "midnight there");
        assert_eq!(found(&store, only("2026-02-09", Some("Europe/Berlin"))).await, []);
    }

    async fn teams_and_statuses_are_one_list(store: Store) {
        let pipeline = deployment(&store, "web", "site", &["build_all"]).await[0];
        let mut ids = Vec::new();
        for (minute, team) in [(0, "a"), (1, "b"), (2, "c"), (3, "a")] {
            let mut run = run(RunId::new(at(minute)), pipeline, &[]);
            run.pipeline.team = team.to_owned();
            add(&store, &run).await;
            ids.push(run.id);
        }
        for (teams, wanted) in [(vec!["a", "b"], vec![3, 1, 0]), (vec!["c"], vec![2]), (vec![], vec![])] {
            let teams = Some(teams.iter().map(|team| (*team).to_owned()).collect());
            let scope = RunScope { workspace: "default".to_owned(), teams };
            for statuses in [vec![], vec![RunStatus::Queued], vec![RunStatus::Queued, RunStatus::Failed]] {
                let wanted: Vec<RunId> = wanted.iter().map(|index: &usize| ids[*index]).collect();
                let page = store.runs(&RunFilter::default(), &statuses, &scope).await.unwrap();
                let listed: Vec<RunId> = page.items.iter().map(|run| run.id).collect();
                assert_eq!(listed, wanted, "{statuses:?}");
                let page = store.runs(&text("build"), &statuses, &scope).await.unwrap();
                assert_eq!(page.items.len(), wanted.len());
            }
            let one = RunFilter { limit: Some(1), ..RunFilter::default() };
            let page = store.runs(&one, &[], &scope).await.unwrap();
            assert_eq!(page.next_cursor.is_some(), wanted.len() > 1);
        }
    }

    async fn several_statuses_are_asked_for_at_once(store: Store) {
        let pipeline = deployment(&store, "web", "site", &["build_all"]).await[0];
        let queued = RunId::new(at(0));
        add(&store, &run(queued, pipeline, &[])).await;
        let scope = RunScope { workspace: "default".to_owned(), teams: None };
        for (statuses, count) in [
            (vec![RunStatus::Queued, RunStatus::Failed], 1),
            (vec![RunStatus::Running, RunStatus::Failed], 0),
            (vec![], 1),
        ] {
            let page = store.runs(&RunFilter::default(), &statuses, &scope).await.unwrap();
            assert_eq!(page.items.len(), count, "{statuses:?}");
        }
    }
}
