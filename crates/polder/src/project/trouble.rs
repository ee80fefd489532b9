//! What is wrong with the files of a project apart from what is written in them: links that lead out, what cannot be read,
//! and what is too large. Told together with the mistakes in the definitions, so that nobody repairs one to see the next.

use std::io;

use polder_types::wire::Mistake;

use super::FileHere;
use crate::output::format;

/// What the server accepts; told here before anything is uploaded.
const MOST_FILES: usize = 20_000;
const MOST_BYTES: u64 = 100 << 20;
const LARGEST_FILE: u64 = 10 << 20;

const LEAVE_OUT: &str = "leave it out with a line in .polderignore";
const TOO_MUCH: &str =
    "leave out what the pipelines do not need with a line in .polderignore; data belongs elsewhere";

/// A mistake about a file as a whole.
fn about(path: Option<&str>, message: String, hint: String) -> Box<Mistake> {
    Box::new(Mistake { file: path.map(str::to_owned), ..Mistake::error(message).hint(hint) })
}

pub fn unreadable(path: &str, error: &io::Error) -> Box<Mistake> {
    let hint = format!("make it readable (`chmod u+r {path}`), or {LEAVE_OUT}");
    about(Some(path), format!("cannot read the file: {error}"), hint)
}

/// A folder, or whatever else the walk could not look at.
pub fn not_seen(error: &ignore::Error) -> Box<Mistake> {
    about(
        None,
        format!("cannot read the project's folder: {error}"),
        format!("make it readable, or {LEAVE_OUT}"),
    )
}

pub fn misnamed(shown: &str) -> Box<Mistake> {
    about(None, format!("the name of `{shown}` is not UTF-8"), format!("rename the file, or {LEAVE_OUT}"))
}

/// Where the project runs, nothing outside of it is there.
pub fn leads_out(path: &str) -> Box<Mistake> {
    let hint = "copy what it points to into the project, or leave the link out with a line in .polderignore";
    about(
        Some(path),
        "this is a link to something that is no file of this project".to_owned(),
        hint.to_owned(),
    )
}

pub fn no_file(path: &str) -> Box<Mistake> {
    about(Some(path), "this is neither a file nor a folder".to_owned(), format!("remove it, or {LEAVE_OUT}"))
}

/// What is larger than the server accepts.
pub fn sizes(files: &[FileHere]) -> Vec<Mistake> {
    let large = files.iter().filter(|file| file.size > LARGEST_FILE).map(|file| {
        let (size, most) = (format::bytes(file.size), format::bytes(LARGEST_FILE));
        about(Some(&file.path), format!("the file has {size}; a file may have {most}"), TOO_MUCH.to_owned())
    });
    let bytes: u64 = files.iter().map(|file| file.size).sum();
    let many = (files.len() > MOST_FILES)
        .then(|| format!("the project has {} files; it may have {MOST_FILES}", files.len()));
    let heavy = (bytes > MOST_BYTES).then(|| {
        format!("the project has {}; it may have {}", format::bytes(bytes), format::bytes(MOST_BYTES))
    });
    let whole = many.into_iter().chain(heavy).map(|message| about(None, message, TOO_MUCH.to_owned()));
    large.chain(whole).map(|mistake| *mistake).collect()
}
