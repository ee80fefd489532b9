//! The list of files that a deployment brings: paths that stay inside the project, each once, and not too much of it.

use std::collections::{BTreeSet, HashMap};

use polder_types::wire::{Mistake, ProjectFile};

/// The most files of a project.
pub const MOST_FILES: usize = 20_000;
/// The most bytes of all files of a project together.
pub const MOST_BYTES: u64 = 100 << 20;
/// The most bytes of one file.
pub const LARGEST_FILE: u64 = 10 << 20;

const LONGEST_PATH: usize = 1_024;
const LONGEST_PART: usize = 255;

/// Why a project is too large, if it is.
pub(crate) fn too_large(files: &[ProjectFile]) -> Option<String> {
    if files.len() > MOST_FILES {
        return Some(format!("the project has {} files, the most are {MOST_FILES}", files.len()));
    }
    if let Some(file) = files.iter().find(|file| file.size > LARGEST_FILE) {
        return Some(format!("{} has {} bytes, the most are {LARGEST_FILE}", file.path, file.size));
    }
    check_bytes(files.iter().map(|file| file.size).fold(0, u64::saturating_add))
}

/// Why this many bytes are too many, if they are.
pub(crate) fn check_bytes(bytes: u64) -> Option<String> {
    (bytes > MOST_BYTES).then(|| format!("the project has {bytes} bytes, the most are {MOST_BYTES}"))
}

/// Every path or hash that cannot be accepted.
pub(crate) fn mistakes(files: &[ProjectFile]) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> =
        files.iter().filter_map(|file| Some(mistake(&file.path, wrong(file)?))).collect();
    mistakes.extend(collisions(files));
    mistakes
}

fn wrong(file: &ProjectFile) -> Option<&'static str> {
    let is_hash =
        file.sha256.len() == 64 && file.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if is_hash { wrong_path(&file.path) } else { Some("`sha256` is not 64 hexadecimal digits in lower case") }
}

fn wrong_path(path: &str) -> Option<&'static str> {
    match path {
        _ if path.is_empty() => Some("the path is empty"),
        _ if path.len() > LONGEST_PATH => Some("the path is longer than 1024 bytes"),
        _ if path.chars().any(char::is_control) => Some("the path has a control character"),
        _ if path.contains('\\') => Some("the path has a `\\`; parts are separated by `/`"),
        _ if path.starts_with('/') => Some("the path is absolute; it must be relative to the project"),
        _ => path.split('/').find_map(wrong_part),
    }
}

fn wrong_part(part: &str) -> Option<&'static str> {
    match part {
        "" => Some("the path has an empty part"),
        "." | ".." => Some("the path has a `.` or `..`; it must stay inside the project"),
        _ if part.len() > LONGEST_PART => Some("a part of the path is longer than 255 bytes"),
        _ => None,
    }
}

/// Paths that are one file to some file systems, and files that are folders of others.
fn collisions(files: &[ProjectFile]) -> Vec<Mistake> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    let mut mistakes = Vec::new();
    for file in files {
        match seen.insert(file.path.to_lowercase(), &file.path) {
            Some(other) if other == file.path => {
                mistakes.push(mistake(&file.path, "the path is listed twice"))
            }
            Some(other) => {
                let what = format!("the path differs from `{other}` only in upper and lower case");
                mistakes.push(mistake(&file.path, &what));
            }
            None => {}
        }
    }
    mistakes.extend(files_as_folders(files));
    mistakes
}

fn files_as_folders(files: &[ProjectFile]) -> Vec<Mistake> {
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let folders = paths.iter().flat_map(|path| path.match_indices('/').map(|(end, _)| &path[..end]));
    let both: BTreeSet<&str> = folders.filter(|folder| paths.contains(folder)).collect();
    both.into_iter().map(|path| mistake(path, "the path is a file and a folder")).collect()
}

fn mistake(path: &str, message: &str) -> Mistake {
    Mistake { file: Some(path.chars().take(LONGEST_PATH).collect()), ..Mistake::error(message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> ProjectFile {
        ProjectFile { path: path.into(), sha256: "a".repeat(64), size: 1, executable: false }
    }

    fn refused(paths: &[&str]) -> Vec<String> {
        let files: Vec<ProjectFile> = paths.iter().map(|path| file(path)).collect();
        mistakes(&files).into_iter().map(|mistake| mistake.message).collect()
    }

    #[test]
    fn ordinary_paths_are_accepted() {
        let paths =
            ["polder.yaml", "pipelines/a.yaml", ".polderignore", "a b/ü.py", "..hidden/x", "a/...", "z~"];
        assert_eq!(refused(&paths), Vec::<String>::new());
    }

    #[test]
    fn paths_that_leave_or_confuse_are_refused() {
        let long = "a".repeat(2_000);
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a/./b",
            "a//b",
            "a/",
            "a\0b",
            "a\nb",
            "a\\b",
            "..",
            long.as_str(),
        ] {
            assert_eq!(refused(&[path]).len(), 1, "{path:?}");
        }
    }

    #[test]
    fn paths_that_meet_are_refused() {
        insta::assert_debug_snapshot!(refused(&["a.py", "a.py", "A.py", "lib", "lib/x.py"]), @r#"
        [
            "the path is listed twice",
            "the path differs from `a.py` only in upper and lower case",
            "the path is a file and a folder",
        ]
        "#);
    }

    #[test]
    fn too_much_is_refused() {
        assert_eq!(too_large(&[file("a")]), None);
        let many: Vec<ProjectFile> = (0..=MOST_FILES).map(|index| file(&index.to_string())).collect();
        assert!(too_large(&many).is_some_and(|why| why.contains("20001 files")));
        assert!(too_large(&[ProjectFile { size: LARGEST_FILE + 1, ..file("big") }]).is_some());
        let large: Vec<ProjectFile> =
            (0..11).map(|index| ProjectFile { size: LARGEST_FILE, ..file(&index.to_string()) }).collect();
        assert!(too_large(&large).is_some());
    }
}
