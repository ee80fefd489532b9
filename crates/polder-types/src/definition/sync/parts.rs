//! Small values of manifests.

use super::super::ProblemCode;
use super::super::nearest::did_you_mean;
use super::super::reader::{Field, Object, shorten};

/// Says it if a component is of another type than Polder does here.
pub(super) fn component(object: &Object<'_>, known: &[&str]) -> Option<String> {
    let field = object.get("type")?;
    let text = field.text()?;
    if !known.contains(&text) {
        let hint = did_you_mean(text, known.iter().copied())
            .unwrap_or_else(|| format!("this version of Polder does {} here", known.join(", ")));
        let message = format!("`{}` is no component that Polder does here", shorten(text));
        field.error(ProblemCode::Unsupported, message, Some(hint));
    }
    Some(text.to_owned())
}

/// A text with Airbyte's templates.
pub(super) fn template(field: &Field<'_>) -> Option<String> {
    let text = field.scalar_text()?;
    check(field, text);
    Some(text.to_owned())
}

pub(super) fn check(field: &Field<'_>, text: &str) {
    if let Err(error) = minijinja::Environment::new().template_from_str(text) {
        let detail = error.detail().map_or_else(|| error.to_string(), str::to_owned);
        let message = format!("`{}` cannot be read as a template: {detail}", shorten(text));
        field.error(ProblemCode::InvalidTemplate, message, None);
    }
}

/// Seconds of a duration of ISO 8601 without months and years: `P1D`, `PT6H`, `P1DT12H`.
pub(super) fn seconds(field: &Field<'_>) -> Option<u64> {
    let text = field.text()?;
    let parsed = iso_seconds(text);
    if parsed.is_none() {
        let message = format!("`{}` is no duration of days, hours, minutes and seconds", shorten(text));
        field.error(ProblemCode::InvalidValue, message, Some("write P1D, PT6H or P7D".to_owned()));
    }
    parsed
}

fn iso_seconds(text: &str) -> Option<u64> {
    let (days, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((days, time)) if !time.is_empty() => (days, time),
        Some(_) => return None,
        None => (text.strip_prefix('P')?, ""),
    };
    let of_days = sum(days, &[('W', 604_800), ('D', 86_400)])?;
    let total = of_days + sum(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
    (total > 0).then_some(total)
}

/// The sum of numbers, each before its unit, in this order.
fn sum(text: &str, units: &[(char, u64)]) -> Option<u64> {
    let (mut total, mut rest) = (0, text);
    for (unit, factor) in units {
        if let Some((number, behind)) = rest.split_once(*unit) {
            total += u64::from(number.parse::<u32>().ok()?) * factor;
            rest = behind;
        }
    }
    rest.is_empty().then_some(total)
}

/// One text or several.
pub(super) fn names(field: &Field<'_>) -> Vec<String> {
    let items = field.one_or_many().unwrap_or_default();
    items.iter().filter_map(|item| item.text().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::iso_seconds;

    #[test]
    fn durations_are_read_as_iso_writes_them() {
        for (text, seconds) in [("P1D", 86_400), ("PT6H", 21_600), ("P1W", 604_800), ("P1DT1H1M1S", 90_061)] {
            assert_eq!(iso_seconds(text), Some(seconds), "{text}");
        }
        for text in ["", "P", "PT", "P1M", "P1Y", "1D", "P1DT", "PD", "P-1D", "P1D1D", "P99999999999D"] {
            assert_eq!(iso_seconds(text), None, "{text}");
        }
    }
}
