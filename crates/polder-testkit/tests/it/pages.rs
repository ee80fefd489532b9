//! Every error code has its page, and every page its code.

use std::collections::BTreeSet;
use std::path::Path;

use polder_types::Code;

#[test]
fn pages_and_codes_are_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let files = std::fs::read_dir(folder).expect("the folder of pages");
    let pages: BTreeSet<String> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{code}.md")).collect();
    assert_eq!(pages, codes);
}
