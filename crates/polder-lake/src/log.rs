//! Where the files of a table's log are, and how they are called (Delta's protocol, "Delta log entries" and "Checkpoints").

use object_store::path::Path;

use crate::BranchName;

/// The folder of a log, in a table's folder or a branch's.
pub(crate) const LOG: &str = "_delta_log";
/// The folder of all branches, in a table's folder.
pub(crate) const BRANCHES: &str = "_branches";
/// A hint at the newest checkpoint of a log.
pub(crate) const LAST_CHECKPOINT: &str = "_last_checkpoint";
/// The folder of the parts of checkpoints that are cut in parts (version 2).
const SIDECARS: &str = "_sidecars";

/// The folder of a branch, in the folder of a table.
pub(crate) fn branch_folder(table: &Path, branch: &BranchName) -> Path {
    table.clone().join(BRANCHES).join(branch.as_str())
}

/// The file of a commit, in a folder of a log.
pub(crate) fn commit(log: &Path, version: u64) -> Path {
    log.clone().join(format!("{version:020}.json"))
}

/// The version that a file of a log is of: the twenty digits that its name begins with; none for other files.
pub(crate) fn version_of(location: &Path) -> Option<u64> {
    let name = location.filename()?;
    let (digits, rest) = name.split_at_checked(20)?;
    let is_number = rest.starts_with('.') && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

/// Whether a file without a version may be the parent's: parts of its checkpoints, and the hint at the last one.
pub(crate) fn may_be_inherited(location: &Path) -> bool {
    location.filename() == Some(LAST_CHECKPOINT) || location.parts().any(|part| part.as_ref() == SIDECARS)
}

/// The version in a hint at a checkpoint.
pub(crate) fn hinted_version(hint: &[u8]) -> Option<u64> {
    let hint: serde_json::Value = serde_json::from_slice(hint).ok()?;
    hint.get("version")?.as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_twenty_digits_and_a_dot() {
        let version = |name: &str| version_of(&Path::from(format!("raw/t/_delta_log/{name}")));
        assert_eq!(version("00000000000000000012.json"), Some(12));
        assert_eq!(version("00000000000000000012.checkpoint.parquet"), Some(12));
        assert_eq!(version("00000000000000000012.crc"), Some(12));
        for other in
            ["_last_checkpoint", "0012.json", "00000000000000000012", "0000000000000000001x.json", "é"]
        {
            assert_eq!(version(other), None, "{other}");
        }
        assert_eq!(
            commit(&Path::from("t/_delta_log"), 12).as_ref(),
            "t/_delta_log/00000000000000000012.json"
        );
    }
}
