//! Notices an API that turns in circles, which would be asked for ever.

use std::collections::HashSet;

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::broken;
use crate::Result;

type Hash = [u8; 32];

/// What came of one reading from its first page to its last.
#[derive(Default)]
pub(super) struct Circles {
    tokens: HashSet<Hash>,
    /// The records of the page before.
    page: Option<Hash>,
}

impl Circles {
    /// # Errors
    /// When a page has the records of the one before. What stands around them may differ, such as when it was answered.
    pub(super) fn page(&mut self, place: &str, records: &[&RawValue]) -> Result<()> {
        let page = (!records.is_empty()).then(|| hash(records.iter().map(|record| record.get())));
        if page.is_some() && page == self.page {
            let reason =
                "it answers with the same page again and again: is the place of the page's token right?";
            return Err(broken(place, reason));
        }
        self.page = page;
        Ok(())
    }

    /// # Errors
    /// When a next page is said to be one that was asked for before, however many pages ago.
    pub(super) fn token(&mut self, place: &str, token: &str) -> Result<()> {
        if self.tokens.insert(hash([token])) {
            return Ok(());
        }
        Err(broken(place, "it says that the next page is one that it has answered with already"))
    }
}

fn hash<'a>(texts: impl IntoIterator<Item = &'a str>) -> Hash {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_the_same_if_their_records_are() {
        let pages = ["1", "2", "[1]"].map(|text| RawValue::from_string(text.to_owned()).unwrap());
        let [one, two, list] = [&*pages[0], &*pages[1], &*pages[2]];
        let mut circles = Circles::default();
        for well in [vec![one, two], vec![two, one], vec![list], vec![], vec![]] {
            circles.page("x", &well).unwrap();
        }
        circles.page("x", &[one, two]).unwrap();
        assert!(circles.page("x", &[one, two]).is_err());
    }

    #[test]
    fn a_token_leads_on_once() {
        let mut circles = Circles::default();
        for token in ["c0", "c1", "c2"] {
            circles.token("x", token).unwrap();
        }
        assert!(circles.token("x", "c0").is_err());
    }
}
