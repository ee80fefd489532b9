//! What the fuzz target does with a packet, and a test with its corpus. The target takes this file by its path, beside that of packets.

use super::{First, first, negotiate, password};

/// It is understood or not, and never does any harm.
pub(super) fn packet(body: &[u8]) {
    if let Some(First::Startup(startup)) = first(body) {
        let is_setting =
            |name: &String| !name.starts_with("_pq_.") || startup.parameters.contains_key("options");
        assert!(startup.settings().keys().all(is_setting), "an option of the protocol is no setting");
        let told = negotiate(startup.extensions());
        let length = told[1..].first_chunk().map(|length| u32::from_be_bytes(*length) as usize);
        assert_eq!(length, Some(told.len() - 1), "an answer says how long it is");
    }
    assert!(
        password(body).is_none_or(|password| password.len() + 1 == body.len()),
        "a password is all that came"
    );
}
