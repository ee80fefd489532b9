use proptest::prelude::*;

use super::*;

#[path = "fuzzing.rs"]
mod fuzzing;

fn startup(parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = (3u32 << 16).to_be_bytes().to_vec();
    for (name, value) in parameters {
        body.extend(name.bytes().chain([0]).chain(value.bytes()).chain([0]));
    }
    body.push(0);
    body
}

fn settings(options: &str) -> Vec<(String, String)> {
    let Some(First::Startup(startup)) = first(&startup(&[("user", "me"), ("options", options)])) else {
        panic!()
    };
    startup.settings().into_iter().collect()
}

#[test]
fn a_client_says_what_it_wants() {
    assert_eq!(first(&TLS.to_be_bytes()), Some(First::Tls));
    assert_eq!(first(&GSS.to_be_bytes()), Some(First::Gss));
    let cancel: Vec<u8> = [CANCEL, 7, u32::MAX].into_iter().flat_map(u32::to_be_bytes).collect();
    assert_eq!(first(&cancel), Some(First::Cancel(SessionKey { id: 7, secret: -1 })));
    assert_eq!(first(&(2u32 << 16).to_be_bytes()), Some(First::Version(2)));
    let Some(First::Startup(begun)) = first(&startup(&[("user", "me"), ("database", "dev")])) else {
        panic!()
    };
    assert_eq!(begun.parameters["database"], "dev");
    assert!(begun.settings().is_empty());
}

#[test]
fn what_makes_no_sense_is_nothing() {
    for body in [&b""[..], b"\0\0", &startup(&[("", "x")]), &[0, 3, 0, 0, b'a', 0, 0], &[0, 3, 0, 0]] {
        assert_eq!(first(body), None, "{body:?}");
    }
    assert_eq!(password(b"secret\0").as_deref(), Some("secret"));
    assert_eq!((password(b"secret"), password(b"a\0b\0"), password(b"\xff\0")), (None, None, None));
}

#[test]
fn settings_are_in_options_too() {
    let found = settings("-c polder.branch=one\\ two --statement-timeout=5s -cwork_mem=1 -d nothing");
    let expected = [("polder.branch", "one two"), ("statement_timeout", "5s"), ("work_mem", "1")];
    assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn answers_are_those_of_the_manual() {
    assert_eq!(ask_password(), b"R\0\0\0\x08\0\0\0\x03");
    assert_eq!(welcome(), b"R\0\0\0\x08\0\0\0\0");
    assert_eq!(negotiate(["_pq_.a"].into_iter()), b"v\0\0\0\x13\0\x03\0\0\0\0\0\x01_pq_.a\0");
    assert_eq!(refusal("28P01", "no", ""), b"E\0\0\0\x1eSFATAL\0VFATAL\0C28P01\0Mno\0\0"[..].to_vec());
}

#[test]
fn the_corpus_does_no_harm() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/packets");
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 20, "{} is nearly empty", folder.display());
    for file in files {
        fuzzing::packet(&std::fs::read(file).unwrap());
    }
}

proptest! {
    #[test]
    fn no_packet_does_any_harm(body in proptest::collection::vec(any::<u8>(), 0..200), code in 0..5usize) {
        let code = [TLS, GSS, CANCEL, 3 << 16, 0][code];
        fuzzing::packet(&[&code.to_be_bytes()[..], &body].concat());
    }

    #[test]
    fn what_is_said_is_understood(parameters in proptest::collection::btree_map("[^\0]{1,10}", "[^\0]{0,10}", 0..5)) {
        let said: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        prop_assert_eq!(first(&startup(&said)), Some(First::Startup(Startup { minor: 0, parameters })));
    }
}
