use std::sync::Arc;

use proptest::prelude::*;

use super::*;

fn masked(secrets: &[&str], text: &str) -> String {
    Masker::new(secrets.iter().map(|value| ("NAME", *value))).mask(text).into_owned()
}

fn streamed(masker: &Arc<Masker>, pieces: &[&[u8]]) -> Vec<u8> {
    let (mut stream, mut out) = (MaskStream::new(Arc::clone(masker)), Vec::new());
    pieces.iter().for_each(|piece| stream.push(piece, &mut out));
    stream.finish(&mut out);
    out
}

#[test]
fn values_are_hidden_wherever_they_stand() {
    assert_eq!(masked(&["hunter22"], "a=hunter22,b=hunter22hunter22"), "a=***,b=******");
    assert_eq!(masked(&["hunter22", "hunter22-longer"], "hunter22-longer hunter22"), "*** ***");
}

#[test]
fn short_values_are_left_and_named() {
    let masker = Masker::new([("SHORT", "abc"), ("BLANK", "     "), ("LONG", "abcd")]);
    assert_eq!(masker.too_short(), ["SHORT", "BLANK"]);
    assert_eq!(masker.mask("abc abcd"), "abc ***");
}

#[test]
fn each_line_of_a_long_value_is_hidden() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n  hkiG9w0BAQEFAASC\n-----END KEY-----\n";
    assert_eq!(masked(&[key], "x MIIEvQIBADANBgkq y"), "x *** y");
    assert_eq!(masked(&[key], "hkiG9w0BAQEFAASC"), "***");
    assert_eq!(masked(&[key], key), "***\n");
}

#[test]
fn encoded_values_are_hidden() {
    let secret = "p\"ss wörd/+=&€";
    for encoded in [
        "cCJzcyB3w7ZyZC8rPSbigqw=",
        "cCJzcyB3w7ZyZC8rPSbigqw",
        "p%22ss%20w%C3%B6rd%2F%2B%3D%26%E2%82%AC",
        "p%22ss+w%c3%b6rd%2f%2b%3d%26%e2%82%ac",
        "p\\\"ss wörd/+=&€",
        "p\\\"ss w\\u00f6rd/+=&\\u20ac",
    ] {
        assert_eq!(masked(&[secret], &format!("<{encoded}>")), "<***>", "{encoded}");
    }
}

/// What programs make of one value: Python, bash, dash, PHP and others.
#[test]
fn quoted_values_are_hidden() {
    let secret = "p\"s's <wö>&r\\d$/+%1";
    for quoted in [
        r#"p"s\'s <wö>&r\\d$/+%1"#,
        r#"p"s\'s <w\xc3\xb6>&r\\d$/+%1"#,
        r#"p\"s's <wö>&r\\d$/+%1"#,
        r"p&quot;s&#x27;s &lt;wö&gt;&amp;r\d$/+%1",
        r"p&quot;s&apos;s &lt;wö&gt;&amp;r\d$/+%1",
        r"p&#34;s&#39;s &lt;wö&gt;&amp;r\d$/+%1",
        r#"p"s's &lt;wö&gt;&amp;r\d$/+%1"#,
        r#"p"s'"'"'s <wö>&r\d$/+%1"#,
        r#"p"s'\''s <wö>&r\d$/+%1"#,
        r#"p\"s's <wö>&r\\d\$/+%1"#,
        r#"p\"s\'s\ \<wö\>\&r\\d\$/+%1"#,
        r#"p\"s's <w\u00f6>&r\\d$\/+%1"#,
        r#"p\"s's \u003cwö\u003e\u0026r\\d$/+%1"#,
        r"p\u0022s\u0027s \u003Cw\u00F6\u003E\u0026r\\d$/\u002B%1",
        "7022732773203c77c3b63e26725c64242f2b2531",
        "7022732773203C77C3B63E26725C64242F2B2531",
    ] {
        assert_eq!(masked(&[secret], &format!("<{quoted}>")), "<***>", "{quoted}");
    }
    assert_eq!(masked(&["it's <ö>"], r#"["it's <ö>", 'it'"'"'s <ö>']"#), r#"["***", '***']"#);
    assert_eq!(masked(&["'word'"], r#"x="'"'word'"'""#), r#"x="***""#);
}

/// By the sets of the WHATWG's URL standard: fragment, query, special query, path, user information, component.
#[test]
fn addresses_of_browsers_are_hidden() {
    let secret = "a b\"c<d>e`f#g?h{i}j/k:l;m=n@o[p]q^r|s'é%";
    for encoded in [
        "a%20b%22c%3Cd%3Ee%60f#g?h{i}j/k:l;m=n@o[p]q^r|s'%C3%A9%",
        "a%20b%22c%3Cd%3Ee`f%23g?h{i}j/k:l;m=n@o[p]q^r|s'%C3%A9%",
        "a%20b%22c%3Cd%3Ee`f%23g?h{i}j/k:l;m=n@o[p]q^r|s%27%C3%A9%",
        "a%20b%22c%3Cd%3Ee%60f%23g%3Fh%7Bi%7Dj/k:l;m=n@o[p]q^r|s'%C3%A9%",
        "a%20b%22c%3Cd%3Ee%60f%23g%3Fh%7Bi%7Dj/k:l;m=n@o[p]q%5Er|s'%C3%A9%",
        "a%20b%22c%3cd%3ee%60f%23g%3fh%7bi%7dj/k:l;m=n@o[p]q%5er|s'%c3%a9%",
        "a%20b%22c%3Cd%3Ee%60f%23g%3Fh%7Bi%7Dj%2Fk%3Al%3Bm%3Dn%40o%5Bp%5Dq%5Er%7Cs'%C3%A9%",
    ] {
        assert_eq!(masked(&[secret], &format!("x={encoded}&y")), "x=***&y", "{encoded}");
    }
}

/// What stays does not depend on the value, wherever it falls on the groups.
#[test]
fn base64_with_neighbours_is_hidden_to_the_last_bit() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let shown = |secret: &str, before: &str, behind: &str| {
        let text = format!("{before}{secret}{behind}");
        [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)].map(|encoded| masked(&[secret], &encoded))
    };
    for secrets in [["correct-horse", "~~~~~~~~~~~~~"], ["correct-hors", "????????????"], ["12345", "abcde"]]
    {
        for before in ["", "u:", "us:", "use:"] {
            for behind in ["", "\n", "yz", ":xy"] {
                let [first, second] = secrets.map(|secret| shown(secret, before, behind));
                assert_eq!(first, second, "{before} {behind}");
                assert!(first.iter().all(|shown| shown.contains(REPLACEMENT)), "{first:?}");
            }
        }
    }
}

#[test]
fn base64_in_lines_is_hidden() {
    use base64::Engine as _;
    let wrapped = |text: &str, line: usize| {
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        encoded.as_bytes().chunks(line).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n")
    };
    let long: String = (0..31).map(|n| format!("secret-{n}/")).collect();
    for line in [64, 76] {
        assert_eq!(masked(&[&long], &wrapped(&long, line)), "***");
        let piecewise = wrapped(&long, line).replace('\n', "\n  ");
        assert!(masked(&[&long], &piecewise).lines().all(|line| line.trim() == "***"));
        for before in 40..60 {
            let text = format!("{}correct-horse-battery{}", "x".repeat(before), "y".repeat(30));
            let shown = masked(&["correct-horse-battery"], &wrapped(&text, line));
            assert_eq!(shown.matches(REPLACEMENT).count(), 1, "{shown}");
        }
    }
}

#[test]
fn a_long_value_is_searched_for_in_few_forms() {
    let value: String = (0..4000).map(|n| format!("{{\"{n}\": '\\{n}'}}, ")).collect();
    let masker = Masker::new([("KEY", value.as_str())]);
    assert!(masker.search.as_ref().unwrap().patterns.len() < 30, "{masker:?}");
    assert_eq!(masker.mask(&format!("<{value}>")), "<***>");
}

#[test]
fn a_value_within_a_basic_authorization_header_is_hidden() {
    for user in ["a", "ab", "abc", "abcd"] {
        let header = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            format!("{user}:correct-horse-battery"),
        );
        let shown = masked(&["correct-horse-battery"], &header);
        assert!(shown.contains(REPLACEMENT) && shown.len() < 20, "{shown}");
    }
}

#[test]
fn a_beginning_is_held_back_only_as_long_as_it_may_be_one() {
    let masker = Arc::new(Masker::new([("NAME", "secret-value")]));
    let (mut stream, mut out) = (MaskStream::new(masker), Vec::new());
    stream.push(b"password: sec", &mut out);
    assert_eq!(out, b"password: ");
    stream.push(b"ond: ", &mut out);
    assert_eq!(out, b"password: second: ");
    stream.push(b"secret-value", &mut out);
    assert_eq!(out, b"password: second: ***");
}

#[test]
fn debug_shows_no_value() {
    assert!(!format!("{:?}", Masker::new([("NAME", "hunter22")])).contains("hunter"));
}

/// Few letters, so that secrets overlap, repeat, and begin within each other.
fn word(longest: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(prop_oneof![Just('a'), Just('b'), Just('\n'), Just('é')], 0..longest)
        .prop_map(|letters| letters.into_iter().collect())
}

/// A text of loose letters and whole secrets, and where to cut it.
fn case() -> impl Strategy<Value = (Vec<String>, String, Vec<usize>)> {
    let secrets = proptest::collection::vec(word(9), 1..4);
    secrets.prop_flat_map(|secrets| {
        let parts =
            proptest::collection::vec(prop_oneof![word(6), proptest::sample::select(secrets.clone())], 0..12);
        let text = parts.prop_map(|parts| parts.concat());
        (Just(secrets), text, proptest::collection::vec(0..120usize, 0..12))
    })
}

fn cut<'t>(text: &'t [u8], cuts: &[usize]) -> Vec<&'t [u8]> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| (*cut).min(text.len())).collect();
    at.extend([0, text.len()]);
    at.sort_unstable();
    at.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

proptest! {
    #[test]
    fn pieces_give_what_the_whole_gives_and_no_secret((secrets, text, cuts) in case()) {
        let masker = Arc::new(Masker::new(secrets.iter().map(|value| ("NAME", value.as_str()))));
        let whole = masker.mask(&text).into_owned();
        prop_assert_eq!(streamed(&masker, &cut(text.as_bytes(), &cuts)), whole.as_bytes());
        for secret in &secrets {
            let value = secret.trim_end_matches('\n');
            prop_assert!(value.trim().chars().count() < SHORTEST || !whole.contains(value), "{value:?} in {whole:?}");
        }
    }
}
