//! Progress on stderr, of what takes longer than a second.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::task::JoinHandle;

const BEFORE_SHOWN: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(120);

/// Shown until it is dropped.
pub struct Progress {
    bar: ProgressBar,
    shower: Option<JoinHandle<()>>,
}

impl Progress {
    /// Must be called within a runtime if `shown`.
    pub(super) fn start(shown: bool, what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_message(what.to_owned());
        let shower = (shown && tokio::runtime::Handle::try_current().is_ok())
            .then(|| tokio::spawn(show_later(bar.clone())));
        Self { bar, shower }
    }

    pub fn message(&self, what: impl Into<String>) {
        self.bar.set_message(what.into());
    }

    /// From here on there is a number of steps.
    pub fn length(&self, steps: u64) {
        self.bar.set_length(steps);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len}") {
            self.bar.set_style(style);
        }
    }

    pub fn advance(&self) {
        self.bar.inc(1);
    }
}

async fn show_later(bar: ProgressBar) {
    tokio::time::sleep(BEFORE_SHOWN).await;
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(TICK);
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(shower) = &self.shower {
            shower.abort();
        }
        self.bar.finish_and_clear();
    }
}
