//! The corpus of the fuzz targets, through the same functions.

use std::fs;
use std::path::Path;

use polder_types::fuzzing;

fn run(target: &str, function: fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        function(&String::from_utf8_lossy(&bytes));
        count += 1;
    }
    assert!(count >= 20, "{} is nearly empty", folder.display());
}

#[test]
fn definitions() {
    run("definitions", fuzzing::definitions);
}

#[test]
fn cron() {
    run("cron", fuzzing::cron);
}

#[test]
fn sql() {
    run("sql", fuzzing::sql);
}

#[test]
fn templates() {
    run("templates", fuzzing::templates);
}
