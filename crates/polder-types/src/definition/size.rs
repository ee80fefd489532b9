//! Sizes as users write them: `512MiB`, `2GiB`.

const UNITS: &[(&str, u64)] = &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];

/// Reads `512MiB` or `2GiB` as bytes; nothing if the text is anything else, or too large to count.
#[must_use]
pub fn parse(text: &str) -> Option<u64> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    digits.parse::<u64>().ok()?.checked_mul(*factor)
}

/// The shortest way to write it; what is finer than a KiB is left out.
#[must_use]
pub fn format(bytes: u64) -> String {
    let fits = |(_, size): &&(&str, u64)| bytes >= *size && bytes.is_multiple_of(*size);
    let (unit, size) = UNITS.iter().rev().find(fits).unwrap_or(&UNITS[0]);
    format!("{}{unit}", bytes / size)
}

/// What was probably meant by a text that is no size, such as `2GB` or `512m`.
pub(crate) fn guess(text: &str) -> Option<String> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let first = unit.trim().to_ascii_uppercase();
    let (name, _) = UNITS.iter().find(|(name, _)| first.starts_with(&name[..1]))?;
    (!digits.is_empty()).then(|| format!("{digits}{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        assert_eq!(parse("512MiB"), Some(512 << 20));
        assert_eq!(parse("2GiB").map(format).as_deref(), Some("2GiB"));
        for poor in ["", "2", "GiB", "2GB", "2 GiB", "1.5GiB", "99999999999TiB"] {
            assert_eq!(parse(poor), None, "{poor}");
        }
        assert_eq!(guess("2GB").as_deref(), Some("2GiB"));
        assert_eq!(guess("512 m").as_deref(), Some("512MiB"));
        assert_eq!(guess("many"), None);
    }
}
