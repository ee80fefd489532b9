use globset::{GlobBuilder, GlobMatcher};
use object_store::path::Path;

/// A name, or a pattern for names. `*` stays within a folder, `**` goes through any number of them.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    kind: Kind,
    /// Below this is everything that can match.
    folder: Path,
}

#[derive(Debug, Clone)]
enum Kind {
    Exact(Path),
    Glob(GlobMatcher),
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('/');
        if text.is_empty() || text.ends_with('/') {
            return Err("it names a folder: add a pattern for the files in it, such as `*.csv`".to_owned());
        }
        let path = |text: &str| Path::parse(text).map_err(|error| error.to_string());
        let Some(first) = text.find(is_special) else {
            return Ok(Self { kind: Kind::Exact(path(text)?), folder: Path::default() });
        };
        let folder = text[..first].rsplit_once('/').map_or("", |(folder, _)| folder);
        let glob =
            GlobBuilder::new(text).literal_separator(true).build().map_err(|error| error.to_string())?;
        Ok(Self { kind: Kind::Glob(glob.compile_matcher()), folder: path(folder)? })
    }

    pub(crate) fn exact(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Exact(path) => Some(path),
            Kind::Glob(_) => None,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Names that begin with a dot or an underscore are how others hide files that are not complete (`_temporary`, `.part`);
    /// a pattern must name them so.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        match &self.kind {
            Kind::Exact(exact) => exact == path,
            Kind::Glob(glob) => glob.is_match(path.as_ref()) && !self.is_hidden(path, glob.glob().glob()),
        }
    }

    fn is_hidden(&self, path: &Path, glob: &str) -> bool {
        let below = path.as_ref().strip_prefix(self.folder.as_ref()).unwrap_or(path.as_ref());
        let named = |mark: char| glob.split('/').any(|part| part.starts_with(mark));
        let hidden = |mark: char| !named(mark) && below.split('/').any(|part| part.starts_with(mark));
        hidden('.') || hidden('_')
    }
}

fn is_special(letter: char) -> bool {
    matches!(letter, '*' | '?' | '[' | '{')
}

/// A URL, and the pattern below it: what is a pattern's is none of a URL's.
pub(crate) fn split_url(location: &str) -> (&str, &str) {
    let host = location.find("://").map_or(0, |at| at + 3);
    let special = location[host..].find(is_special).map(|at| host + at);
    let folder = special.map_or(location.len(), |at| location[..at].rfind('/').map_or(at, |slash| slash + 1));
    location.split_at(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Pattern::new(pattern).unwrap().matches(&Path::parse(name).unwrap())
    }

    #[test]
    fn a_star_stays_in_its_folder() {
        assert!(matches("data/*.csv", "data/a.csv"));
        assert!(!matches("data/*.csv", "data/old/a.csv"));
        assert!(matches("data/**/*.csv", "data/old/older/a.csv"));
        assert!(matches("data/**/*.csv", "data/a.csv"));
        assert!(matches("day=*/x-?.jsonl.gz", "day=2025-01-01/x-1.jsonl.gz"));
        assert!(matches("*.{csv,tsv}", "a.tsv"));
    }

    #[test]
    fn what_is_not_complete_is_hidden() {
        assert!(!matches("data/**/*.csv", "data/_temporary/a.csv"));
        assert!(!matches("data/*", "data/.a.csv.part"));
        assert!(matches("_data/*", "_data/a.csv"));
        assert!(matches("data/_*", "data/_a.csv"));
    }

    #[test]
    fn only_the_folder_before_the_pattern_is_listed() {
        assert_eq!(Pattern::new("a/b/c*/d/*.csv").unwrap().folder().as_ref(), "a/b");
        assert_eq!(Pattern::new("*.csv").unwrap().folder().as_ref(), "");
    }

    #[test]
    fn folders_and_broken_patterns_are_no_patterns() {
        for text in ["", "a/", "a[", "a/{b"] {
            assert!(Pattern::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_url_is_split_before_what_is_a_pattern() {
        assert_eq!(split_url("s3://bucket/a/day=*/x?.csv"), ("s3://bucket/a/", "day=*/x?.csv"));
        assert_eq!(split_url("s3://bucket/*"), ("s3://bucket/", "*"));
        assert_eq!(split_url("https://host/a%20b.csv"), ("https://host/a%20b.csv", ""));
    }
}
