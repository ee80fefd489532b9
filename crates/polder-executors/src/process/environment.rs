//! What a process finds in its environment beside what it is given. Nothing of the agent's own environment gets
//! through, since that is where credentials of the machine tend to be.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{Attempt, Error};

/// The variables that every attempt has, and what they are. A step may set all but the last two to something else.
pub const MINIMUM: &[(&str, &str)] = &[
    ("PATH", "the agent's search path for programs"),
    ("HOME", "the attempt's own folder, beside the working directory; removed after the attempt"),
    ("TMPDIR", "a folder for temporary files within HOME"),
    ("LANG", "C.UTF-8, so that texts are UTF-8 on every machine"),
    ("PYTHONUNBUFFERED", "1, so that what Python prints is seen when it is printed"),
    ("POLDER_OUTPUT", "the file that outputs for later steps are written to"),
    (
        "POLDER_ATTEMPT",
        "<run>-<step>-<epoch>; also how the attempt's processes are found again, wherever they went",
    ),
];

/// The variable that marks every process of an attempt.
pub(crate) const MARKER: &str = "POLDER_ATTEMPT";

/// The name of the output file in the attempt's folder.
pub(crate) const OUTPUT: &str = "output";

/// The name of the folder for temporary files in the attempt's folder.
pub(crate) const TEMPORARY: &str = "tmp";

/// The search path if the agent itself has none.
pub(crate) const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// All variables of the attempt.
pub(crate) fn variables(attempt: &Attempt, path: &str) -> Result<BTreeMap<String, String>, Error> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let mut all = BTreeMap::from([
        ("PATH".to_owned(), path.to_owned()),
        ("HOME".to_owned(), text(&attempt.folder)),
        ("TMPDIR".to_owned(), text(&attempt.folder.join(TEMPORARY))),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("PYTHONUNBUFFERED".to_owned(), "1".to_owned()),
    ]);
    for (name, value) in &attempt.env {
        check(name, value)?;
        all.insert(name.clone(), value.clone());
    }
    all.insert("POLDER_OUTPUT".to_owned(), text(&attempt.folder.join(OUTPUT)));
    all.insert(MARKER.to_owned(), attempt.key.to_string());
    Ok(all)
}

fn check(name: &str, value: &str) -> Result<(), Error> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(Error::VariableName { name: name.replace('\0', "␀") });
    }
    if value.contains('\0') {
        return Err(Error::NulCharacter { name: name.to_owned() });
    }
    Ok(())
}
