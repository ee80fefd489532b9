use polder_store::secrets::{self, SHARED, Sealed, SecretKey};
use polder_store::tokens::{self, NewToken};
use polder_store::{Error, audit, on_both_databases};
use polder_types::id::{AuditId, TokenId};
use polder_types::wire::{AuditEntry, AuditFilter, Grant, Role};

use crate::given::{at, deployment};

fn sealed(byte: u8, key_id: &str) -> Sealed {
    Sealed {
        ciphertext: vec![byte; 9],
        nonce: vec![byte; 12],
        wrapped_key: vec![byte, 0, 255],
        key_id: key_id.to_owned(),
    }
}

fn key<'a>(team: &'a str, name: &'a str) -> SecretKey<'a> {
    SecretKey { workspace_id: "default", team, environment: "prod", name }
}

on_both_databases! {
    async fn a_token_is_found_by_its_hash_and_can_be_revoked(store: Store) {
        let hash = tokens::hash_of("pld_x");
        let grants = [Grant { role: Role::Operator, team: Some("journey".into()) }];
        let new = NewToken {
            id: TokenId::new(at(0)),
            workspace_id: "default",
            hash: &hash,
            name: "ci",
            grants: &grants,
            created_at: at(0),
            created_by: "admin",
            expires_at: Some(at(60)),
        };
        let mut tx = store.begin().await.unwrap();
        tokens::insert(&mut tx, new).await.unwrap();
        let token = tokens::find_by_hash(&mut tx, &hash).await.unwrap().unwrap();
        assert_eq!((token.view.id, token.view.grants.as_slice()), (new.id, grants.as_slice()));
        assert!(token.is_valid(at(59)) && !token.is_valid(at(60)));
        assert_eq!(tokens::find_by_hash(&mut tx, &tokens::hash_of("pld_y")).await.unwrap(), None);

        assert!(token.use_is_due(at(1)));
        tokens::note_use(&mut tx, new.id, at(1)).await.unwrap();
        let token = tokens::get(&mut tx, "default", new.id).await.unwrap();
        assert_eq!(token.view.last_used_at, Some(at(1)));
        assert!(!token.use_is_due(at(1)) && token.use_is_due(at(2)));

        assert!(tokens::revoke(&mut tx, "default", new.id, at(3)).await.unwrap());
        assert!(!tokens::revoke(&mut tx, "default", new.id, at(4)).await.unwrap());
        assert!(!tokens::revoke(&mut tx, "other", new.id, at(4)).await.unwrap());
        let listed = tokens::list(&mut tx, "default").await.unwrap().remove(0);
        assert_eq!(listed.view.revoked_at, Some(at(3)));
        assert!(!listed.is_valid(at(4)));
        assert!(matches!(tokens::get(&mut tx, "other", new.id).await.unwrap_err(), Error::NotFound));
    }

    async fn one_hash_is_one_token(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let token = |hash| NewToken {
            id: TokenId::new(at(0)),
            workspace_id: "default",
            hash,
            name: "n",
            grants: &[],
            created_at: at(0),
            created_by: "admin",
            expires_at: None,
        };
        tokens::insert(&mut tx, token("h")).await.unwrap();
        assert!(matches!(tokens::insert(&mut tx, token("h")).await.unwrap_err(), Error::Conflict(_)));
    }

    async fn a_teams_own_secret_comes_before_the_shared_one(store: Store) {
        let mut tx = store.begin().await.unwrap();
        assert_eq!(secrets::find(&mut tx, key("a", "s")).await.unwrap(), None);
        secrets::set(&mut tx, key(SHARED, "s"), &sealed(1, "k"), "anna", at(0)).await.unwrap();
        assert_eq!(secrets::find(&mut tx, key("a", "s")).await.unwrap().unwrap().sealed, sealed(1, "k"));
        assert_eq!(secrets::set(&mut tx, key("a", "s"), &sealed(2, "k"), "anna", at(0)).await.unwrap(), 1);
        assert_eq!(secrets::set(&mut tx, key("a", "s"), &sealed(3, "k"), "ben", at(1)).await.unwrap(), 2);
        let own = secrets::find(&mut tx, key("a", "s")).await.unwrap().unwrap();
        assert_eq!((own.sealed, own.version, own.updated_by.as_str(), own.updated_at), (sealed(3, "k"), 2, "ben", at(1)));
        assert_eq!(secrets::find(&mut tx, key("b", "s")).await.unwrap().unwrap().sealed, sealed(1, "k"));
        let dev = SecretKey { environment: "dev", ..key("a", "s") };
        assert_eq!(secrets::find(&mut tx, dev).await.unwrap(), None);

        let teams: Vec<String> = secrets::list(&mut tx, "default").await.unwrap().into_iter().map(|s| s.team).collect();
        assert_eq!(teams, ["", "a"]);
        assert!(secrets::delete(&mut tx, key("a", "s")).await.unwrap());
        assert!(!secrets::delete(&mut tx, key("a", "s")).await.unwrap());
        assert_eq!(secrets::find(&mut tx, key("a", "s")).await.unwrap().unwrap().sealed, sealed(1, "k"));
    }

    async fn secrets_know_who_uses_them(store: Store) {
        deployment(&store, "a", "one", &["x"]).await;
        deployment(&store, "b", "two", &["y", "z"]).await;
        deployment(&store, "b", "two", &["z"]).await;
        let mut tx = store.begin().await.unwrap();
        secrets::set(&mut tx, key(SHARED, "api-token"), &sealed(1, "k"), "anna", at(0)).await.unwrap();
        assert_eq!(secrets::used_by(&mut tx, key(SHARED, "api-token")).await.unwrap(), ["a/x", "b/z"]);
        secrets::set(&mut tx, key("a", "api-token"), &sealed(1, "k"), "anna", at(0)).await.unwrap();
        assert_eq!(secrets::used_by(&mut tx, key("a", "api-token")).await.unwrap(), ["a/x"]);
        assert_eq!(secrets::used_by(&mut tx, key(SHARED, "api-token")).await.unwrap(), ["b/z"]);
        assert!(secrets::used_by(&mut tx, key("a", "other")).await.unwrap().is_empty());
    }

    async fn secrets_that_nobody_set_are_missing(store: Store) {
        deployment(&store, "a", "one", &["x"]).await;
        deployment(&store, "b", "two", &["y", "z"]).await;
        deployment(&store, "b", "two", &["z"]).await;
        let mut tx = store.begin().await.unwrap();
        let by = async |tx: &mut polder_store::Tx| -> Vec<String> {
            secrets::missing(tx, "default").await.unwrap().into_iter().map(|missing| missing.pipeline).collect()
        };
        assert_eq!(by(&mut tx).await, ["a/x", "b/z"]);
        let dev = SecretKey { environment: "dev", ..key("a", "api-token") };
        secrets::set(&mut tx, dev, &sealed(1, "k"), "anna", at(0)).await.unwrap();
        assert_eq!(by(&mut tx).await, ["a/x", "b/z"], "each environment has its own");
        secrets::set(&mut tx, key("a", "api-token"), &sealed(1, "k"), "anna", at(0)).await.unwrap();
        assert_eq!(by(&mut tx).await, ["b/z"]);
        secrets::set(&mut tx, key(SHARED, "api-token"), &sealed(1, "k"), "anna", at(0)).await.unwrap();
        assert!(by(&mut tx).await.is_empty(), "a shared one will do");
    }

    async fn keys_can_be_wrapped_anew(store: Store) {
        let mut tx = store.begin().await.unwrap();
        for name in ["one", "two"] {
            secrets::set(&mut tx, key("a", name), &sealed(1, "old"), "anna", at(0)).await.unwrap();
        }
        secrets::set(&mut tx, key("a", "three"), &sealed(1, "new"), "anna", at(0)).await.unwrap();
        let old = secrets::not_wrapped_by(&mut tx, "new").await.unwrap();
        assert_eq!(old.len(), 2);
        for secret in &old {
            secrets::rewrap(&mut tx, secret.id, b"w", "new").await.unwrap();
        }
        assert!(secrets::not_wrapped_by(&mut tx, "new").await.unwrap().is_empty());
        let one = secrets::find(&mut tx, key("a", "one")).await.unwrap().unwrap();
        assert_eq!((one.version, one.sealed.wrapped_key.as_slice()), (1, b"w".as_slice()));
    }

    async fn the_audit_log_cannot_be_changed(store: Store) {
        let entry = AuditEntry {
            id: AuditId::new(at(0)),
            at: at(0),
            actor: "anna".into(),
            address: None,
            action: "x".into(),
            object: "y".into(),
            team: None,
            environment: None,
            detail: serde_json::Value::Null,
        };
        let mut tx = store.begin().await.unwrap();
        audit::insert(&mut tx, "default", &entry).await.unwrap();
        assert!(audit::insert(&mut tx, "default", &entry).await.is_err(), "an id is used once");
        drop(tx);
        let mut tx = store.begin().await.unwrap();
        audit::insert(&mut tx, "default", &entry).await.unwrap();
        assert_eq!(audit::list(&mut tx, "default", &AuditFilter::default()).await.unwrap().items, [entry]);
    }
}
