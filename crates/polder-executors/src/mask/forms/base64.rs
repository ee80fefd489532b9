//! Base64, with both alphabets: a value by itself, or as a part of something longer (`user:password` in a header).
//!
//! Within something longer a value falls on base64's groups in one of three ways. The characters that depend on nothing
//! but the value are its *core*; the one before and the one behind it hold some bits of the value and some of its
//! neighbours, and are searched for with every value of the latter, unless the value is so long that a few bits more
//! or less tell nothing.
//!
//! Encoders that break lines do so at 64 or 76 characters. A core that is shorter than such a line is searched for with
//! a break at each place; of a longer one only the lines of the value by itself are.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::SHORTEST;

/// Characters of a line, as `openssl` and PEM have it, and as `base64` and MIME do.
const LINES: [usize; 2] = [64, 76];

/// A shorter piece of a broken value is too likely to be something else.
const PIECE: usize = 8;

/// The longest value, in bytes, no bit of which is shown.
const LONG: usize = 256;

/// Of a value by itself, and its cores.
pub(super) fn forms(value: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        forms.extend(by_itself(&engine, value).map(String::into_bytes));
        forms.extend((0..3).map(|shift| Placed::new(&engine, value, shift).core().to_vec()));
    }
    forms
}

/// With the characters that are shared with neighbours, and with line breaks.
pub(super) fn rare(value: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for (engine, letters) in [(STANDARD_NO_PAD, &alphabet::STANDARD), (URL_SAFE_NO_PAD, &alphabet::URL_SAFE)]
    {
        for shift in 0..3 {
            let placed = Placed::new(&engine, value, shift);
            if value.len() <= LONG {
                forms.extend(placed.with_neighbours(letters.as_str().as_bytes()));
            }
            forms.extend(broken(placed.core()));
        }
        for whole in by_itself(&engine, value) {
            LINES.iter().for_each(|line| forms.extend(lines(&whole, *line)));
        }
    }
    forms
}

/// Without and with what fills up the last group.
fn by_itself(engine: &base64::engine::GeneralPurpose, value: &str) -> [String; 2] {
    let whole = engine.encode(value);
    let padding = "=".repeat((4 - whole.len() % 4) % 4);
    [whole.clone(), whole + &padding]
}

/// A value behind `shift` other bytes, encoded.
struct Placed {
    encoded: Vec<u8>,
    shift: usize,
    /// Bits of what is encoded.
    bits: usize,
}

impl Placed {
    fn new(engine: &base64::engine::GeneralPurpose, value: &str, shift: usize) -> Self {
        let mut bytes = vec![0; shift];
        bytes.extend_from_slice(value.as_bytes());
        Self { encoded: engine.encode(&bytes).into_bytes(), shift, bits: bytes.len() * 8 }
    }

    fn core(&self) -> &[u8] {
        &self.encoded[(self.shift * 8).div_ceil(6)..self.bits / 6]
    }

    fn with_neighbours(&self, letters: &[u8]) -> Vec<Vec<u8>> {
        let mut forms = Vec::new();
        for head in self.heads(letters) {
            for tail in self.tails(letters) {
                forms.push([&head, self.core(), &tail].concat());
            }
        }
        forms
    }

    /// What the character before the core may be: its last bits are the value's.
    fn heads(&self, letters: &[u8]) -> Vec<Vec<u8>> {
        let others = self.shift * 8 % 6;
        if others == 0 {
            return vec![Vec::new()];
        }
        let own = self.own(letters, self.shift * 8 / 6);
        (0..1 << others).map(|bits: usize| vec![letters[bits << (6 - others) | own]]).collect()
    }

    /// What the character behind the core may be, whose first bits are the value's; if nothing comes behind the value,
    /// with what fills up the group.
    fn tails(&self, letters: &[u8]) -> Vec<Vec<u8>> {
        let own_bits = self.bits % 6;
        if own_bits == 0 {
            return vec![Vec::new()];
        }
        let own = self.own(letters, self.bits / 6);
        let mut tails: Vec<Vec<u8>> =
            (0..1 << (6 - own_bits)).map(|bits: usize| vec![letters[own | bits]]).collect();
        let padding = if own_bits == 2 { &b"=="[..] } else { b"=" };
        tails.push([&[letters[own]], padding].concat());
        tails
    }

    /// The number that a character stands for; the bits of others are 0 in it.
    fn own(&self, letters: &[u8], at: usize) -> usize {
        letters.iter().position(|letter| *letter == self.encoded[at]).unwrap_or(0)
    }
}

/// With a line break at each place, if there can be but one. What stands before an early one is too little to look for:
/// many a line would be held back that ends like it.
fn broken(core: &[u8]) -> Vec<Vec<u8>> {
    if core.len() > LINES[0] {
        return Vec::new();
    }
    let late = (SHORTEST..core.len()).map(|at| [&core[..at], b"\n", &core[at..]].concat());
    let early = (1..SHORTEST).filter(|at| core.len() >= at + PIECE).map(|at| core[at..].to_vec());
    late.chain(early).collect()
}

/// The value by itself in lines: all of them, and each.
fn lines(encoded: &str, line: usize) -> Vec<Vec<u8>> {
    if encoded.len() <= line {
        return Vec::new();
    }
    let pieces: Vec<&[u8]> = encoded.as_bytes().chunks(line).collect();
    let mut forms: Vec<Vec<u8>> = vec![pieces.join(&b"\n"[..]), pieces.join(&b"\r\n"[..])];
    forms.extend(pieces.iter().filter(|piece| piece.len() >= PIECE).map(|piece| piece.to_vec()));
    forms
}
