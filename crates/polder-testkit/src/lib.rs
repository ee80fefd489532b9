//! For tests only: a fresh store on each database, and in `tests/` the house's own checks: which crate may depend on
//! which, and that every error code has its page.

pub mod postgres;
