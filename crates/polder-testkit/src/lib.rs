//! For tests only: a server in process, a fake clock, fault injection, the house's own checks.

pub mod postgres;
