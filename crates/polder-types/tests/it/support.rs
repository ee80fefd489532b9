//! Projects for the tests: folders beside this file, or texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use polder_types::definition::{Parsed, is_definition, parse};

/// Reads a folder of `tests/it/projects`.
pub(crate) fn parse_folder(name: &str) -> Parsed {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/projects").join(name);
    let mut paths = BTreeSet::new();
    collect(&root, &root, &mut paths);
    let text = |path: &String| (path.clone(), fs::read_to_string(root.join(path)).unwrap());
    let files = paths.iter().filter(|path| is_definition(path)).map(text).collect();
    parse(&files, &paths)
}

fn collect(root: &Path, folder: &Path, paths: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, paths);
        } else {
            paths.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        }
    }
}

/// Reads a project of one pipeline, of team `team`, beside which there is a script `x.py`.
pub(crate) fn parse_pipeline(text: &str) -> Parsed {
    parse_files(&[("polder.yaml", "project: p\nteam: team\n"), ("pipeline.yaml", text)])
}

/// Reads a project from texts.
pub(crate) fn parse_files(files: &[(&str, &str)]) -> Parsed {
    let files: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let paths = files.keys().cloned().chain(["x.py".to_owned()]).collect();
    parse(&files, &paths)
}
