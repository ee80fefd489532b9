//! Lists of which as much is fetched as is wanted.

use anyhow::Result;
use polder_types::wire::Page;

use crate::output::Output;

/// The most that the server gives at once.
const LARGEST_PAGE: u32 = 500;

/// Fetches pages until `limit` items are there. `next` gets the cursor and how many are wanted.
pub async fn fetch<T>(
    limit: u32,
    mut next: impl AsyncFnMut(Option<String>, u32) -> Result<Page<T>>,
) -> Result<Page<T>> {
    let mut all = Page { items: Vec::new(), next_cursor: None };
    loop {
        let left = limit.saturating_sub(u32::try_from(all.items.len()).unwrap_or(u32::MAX));
        if left == 0 {
            return Ok(all);
        }
        let page = next(all.next_cursor.take(), left.min(LARGEST_PAGE)).await?;
        all.items.extend(page.items);
        match page.next_cursor {
            None => return Ok(all),
            cursor => all.next_cursor = cursor,
        }
    }
}

/// Says that there is more.
pub fn note_more<T>(output: &Output, page: &Page<T>) {
    if page.next_cursor.is_some() {
        output.note(format!("The first {}; more with --limit.", page.items.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pages_are_fetched_until_there_is_enough_or_no_more() {
        let mut asked = Vec::new();
        let page = fetch(700, async |cursor, limit| {
            asked.push((cursor, limit));
            let items = vec![0u8; usize::try_from(limit).unwrap()];
            Ok(Page { items, next_cursor: Some("more".into()) })
        });
        assert_eq!(page.await.unwrap().items.len(), 700);
        assert_eq!(asked, [(None, 500), (Some("more".into()), 200)]);
        let last = fetch(10, async |_, _| Ok(Page { items: vec![1], next_cursor: None })).await.unwrap();
        assert_eq!((last.items.len(), last.next_cursor), (1, None));
    }
}
