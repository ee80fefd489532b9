//! Polder's own work, as programs that attempts start: `polder task NAME`, with what to do on standard input.

pub mod http;
