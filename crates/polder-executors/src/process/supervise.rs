//! Watches one attempt from its start to its proven end.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use polder_types::Clock;
use polder_types::definition::Command;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::children::{Children, Usage};
use super::ending::{self, Patience};
use super::members::Members;
use super::memory::Peak;
use super::program;
use super::table::Handle;
use crate::mask::Masker;
use crate::{Exit, output};

/// How long to wait before looking again for what is there and could not be ended.
const BREATH: Duration = Duration::from_millis(20);

pub(crate) struct Supervisor {
    pub(crate) command: Command,
    pub(crate) main: Handle,
    pub(crate) members: Members,
    pub(crate) stop: watch::Receiver<Option<Instant>>,
    pub(crate) straggler_grace: Duration,
    pub(crate) started: Instant,
    pub(crate) pump: JoinHandle<()>,
    pub(crate) all_dead: oneshot::Sender<()>,
    pub(crate) output_file: PathBuf,
    pub(crate) masker: Arc<Masker>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Supervisor {
    pub(crate) async fn run(mut self) -> Exit {
        let mut peak = Peak::new(self.main.id.pid);
        let stopped = self.ended_or_told(&mut peak).await;
        let duration = self.started.elapsed();
        let ended = self.end_rest(stopped).await;
        let (status, mut usage) = self.wait_main().await;
        usage.add(self.members.usage);
        // Nobody can write any more, so the pump comes to its end as soon as its reader has taken the last line.
        let _ = self.all_dead.send(());
        drop(self.pump.await);
        let (code, signal) = (status.and_then(|it| it.code()), status.and_then(|it| it.signal()));
        Exit {
            ended_at: self.clock.now(),
            duration,
            code,
            signal,
            peak_memory_bytes: peak.judge(usage.peak_memory),
            cpu: usage.cpu,
            stopped,
            stragglers: if stopped { 0 } else { ended },
            message: program::explain(&self.command, code, signal),
            outputs: output::read(&self.output_file, &self.masker),
        }
    }

    /// Waits for the main process, or for the order to stop; says whether it was the latter.
    async fn ended_or_told(&mut self, peak: &mut Peak) -> bool {
        loop {
            tokio::select! {
                biased;
                () = self.main.dead() => return false,
                () = told(&mut self.stop) => return true,
                () = sleep_until(peak.next_at) => peak.look(),
            }
        }
    }

    async fn end_rest(&mut self, stopped: bool) -> usize {
        let until = (!stopped).then(|| Instant::now() + self.straggler_grace);
        let (mut ended, mut left) = (0, stopped || self.members.left_any());
        while left {
            let patience = Patience { until, stop: self.stop.clone() };
            let (more, members) = ending::end(self.members.clone(), patience).await;
            (self.members, ended) = (members, ended + more);
            left = self.members.left_any();
            if left && more == 0 {
                // Nobody could be taken hold of: there are no open files to be had.
                sleep(BREATH).await;
            }
        }
        ended
    }

    async fn wait_main(&self) -> (Option<ExitStatus>, Usage) {
        self.main.dead().await;
        match Children::lock().wait_main(self.main.id.pid) {
            Some((result, usage)) => (Some(result.status), usage),
            None => (None, Usage::default()),
        }
    }
}

async fn told(stop: &mut watch::Receiver<Option<Instant>>) {
    // An error means that nobody is left who could tell.
    if stop.wait_for(Option::is_some).await.is_err() {
        std::future::pending().await
    }
}
