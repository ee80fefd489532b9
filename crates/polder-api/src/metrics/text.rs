//! The two formats that Prometheus reads. The library writes OpenMetrics; the older text format differs in a few lines.

use std::collections::HashSet;
use std::fmt;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::registry::Registry;

/// How figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// What every collector and every person can read.
    Text,
    OpenMetrics,
}

impl Format {
    /// OpenMetrics only for who asks for it.
    pub(crate) fn accepted_by(accept: &str) -> Self {
        if accept.contains("application/openmetrics-text") { Self::OpenMetrics } else { Self::Text }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    pub(super) fn text(self, registries: &[&Registry]) -> Result<String, fmt::Error> {
        let mut text = String::new();
        for registry in registries {
            encode_registry(&mut text, registry)?;
        }
        if self == Self::Text {
            return Ok(older(&text));
        }
        encode_eof(&mut text)?;
        Ok(text)
    }
}

/// The older format knows no units, and calls a counter by the name of its samples.
fn older(text: &str) -> String {
    let counters: HashSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter")).collect();
    let renamed = |line: &str| {
        let (start, rest) = line.split_at_checked("# HELP ".len())?;
        let (name, rest) = rest.split_once(' ')?;
        let described = matches!(start, "# HELP " | "# TYPE ") && counters.contains(name);
        described.then(|| format!("{start}{name}_total {rest}\n"))
    };
    let lines = text.lines().filter(|line| !line.starts_with("# UNIT "));
    lines.map(|line| renamed(line).unwrap_or_else(|| format!("{line}\n"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_format_has_other_names_and_no_units() {
        let new = "# HELP polder_log_bytes Logs.\n# TYPE polder_log_bytes counter\n# UNIT polder_log_bytes bytes\n\
            polder_log_bytes_total 1\n# HELP polder_open Open.\n# TYPE polder_open gauge\npolder_open 2\n";
        let old = "# HELP polder_log_bytes_total Logs.\n# TYPE polder_log_bytes_total counter\npolder_log_bytes_total 1\n\
            # HELP polder_open Open.\n# TYPE polder_open gauge\npolder_open 2\n";
        assert_eq!(older(new), old);
        assert_eq!(Format::accepted_by("*/*"), Format::Text);
        assert_eq!(
            Format::accepted_by("application/openmetrics-text;version=1.0.0,*/*"),
            Format::OpenMetrics
        );
    }
}
