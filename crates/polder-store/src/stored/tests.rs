use polder_types::definition;
use polder_types::lake::{Intent, View};
use polder_types::wire::ProjectFile;

use super::*;

/// What version 1 looked like when it was current. These files are never changed: a database may hold such documents for ever.
const DEFINITION_1: &str = include_str!("fixtures/definition-1.json");
const FILES_1: &str = include_str!("fixtures/files-1.json");
const INTENT_1: &str = include_str!("fixtures/intent-1.json");
const VIEW_1: &str = include_str!("fixtures/view-1.json");

#[test]
fn documents_of_every_version_are_read() {
    let project: definition::Project =
        from_document("definition", definition::VERSION, DEFINITION_1).unwrap();
    assert_eq!((project.name.as_str(), project.pipelines[0].steps.len()), ("flights", 2));
    let files: Vec<ProjectFile> = from_document("files", 1, FILES_1).unwrap();
    assert_eq!(files[0].path, "flights.py");
    let intent: Intent = from_document("intent of a publish", 1, INTENT_1).unwrap();
    assert_eq!(intent.tables[0].from.forks().last().unwrap().at, None);
    let view: View = from_document("view", 1, VIEW_1).unwrap();
    assert_eq!(view.get(&"raw.orders".parse().unwrap()).unwrap().version, 4);
}

#[test]
fn a_document_of_a_later_version_is_an_error_that_says_so() {
    let error = from_document::<u32>("files", 1, r#"{"version": 2, "content": 1}"#).unwrap_err();
    assert_eq!(error.to_string(), "stored files is not valid: version 2 is newer than this program");
    assert!(from_document::<u32>("files", 1, "{}").is_err());
}

#[test]
fn a_word_that_is_not_known_is_an_error() {
    let error = parse::<polder_types::run::RunStatus>("status of a run", "PONDERING").unwrap_err();
    assert_eq!(error.to_string(), "stored status of a run is not valid: PONDERING");
    assert!(number::<u32>("number", -1).is_err());
}

#[test]
fn a_search_means_its_characters() {
    assert_eq!(containing(r"50%_Of\"), r"%50\%\_of\\%");
}

#[test]
fn a_cursor_comes_back_or_is_refused() {
    let cursor = to_cursor(&("team", 3)).unwrap();
    assert_eq!(from_cursor::<(String, i64)>(Some(&cursor)).unwrap(), Some(("team".to_owned(), 3)));
    assert_eq!(from_cursor::<i64>(None).unwrap(), None);
    for wrong in ["", "zz", "00", &cursor] {
        assert!(matches!(from_cursor::<i64>(Some(wrong)), Err(Error::Cursor)), "{wrong}");
    }
}
