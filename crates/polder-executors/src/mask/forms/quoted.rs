//! Quoting: what programs put before, or in place of, characters that mean something where a value is shown.

use std::fmt::Write as _;

/// As a JSON text, with or without `\u` for what is not ASCII; Rust, JavaScript and others do the same for common values.
pub(super) fn usual(value: &str) -> Vec<Vec<u8>> {
    let escaped = json(value);
    vec![escaped.clone().into_bytes(), ascii_only(&escaped, false).into_bytes()]
}

pub(super) fn rare(value: &str) -> Vec<Vec<u8>> {
    let mut forms = careful_json(value);
    forms.extend(literals(value));
    forms.extend(markup(value));
    forms.extend(shell(value));
    forms.into_iter().map(String::into_bytes).collect()
}

fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// As a JSON text by encoders that think of HTML: PHP's, Go's, Python's in Django, .NET's.
fn careful_json(value: &str) -> Vec<String> {
    let escaped = json(value);
    let go = escape(&escaped, |c| matches!(c, '&' | '<' | '>').then(|| unicode(c, false)));
    let django = escape(&go, |c| (c == '\'').then(|| unicode(c, false)));
    let dot_net = escape(&escaped.replace("\\\"", "\\u0022"), |c| {
        matches!(c, '&' | '<' | '>' | '\'' | '+' | '`').then(|| unicode(c, true))
    });
    let slashes = escaped.replace('/', "\\/");
    let mut forms = vec![ascii_only(&slashes, false), ascii_only(&dot_net, true), slashes, go];
    forms.push(ascii_only(&django, false));
    forms.push(django);
    forms
}

/// What is not ASCII as `\u` with the numbers of UTF-16.
fn ascii_only(text: &str, capitals: bool) -> String {
    escape(text, |c| (!c.is_ascii()).then(|| unicode(c, capitals)))
}

fn unicode(character: char, capitals: bool) -> String {
    let mut units = [0; 2];
    character.encode_utf16(&mut units).iter().fold(String::new(), |mut text, unit| {
        let _ = if capitals { write!(text, "\\u{unit:04X}") } else { write!(text, "\\u{unit:04x}") };
        text
    })
}

/// As a literal of Python and its like, and of a shell's `$'…'`: with either, both or none of the quotes escaped, and
/// what is not ASCII as it is or as its bytes.
fn literals(value: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for quotes in ["", "'", "\"", "'\""] {
        let literal = escape(value, |c| match c {
            '\\' => Some("\\\\".to_owned()),
            '\n' => Some("\\n".to_owned()),
            '\r' => Some("\\r".to_owned()),
            '\t' => Some("\\t".to_owned()),
            '\0'..='\x1f' | '\x7f' => Some(format!("\\x{:02x}", u32::from(c))),
            _ => quotes.contains(c).then(|| format!("\\{c}")),
        });
        forms.push(escape(&literal, |c| (!c.is_ascii()).then(|| bytes(c))));
        forms.push(literal);
    }
    forms
}

fn bytes(character: char) -> String {
    character.to_string().bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

/// In XML and HTML: which characters are replaced depends on the library and on where the value stands.
fn markup(value: &str) -> Vec<String> {
    let quotes = [
        ("\"", "'"),
        ("&quot;", "'"),
        ("&quot;", "&apos;"),
        ("&quot;", "&#39;"),
        ("&quot;", "&#039;"),
        ("&quot;", "&#x27;"),
        ("&#34;", "&#39;"),
        ("&#34;", "'"),
        ("\"", "&#39;"),
    ];
    let form = |(double, single): (&str, &str), greater: &str| {
        escape(value, |c| {
            let entity = match c {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => greater,
                '"' => double,
                '\'' => single,
                _ => return None,
            };
            Some(entity.to_owned())
        })
    };
    quotes.iter().flat_map(|quotes| [form(*quotes, "&gt;"), form(*quotes, ">")]).collect()
}

/// What a shell's `set -x`, `export -p` and `printf %q` show, and what programs quote for a shell. Without the quotes
/// around it.
fn shell(value: &str) -> Vec<String> {
    let backslash = |c: char| format!("\\{c}");
    let within_double = escape(value, |c| "\"$`\\".contains(c).then(|| backslash(c)));
    let bash = escape(value, |c| " \t|&;<>(){}*[]?!^$`\"'\\,".contains(c).then(|| backslash(c)));
    let ruby = escape(value, |c| (!c.is_alphanumeric() && !"_-.,:+/@\n".contains(c)).then(|| backslash(c)));
    vec![value.replace('\'', "'\\''"), value.replace('\'', "'\"'\"'"), dash(value), within_double, bash, ruby]
}

/// Quotes go together between double ones, everything else between single ones.
fn dash(value: &str) -> String {
    let mut quoted = String::new();
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| (c == '\'') != (first == '\'')).unwrap_or(rest.len());
        let quote = if first == '\'' { '"' } else { '\'' };
        quoted.extend([quote]);
        quoted.push_str(&rest[..end]);
        quoted.push(quote);
        rest = &rest[end..];
    }
    quoted[1..quoted.len() - 1].to_owned()
}

fn escape(text: &str, replace: impl Fn(char) -> Option<String>) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match replace(character) {
            Some(other) => escaped.push_str(&other),
            None => escaped.push(character),
        }
    }
    escaped
}
