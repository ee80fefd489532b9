use polder_store::{DatabaseUrl, Error, on_both_databases, settings};

on_both_databases! {
    async fn a_new_store_answers(store: Store) {
        store.ping().await.unwrap();
        store.close().await;
        assert!(matches!(store.ping().await.unwrap_err(), Error::Unavailable(_)));
    }

    async fn only_what_is_committed_stays(store: Store) {
        let mut tx = store.begin().await.unwrap();
        settings::set(&mut tx, "kept", "yes").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        settings::set(&mut tx, "kept", "no").await.unwrap();
        drop(tx);
        let mut tx = store.begin().await.unwrap();
        settings::set(&mut tx, "kept", "never").await.unwrap();
        tx.rollback().await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(settings::get(&mut tx, "kept").await.unwrap().as_deref(), Some("yes"));
        assert_eq!(settings::get(&mut tx, "other").await.unwrap(), None);
    }

    async fn a_reader_waits_for_no_writer_and_sees_one_moment(store: Store) {
        let mut reader = store.read().await.unwrap();
        assert_eq!(settings::get(&mut reader, "x").await.unwrap(), None);
        let mut writer = store.begin().await.unwrap();
        settings::set(&mut writer, "x", "1").await.unwrap();
        assert_eq!(settings::get(&mut reader, "x").await.unwrap(), None);
        writer.commit().await.unwrap();
        assert_eq!(settings::get(&mut reader, "x").await.unwrap(), None);
        drop(reader);
        let mut reader = store.read().await.unwrap();
        assert_eq!(settings::get(&mut reader, "x").await.unwrap().as_deref(), Some("1"));
    }

    async fn a_reader_cannot_write(store: Store) {
        let mut tx = store.read().await.unwrap();
        assert!(settings::set(&mut tx, "x", "1").await.is_err());
    }

    async fn a_caller_that_goes_away_while_a_transaction_begins_leaves_nothing_behind(store: Store) {
        store.ping().await.unwrap();
        for polls in (0..2_000).map(|round| round % 200) {
            let mut begun = Box::pin(store.read());
            for _ in 0..polls {
                if futures::poll!(begun.as_mut()).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        for value in 0..40 {
            let mut tx = store.begin().await.unwrap();
            settings::set(&mut tx, "x", &value.to_string()).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    async fn who_locks_the_same_thing_sees_what_the_one_before_committed(store: Store) {
        let mut first = store.begin().await.unwrap();
        first.lock("thing", 1).await.unwrap();
        let waiting = tokio::spawn({
            let store = store.clone();
            async move {
                let mut second = store.begin().await.unwrap();
                second.lock("thing", 1).await.unwrap();
                settings::get(&mut second, "x").await.unwrap()
            }
        });
        tokio::task::yield_now().await;
        settings::set(&mut first, "x", "1").await.unwrap();
        first.commit().await.unwrap();
        assert_eq!(waiting.await.unwrap().as_deref(), Some("1"));
    }
}

#[test]
fn an_address_is_understood_or_refused_without_its_password() {
    assert_eq!("sqlite:/a/b.db".parse::<DatabaseUrl>().unwrap(), DatabaseUrl::Sqlite("/a/b.db".into()));
    assert_eq!("sqlite:///a/b.db".parse::<DatabaseUrl>().unwrap(), DatabaseUrl::Sqlite("/a/b.db".into()));
    let postgres: DatabaseUrl = "postgres://me:secret@host/db".parse().unwrap();
    assert!(!format!("{postgres:?}").contains("secret"));
    let error = "mysql://me:secret@host/db".parse::<DatabaseUrl>().unwrap_err();
    assert!(!format!("{error:?} {error}").contains("secret"));
}
