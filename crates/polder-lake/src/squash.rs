//! Many commits as one: what a branch adds to a table and takes from it, in the end.
//!
//! Works on the log's own JSON (Delta's protocol, "Actions") and passes on what it does not know, so nothing that a writer put
//! into an action is lost. A file that was added and removed again leaves no trace; a file of before that was removed and put
//! back, as a restore does, is an add.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The sum of some commits.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Squash {
    protocol: Option<Value>,
    metadata: Option<Value>,
    /// By application.
    transactions: BTreeMap<String, Value>,
    /// By domain.
    domains: BTreeMap<String, Value>,
    adds: BTreeMap<File, Value>,
    removes: BTreeMap<File, Value>,
    /// Removed after they were added.
    undecided: BTreeMap<File, Value>,
    /// Whether any of it changed what a query answers; rewriting files does not.
    changes_data: bool,
}

/// Delta's identity of a file: its path, and which of its rows are deleted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct File {
    path: String,
    deletion_vector: Option<String>,
}

impl File {
    fn of(action: &Value) -> Option<Self> {
        let vector = action.get("deletionVector").filter(|vector| !vector.is_null());
        let deletion_vector = vector.map(|vector| {
            let part = |name: &str| vector.get(name).map_or_else(String::new, Value::to_string);
            format!("{}{}@{}", part("storageType"), part("pathOrInlineDv"), part("offset"))
        });
        Some(Self { path: action.get("path")?.as_str()?.to_owned(), deletion_vector })
    }
}

impl Squash {
    /// Takes in the next commit: a line of JSON for each action.
    pub(crate) fn add_commit(&mut self, commit: &[u8]) -> Result<(), String> {
        for line in commit.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            let action: Map<String, Value> =
                serde_json::from_slice(line).map_err(|error| error.to_string())?;
            for (kind, action) in action {
                self.add_action(&kind, action)?;
            }
        }
        Ok(())
    }

    fn add_action(&mut self, kind: &str, action: Value) -> Result<(), String> {
        match kind {
            "add" => self.add_file(action)?,
            "remove" => self.remove_file(action)?,
            "protocol" => self.protocol = Some(action),
            "metaData" => self.metadata = Some(action),
            "txn" => drop(self.transactions.insert(key(&action, "appId")?, action)),
            "domainMetadata" => drop(self.domains.insert(key(&action, "domain")?, action)),
            // What a single commit was, and the rows that it changed, mean nothing for the sum: readers of changes take them
            // from the files that it adds and removes.
            "commitInfo" | "cdc" => {}
            other => {
                return Err(format!(
                    "an action of the kind `{other}`, which this version of Polder does not know"
                ));
            }
        }
        Ok(())
    }

    fn add_file(&mut self, add: Value) -> Result<(), String> {
        let file = File::of(&add).ok_or("an added file without a path")?;
        self.changes_data |= changes_data(&add);
        self.removes.remove(&file);
        self.undecided.remove(&file);
        self.adds.insert(file, add);
        Ok(())
    }

    fn remove_file(&mut self, remove: Value) -> Result<(), String> {
        let file = File::of(&remove).ok_or("a removed file without a path")?;
        self.changes_data |= changes_data(&remove);
        let whose = if self.adds.remove(&file).is_some() { &mut self.undecided } else { &mut self.removes };
        whose.insert(file, remove);
        Ok(())
    }

    /// Whether some files were added and then removed, so that [`Self::decide`] must be told which files were there before.
    pub(crate) fn is_undecided(&self) -> bool {
        !self.undecided.is_empty()
    }

    /// A file that was added and removed again is of no concern, unless it was there before and was only added anew.
    pub(crate) fn decide(&mut self, was_there: impl Fn(&str) -> bool) {
        let undecided = std::mem::take(&mut self.undecided);
        self.removes.extend(undecided.into_iter().filter(|(file, _)| was_there(&file.path)));
    }

    /// Whether there is nothing to commit.
    pub(crate) fn is_empty(&self) -> bool {
        self.protocol.is_none()
            && self.metadata.is_none()
            && self.transactions.is_empty()
            && self.domains.is_empty()
            && self.adds.is_empty()
            && self.removes.is_empty()
    }

    /// Whether a query could answer differently after it, or a column be another.
    pub(crate) fn changes_answers(&self) -> bool {
        self.changes_data || self.protocol.is_some() || self.metadata.is_some()
    }

    /// Whether both remove one file, so that they cannot both be committed.
    pub(crate) fn collides_with(&self, other: &Self) -> bool {
        self.removes.keys().any(|file| other.removes.contains_key(file))
    }

    /// The one commit, with what is to be said about it first.
    pub(crate) fn commit(&self, info: &Value) -> Vec<u8> {
        let mut lines = vec![json!({ "commitInfo": info })];
        lines.extend(self.protocol.iter().map(|action| json!({ "protocol": action })));
        lines.extend(self.metadata.iter().map(|action| json!({ "metaData": action })));
        lines.extend(self.transactions.values().map(|action| json!({ "txn": action })));
        lines.extend(self.domains.values().map(|action| json!({ "domainMetadata": action })));
        lines.extend(self.removes.values().map(|action| json!({ "remove": self.file(action) })));
        lines.extend(self.adds.values().map(|action| json!({ "add": self.file(action) })));
        lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n").into_bytes()
    }

    /// Part of a sum that changes data, a file that was only rewritten holds rows that are new.
    fn file(&self, action: &Value) -> Value {
        let mut action = action.clone();
        action["dataChange"] = Value::Bool(self.changes_data);
        action
    }

    /// How many rows it adds, as far as the files tell, and how many bytes.
    pub(crate) fn added(&self) -> (u64, u64) {
        let number = |value: Option<&Value>| value.and_then(Value::as_u64).unwrap_or(0);
        let rows = |add: &Value| {
            let stats: Option<Value> = serde_json::from_str(add.get("stats")?.as_str()?).ok();
            Some(number(stats?.get("numRecords")))
        };
        self.adds.values().fold((0, 0), |(all_rows, bytes), add| {
            (all_rows + rows(add).unwrap_or(0), bytes + number(add.get("size")))
        })
    }
}

/// The text under a key of an action.
fn key(action: &Value, name: &str) -> Result<String, String> {
    let text = action.get(name).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| format!("an action without `{name}`"))
}

fn changes_data(action: &Value) -> bool {
    action.get("dataChange").and_then(Value::as_bool).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(commits: &[&[Value]]) -> Squash {
        let mut squash = Squash::default();
        for actions in commits {
            let lines: Vec<String> = actions.iter().map(Value::to_string).collect();
            squash.add_commit(lines.join("\n").as_bytes()).unwrap();
        }
        squash
    }

    fn add(path: &str) -> Value {
        json!({"add": {"path": path, "size": 10, "dataChange": true, "stats": "{\"numRecords\":3}"}})
    }

    fn remove(path: &str) -> Value {
        json!({"remove": {"path": path, "dataChange": true}})
    }

    fn rewritten(mut action: Value, kind: &str) -> Value {
        action[kind]["dataChange"] = Value::Bool(false);
        action
    }

    fn lines(squash: &Squash) -> Vec<Value> {
        let text = String::from_utf8(squash.commit(&json!({"operation": "PUBLISH"}))).unwrap();
        text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn what_came_and_went_leaves_no_trace() {
        let mut squash = sum(&[&[add("a"), add("b")], &[remove("a"), remove("old")]]);
        assert!(squash.is_undecided());
        squash.decide(|_| false);
        assert_eq!(lines(&squash), [remove("old"), add("b")]);
        assert_eq!(squash.added(), (3, 10));
    }

    #[test]
    fn what_was_there_before_goes_even_if_it_was_added_anew() {
        let mut squash = sum(&[&[add("old")], &[remove("old")]]);
        squash.decide(|path| path == "old");
        assert_eq!(lines(&squash), [remove("old")]);
    }

    #[test]
    fn what_is_put_back_stays() {
        let mut squash = sum(&[&[remove("old")], &[add("old")]]);
        squash.decide(|_| true);
        assert_eq!(lines(&squash), [add("old")]);
    }

    #[test]
    fn the_same_file_with_other_deleted_rows_is_another() {
        let with_vector = json!({"add": {"path": "a", "dataChange": true, "deletionVector": {"storageType": "u", "pathOrInlineDv": "x", "offset": 1}}});
        let mut squash = sum(&[&[remove("a"), with_vector.clone()]]);
        squash.decide(|_| true);
        assert_eq!(lines(&squash), [remove("a"), with_vector]);
    }

    #[test]
    fn rewriting_alone_changes_no_answer() {
        let rewrite = [rewritten(remove("a"), "remove"), rewritten(add("b"), "add")];
        let squash = sum(&[&rewrite]);
        assert!(!squash.changes_answers() && !squash.is_empty());
        assert_eq!(lines(&squash), rewrite);
        let with_more = sum(&[&[add("a")], &rewrite]);
        assert!(with_more.changes_answers());
    }

    #[test]
    fn the_last_word_counts() {
        let txn = |version: u64| json!({"txn": {"appId": "sync", "version": version}});
        let squash =
            sum(&[&[txn(1), json!({"metaData": {"id": "1"}})], &[txn(2), json!({"metaData": {"id": "2"}})]]);
        assert_eq!(lines(&squash), [json!({"metaData": {"id": "2"}}), txn(2)]);
    }

    #[test]
    fn what_cannot_be_understood_is_not_passed_over() {
        let mut squash = Squash::default();
        assert!(squash.add_commit(b"{\"future\": {}}").unwrap_err().contains("`future`"));
        assert!(squash.add_commit(b"{\"add\": {}}").is_err());
        assert!(squash.add_commit(b"{\"add\": ").is_err());
    }
}
