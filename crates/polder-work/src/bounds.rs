//! A bound for all that a process holds, whatever holds it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Beside what queries hold: the program itself, the stacks of its threads, and rows on their way.
const BESIDE: u64 = 1 << 30;

/// Ends this process, and nothing else, when it wants much more memory than its queries may hold: a value that a function makes
/// (`repeat`, `lpad`) is in no pool, and may be of any size. Where the system has no such bound, nothing changes.
pub fn bind_memory(for_queries: u64) {
    let bound = for_queries.saturating_mul(2).saturating_add(BESIDE);
    let maximum = getrlimit(Resource::Data).maximum;
    let bound = maximum.map_or(bound, |maximum| bound.min(maximum));
    let _ = setrlimit(Resource::Data, Rlimit { current: Some(bound), maximum });
}
