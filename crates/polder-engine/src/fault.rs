//! Deaths on purpose: a debug build ends at once, like a killed one, at the point that `POLDER_CRASH_AT` names. Each
//! point lies behind a commit, so that tests can see that what was committed is enough to go on from.

/// Ends the process here if it was started to die here. Release builds have no such points.
#[cfg(debug_assertions)]
pub(crate) fn point(name: &str) {
    static WANTED: std::sync::LazyLock<Option<String>> =
        std::sync::LazyLock::new(|| std::env::var("POLDER_CRASH_AT").ok());
    if WANTED.as_deref() == Some(name) {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub(crate) const fn point(_name: &str) {}
