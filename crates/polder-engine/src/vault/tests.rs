use std::fs;
use std::os::unix::fs::PermissionsExt;

use chrono::{DateTime, Utc};
use polder_store::secrets;
use polder_store::{Store, on_both_databases};
use tempfile::TempDir;

use super::*;

const VALUE: &str = "hünter2 \u{1F511}";

fn place() -> SecretKey<'static> {
    SecretKey { workspace_id: "default", team: "a", environment: "prod", name: "token" }
}

fn now() -> DateTime<Utc> {
    "2026-11-21T03:00:00Z".parse().unwrap()
}

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master-key");
    (folder, path)
}

/// Keys that are nowhere but here.
fn keyring() -> Keyring {
    from_variable(&new_key()).unwrap()
}

fn new_key() -> String {
    to_text(&[MasterKey::random().unwrap()]).trim().to_owned()
}

fn from_variable(text: &str) -> Result<Keyring> {
    Keyring::load(Path::new("/never/read"), Some(text))
}

fn from_file(path: &Path) -> Keyring {
    Keyring::load(path, None).unwrap()
}

fn seal(keyring: &Keyring, value: &str) -> Sealed {
    keyring.seal(place(), value.as_bytes()).unwrap()
}

fn opens(keyring: &Keyring, sealed: &Sealed) -> bool {
    keyring.open(place(), sealed).is_ok_and(|value| *value == VALUE.as_bytes())
}

#[test]
fn what_is_sealed_opens_and_says_nothing() {
    let keyring = keyring();
    for value in ["", "x", VALUE, &"long".repeat(100_000)] {
        assert_eq!(*keyring.open(place(), &seal(&keyring, value)).unwrap(), value.as_bytes());
    }
    let (one, two) = (seal(&keyring, VALUE), seal(&keyring, VALUE));
    assert!(one.ciphertext != two.ciphertext && one.nonce != two.nonce && one.wrapped_key != two.wrapped_key);
    let bytes = [one.ciphertext, one.wrapped_key, one.nonce].concat();
    assert!(!String::from_utf8_lossy(&bytes).contains("nter2"));
}

#[test]
fn a_changed_bit_anywhere_is_noticed() {
    let keyring = keyring();
    let sealed = seal(&keyring, VALUE);
    let parts: [fn(&mut Sealed) -> &mut Vec<u8>; 3] =
        [|sealed| &mut sealed.ciphertext, |sealed| &mut sealed.nonce, |sealed| &mut sealed.wrapped_key];
    for part in parts {
        for index in 0..part(&mut sealed.clone()).len() {
            let mut changed = sealed.clone();
            part(&mut changed)[index] ^= 1;
            assert!(matches!(keyring.open(place(), &changed), Err(Error::Tampered)));
        }
        let mut cut = sealed.clone();
        part(&mut cut).pop();
        assert!(matches!(keyring.open(place(), &cut), Err(Error::Tampered)));
        part(&mut cut).clear();
        assert!(matches!(keyring.open(place(), &cut), Err(Error::Tampered)));
    }
}

#[test]
fn a_value_opens_only_where_it_belongs() {
    let keyring = keyring();
    let sealed = seal(&keyring, VALUE);
    for elsewhere in [
        SecretKey { workspace_id: "other", ..place() },
        SecretKey { team: "b", ..place() },
        SecretKey { environment: "dev", ..place() },
        SecretKey { name: "tokem", ..place() },
        SecretKey { team: "", environment: "aprod", ..place() },
        SecretKey { environment: "prodt", name: "oken", ..place() },
    ] {
        assert!(matches!(keyring.open(elsewhere, &sealed), Err(Error::Tampered)), "{elsewhere:?}");
        assert!(matches!(keyring.rewrap(elsewhere, &sealed), Err(Error::Tampered)), "{elsewhere:?}");
    }
    let mixed = Sealed { wrapped_key: seal(&keyring, "other").wrapped_key, ..sealed.clone() };
    assert!(matches!(keyring.open(place(), &mixed), Err(Error::Tampered)));
    let error = self::keyring().open(place(), &sealed).unwrap_err();
    assert!(matches!(&error, Error::UnknownKey(id) if *id == keyring.key_id()), "{error}");
}

#[test]
fn the_file_is_made_once_for_its_owner_only() {
    let (folder, path) = file();
    let keyring = from_file(&path);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    let sealed = seal(&keyring, VALUE);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(opens(&from_file(&path), &sealed));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(opens(&from_variable(&fs::read_to_string(&path).unwrap()).unwrap(), &sealed));
}

#[test]
fn two_servers_that_start_at_once_agree_on_the_key() {
    let (_folder, path) = file();
    let ids: Vec<String> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| from_file(&path).key_id())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[test]
fn what_is_not_a_key_is_refused_without_showing_it() {
    for text in ["", "hunter2", "aHVudGVyMg==", "\n,\n"] {
        let error = from_variable(text).unwrap_err();
        assert!(matches!(error, Error::Malformed(_)));
        assert!(!format!("{error} {error:?}").contains("unter"));
    }
    let (_folder, path) = file();
    fs::write(&path, "hunter2").unwrap();
    let error = Keyring::load(&path, None).unwrap_err().to_string();
    assert!(error.contains(&path.display().to_string()) && !error.contains("hunter2"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "hunter2", "and left as it is");
}

#[test]
fn debug_shows_no_key() {
    let (_folder, path) = file();
    let keyring = from_file(&path);
    let text = fs::read_to_string(&path).unwrap();
    let shown = format!("{keyring:?} {:?}", seal(&keyring, VALUE));
    assert!(!shown.contains(text.trim()) && !shown.contains("nter2"), "{shown}");
}

async fn store_secrets(store: &Store, keyring: &Keyring, names: &[&str]) {
    let mut tx = store.begin().await.unwrap();
    lock_secrets(&mut tx).await.unwrap();
    for name in names {
        let place = SecretKey { name, ..place() };
        let sealed = keyring.seal(place, name.as_bytes()).unwrap();
        secrets::set(&mut tx, place, &sealed, "anna", now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn all_open(store: &Store, keyring: &Keyring) -> bool {
    let mut tx = store.read().await.unwrap();
    let all = secrets::list(&mut tx, "default").await.unwrap();
    let opens = |secret: &secrets::Secret| {
        let place = SecretKey { name: &secret.name, ..place() };
        keyring.open(place, &secret.sealed).is_ok_and(|value| *value == secret.name.as_bytes())
    };
    all.iter().all(opens)
}

on_both_databases! {
    async fn after_a_rotation_only_the_new_key_is_needed(store: Store) {
        let (_folder, path) = file();
        let (keyring, old) = (from_file(&path), from_file(&path));
        store_secrets(&store, &keyring, &["one", "two"]).await;
        assert_eq!(keyring.rotate(&store).await.unwrap(), 2);
        assert!(all_open(&store, &keyring).await);
        assert!(!all_open(&store, &old).await);
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 1);
        let restarted = from_file(&path);
        assert_eq!(restarted.key_id(), keyring.key_id());
        assert!(all_open(&store, &restarted).await);
        assert_eq!(restarted.finish_rotation(&store).await.unwrap(), 0);
    }

    async fn a_rotation_that_dies_after_any_step_is_finished_at_the_next_start(store: Store) {
        let (_folder, path) = file();
        let keyring = from_file(&path);
        store_secrets(&store, &keyring, &["one", "two"]).await;

        // Dies when the file has the new key.
        keyring.write(rotation::add_new).unwrap();
        let restarted = from_file(&path);
        assert!(all_open(&store, &restarted).await);
        store_secrets(&store, &restarted, &["three"]).await;
        assert_eq!(restarted.rewrap_all(&store).await.unwrap(), 2);

        // Dies when everything is wrapped anew, before the old key is taken out of the file.
        let restarted = from_file(&path);
        assert_eq!(restarted.all().len(), 2);
        assert!(all_open(&store, &restarted).await);
        assert_eq!(restarted.finish_rotation(&store).await.unwrap(), 0);
        assert_eq!(from_file(&path).all().len(), 1);
        assert!(all_open(&store, &restarted).await);
    }

    async fn a_secret_that_does_not_open_stops_a_rotation_and_the_old_key_stays(store: Store) {
        let (_folder, path) = file();
        let keyring = from_file(&path);
        store_secrets(&store, &keyring, &["one"]).await;
        store_secrets(&store, &self::keyring(), &["two"]).await;
        for _ in 0..2 {
            let Error::Unreadable(names) = keyring.rotate(&store).await.unwrap_err() else { panic!("another error") };
            assert_eq!(names, ["a/prod/two"]);
        }
        assert_eq!(from_file(&path).all().len(), 1, "no key was added for nothing");
        let mut tx = store.read().await.unwrap();
        let place = SecretKey { name: "one", ..place() };
        let one = secrets::find(&mut tx, place).await.unwrap().unwrap();
        assert_eq!(*from_file(&path).open(place, &one.sealed).unwrap(), b"one");
    }

    async fn keys_that_do_not_fit_what_is_stored_are_refused(store: Store) {
        let (_folder, path) = file();
        let keyring = Keyring::open_for(&path, None, &store).await.unwrap();
        store_secrets(&store, &keyring, &["one"]).await;
        let (_other_folder, missing) = file();
        let error = Keyring::open_for(&missing, None, &store).await.unwrap_err();
        assert!(matches!(&error, Error::Missing { count: 1, .. }), "{error}");
        assert!(!missing.exists(), "no new key is made while there are secrets");
        let other = new_key();
        let error = Keyring::open_for(&missing, Some(&other), &store).await.unwrap_err();
        assert!(matches!(&error, Error::Wrong { key_id, .. } if *key_id == keyring.key_id()), "{error}");
        assert_eq!(Keyring::forget_lost(&path, None, &store).await.unwrap(), 0);
        assert_eq!(Keyring::forget_lost(&missing, Some(&other), &store).await.unwrap(), 1);
        Keyring::open_for(&missing, Some(&other), &store).await.unwrap();
    }

    async fn keys_from_the_environment_are_rotated_by_giving_two(store: Store) {
        let (old, new) = (new_key(), new_key());
        let keyring = from_variable(&old).unwrap();
        store_secrets(&store, &keyring, &["one"]).await;
        assert!(matches!(keyring.rotate(&store).await.unwrap_err(), Error::NotAFile));
        let both = from_variable(&format!("{new},{old}")).unwrap();
        assert_eq!(both.rotate(&store).await.unwrap(), 1);
        assert!(all_open(&store, &from_variable(&new).unwrap()).await);
    }
}
