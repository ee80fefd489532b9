#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| polder_types::fuzzing::sql(text));
