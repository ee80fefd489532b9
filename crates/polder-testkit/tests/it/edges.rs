//! The diagram in `docs/ARCHITECTURE.md` is checked: a crate depends on lower layers only, and the control plane never
//! on what moves data.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// What each crate may depend on. A new edge is a decision: it is made here and on the architecture page.
const ALLOWED: &[(&str, &[&str])] = &[
    ("polder-types", &[]),
    ("polder-times", &[]),
    ("polder-store", &["polder-types"]),
    ("polder-executors", &["polder-types"]),
    ("polder-lake", &["polder-times", "polder-types"]),
    ("polder-client", &["polder-types"]),
    ("polder-ingest", &["polder-times"]),
    ("polder-engine", &["polder-types", "polder-store"]),
    ("polder-agent", &["polder-types", "polder-client", "polder-executors"]),
    ("polder-api", &["polder-types", "polder-store", "polder-engine"]),
    ("polder-work", &["polder-types", "polder-client", "polder-lake"]),
    ("polder-sync", &["polder-types", "polder-lake", "polder-ingest", "polder-work"]),
    ("polder-sql", &["polder-times", "polder-types", "polder-lake", "polder-work"]),
    ("polder-build", &["polder-types", "polder-lake", "polder-ingest", "polder-sync", "polder-work"]),
    ("polder-postgres", &["polder-times", "polder-types", "polder-lake", "polder-work"]),
    (
        "polder",
        &[
            "polder-types",
            "polder-store",
            "polder-executors",
            "polder-client",
            "polder-engine",
            "polder-agent",
            "polder-api",
            "polder-postgres",
            "polder-sql",
            "polder-sync",
            "polder-build",
        ],
    ),
];

/// Libraries that the control plane never builds, so that its edit, compile and test loop stays short.
const DATA_PLANE: &[&str] =
    &["arrow", "datafusion", "deltalake", "deltalake-core", "parquet", "object_store"];
const CONTROL_PLANE: &[&str] = &[
    "polder-types",
    "polder-store",
    "polder-engine",
    "polder-client",
    "polder-executors",
    "polder-agent",
    "polder-api",
];

#[test]
fn no_crate_depends_on_what_the_diagram_forbids() {
    let metadata = metadata();
    let found = edges(&metadata);
    for (name, used) in &found {
        let allowed = ALLOWED.iter().find(|(allowed, _)| allowed == name);
        let Some((_, allowed)) = allowed else {
            assert_eq!(
                name, "polder-testkit",
                "{name} is not on the diagram: add it here and to docs/ARCHITECTURE.md"
            );
            continue;
        };
        let forbidden: Vec<&String> = used.iter().filter(|used| !allowed.contains(&used.as_str())).collect();
        assert!(forbidden.is_empty(), "{name} must not depend on {forbidden:?}");
    }
    assert_eq!(found.len(), ALLOWED.len() + 1, "every crate of the diagram is there");
}

#[test]
fn the_control_plane_does_not_build_the_data_plane() {
    let metadata = metadata();
    for name in CONTROL_PLANE {
        let reached = reached(&metadata, name);
        let forbidden: Vec<_> = DATA_PLANE.iter().filter(|library| reached.contains(**library)).collect();
        assert!(forbidden.is_empty(), "{name} builds {forbidden:?}");
    }
}

fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .other_options(["--locked".into()])
        .exec()
        .expect("cargo tells its metadata")
}

/// Which crates of the workspace each of them uses outside of tests.
fn edges(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let is_ours = |name: &str| name == "polder" || name.starts_with("polder-");
    let uses = |package: &&cargo_metadata::Package| {
        let normal =
            package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        normal.map(|dependency| dependency.name.clone()).filter(|name| is_ours(name)).collect()
    };
    metadata.workspace_packages().iter().map(|package| (package.name.to_string(), uses(package))).collect()
}

/// The names of all that a crate is built with, directly or through others, outside of tests.
fn reached(metadata: &Metadata, name: &str) -> BTreeSet<String> {
    let nodes = &metadata.resolve.as_ref().expect("a resolved graph").nodes;
    let package =
        metadata.packages.iter().find(|package| package.name == name).expect("a crate of the workspace");
    let mut open = vec![package.id.clone()];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let node = nodes.iter().find(|node| node.id == id).expect("a node");
        for dependency in &node.deps {
            let normal = dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development);
            if normal && seen.insert(dependency.pkg.clone()) {
                open.push(dependency.pkg.clone());
            }
        }
    }
    metadata
        .packages
        .iter()
        .filter(|package| seen.contains(&package.id))
        .map(|package| package.name.to_string())
        .collect()
}
