//! Numbers, read in one pass: whether it is one, how it is written, and what it is worth.

/// Whole numbers up to this are the same as floating ones.
const EXACT_IN_DOUBLE: u64 = 1 << 53;
/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// A number in decimal notation, such as `-12.50e+3`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Number<'a> {
    text: &'a [u8],
    negative: bool,
    /// All digits as one number; it is right for up to 19 of them.
    mantissa: u64,
    /// How many digits count: without zeros in front.
    pub(crate) digits: usize,
    /// How many of all digits stand behind the dot.
    scale: usize,
    exponent: i32,
    style: Style,
}

/// How it is written: what decides whether it may be a code that only looks like a number.
#[derive(Debug, Clone, Copy, Default)]
struct Style {
    plus: bool,
    padded: bool,
    dot: bool,
    /// A dot with nothing before it.
    bare: bool,
    exponent: bool,
    signed_exponent: bool,
    /// A dot with nothing behind it.
    open: bool,
}

impl<'a> Number<'a> {
    /// The whole text as a number; `None` if it is anything else.
    #[inline]
    pub(crate) fn scan(text: &'a [u8]) -> Option<Self> {
        let mut number = Self { text, ..Self::default() };
        let mut at = number.sign();
        let whole = number.take_digits(&mut at);
        let mut fraction = 0;
        if text.get(at) == Some(&b'.') {
            at += 1;
            fraction = number.take_digits(&mut at);
            number.style.dot = true;
            number.style.open = fraction == 0;
        }
        let first = text.get(at - whole - fraction - usize::from(number.style.dot));
        number.style.padded = whole > 1 && first == Some(&b'0');
        number.style.bare = whole == 0;
        number.scale = fraction;
        if matches!(text.get(at), Some(b'e' | b'E')) {
            number.take_exponent(&mut at)?;
        }
        (at == text.len() && whole + fraction > 0).then_some(number)
    }

    fn sign(&mut self) -> usize {
        self.negative = self.text.first() == Some(&b'-');
        self.style.plus = self.text.first() == Some(&b'+');
        usize::from(self.negative || self.style.plus)
    }

    /// Goes past digits, and tells how many.
    #[inline]
    fn take_digits(&mut self, at: &mut usize) -> usize {
        let start = *at;
        while let Some(digit) =
            self.text.get(*at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
        {
            self.mantissa = self.mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            self.digits += usize::from(self.digits > 0 || digit > 0);
            *at += 1;
        }
        *at - start
    }

    fn take_exponent(&mut self, at: &mut usize) -> Option<()> {
        *at += 1;
        self.style.exponent = true;
        let sign = self.text.get(*at).filter(|byte| matches!(byte, b'+' | b'-'));
        self.style.signed_exponent = sign.is_some();
        *at += usize::from(sign.is_some());
        let start = *at;
        while let Some(digit) = self.text.get(*at).filter(|byte| byte.is_ascii_digit()) {
            self.exponent = (self.exponent * 10 + i32::from(digit - b'0')).min(100_000);
            *at += 1;
        }
        if sign == Some(&b'-') {
            self.exponent = -self.exponent;
        }
        (*at > start).then_some(())
    }

    /// Written as JSON has it: no plus, no zeros in front, digits on both sides of a dot.
    pub(crate) fn is_json(&self) -> bool {
        !(self.style.plus || self.style.padded || self.style.bare || self.style.open)
    }

    /// Whether nothing of how it is written is lost when it is kept as a number. `007`, `+49`, `1.` and `12E4` are
    /// more often codes than numbers.
    pub(crate) fn is_plain(&self) -> bool {
        let code = self.style.exponent && !self.style.signed_exponent && !self.style.dot;
        !(self.style.plus || self.style.padded || self.style.open || code)
    }

    /// Whether it would be written the same way again, but for the form of an exponent and zeros behind a dot.
    #[inline]
    pub(crate) fn keeps_its_digits(&self) -> bool {
        !(self.style.plus || self.style.padded)
    }

    pub(crate) fn is_whole(&self) -> bool {
        !self.style.dot && !self.style.exponent
    }

    #[inline]
    pub(crate) fn bigint(&self) -> Option<i64> {
        if !self.is_whole() || self.digits > 19 {
            return None;
        }
        if self.negative {
            0i64.checked_sub_unsigned(self.mantissa)
        } else {
            i64::try_from(self.mantissa).ok()
        }
    }

    /// The nearest double; `None` if it is beyond all of them.
    #[inline]
    pub(crate) fn double(&self) -> Option<f64> {
        let power = self.exponent - i32::try_from(self.scale).ok()?;
        if self.digits <= 15 && power.unsigned_abs() <= 22 {
            return Some(self.small_double(power));
        }
        let parsed: f64 = std::str::from_utf8(self.text).ok()?.parse().ok()?;
        parsed.is_finite().then_some(parsed)
    }

    /// Both factors are exact, so there is one rounding and it is the right one (Clinger's fast path).
    #[expect(clippy::cast_precision_loss, reason = "the mantissa is below 2^53")]
    fn small_double(&self, power: i32) -> f64 {
        let factor = POWERS[power.unsigned_abs() as usize];
        let size = if power < 0 { self.mantissa as f64 / factor } else { self.mantissa as f64 * factor };
        if self.negative { -size } else { size }
    }

    /// Whether nothing is lost in a double that somebody counts on: whole numbers must be the same, and none becomes zero.
    pub(crate) fn is_exact_in_double(&self) -> bool {
        if self.is_whole() {
            return self.digits <= 16 && self.mantissa <= EXACT_IN_DOUBLE;
        }
        let Some(double) = self.double().filter(|_| self.digits <= 17) else { return false };
        let is_lost = self.mantissa != 0 && double == 0.0;
        !is_lost && self.without_fraction().is_none_or(is_double)
    }

    /// What stands before the dot, if there are only zeros behind it.
    fn without_fraction(&self) -> Option<u64> {
        let power = 10u64.checked_pow(u32::try_from(self.scale).ok()?)?;
        (!self.style.exponent && self.mantissa.is_multiple_of(power)).then(|| self.mantissa / power)
    }

    /// In units of the last place: `12.5` with a scale of 2 is 1250. `None` if a digit would be lost.
    pub(crate) fn decimal(&self, precision: u8, scale: u8) -> Option<i128> {
        let shift = i32::from(scale) + self.exponent - i32::try_from(self.scale).ok()?;
        let shifted = shift_digits(self.wide_mantissa()?, shift)?;
        let fits = shifted.unsigned_abs() < 10u128.pow(u32::from(precision));
        fits.then_some(if self.negative { -shifted } else { shifted })
    }

    /// All digits as one number, if there are no more than a decimal can have (or zeros behind them).
    fn wide_mantissa(&self) -> Option<i128> {
        if self.digits <= 19 {
            return Some(i128::from(self.mantissa));
        }
        let digits = self
            .text
            .iter()
            .take_while(|byte| !matches!(byte, b'e' | b'E'))
            .filter(|byte| byte.is_ascii_digit());
        digits
            .map(|byte| i128::from(byte - b'0'))
            .try_fold(0i128, |sum, digit| sum.checked_mul(10)?.checked_add(digit))
    }
}

/// Whether a double is this number: as many bits as count, it has.
fn is_double(whole: u64) -> bool {
    whole == 0 || whole >> whole.trailing_zeros() <= EXACT_IN_DOUBLE
}

/// Moves the dot; to the right it must leave zeros only behind.
fn shift_digits(mantissa: i128, shift: i32) -> Option<i128> {
    if mantissa == 0 {
        return Some(0);
    }
    let factor = 10i128.checked_pow(shift.unsigned_abs())?;
    if shift >= 0 {
        return mantissa.checked_mul(factor);
    }
    (mantissa % factor == 0).then(|| mantissa / factor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scan(text: &str) -> Number<'_> {
        Number::scan(text.as_bytes()).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn whole_numbers_have_64_bits() {
        for (text, value) in [("0", Some(0)), ("-7", Some(-7)), ("9223372036854775807", Some(i64::MAX))] {
            assert_eq!(scan(text).bigint(), value);
        }
        assert_eq!(scan("-9223372036854775808").bigint(), Some(i64::MIN));
        for text in ["9223372036854775808", "-9223372036854775809", "99999999999999999999", "1.0", "1e3"] {
            assert_eq!(scan(text).bigint(), None, "{text}");
        }
    }

    #[test]
    fn decimals_lose_no_digit() {
        for (text, value) in [
            ("12.5", Some(1250)),
            ("-0.01", Some(-1)),
            ("12.500", Some(1250)),
            ("1.25e1", Some(1250)),
            ("0e99999", Some(0)),
            ("12.505", None),
            ("10000000000", None),
            ("1e40", None),
        ] {
            assert_eq!(scan(text).decimal(12, 2), value, "{text}");
        }
        let widest = "9".repeat(38);
        assert_eq!(scan(&widest).decimal(38, 0), widest.parse().ok());
        assert_eq!(scan(&"9".repeat(39)).decimal(38, 0), None);
    }

    #[test]
    fn how_it_is_written_tells_codes_from_numbers() {
        for text in ["0", "-1", "0.5", ".5", "1e-05", "1.0E16", "1e+21"] {
            assert!(scan(text).is_plain(), "{text}");
        }
        for text in ["007", "-05", "00.5", "+49", "1.", "12E4", "00"] {
            assert!(!scan(text).is_plain(), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "-.", "e5", "1e", "1e+", "1 ", "1,5", "0x1F", "--1", "NaN", "1.2.3"] {
            assert!(Number::scan(text.as_bytes()).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_double_is_the_one_that_the_standard_library_reads(text in "-?[0-9]{1,20}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?") {
            let expected = text.parse::<f64>().ok().filter(|value| value.is_finite());
            prop_assert_eq!(scan(&text).double(), expected);
        }

        #[test]
        fn nothing_makes_it_panic(text in proptest::collection::vec(proptest::sample::select(b"+-.eE0123456789x".to_vec()), 0..60)) {
            if let Some(number) = Number::scan(&text) {
                let _ = (number.bigint(), number.double(), number.decimal(38, 10), number.is_exact_in_double());
            }
        }
    }
}
