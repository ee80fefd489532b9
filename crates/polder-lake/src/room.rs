//! Room on the stack for what SQL's planner does.
//!
//! It walks over expressions and plans by calling itself, and debug builds need some kilobytes for each step. The threads of a server
//! have two megabytes, which a hundred `UNION`s use up; and a stack that is used up ends the process. So planning has a thread of
//! its own, with so much that whatever a script may say fits.

use std::future::Future;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::{Error, Result};

/// Bytes. Only what is used is ever taken.
const STACK: usize = 256 << 20;

/// Does something on such a thread, and waits for it. If nobody waits any more, it goes on to its end.
pub(crate) async fn with_room<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let (runtime, (tell, told)) = (Handle::current(), oneshot::channel());
    let begun = std::thread::Builder::new()
        .name("plan".to_owned())
        .stack_size(STACK)
        .spawn(move || drop(tell.send(runtime.block_on(work))));
    match begun {
        Ok(_) => told.await.map_err(|_| Error::Planner("it panicked".to_owned()))?,
        Err(error) => Err(Error::Planner(error.to_string())),
    }
}
