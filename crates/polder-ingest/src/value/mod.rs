//! What a text means. Everything here is by rules that `docs/ingest.md` states, and knows neither files nor columns.

mod fits;
mod number;
mod temporal;

pub(crate) use fits::{Fits, not_finite, trim};
pub(crate) use number::Number;
pub(crate) use temporal::{date, moment};
