use polder_store::pipelines::PipelineKey;
use polder_store::projects::Project;
use polder_store::projects::ProjectKey;
use polder_store::{Error, Tx, blobs, environments, on_both_databases, pipelines, projects, revisions};
use polder_types::definition::Environment;
use polder_types::id::RevisionId;
use polder_types::wire::ProjectFile;

use crate::given::{at, definition, deploy, deployed, deployment, pipeline, project};

/// Deploys nothing but the names of environments.
async fn declare(tx: &mut Tx, project: &Project, seconds: i64, names: &[&str]) {
    let mut definition = definition(project, Vec::new());
    let environments = names.iter().map(|name| ((*name).to_owned(), Environment { schedules: true }));
    definition.environments.extend(environments);
    let new = revisions::NewRevision {
        id: RevisionId::new(at(seconds)),
        project_id: project.id,
        created_at: at(seconds),
        created_by: "ben",
        note: None,
        source: &Default::default(),
        rolled_back_to: None,
        definition: &definition,
        files: &[],
    };
    revisions::insert(tx, new).await.unwrap();
    projects::set_current(tx, project.id, new.id).await.unwrap();
}

on_both_databases! {
    async fn a_project_is_made_once_in_each_environment(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let first = project(&mut tx, "journey", "rent").await;
        assert_eq!(project(&mut tx, "journey", "rent").await, first);
        let dev = ProjectKey { workspace_id: "default", environment: "dev", team: "journey", name: "rent", job: false };
        let dev = projects::find_or_create(&mut tx, dev, at(0)).await.unwrap();
        assert_ne!(dev.id, first.id);
        assert_eq!(projects::get(&mut tx, dev.id).await.unwrap(), dev);
        assert_eq!(projects::list(&mut tx, "default").await.unwrap(), [dev, first]);
    }

    async fn a_revision_comes_back_as_it_was_deployed(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let project = project(&mut tx, "journey", "rent").await;
        let definition = definition(&project, vec![pipeline("b"), pipeline("a")]);
        let file = ProjectFile { path: "a/é.py".into(), sha256: "00".into(), size: 3, executable: true };
        let (first, _) = deploy(&mut tx, &project, &["b"]).await;
        let new = revisions::NewRevision {
            id: RevisionId::new(at(2)),
            project_id: project.id,
            created_at: at(2),
            created_by: "ben",
            note: None,
            source: &Default::default(),
            rolled_back_to: Some(first),
            definition: &definition,
            files: std::slice::from_ref(&file),
        };
        assert_eq!(revisions::insert(&mut tx, new).await.unwrap(), 2);
        assert_eq!(revisions::definition(&mut tx, new.id).await.unwrap(), definition);
        assert_eq!(revisions::files(&mut tx, new.id).await.unwrap(), new.files);
        assert_eq!(revisions::project_of(&mut tx, new.id).await.unwrap(), project.id);

        let stored = revisions::get(&mut tx, new.id).await.unwrap();
        assert_eq!((stored.number, stored.current, stored.rolled_back_to), (2, false, Some(first)));
        assert_eq!((stored.created_at, stored.created_by.as_str()), (at(2), "ben"));
        assert!(revisions::get(&mut tx, first).await.unwrap().current);
    }

    async fn environments_are_those_that_are_used_and_those_that_are_declared_now(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let known = async |tx: &mut Tx| Vec::from_iter(environments::known(tx, "default").await.unwrap());
        assert_eq!(known(&mut tx).await, <[&str; 0]>::default());
        let project = project(&mut tx, "journey", "rent").await;
        // One that says nothing of them.
        deploy(&mut tx, &project, &["a"]).await;
        assert_eq!(known(&mut tx).await, ["prod"]);
        declare(&mut tx, &project, 2, &["dev", "a \"quoted\" one"]).await;
        assert_eq!(known(&mut tx).await, ["a \"quoted\" one", "dev", "prod"]);
        declare(&mut tx, &project, 3, &["prod", "test"]).await;
        assert_eq!(known(&mut tx).await, ["prod", "test"]);
        assert!(environments::is_used(&mut tx, "default", "prod").await.unwrap());
        assert!(!environments::is_used(&mut tx, "default", "test").await.unwrap());
        assert!(!environments::is_used(&mut tx, "elsewhere", "prod").await.unwrap());
        assert!(environments::known(&mut tx, "elsewhere").await.unwrap().is_empty());
    }

    async fn revisions_are_listed_newest_first(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let project = project(&mut tx, "journey", "rent").await;
        for _ in 0..5 {
            deploy(&mut tx, &project, &["a"]).await;
        }
        let mut numbers = Vec::new();
        let mut cursor = None;
        loop {
            let page = revisions::list(&mut tx, project.id, cursor.as_deref(), Some(2)).await.unwrap();
            numbers.extend(page.items.iter().map(|revision| revision.number));
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(numbers, [5, 4, 3, 2, 1]);
        let error = revisions::list(&mut tx, project.id, Some("zz"), None).await.unwrap_err();
        assert!(matches!(error, Error::Cursor));
    }

    async fn a_pipeline_keeps_its_id_over_deployments(store: Store) {
        let first = deployment(&store, "journey", "rent", &["a", "b"]).await;
        let second = deployment(&store, "journey", "rent", &["b"]).await;
        assert_eq!(second, first[1..]);
        let mut tx = store.begin().await.unwrap();
        assert!(pipelines::get(&mut tx, first[0]).await.unwrap().archived_at.is_some());
        let key = PipelineKey { workspace_id: "default", environment: "prod", team: "journey", name: "a" };
        assert_eq!(pipelines::find(&mut tx, key).await.unwrap(), None);
        drop(tx);
        assert_eq!(deployment(&store, "journey", "rent", &["a", "b"]).await, first);
        let mut tx = store.begin().await.unwrap();
        let back = pipelines::find(&mut tx, key).await.unwrap().unwrap();
        assert_eq!((back.id, back.archived_at, back.project.as_str()), (first[0], None, "rent"));
        assert_eq!(back.definition, pipeline("a"));
        let names = pipelines::names(&mut tx, "default", "prod").await.unwrap();
        assert_eq!(names, [("journey".into(), "a".into()), ("journey".into(), "b".into())]);
    }

    async fn two_projects_cannot_have_one_pipeline_until_one_gives_it_up(store: Store) {
        deployment(&store, "journey", "rent", &["a"]).await;
        let mut tx = store.begin().await.unwrap();
        let other = project(&mut tx, "journey", "buy").await;
        let (revision, _) = deploy(&mut tx, &other, &["b"]).await;
        let a = pipeline("a");
        let error = pipelines::upsert(&mut tx, deployed(&other, revision, &a)).await.unwrap_err();
        assert_eq!(error.to_string(), "the change conflicts with what is stored: the pipeline journey/a belongs to another project");
        let rent = project(&mut tx, "journey", "rent").await;
        pipelines::archive_others(&mut tx, rent.id, &[], at(3)).await.unwrap();
        pipelines::upsert(&mut tx, deployed(&other, revision, &a)).await.unwrap();
    }

    async fn pausing_is_kept_over_a_deployment(store: Store) {
        let ids = deployment(&store, "journey", "rent", &["a"]).await;
        let mut tx = store.begin().await.unwrap();
        assert!(pipelines::set_paused(&mut tx, ids[0], true, at(5)).await.unwrap());
        assert!(!pipelines::set_paused(&mut tx, ids[0], true, at(6)).await.unwrap());
        tx.commit().await.unwrap();
        deployment(&store, "journey", "rent", &["a"]).await;
        let mut tx = store.read().await.unwrap();
        assert!(pipelines::get(&mut tx, ids[0]).await.unwrap().paused);
    }

    async fn contents_are_stored_once_under_their_hash(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let contents = [Vec::new(), b"print(1)".to_vec(), vec![7; 100_000], (0..=255).collect()];
        let mut hashes = Vec::new();
        for content in &contents {
            hashes.push(blobs::insert(&mut tx, content.clone(), at(0)).await.unwrap());
            assert_eq!(blobs::insert(&mut tx, content.clone(), at(1)).await.unwrap(), *hashes.last().unwrap());
        }
        for (hash, content) in hashes.iter().zip(&contents) {
            assert_eq!(*hash, blobs::hash_of(content));
            assert_eq!(blobs::get(&mut tx, hash).await.unwrap(), *content);
        }
        assert!(matches!(blobs::get(&mut tx, "00").await.unwrap_err(), Error::NotFound));

        let unknown: Vec<String> = (0..120).map(|number| format!("{number:064}")).collect();
        let asked: Vec<String> = unknown.iter().chain(&hashes).chain(&unknown).cloned().collect();
        assert_eq!(blobs::missing(&mut tx, &asked).await.unwrap(), unknown);
        assert!(blobs::missing(&mut tx, &[]).await.unwrap().is_empty());
    }
}
