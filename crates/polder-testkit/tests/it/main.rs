//! The house's own checks: what the architecture page says is true of the code.

mod edges;
mod pages;
