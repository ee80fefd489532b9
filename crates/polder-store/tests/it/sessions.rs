use polder_store::sessions::{self, NewSession};
use polder_store::tokens::{self, NewToken};
use polder_store::{Error, Tx, on_both_databases};
use polder_types::id::TokenId;

use crate::given::at;

async fn token(tx: &mut Tx, name: &str, expires: Option<i64>) -> TokenId {
    let id = TokenId::new(at(0));
    let new = NewToken {
        id,
        workspace_id: "default",
        hash: name,
        name,
        grants: &[],
        created_at: at(0),
        created_by: "admin",
        expires_at: expires.map(at),
    };
    tokens::insert(tx, new).await.unwrap();
    id
}

fn session(hash: &str, token_id: TokenId) -> NewSession<'_> {
    NewSession { hash, token_id, created_at: at(0), expires_at: at(60) }
}

on_both_databases! {
    async fn a_session_is_its_tokens_until_it_ends(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let id = token(&mut tx, "anna", None).await;
        sessions::insert(&mut tx, session("s", id)).await.unwrap();
        let found = sessions::find(&mut tx, "s").await.unwrap().unwrap();
        assert_eq!((found.token.view.id, found.token.view.name.as_str()), (id, "anna"));
        assert_eq!((found.created_at, found.last_used_at, found.expires_at), (at(0), at(0), at(60)));
        assert!(found.is_valid(at(59)) && !found.is_valid(at(60)));
        assert_eq!(sessions::find(&mut tx, "t").await.unwrap(), None);

        assert!(sessions::note_use(&mut tx, "s", at(30), at(90)).await.unwrap());
        let found = sessions::find(&mut tx, "s").await.unwrap().unwrap();
        assert_eq!((found.created_at, found.last_used_at, found.expires_at), (at(0), at(30), at(90)));
        assert!(sessions::delete(&mut tx, "s").await.unwrap());
        assert!(!sessions::delete(&mut tx, "s").await.unwrap());
        assert!(!sessions::note_use(&mut tx, "s", at(31), at(91)).await.unwrap(), "it has ended");
    }

    async fn a_session_ends_with_its_token(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let (anna, ben) = (token(&mut tx, "anna", Some(20)).await, token(&mut tx, "ben", None).await);
        for (hash, id) in [("a", anna), ("b", ben), ("c", ben)] {
            sessions::insert(&mut tx, session(hash, id)).await.unwrap();
        }
        let of_anna = sessions::find(&mut tx, "a").await.unwrap().unwrap();
        assert!(of_anna.is_valid(at(19)) && !of_anna.is_valid(at(20)), "the token expires first");
        tokens::revoke(&mut tx, "default", ben, at(5)).await.unwrap();
        assert!(!sessions::find(&mut tx, "b").await.unwrap().unwrap().is_valid(at(6)));
        assert_eq!(sessions::delete_of_token(&mut tx, ben).await.unwrap(), 2);
        assert!(sessions::find(&mut tx, "a").await.unwrap().is_some(), "of another token");
    }

    async fn expired_sessions_are_removed(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let id = token(&mut tx, "anna", None).await;
        for hash in ["old", "used"] {
            sessions::insert(&mut tx, session(hash, id)).await.unwrap();
        }
        sessions::note_use(&mut tx, "used", at(1), at(61)).await.unwrap();
        assert_eq!(sessions::delete_expired(&mut tx, at(60)).await.unwrap(), 1);
        assert!(sessions::find(&mut tx, "used").await.unwrap().is_some());
        let twice = sessions::insert(&mut tx, session("used", id)).await.unwrap_err();
        assert!(matches!(twice, Error::Conflict(_)), "{twice:?}");
    }
}
