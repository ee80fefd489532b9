//! Percent-encoding: which characters stay as they are differs from one library to the next.

/// What the encoders in use leave as it is, beside letters and digits: those of RFC 3986, Python, Java, JavaScript's
/// `encodeURIComponent`.
const USUAL: [&[u8]; 4] = [b"-._~", b"-._~/", b"-._*", b"-_.!~*'()"];

/// Python's `quote` of old, JavaScript's `encodeURI`, and Go's for paths.
const RARE: [&[u8]; 5] = [b"-_", b"-._", b"-_.!~*'();/?:@&=+$,#", b"-_.~$&+:=@", b"-_.~$&+,/:;=@!'()*"];

/// What browsers, and libraries that follow them, encode within ASCII (WHATWG URL, "percent-encode sets"): of a
/// fragment, a query, a special query, a path (three editions), a segment of a path, user information. Nothing else,
/// not even `%`; a segment's is an exception.
const ENCODED: [&[u8]; 8] = [
    b" \"<>`",
    b" \"#<>",
    b" \"#<>'",
    b" \"#<>?`{}",
    b" \"#<>?`{}^",
    b" \"#<>?`{}/%",
    b" \"#<>?`{}/:;=@[\\]^|",
    b" \"#<>?`{}/:;=@[\\]^|$%&+,",
];

const DIGITS: [&[u8; 16]; 2] = [b"0123456789ABCDEF", b"0123456789abcdef"];

pub(super) fn forms(value: &str) -> Vec<Vec<u8>> {
    USUAL.iter().flat_map(|safe| with_safe(value, safe)).collect()
}

pub(super) fn rare(value: &str) -> Vec<Vec<u8>> {
    let stays = |set: &'static [u8]| move |byte: u8| matches!(byte, b' '..=b'~') && !set.contains(&byte);
    let of_urls =
        ENCODED.iter().flat_map(|set| DIGITS.map(|digits| encode(value, stays(set), digits, false)));
    RARE.iter().flat_map(|safe| with_safe(value, safe)).chain(of_urls).collect()
}

fn with_safe(value: &str, safe: &[u8]) -> Vec<Vec<u8>> {
    let stays = |byte: u8| byte.is_ascii_alphanumeric() || safe.contains(&byte);
    let both = |digits| [false, true].map(|plus| encode(value, stays, digits, plus));
    DIGITS.into_iter().flat_map(both).collect()
}

/// With `plus`, a blank becomes `+`, as forms have it.
fn encode(value: &str, stays: impl Fn(u8) -> bool, digits: &[u8; 16], plus: bool) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(value.len() * 3);
    for byte in value.bytes() {
        match byte {
            b' ' if plus => encoded.push(b'+'),
            _ if stays(byte) => encoded.push(byte),
            _ => encoded.extend([b'%', digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]),
        }
    }
    encoded
}
