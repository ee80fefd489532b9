//! The valid name that someone most likely meant.

/// Words of other tools for what Polder calls otherwise; used only where the second is valid.
const SYNONYMS: &[(&str, &str)] = &[
    ("bool", "boolean"),
    ("cmd", "run"),
    ("command", "run"),
    ("condition", "when"),
    ("cron", "schedule"),
    ("datetime", "date"),
    ("default_value", "default"),
    ("disabled", "off"),
    ("enabled", "on"),
    ("false", "off"),
    ("no", "off"),
    ("true", "on"),
    ("yes", "on"),
    ("depends", "needs"),
    ("depends_on", "needs"),
    ("dependson", "needs"),
    ("environment", "env"),
    ("environment_variables", "env"),
    ("float", "number"),
    ("id", "name"),
    ("if", "when"),
    ("inputs", "parameters"),
    ("int", "integer"),
    ("jobs", "steps"),
    ("method", "http"),
    ("on", "triggers"),
    ("params", "parameters"),
    ("retry", "retries"),
    ("script", "run"),
    ("state", "status"),
    ("str", "string"),
    ("tasks", "steps"),
    ("text", "string"),
    ("time_zone", "timezone"),
    ("title", "name"),
    ("tz", "timezone"),
    ("values", "enum"),
    ("vars", "env"),
];

/// The candidate nearest to `name`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    let synonym = SYNONYMS.iter().find(|(foreign, _)| *foreign == name).map(|(_, own)| *own);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        if Some(candidate) == synonym {
            return Some(candidate);
        }
        let distance = strsim::osa_distance(&folded, &fold(candidate));
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.filter(|(distance, _)| *distance <= allowance(&folded)).map(|(_, candidate)| candidate)
}

/// `did you mean …?`, or nothing.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// How many letters may differ.
fn allowance(name: &str) -> usize {
    match name.chars().count() {
        0..=2 => 1,
        3..=8 => 2,
        length => length / 3,
    }
}

/// Without case, dashes and the like: `onConflict` and `on-conflict` are `on_conflict` written otherwise. Long names are
/// cut, so that comparing stays cheap.
fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).take(128).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let keys = ["name", "run", "needs", "retries", "on_conflict", "allOf"];
        assert_eq!(nearest("retrys", keys), Some("retries"));
        assert_eq!(nearest("onConflict", keys), Some("on_conflict"));
        assert_eq!(nearest("allof", keys), Some("allOf"));
        assert_eq!(nearest("depends_on", keys), Some("needs"));
        assert_eq!(nearest("command", keys), Some("run"));
        assert_eq!(nearest("int", ["string", "integer", "number"]), Some("integer"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("x", []), None);
    }
}
