//! The packets that a client of PostgreSQL's protocol begins with. The server's crate is too much to build with a sanitizer, so its
//! module is taken by its path; it needs nothing else of it.
#![no_main]
#![allow(dead_code)]

#[path = "../../crates/polder-api/src/postgres/packet/fuzzing.rs"]
mod fuzzing;
#[path = "../../crates/polder-api/src/postgres/packet.rs"]
mod packet;

use packet::{First, first, negotiate, password};

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzzing::packet(body));
