//! Work on several threads.

use std::future::Future;

use tokio::task::JoinError;

use crate::Result;

/// As many tasks as there are processors.
pub(crate) fn at_once() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A task that begins when it is first awaited, and goes on beside others then. Dropping it stops it.
pub(crate) async fn spawned<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(work);
    match tasks.join_next().await {
        Some(done) => done.unwrap_or_else(resume),
        None => unreachable!("one was spawned"),
    }
}

fn resume<T>(error: JoinError) -> T {
    std::panic::resume_unwind(error.into_panic())
}
