//! Gives attempts to agents. The long-poll is answered as soon as there is work or an order to stop.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::attempts::{self, Held, Place};
use polder_types::run::{Event, StepStatus, StopReason};
use polder_types::wire::{Assignment, AttemptKey, Claim, Claimed, Heartbeat, Orders, Stop};

use crate::moves::{Loaded, Mover, PROCESS, is_call};
use crate::{Engine, Result, fault};

/// The longest that a long-poll may last.
const LONGEST: u32 = 50;
/// At most this many attempts are handed out in one transaction.
const MOST_AT_ONCE: u32 = 32;
/// How often it is written down that an agent is there.
const NOTED_EVERY: TimeDelta = TimeDelta::seconds(5);
/// An attempt that was handed out this long ago and that its agent does not know of never reached it.
const LOST_IN_TRANSIT: TimeDelta = TimeDelta::seconds(30);

/// When each agent was last written down.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<HashMap<String, DateTime<Utc>>>);

impl Engine {
    /// Answers with attempts for an agent, and with orders to stop what it has; waits for the first of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(&self, agent: &str, claim: Claim) -> Result<Claimed> {
        let begun = self.now();
        self.note_agent(agent, &claim).await?;
        let deadline =
            tokio::time::Instant::now() + Duration::from_secs(claim.wait_seconds.min(LONGEST).into());
        loop {
            let woken = self.wakeups().agents.notified();
            tokio::pin!(woken);
            // From here on no wake-up is missed, so what is committed after the look below ends the wait.
            woken.as_mut().enable();
            let claimed = self.claim_now(agent, &claim, begun).await?;
            if !claimed.assignments.is_empty() || !claimed.stops.is_empty() {
                return Ok(claimed);
            }
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep_until(deadline) => return Ok(claimed),
                () = self.inner.shutdown.cancelled() => return Ok(claimed),
            }
        }
    }

    /// Notes that an agent lives, and answers with the attempts that it must end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heartbeat(&self, agent: &str, heartbeat: Heartbeat) -> Result<Orders> {
        let held = self.store().held_by(agent).await?;
        let lost_before = if heartbeat.starting { self.now() } else { self.now() - LOST_IN_TRANSIT };
        for attempt in &held {
            if attempt.claimed_at <= lost_before && !heartbeat.running.contains(&attempt.key) {
                self.attempt_lost(agent, &attempt.key).await?;
            }
        }
        let order = |key: &AttemptKey| match held.iter().find(|held| held.key == *key) {
            Some(held) => held.order(),
            None => Some(Stop { key: key.clone(), reason: StopReason::Fenced }),
        };
        Ok(Orders { stops: heartbeat.running.iter().filter_map(order).collect() })
    }

    async fn claim_now(&self, agent: &str, claim: &Claim, begun: DateTime<Utc>) -> Result<Claimed> {
        let stops = self.orders(agent, &claim.running, begun).await?;
        let slots = claim.slots.min(MOST_AT_ONCE);
        let assignments = if slots == 0 { Vec::new() } else { self.take(agent, claim, slots).await? };
        Ok(Claimed { assignments, stops })
    }

    /// Orders to stop what an agent named when it began to wait, and what the answer to the report of an end gave it since.
    /// Of what it holds no more a heartbeat tells: here it would be told of every attempt that ends while it waits.
    async fn orders(&self, agent: &str, running: &[AttemptKey], begun: DateTime<Utc>) -> Result<Vec<Stop>> {
        let held = self.store().held_by(agent).await?;
        let known = |held: &&Held| held.claimed_at >= begun || running.contains(&held.key);
        Ok(held.iter().filter(known).filter_map(Held::order).collect())
    }

    async fn take(&self, agent: &str, claim: &Claim, slots: u32) -> Result<Vec<Assignment>> {
        let mut assignments = Vec::new();
        for executor in &claim.executors {
            if self.store().has_offers(executor).await? {
                assignments.extend(self.take_from(agent, executor, slots).await?);
            }
        }
        Ok(assignments)
    }

    async fn take_from(&self, agent: &str, executor: &str, slots: u32) -> Result<Vec<Assignment>> {
        let mut mover = Mover::begin(self).await?;
        let mut places = attempts::offered(&mut mover.tx, executor, slots).await?;
        // Runs are locked in the order of their ids, as everywhere, so that two agents never wait for each other.
        places.sort_unstable();
        let mut claimed = Vec::new();
        for place in places {
            if let Some(loaded) = mover.hand_out(agent, place).await? {
                claimed.push((loaded, place));
            }
        }
        mover.commit().await?;
        if !claimed.is_empty() {
            fault::point("claimed");
        }
        let mut assignments = Vec::new();
        for (loaded, place) in claimed {
            match self.assign(agent, &loaded, place).await {
                Ok(assignment) => assignments.extend(assignment),
                // One that cannot be prepared now must not take the others with it; its agent does not name it, so it is lost.
                Err(error) => tracing::error!(run = %place.run, %error, "an attempt could not be handed out"),
            }
        }
        Ok(assignments)
    }

    async fn note_agent(&self, agent: &str, claim: &Claim) -> Result<()> {
        let now = self.now();
        let total = claim.slots + u32::try_from(claim.running.len()).unwrap_or(u32::MAX);
        if self.inner.seen.is_due(agent, now) {
            self.store().agent_seen(agent, &claim.executors, total, now).await?;
        }
        Ok(())
    }
}

impl Seen {
    fn is_due(&self, agent: &str, now: DateTime<Utc>) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = seen.get(agent).is_none_or(|last| now - *last >= NOTED_EVERY);
        if due {
            seen.insert(agent.to_owned(), now);
        }
        due
    }
}

impl Mover<'_> {
    /// Gives an attempt to an agent, unless it is not to be had any more.
    async fn hand_out(&mut self, agent: &str, place: Place) -> Result<Option<Loaded>> {
        let mut loaded = self.load(place.run).await?;
        Ok(self.give(agent, &mut loaded, place).await?.then_some(loaded))
    }

    /// Gives the first attempt of the run that waits for an agent to the one that has just ended one.
    pub(crate) async fn go_on(
        &mut self,
        agent: &str,
        loaded: &mut Loaded,
        executors: &[String],
    ) -> Result<Option<Place>> {
        if !executors.iter().any(|executor| executor == PROCESS) {
            return Ok(None);
        }
        let mut steps = loaded.state.steps.iter().enumerate();
        let ready = steps.find(|(at, step)| step.status == StepStatus::Ready && !is_call(loaded, *at));
        let Some((position, step)) = ready else { return Ok(None) };
        let place = Place { run: loaded.run.id, position, epoch: step.epoch };
        let given = self.give(agent, loaded, place).await?;
        self.after.offers = self.after.offers.saturating_sub(usize::from(given));
        Ok(given.then_some(place))
    }

    /// Gives an attempt to an agent; false if it is not to be had any more.
    async fn give(&mut self, agent: &str, loaded: &mut Loaded, place: Place) -> Result<bool> {
        let event = Event::Claimed { step: place.position, epoch: place.epoch };
        if self.apply(loaded, &event).await?.is_err() {
            return Ok(false);
        }
        attempts::claim(&mut self.tx, place, agent, self.now).await?;
        Ok(true)
    }
}
