//! Every planned tick has exactly one outcome, whatever happens to the server.

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::on_both_databases;
use polder_types::run::Outcome;
use polder_types::wire::{Reason, TickOutcome};

use crate::story::Story;

fn daily(catch_up: &str) -> String {
    format!(
        "timezone: Europe/Berlin\ntriggers: [{{schedule: '0 3 * * *', catch_up: {catch_up}}}]\nsteps: [{{name: a, run: x}}]"
    )
}

async fn outcomes(story: &Story) -> Vec<(String, TickOutcome)> {
    let trigger = story.engine.store().triggers_of(story.id("p").await).await.unwrap()[0].id;
    let ticks = story.engine.store().ticks(trigger, 100).await.unwrap();
    ticks
        .into_iter()
        .rev()
        .map(|tick| (tick.planned_at.format("%d %H:%M").to_string(), tick.outcome))
        .collect()
}

on_both_databases! {
    async fn a_tick_starts_a_run_about_its_time(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", &daily("last")).await;
        story.later(TimeDelta::hours(15)).await;
        assert!(story.runs("p").await.is_empty(), "01:00 UTC is 02:00 in Berlin");
        story.later(TimeDelta::hours(1)).await;
        let runs = story.runs("p").await;
        let planned: DateTime<Utc> = "2026-11-22T02:00:00Z".parse().unwrap();
        assert_eq!(runs[0].logical_at, planned);
        assert!(matches!(runs[0].reason, Reason::Schedule { planned_at, .. } if planned_at == planned));
        assert_eq!(outcomes(&story).await, [("22 02:00".into(), TickOutcome::Fired)]);
        assert_eq!(story.claim_one().await.logical_day.to_string(), "2026-11-22");
    }

    async fn after_days_of_being_down_the_policy_decides(store: Store) {
        let story = Story::new(store);
        use TickOutcome::{CaughtUp, MissedDown};
        for (policy, expected) in [("none", [MissedDown; 3]), ("last", [MissedDown, MissedDown, CaughtUp]), ("all", [CaughtUp; 3])] {
            story.pipeline("p", &daily(policy)).await;
            story.later(TimeDelta::days(3)).await;
            let told: Vec<_> = outcomes(&story).await.into_iter().map(|(_, outcome)| outcome).collect();
            assert_eq!(told, expected, "{policy}");
        }
        assert_eq!(story.work(Outcome::Succeeded).await, 4, "one caught up by `last`, three by `all`");
    }

    async fn while_paused_each_tick_is_written_down_as_skipped(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", &daily("all")).await;
        story.engine.pause(story.id("p").await, true, "test").await.unwrap();
        story.later(TimeDelta::days(2)).await;
        assert_eq!(outcomes(&story).await.len(), 2);
        assert!(outcomes(&story).await.iter().all(|(_, outcome)| *outcome == TickOutcome::SkippedPaused));
        assert!(story.runs("p").await.is_empty());
    }

    async fn with_skip_an_overlapping_tick_says_so(store: Store) {
        let story = Story::new(store);
        let text = format!("concurrency: {{limit: 1, on_conflict: skip}}\n{}", daily("last"));
        story.pipeline("p", &text).await;
        story.start("p").await;
        story.later(TimeDelta::hours(16)).await;
        assert_eq!(outcomes(&story).await, [("22 02:00".into(), TickOutcome::SkippedOverlap)]);
    }

    async fn deploying_anew_neither_repeats_nor_loses_a_tick(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", &daily("last")).await;
        story.later(TimeDelta::hours(16)).await;
        story.pipeline("p", &format!("description: other\n{}", daily("last"))).await;
        story.engine.run_due().await.unwrap();
        assert_eq!(story.runs("p").await.len(), 1);
        story.later(TimeDelta::days(1)).await;
        assert_eq!(story.runs("p").await.len(), 2);
    }

    async fn a_schedule_that_is_taken_away_ticks_no_more(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", &daily("all")).await;
        story.pipeline("p", "steps: [{name: a, run: x}]").await;
        story.later(TimeDelta::days(3)).await;
        assert!(story.runs("p").await.is_empty());
    }
}
