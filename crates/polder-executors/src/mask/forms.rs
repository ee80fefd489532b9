//! The forms in which a secret may show up.
//!
//! * the value, and each line of it (without the white space around it);
//! * base64 with both alphabets, padded or not, and also as a part of something longer (`user:password` in a header):
//!   the characters that do not depend on what stands beside it, for each of the three ways to fall on the bytes;
//! * percent-encoded as the common libraries do it, with upper and lower case digits, and `+` for a blank;
//! * escaped for a JSON string, with or without `\u` for what is not ASCII.
//!
//! Not covered: what a program computes from a value (a hash, hexadecimal, compression, its reverse).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::SHORTEST;

/// Adds the patterns of a value; false if it is too short to be masked.
pub(super) fn collect(value: &str, patterns: &mut Vec<Vec<u8>>) -> bool {
    let whole = value.trim_end_matches(['\r', '\n']);
    if !is_long_enough(whole) {
        return false;
    }
    patterns.push(whole.as_bytes().to_vec());
    patterns.extend(lines(whole));
    patterns.extend(base64_forms(whole));
    if whole != value {
        patterns.extend(base64_forms(value));
    }
    patterns.extend(percent_forms(whole));
    patterns.extend(json_forms(whole));
    true
}

fn is_long_enough(text: &str) -> bool {
    text.trim().chars().count() >= SHORTEST
}

fn lines(value: &str) -> impl Iterator<Item = Vec<u8>> {
    value.lines().map(str::trim).filter(|line| is_long_enough(line)).map(|line| line.as_bytes().to_vec())
}

fn base64_forms(value: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        let whole = engine.encode(value);
        let padding = "=".repeat((4 - whole.len() % 4) % 4);
        forms.push(format!("{whole}{padding}").into_bytes());
        forms.push(whole.into_bytes());
        forms.extend((0..3).map(|shift| base64_core(&engine, value, shift)));
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// The characters of the base64 of `value` behind `shift` other bytes that depend on nothing but `value`.
fn base64_core(engine: &base64::engine::GeneralPurpose, value: &str, shift: usize) -> Vec<u8> {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(value.as_bytes());
    let encoded = engine.encode(&bytes).into_bytes();
    let first = (shift * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    encoded[first..last].to_vec()
}

/// What the encoders in use leave as it is, beside letters and digits.
const SAFE: [&[u8]; 4] = [b"-._~", b"-._~/", b"-._", b"-_.!~*'()"];

fn percent_forms(value: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for safe in SAFE {
        for digits in [b"0123456789ABCDEF", b"0123456789abcdef"] {
            forms.push(percent(value, safe, digits, false));
            forms.push(percent(value, safe, digits, true));
        }
    }
    forms
}

fn percent(value: &str, safe: &[u8], digits: &[u8; 16], plus: bool) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(value.len() * 3);
    for byte in value.bytes() {
        match byte {
            b' ' if plus => encoded.push(b'+'),
            _ if byte.is_ascii_alphanumeric() || safe.contains(&byte) => encoded.push(byte),
            _ => encoded.extend([b'%', digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]),
        }
    }
    encoded
}

fn json_forms(value: &str) -> Vec<Vec<u8>> {
    let quoted = serde_json::Value::from(value).to_string();
    let escaped = &quoted[1..quoted.len() - 1];
    vec![escaped.as_bytes().to_vec(), ascii_only(escaped).into_bytes()]
}

fn ascii_only(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            let mut units = [0; 2];
            character
                .encode_utf16(&mut units)
                .iter()
                .for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
        }
    }
    escaped
}
