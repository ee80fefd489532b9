//! Ends all processes of an attempt, and makes sure of it.
//!
//! First everybody is asked (TERM), and told to go on (CONT) in case it sleeps. Who shows up later is asked when the
//! earlier ones are gone, so that a program may start something to clean up with. When the time is over, all are held
//! (STOP) until a look finds nobody new, and then killed: a program that starts others faster than they can be found
//! is held too.

use std::collections::HashSet;
use std::time::Duration;

use futures::future::join_all;
use rustix::process::Signal;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::members::Members;
use super::table::{Handle, ProcessId};

/// How long to wait for the killed to be dead before saying so and killing again. Only the system can hold a process
/// that long, or forbid to kill it.
const DYING: Duration = Duration::from_secs(10);

/// When patience ends: at a time of its own or when the attempt is told to, whichever is earlier.
pub(crate) struct Patience {
    pub(crate) until: Option<Instant>,
    pub(crate) stop: watch::Receiver<Option<Instant>>,
}

impl Patience {
    async fn over(&mut self) {
        loop {
            let told = *self.stop.borrow_and_update();
            let until = [self.until, told].into_iter().flatten().min();
            tokio::select! {
                () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => return,
                changed = self.stop.changed() => if changed.is_err() {
                    return sleep_until(until.unwrap_or_else(Instant::now)).await;
                },
            }
        }
    }
}

/// Ends everything of the attempt, and gives the number of its processes. Comes back when none lives, however long it
/// takes: before, the attempt is not over.
pub(crate) async fn end(mut members: Members, mut patience: Patience) -> (usize, Members) {
    let mut asked: HashSet<ProcessId> = HashSet::new();
    loop {
        let found = find(&mut members).await;
        if found.is_empty() {
            return (asked.len(), members);
        }
        ask(&found, &mut asked);
        tokio::select! {
            () = all_dead(&found) => {}
            () = patience.over() => break,
        }
    }
    kill(&mut members, &mut asked).await;
    (asked.len(), members)
}

fn ask(found: &[Handle], asked: &mut HashSet<ProcessId>) {
    let new: Vec<&Handle> = found.iter().filter(|handle| asked.insert(handle.id)).collect();
    new.iter().for_each(|handle| handle.signal(Signal::TERM));
    new.iter().for_each(|handle| handle.signal(Signal::CONT));
}

async fn kill(members: &mut Members, known: &mut HashSet<ProcessId>) {
    let mut held = HashSet::new();
    loop {
        let found = find(members).await;
        if found.is_empty() {
            return;
        }
        known.extend(found.iter().map(|handle| handle.id));
        let new: Vec<&Handle> = found.iter().filter(|handle| held.insert(handle.id)).collect();
        if !new.is_empty() {
            new.iter().for_each(|handle| handle.signal(Signal::STOP));
            continue;
        }
        found.iter().for_each(|handle| handle.signal(Signal::KILL));
        if timeout(DYING, all_dead(&found)).await.is_err() {
            let processes: Vec<u32> = found.iter().map(|handle| handle.id.pid).collect();
            tracing::warn!(
                ?processes,
                "processes do not end, even by force: they run with more rights than the agent, or the system holds them"
            );
        }
    }
}

async fn all_dead(found: &[Handle]) {
    join_all(found.iter().map(Handle::dead)).await;
}

/// Looks at the whole table, which takes milliseconds on a busy machine: not on a thread that others wait for.
async fn find(members: &mut Members) -> Vec<Handle> {
    let mut looking = members.clone();
    let found = tokio::task::spawn_blocking(move || (looking.find(), looking)).await;
    let Ok((found, looked)) = found else { return Vec::new() };
    *members = looked;
    found.into_iter().filter_map(Handle::open).collect()
}
