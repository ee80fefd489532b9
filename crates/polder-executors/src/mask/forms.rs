//! The forms in which a secret may show up.
//!
//! * the value, and each line of it (without the white space around it);
//! * base64 and hexadecimal, also within something longer (`base64`);
//! * percent-encoded, as libraries and browsers do it (`percent`);
//! * quoted: for JSON, XML and HTML, shells, Python and its like (`quoted`).
//!
//! A form that does not differ from the value costs nothing: most values are letters and digits. One that is longer
//! than [`LONG`] is searched for in the usual forms only, since a search takes memory by the length of what it looks for.
//!
//! Not covered: what a program computes from a value (a hash, compression, its reverse), two encodings in one another,
//! and a value that is cut in pieces by something else than base64's lines.

mod base64;
mod percent;
mod quoted;

use super::SHORTEST;

/// The longest value, in bytes, that is searched for in rare forms too.
const LONG: usize = 4096;

/// Adds the patterns of a value; false if it is too short to be masked.
pub(super) fn collect(value: &str, patterns: &mut Vec<Vec<u8>>) -> bool {
    let whole = value.trim_end_matches(['\r', '\n']);
    if !is_long_enough(whole) {
        return false;
    }
    patterns.push(whole.as_bytes().to_vec());
    patterns.extend(lines(whole));
    patterns.extend(base64::forms(whole));
    if whole != value {
        patterns.extend(base64::forms(value));
    }
    patterns.extend(percent::forms(whole));
    patterns.extend(quoted::usual(whole));
    if whole.len() <= LONG {
        patterns.extend(base64::rare(whole));
        patterns.extend(percent::rare(whole));
        patterns.extend(quoted::rare(whole));
        patterns.extend(hexadecimal(whole));
    }
    patterns.retain(|pattern| pattern.len() >= SHORTEST);
    true
}

fn is_long_enough(text: &str) -> bool {
    text.trim().chars().count() >= SHORTEST
}

fn lines(value: &str) -> impl Iterator<Item = Vec<u8>> {
    value.lines().map(str::trim).filter(|line| is_long_enough(line)).map(|line| line.as_bytes().to_vec())
}

fn hexadecimal(value: &str) -> [Vec<u8>; 2] {
    let hex = |digits: &[u8; 16]| {
        value
            .bytes()
            .flat_map(|byte| [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]])
            .collect()
    };
    [hex(b"0123456789abcdef"), hex(b"0123456789ABCDEF")]
}
