//! The scripts of the project that a command names. Only what is certain is judged: `python x.py`, `./x.sh`, `bash x.sh`
//! with the name written out, before anything that might make files or go elsewhere.

use std::collections::BTreeSet;
use std::ops::Range;

use super::ProblemCode;
use super::nearest::nearest;
use crate::template::scan::{PieceKind, pieces};

/// A word that names no file of the project.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// In bytes of the command.
    pub(crate) range: Range<usize>,
    pub(crate) code: ProblemCode,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

const INTERPRETERS: &[&str] =
    &["bash", "dash", "ksh", "node", "perl", "php", "python", "python3", "Rscript", "ruby", "sh", "zsh"];
const EXTENSIONS: &[&str] = &["bash", "cjs", "js", "mjs", "php", "pl", "py", "R", "r", "rb", "sh", "zsh"];
/// Commands that only start another one.
const WRAPPERS: &[&[&str]] = &[
    &["exec"],
    &["time"],
    &["nohup"],
    &["command"],
    &["nice"],
    &["uv", "run"],
    &["poetry", "run"],
    &["pipenv", "run"],
    &["then"],
    &["do"],
    &["else"],
    &["if"],
    &["while"],
    &["until"],
    &["!"],
    &["{"],
];
/// After these, files may be there that are not in the project, or paths start elsewhere.
const MAKERS: &[&str] = &[
    "cd", "pushd", "git", "curl", "wget", "tar", "unzip", "cp", "mv", "ln", "make", "npm", "install",
    "rsync", "aws", "gsutil", "az", "tee", "dd",
];

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    range: Range<usize>,
    /// Whether the shell takes it as it is written.
    is_literal: bool,
}

/// The missing scripts of a text for the shell.
pub(crate) fn missing_in_shell(text: &str, paths: &BTreeSet<String>) -> Vec<Missing> {
    let masked = mask(text);
    let mut missing = Vec::new();
    for words in commands(first_part(&masked)) {
        let words = without_wrappers(&words);
        if words.first().is_some_and(|word| MAKERS.contains(&word.text.as_str())) {
            break;
        }
        missing.extend(script(words).and_then(|word| judge(word, paths)));
    }
    missing
}

/// The missing script of a program with its arguments, and the index of the argument that names it.
pub(crate) fn missing_in_arguments(arguments: &[&str], paths: &BTreeSet<String>) -> Option<(usize, Missing)> {
    let word = |(index, text): (usize, &&str)| {
        let is_literal = !text.contains("{{") && !text.contains("{%");
        Word { text: (*text).to_owned(), range: index..index, is_literal }
    };
    let words: Vec<Word> = arguments.iter().enumerate().map(word).collect();
    let word = script(&words)?;
    let index = word.range.start;
    judge(word, paths).map(|missing| (index, Missing { range: 0..arguments[index].len(), ..missing }))
}

/// Templates replaced by something as long that no path has.
fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece.kind {
            PieceKind::Text => masked.push_str(&text[piece.range]),
            PieceKind::Expression => masked.push_str(&"$".repeat(piece.range.len())),
            PieceKind::Statement | PieceKind::Comment => masked.push_str(&" ".repeat(piece.range.len())),
        }
    }
    masked
}

/// Up to the line of the first here-document: its lines are no commands.
fn first_part(text: &str) -> &str {
    let Some(start) = text.find("<<") else { return text };
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    &text[..end]
}

/// The words of each simple command.
fn commands(text: &str) -> Vec<Vec<Word>> {
    let mut commands = vec![Vec::new()];
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '\n' | ';' | '&' | '|' | '(' | ')' => {
                commands.push(Vec::new());
                at += 1;
            }
            '#' => at += text[at..].find('\n').unwrap_or(text.len() - at),
            '<' | '>' => at = word(text, at + 1 + leading(&text[at + 1..], &['>', '&', '<', ' '])).range.end,
            c if c.is_whitespace() => at += c.len_utf8(),
            _ => {
                let word = word(text, at);
                at = word.range.end.max(at + c.len_utf8());
                commands.last_mut().into_iter().for_each(|words| words.push(word.clone()));
            }
        }
    }
    commands
}

fn leading(text: &str, chars: &[char]) -> usize {
    text.len() - text.trim_start_matches(chars).len()
}

fn word(text: &str, start: usize) -> Word {
    let mut word = Word { text: String::new(), range: start..text.len(), is_literal: true };
    let mut quote = None;
    for (offset, c) in text[start..].char_indices() {
        match (quote, c) {
            (None, _) if c.is_whitespace() || ";&|()<>".contains(c) => {
                word.range.end = start + offset;
                break;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (Some('\''), _) => word.text.push(c),
            (_, '$' | '`' | '\\') | (None, '*' | '?' | '[' | '~') => {
                word.is_literal = false;
                word.text.push(c);
            }
            _ => word.text.push(c),
        }
    }
    word
}

fn without_wrappers(words: &[Word]) -> &[Word] {
    let mut words = words;
    loop {
        let is_assignment = |word: &Word| {
            word.text.split_once('=').is_some_and(|(name, _)| super::values::is_identifier(name))
        };
        let wrapper = WRAPPERS.iter().find(|wrapper| {
            wrapper.len() <= words.len() && wrapper.iter().zip(words).all(|(text, word)| *text == word.text)
        });
        words = match wrapper {
            Some(wrapper) => &words[wrapper.len()..],
            None if words.first().is_some_and(is_assignment) => &words[1..],
            None => return words,
        };
    }
}

/// The word of a command that names a script.
fn script(words: &[Word]) -> Option<&Word> {
    let (program, arguments) = words.split_first()?;
    if !program.is_literal {
        return None;
    }
    let name = program.text.rsplit('/').next()?;
    let is_interpreter = INTERPRETERS.contains(&name) || name.starts_with("python3.");
    if !is_interpreter {
        let is_relative = program.text.starts_with("./") || program.text.starts_with("../");
        return (is_relative || (program.text.contains('/') && has_extension(&program.text)))
            .then_some(program);
    }
    let is_shell = name.ends_with("sh");
    let runs_text = |word: &Word| {
        matches!(word.text.as_str(), "-" | "-c" | "-m" | "-e" | "-r" | "-E" | "--eval")
            || (is_shell && !word.text.starts_with("--") && word.text.contains('c'))
    };
    let options: Vec<&Word> = arguments.iter().take_while(|word| word.text.starts_with('-')).collect();
    let script = arguments.get(options.len())?;
    let is_script = script.is_literal && (has_extension(&script.text) || script.text.contains('/'));
    (is_script && !options.into_iter().any(runs_text)).then_some(script)
}

fn has_extension(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

fn judge(word: &Word, paths: &BTreeSet<String>) -> Option<Missing> {
    let missing = missing_file(&word.text, paths)?;
    Some(Missing { range: word.range.clone(), ..missing })
}

/// What is wrong with a path of the project.
pub(crate) fn missing_file(text: &str, paths: &BTreeSet<String>) -> Option<Missing> {
    let missing = |code, message, hint| Some(Missing { range: 0..text.len(), code, message, hint });
    if text.starts_with('/') {
        let own =
            paths.iter().filter(|path| text.ends_with(&format!("/{path}"))).max_by_key(|path| path.len())?;
        let message = format!("`{text}` is a path of one machine only");
        return missing(ProblemCode::OutsideProject, message, Some(format!("write `{own}`")));
    }
    let Some(path) = normalised(text) else {
        let message = format!("`{text}` leaves the project");
        let hint = "a step sees the files of its project only; move the file into it".to_owned();
        return missing(ProblemCode::OutsideProject, message, Some(hint));
    };
    if paths.contains(&path) {
        return None;
    }
    let hint = nearest_path(&path, paths).map_or_else(
        || "paths are relative to the folder of polder.yaml".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    missing(ProblemCode::UnknownName, format!("there is no file `{path}` in the project"), Some(hint))
}

/// Without `.` and `..`; `None` if it leaves the project.
pub(crate) fn normalised(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A file of the same name elsewhere, else the path that is written most alike.
fn nearest_path<'a>(path: &str, paths: &'a BTreeSet<String>) -> Option<&'a str> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let same = paths.iter().find(|other| name(other) == name(path)).map(String::as_str);
    same.or_else(|| nearest(path, paths.iter().take(2000).map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths() -> BTreeSet<String> {
        ["extract.py", "bin/load.sh", "polder.yaml"].map(str::to_owned).into()
    }

    fn missing(text: &str) -> Vec<String> {
        missing_in_shell(text, &paths()).into_iter().map(|missing| text[missing.range].to_owned()).collect()
    }

    #[test]
    fn accepts_what_is_there_or_not_certain() {
        for text in [
            "python extract.py --day {{ run.date }}",
            "A=1 exec python3 -u ./extract.py; bash -eu bin/load.sh",
            "python -m extract",
            "python -c 'import x.py'",
            "bash -lc 'other.sh'",
            "python \"$DIR/x.py\"",
            "python {{ params.script }}",
            "git clone x; python x/y.py",
            "cd sub && ./x.sh",
            "python - <<EOF\n./x.sh\nEOF",
            "echo a > ./out.sh",
            "/usr/bin/tool x.py",
            ".venv/bin/python extract.py",
            "# python x.py",
        ] {
            assert_eq!(missing(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn finds_what_is_not_there() {
        assert_eq!(missing("python extrakt.py"), ["extrakt.py"]);
        assert_eq!(missing("set -e\nif true; then ./load.sh; fi | bash a/b.sh"), ["./load.sh", "a/b.sh"]);
        assert_eq!(missing("python ../other/x.py"), ["../other/x.py"]);
        assert_eq!(missing("python /home/me/p/extract.py"), ["/home/me/p/extract.py"]);
        let hint = missing_in_shell("./load.sh", &paths()).remove(0).hint;
        assert_eq!(hint.as_deref(), Some("did you mean `bin/load.sh`?"));
        let (index, missing) = missing_in_arguments(&["python", "-u", "x.py"], &paths()).unwrap();
        assert_eq!((index, missing.range), (2, 0..4));
    }
}
