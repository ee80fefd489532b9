//! The packets before a session: what a client begins with, and what it is answered.
//!
//! After PostgreSQL's manual, chapter "Message Formats". Everything after these packets is read in the session's own process.

use std::collections::BTreeMap;

use polder_types::wire::SessionKey;

/// PostgreSQL's own limit of a client's first packet.
pub(super) const LONGEST: usize = 10_000;
const TLS: u32 = 80_877_103;
const GSS: u32 = 80_877_104;
const CANCEL: u32 = 80_877_102;

/// What a connection begins with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum First {
    /// May what follows be encrypted?
    Tls,
    Gss,
    Cancel(SessionKey),
    Startup(Startup),
    /// A protocol that is not version 3.
    Version(u16),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Startup {
    /// 3.0 is what is spoken here; a client that knows more is told.
    pub(super) minor: u16,
    pub(super) parameters: BTreeMap<String, String>,
}

/// What stands behind the length of a first packet; none if it makes no sense.
pub(super) fn first(body: &[u8]) -> Option<First> {
    let (code, rest) = number(body)?;
    Some(match code {
        TLS if rest.is_empty() => First::Tls,
        GSS if rest.is_empty() => First::Gss,
        CANCEL => First::Cancel(key(rest)?),
        _ if code >> 16 == 3 => {
            First::Startup(Startup { minor: (code & 0xffff) as u16, parameters: parameters(rest)? })
        }
        _ => First::Version((code >> 16) as u16),
    })
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*number), rest))
}

fn key(rest: &[u8]) -> Option<SessionKey> {
    let (id, rest) = number(rest)?;
    let (secret, rest) = number(rest)?;
    rest.is_empty().then_some(SessionKey { id: id.cast_signed(), secret: secret.cast_signed() })
}

/// Names and values, each ended by a zero, and a zero behind all of them.
fn parameters(rest: &[u8]) -> Option<BTreeMap<String, String>> {
    let rest = rest.strip_suffix(&[0])?;
    let mut texts = rest.split_inclusive(|byte| *byte == 0).map(text);
    let mut found = BTreeMap::new();
    while let Some(name) = texts.next() {
        let (name, value) = (name?, texts.next()??);
        if name.is_empty() {
            return None;
        }
        found.insert(name, value);
    }
    Some(found)
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.strip_suffix(&[0])?.to_vec()).ok()
}

impl Startup {
    /// What a client sets for its session: by name, or as `-c name=value` and `--name=value` in its `options`.
    pub(super) fn settings(&self) -> BTreeMap<String, String> {
        let own = ["user", "database", "options", "replication"];
        let named =
            self.parameters.iter().filter(|(name, _)| !own.contains(&name.as_str()) && !is_extension(name));
        let mut settings: BTreeMap<_, _> = named.map(|(name, value)| (name.clone(), value.clone())).collect();
        settings.extend(options(self.parameters.get("options").map_or("", String::as_str)));
        settings
    }

    /// Options of the protocol itself; none of them is known here.
    pub(super) fn extensions(&self) -> impl Iterator<Item = &str> {
        self.parameters.keys().map(String::as_str).filter(|name| is_extension(name))
    }
}

fn is_extension(name: &str) -> bool {
    name.starts_with("_pq_.")
}

fn options(text: &str) -> BTreeMap<String, String> {
    let words = words(text);
    let mut words = words.iter().map(String::as_str);
    let mut found = BTreeMap::new();
    while let Some(word) = words.next() {
        let setting = match word {
            "-c" => words.next(),
            word => word.strip_prefix("--").or_else(|| word.strip_prefix("-c")),
        };
        if let Some((name, value)) = setting.and_then(|setting| setting.split_once('=')) {
            found.insert(name.replace('-', "_"), value.to_owned());
        }
    }
    found
}

/// With a backslash before blanks that belong to a word.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut letters) = (Vec::new(), String::new(), text.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => word.extend(letters.next()),
            letter if letter.is_whitespace() => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// The token within a message with a password; none if it makes no sense.
pub(super) fn password(body: &[u8]) -> Option<String> {
    text(body).filter(|password| !password.contains('\0'))
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

pub(super) fn ask_password() -> Vec<u8> {
    message(b'R', &3u32.to_be_bytes())
}

pub(super) fn welcome() -> Vec<u8> {
    message(b'R', &0u32.to_be_bytes())
}

/// Only 3.0 is spoken here, without these options.
pub(super) fn negotiate<'a>(unknown: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let unknown: Vec<&str> = unknown.collect();
    let count = u32::try_from(unknown.len()).unwrap_or(u32::MAX);
    let names = unknown.iter().flat_map(|name| name.bytes().chain([0]));
    let body: Vec<u8> =
        (3u32 << 16).to_be_bytes().into_iter().chain(count.to_be_bytes()).chain(names).collect();
    message(b'v', &body)
}

/// The connection is over: a SQLSTATE, why, and what to do.
pub(super) fn refusal(state: &str, why: &str, hint: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, text) in [(b'S', "FATAL"), (b'V', "FATAL"), (b'C', state), (b'M', why), (b'H', hint)] {
        if !text.is_empty() {
            body.push(kind);
            body.extend(text.bytes().filter(|byte| *byte != 0).chain([0]));
        }
    }
    body.push(0);
    message(b'E', &body)
}

#[cfg(test)]
mod tests;
