//! `to_char` with PostgreSQL's patterns, `YYYY-MM-DD`, beside those of strftime, `%Y-%m-%d`. The engine knows the latter only, and would
//! answer the pattern itself.

use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::common::{Result, ScalarValue, plan_err};
use deltalake::datafusion::functions::datetime::to_char::ToCharFunc as Engine;
use deltalake::datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature};

#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ToChar(Engine);

/// PostgreSQL's patterns and what they are to strftime: longer ones before those that they begin with. Those whose case says something
/// are not in upper case.
const PATTERNS: [(&str, &str); 29] = [
    ("HH24", "%H"),
    ("HH12", "%I"),
    ("HH", "%I"),
    ("MI", "%M"),
    ("SS", "%S"),
    ("MS", "%3f"),
    ("US", "%6f"),
    ("Month", "%B"),
    ("Mon", "%b"),
    ("MM", "%m"),
    ("IYYY", "%G"),
    ("IY", "%g"),
    ("IW", "%V"),
    ("ID", "%u"),
    ("YYYY", "%Y"),
    ("YY", "%y"),
    ("DDD", "%j"),
    ("DD", "%d"),
    ("Day", "%A"),
    ("Dy", "%a"),
    ("Q", "%q"),
    ("am", "%P"),
    ("pm", "%P"),
    ("AM", "%p"),
    ("PM", "%p"),
    ("TZ", "%Z"),
    ("OF", "%:z"),
    ("T", "T"),
    ("Z", "Z"),
];
const HINT: &str = "the patterns are YYYY, YY, Q, MM, Month, Mon, DD, DDD, Day, Dy, IYYY, IW, ID, HH24, HH12, MI, SS, MS, US, AM, am, TZ and \
                    OF, text stands in double quotes; or write strftime's, such as %Y-%m-%d";

impl ScalarUDFImpl for ToChar {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn aliases(&self) -> &[String] {
        self.0.aliases()
    }

    fn signature(&self) -> &Signature {
        self.0.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.0.return_type(arguments)
    }

    fn invoke_with_args(&self, mut args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if let [of, ColumnarValue::Scalar(ScalarValue::Utf8(Some(format)))] = args.args.as_mut_slice()
            && !matches!(of.data_type(), DataType::Duration(_))
            && !format.contains('%')
        {
            *format = translated(format)?;
        }
        self.0.invoke_with_args(args)
    }
}

/// A format in PostgreSQL's patterns as one of strftime.
fn translated(format: &str) -> Result<String> {
    let (mut rest, mut to) = (format, String::new());
    while let Some(next) = rest.chars().next() {
        let (taken, written) = match next {
            '"' => quoted(rest),
            letter if letter.is_alphabetic() => pattern(rest, format)?,
            _ => (next.len_utf8(), next.to_string()),
        };
        to.push_str(&written);
        rest = &rest[taken..];
    }
    Ok(to)
}

/// How much of a text stands in quotes, and what.
fn quoted(text: &str) -> (usize, String) {
    let inner = text[1..].split('"').next().unwrap_or_default();
    ((inner.len() + 2).min(text.len()), inner.to_owned())
}

/// How much of a text is a pattern, and what it is to strftime. `FM` before one leaves zeros out.
fn pattern(text: &str, format: &str) -> Result<(usize, String)> {
    let bare = text.strip_prefix("FM").unwrap_or(text);
    let begins = |pattern: &str| match pattern.bytes().any(|byte| byte.is_ascii_lowercase()) {
        true => bare.starts_with(pattern),
        false => bare.get(..pattern.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(pattern)),
    };
    let Some((pattern, written)) = PATTERNS.iter().find(|(pattern, _)| begins(pattern)) else {
        let unknown: String = bare.chars().take_while(|c| c.is_alphanumeric()).collect();
        return plan_err!("to_char does not know `{unknown}` in `{format}`: {HINT}");
    };
    let has_zeros = ["%H", "%I", "%M", "%S", "%m", "%d", "%j"].contains(written);
    let without = bare.len() < text.len() && has_zeros;
    let written = if without { written.replace('%', "%-") } else { (*written).to_owned() };
    Ok((text.len() - bare.len() + pattern.len(), written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_postgres_are_understood() {
        let cases = [
            ("YYYY-MM-DD\"T\"HH24:MI:SS.MS", "%Y-%m-%dT%H:%M:%S.%3f"),
            ("yyyy-mm", "%Y-%m"),
            ("FMDD. FMMonth YYYY", "%-d. %B %Y"),
            ("Dy, DD Mon YY HH12:MI AM", "%a, %d %b %y %I:%M %p"),
            ("IYYY-\"W\"IW / Q", "%G-W%V / %q"),
            ("YYYYMMDDTHH24MISSZ", "%Y%m%dT%H%M%SZ"),
            ("\"open", "open"),
            ("1 – 2", "1 – 2"),
        ];
        for (from, to) in cases {
            assert_eq!(translated(from).unwrap(), to);
        }
    }

    #[test]
    fn what_is_not_known_is_told() {
        for format in ["MONTH", "YYYY W", "J", "é", "nonsense"] {
            let told = translated(format).unwrap_err().to_string();
            assert!(told.contains("to_char does not know") && told.contains(HINT), "{told}");
        }
    }
}
