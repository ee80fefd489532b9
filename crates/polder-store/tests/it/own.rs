//! Polder's own tables, page by page.

use polder_store::run_views::RunScope;
use polder_store::runs::{NewRun, NewStep, PipelineRef};
use polder_store::{Store, attempts, on_both_databases};
use polder_types::id::{PipelineId, RunId};
use polder_types::wire::{AttemptEnded, OwnEvent, OwnFilter, OwnQuestion, OwnRows, OwnTable};

use crate::given::{at, deployment};
use crate::runs::{add, run};

/// All rows of a table, as lines of what tells them apart, read in pages of so many.
async fn read(
    store: &Store,
    table: OwnTable,
    of: OwnFilter,
    teams: Option<&[&str]>,
    limit: u32,
) -> Vec<String> {
    let teams = teams.map(|teams| teams.iter().map(|team| (*team).to_owned()).collect());
    let scope = RunScope { workspace: "default".to_owned(), teams };
    let (mut lines, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let question = OwnQuestion { table, of: of.clone(), after, limit };
        let page = store.own(&question, &scope).await.unwrap();
        match page.rows {
            OwnRows::Runs(rows) => lines.extend(rows.iter().map(|row| format!("{} {}", row.team, row.id))),
            OwnRows::Steps(rows) => {
                lines.extend(rows.iter().map(|row| format!("{} {} {}", row.run_id, row.position, row.step)));
            }
            OwnRows::Events(rows) => lines.extend(rows.iter().map(told)),
        }
        pages += 1;
        assert!(pages < 1000, "it never ends");
        match page.next {
            Some(next) => after = Some(next),
            None => return lines,
        }
    }
}

fn told(event: &OwnEvent) -> String {
    let step = event.step.as_deref().unwrap_or("-");
    let attempt = event.attempt.map_or("-".to_owned(), |attempt| attempt.to_string());
    format!("{} {} {step} {attempt} {} {}", event.run_id, event.object, event.status, event.at)
}

/// Runs of two teams, each with more steps than the last.
async fn runs(store: &Store) -> Vec<RunId> {
    let web = deployment(store, "web", "site", &["build_all"]).await[0];
    let shop = deployment(store, "shop", "till", &["build_all"]).await[0];
    let mut ids = Vec::new();
    for number in 0..7_u32 {
        let (team, pipeline) = if number % 3 == 0 { ("shop", shop) } else { ("web", web) };
        let run = of(number, team, pipeline);
        add(store, &run).await;
        ids.push(run.id);
    }
    ids
}

fn of(number: u32, team: &str, pipeline: PipelineId) -> NewRun {
    let created_at = at(number.into());
    let run = run(RunId::new(created_at), pipeline, &[]);
    let step = |step| NewStep { name: format!("s{step}"), kind: "run", needs: Vec::new(), taken: None };
    let pipeline = PipelineRef { team: team.to_owned(), ..run.pipeline };
    NewRun { pipeline, created_at, steps: (0..number).map(step).collect(), ..run }
}

on_both_databases! {
    async fn pages_of_any_size_have_every_row_once(store: Store) {
        let ids = runs(&store).await;
        let mut tx = store.begin().await.unwrap();
        for (run, position, epoch) in [(6, 0, 1), (6, 0, 2), (6, 5, 1), (5, 1, 1), (5, 1, 2), (5, 1, 3), (2, 0, 1)] {
            let place = attempts::Place { run: ids[run], position, epoch };
            attempts::offer(&mut tx, place, "default", at(10)).await.unwrap();
        }
        tx.commit().await.unwrap();
        for (table, expected) in [(OwnTable::Runs, 7), (OwnTable::Steps, 21), (OwnTable::Events, 7 + 7)] {
            let whole = read(&store, table, OwnFilter::default(), None, 2000).await;
            assert_eq!(whole.len(), expected, "{whole:?}");
            for limit in 1..=9 {
                assert_eq!(read(&store, table, OwnFilter::default(), None, limit).await, whole, "{table} by {limit}");
            }
        }
    }

    async fn only_what_may_be_seen_and_is_asked_for_is_told(store: Store) {
        let ids = runs(&store).await;
        let runs = async |of, teams| read(&store, OwnTable::Runs, of, teams, 3).await;
        let all = OwnFilter::default;
        assert_eq!(runs(all(), Some(&["shop"])).await, [6, 3, 0].map(|run: usize| format!("shop {}", ids[run])));
        assert_eq!(runs(all(), Some(&[])).await, [""; 0]);
        let web = OwnFilter { team: Some("web".to_owned()), ..all() };
        assert_eq!(runs(web.clone(), Some(&["shop"])).await, [""; 0], "asking for it is no right to it");
        assert_eq!(runs(web, Some(&["shop", "web"])).await.len(), 4);
        let since = OwnFilter { since: Some(at(5)), ..all() };
        assert_eq!(runs(since, None).await, [format!("shop {}", ids[6]), format!("web {}", ids[5])]);
        let between = OwnFilter { since: Some(at(2)), until: Some(at(3)), ..all() };
        assert_eq!(runs(between, None).await, [format!("shop {}", ids[3]), format!("web {}", ids[2])]);
        assert_eq!(runs(OwnFilter { alive_at: Some(at(60)), ..all() }, None).await.len(), 7, "none has ended");
        let one = OwnFilter { run: Some(ids[2]), ..all() };
        let steps = read(&store, OwnTable::Steps, one.clone(), None, 1).await;
        assert_eq!(steps, [format!("{} 1 s0", ids[2]), format!("{} 2 s1", ids[2])]);
        assert_eq!(read(&store, OwnTable::Steps, one, Some(&["shop"]), 1).await, [""; 0]);
    }

    async fn an_attempt_is_told_from_its_offer_to_its_end(store: Store) {
        let ids = runs(&store).await;
        let place = attempts::Place { run: ids[1], position: 0, epoch: 1 };
        let mut tx = store.begin().await.unwrap();
        attempts::offer(&mut tx, place, "default", at(10)).await.unwrap();
        attempts::claim(&mut tx, place, "agent-1", at(11)).await.unwrap();
        attempts::started(&mut tx, "agent-1", place, at(12)).await.unwrap();
        let report: AttemptEnded = serde_json::from_value(serde_json::json!({
            "outcome": "failed", "ended_at": at(13), "exit_code": 3, "cpu_seconds": 1.5,
        })).unwrap();
        attempts::ended(&mut tx, place, &report, None, 0).await.unwrap();
        tx.commit().await.unwrap();
        let of = OwnFilter { run: Some(ids[1]), ..OwnFilter::default() };
        let events = read(&store, OwnTable::Events, of, None, 2000).await;
        let expected = [
            format!("run - - QUEUED {}", at(1)),
            format!("attempt s0 1 READY {}", at(10)),
            format!("attempt s0 1 CLAIMED {}", at(11)),
            format!("attempt s0 1 STARTED {}", at(12)),
            format!("attempt s0 1 ENDED {}", at(13)),
        ];
        assert_eq!(events, expected.map(|event| format!("{} {event}", ids[1])));
    }
}
