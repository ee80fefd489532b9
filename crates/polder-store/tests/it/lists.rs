use chrono::TimeDelta;
use polder_store::pipelines::Asked;
use polder_store::{Store, audit, on_both_databases, pipelines};
use polder_types::id::AuditId;
use polder_types::wire::{AuditEntry, AuditFilter, PipelineFilter};
use serde_json::json;

use crate::given::{at, deployment};

fn asked<'a>(filter: &'a PipelineFilter, teams: Option<&'a [String]>) -> Asked<'a> {
    Asked { workspace_id: "default", filter, teams, since: at(0) }
}

async fn names(store: &Store, filter: PipelineFilter, teams: Option<&[String]>) -> Vec<String> {
    let mut tx = store.read().await.unwrap();
    let mut filter = PipelineFilter { limit: Some(2), ..filter };
    let mut names = Vec::new();
    loop {
        let page = pipelines::list(&mut tx, asked(&filter, teams)).await.unwrap();
        names.extend(page.items.iter().map(|pipeline| format!("{}/{}", pipeline.team, pipeline.name)));
        match page.next_cursor {
            Some(next) => filter.cursor = Some(next),
            None => return names,
        }
    }
}

fn entry(minute: i64, actor: &str, action: &str, object: &str) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(at(minute)),
        at: at(minute),
        actor: actor.to_owned(),
        address: Some("10.0.0.1".to_owned()),
        action: action.to_owned(),
        object: object.to_owned(),
        team: None,
        environment: Some("prod".to_owned()),
        detail: json!({"z": 1, "a": "100%"}),
    }
}

async fn objects(store: &Store, filter: AuditFilter) -> Vec<String> {
    let mut tx = store.read().await.unwrap();
    let mut filter = AuditFilter { limit: Some(2), ..filter };
    let mut objects = Vec::new();
    loop {
        let page = audit::list(&mut tx, "default", &filter).await.unwrap();
        assert!(page.items.len() <= 2);
        objects.extend(page.items.into_iter().map(|entry| entry.object));
        match page.next_cursor {
            Some(next) => filter.cursor = Some(next),
            None => return objects,
        }
    }
}

on_both_databases! {
    async fn pipelines_are_listed_by_team_and_name(store: Store) {
        deployment(&store, "b", "one", &["x", "y", "z"]).await;
        let ids = deployment(&store, "a", "two", &["x", "100%"]).await;
        let mut tx = store.begin().await.unwrap();
        pipelines::set_paused(&mut tx, ids[0], true, at(5)).await.unwrap();
        tx.commit().await.unwrap();

        let all = PipelineFilter::default;
        let text = |text: &str| PipelineFilter { search: Some(text.to_owned()), ..all() };
        assert_eq!(names(&store, all(), None).await, ["a/100%", "a/x", "b/x", "b/y", "b/z"]);
        let team = PipelineFilter { team: Some("b".into()), ..all() };
        assert_eq!(names(&store, team, None).await, ["b/x", "b/y", "b/z"]);
        let paused = PipelineFilter { paused: Some(true), ..all() };
        assert_eq!(names(&store, paused, None).await, ["a/x"]);
        let dev = PipelineFilter { environment: Some("dev".into()), ..all() };
        assert!(names(&store, dev, None).await.is_empty());
        let prod = PipelineFilter { environment: Some("prod".into()), ..all() };
        assert_eq!(names(&store, prod, None).await.len(), 5);
        assert_eq!(names(&store, text("what X DOES"), None).await, ["a/x", "b/x"]);
        assert_eq!(names(&store, text("TIER=1"), None).await.len(), 5);
        assert_eq!(names(&store, text("0%"), None).await, ["a/100%"]);
        assert_eq!(names(&store, all(), Some(&["a".to_owned()])).await, ["a/100%", "a/x"]);
        assert!(names(&store, all(), Some(&[])).await.is_empty());
    }

    async fn the_audit_log_is_found_again(store: Store) {
        let mut tx = store.begin().await.unwrap();
        for (minute, actor, action, object) in [
            (0, "anna", "token.create", "ci"),
            (1, "ben", "run.start", "journey/x"),
            (2, "anna", "run.start", "journey/y"),
            (3, "anna", "run.abort", "journey/y"),
            (4, "ben", "secret.set", "Api_Token"),
        ] {
            audit::insert(&mut tx, "default", &entry(minute, actor, action, object)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let all = AuditFilter::default;
        let text = |text: &str| AuditFilter { search: Some(text.to_owned()), ..all() };
        assert_eq!(objects(&store, all()).await, ["Api_Token", "journey/y", "journey/y", "journey/x", "ci"]);
        let anna = AuditFilter { actor: Some("anna".into()), ..all() };
        assert_eq!(objects(&store, anna).await, ["journey/y", "journey/y", "ci"]);
        let starts = AuditFilter { action: Some("run.start".into()), object: Some("journey/x".into()), ..all() };
        assert_eq!(objects(&store, starts).await, ["journey/x"]);
        assert_eq!(objects(&store, text("api_token")).await, ["Api_Token"]);
        assert_eq!(objects(&store, text("RUN.")).await.len(), 3);
        assert_eq!(objects(&store, text("100%")).await.len(), 5);
        assert!(objects(&store, text("1_0")).await.is_empty());
        let since = AuditFilter { since: Some(at(3)), ..all() };
        assert_eq!(objects(&store, since).await, ["Api_Token", "journey/y"]);
        let until = AuditFilter { until: Some(at(3) - TimeDelta::minutes(1)), since: Some(at(1)), ..all() };
        assert_eq!(objects(&store, until).await, ["journey/x"]);
        let mut tx = store.read().await.unwrap();
        let newest = audit::list(&mut tx, "default", &all()).await.unwrap().items.remove(0);
        assert_eq!(newest, AuditEntry { id: newest.id, ..entry(4, "ben", "secret.set", "Api_Token") });
    }
}

/// Not timed by the suite: `cargo test --release -p polder-store -- --ignored --nocapture ten_thousand`.
#[tokio::test]
#[ignore = "for measuring"]
async fn ten_thousand_pipelines() {
    for test in
        [polder_store::testing::TestStore::sqlite().await, polder_store::testing::TestStore::postgres().await]
    {
        let store = &test.store;
        let clock = std::time::Instant::now();
        for project in 0..100 {
            let names: Vec<String> = (0..100).map(|number| format!("pipeline-{number:03}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            deployment(store, &format!("team-{project:03}"), "main", &names).await;
        }
        println!("PostgreSQL: {}; deployed after {:?}", store.is_postgres(), clock.elapsed());
        let text = |text: &str| PipelineFilter { search: Some(text.to_owned()), ..PipelineFilter::default() };
        for (what, filter) in [
            ("first page", PipelineFilter::default()),
            ("a team", PipelineFilter { team: Some("team-050".to_owned()), ..PipelineFilter::default() }),
            ("a rare text", text("team-099/pipeline-099")),
            ("no match", text("nowhere")),
        ] {
            let mut tx = store.read().await.unwrap();
            let clock = std::time::Instant::now();
            let page = pipelines::list(&mut tx, asked(&filter, None)).await.unwrap();
            println!("{what}: {} pipelines in {:?}", page.items.len(), clock.elapsed());
        }
    }
}
