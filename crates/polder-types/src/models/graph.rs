//! Which node waits for which, and which tests hold it back.

use std::collections::{BTreeMap, BTreeSet};

use super::{Models, Node};

/// What a build of some nodes does, and what waits for what. Tests are known by their place in the list of tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// The nodes that are built, each with the nodes and tests that must have passed before.
    pub nodes: BTreeMap<usize, Waits>,
    /// The tests, each with the nodes that must have been built before.
    pub tests: BTreeMap<usize, BTreeSet<usize>>,
}

/// What must have passed before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    pub nodes: BTreeSet<usize>,
    pub tests: BTreeSet<usize>,
}

impl Models {
    /// What is done when `chosen` nodes are built: they, and every test that reads one of them, or a source that one of them reads.
    #[must_use]
    pub fn order(&self, chosen: &BTreeSet<usize>) -> Order {
        let ancestors = self.ancestors();
        let tests: BTreeSet<usize> =
            (0..self.tests.len()).filter(|test| self.concerns(*test, chosen)).collect();
        let waits = |node: usize| {
            let nodes = self.nodes[node].parents.intersection(chosen).copied().collect();
            let holds = |test: &usize| self.holds(*test, node, &ancestors[node]);
            (node, Waits { nodes, tests: tests.iter().copied().filter(holds).collect() })
        };
        let of_test =
            |test: &usize| (*test, self.tests[*test].parents.intersection(chosen).copied().collect());
        Order {
            nodes: chosen.iter().copied().map(waits).collect(),
            tests: tests.iter().map(of_test).collect(),
        }
    }

    fn concerns(&self, test: usize, chosen: &BTreeSet<usize>) -> bool {
        let test = &self.tests[test];
        let reads = |node: &usize| !self.nodes[*node].sources.is_disjoint(&test.sources);
        !test.parents.is_disjoint(chosen) || (test.parents.is_empty() && chosen.iter().any(reads))
    }

    /// Whether a node waits for a test: if all that the test reads lies before the node. So no test waits for what waits for it.
    fn holds(&self, test: usize, node: usize, ancestors: &BTreeSet<usize>) -> bool {
        let test = &self.tests[test];
        if test.parents.is_empty() {
            let read = |other: &usize| !self.nodes[*other].sources.is_disjoint(&test.sources);
            return read(&node) || ancestors.iter().any(read);
        }
        test.parents.is_subset(ancestors)
    }

    /// Of each node all nodes before it.
    pub(super) fn ancestors(&self) -> Vec<BTreeSet<usize>> {
        let mut all: Vec<BTreeSet<usize>> = Vec::with_capacity(self.nodes.len());
        // Parents come first.
        for node in &self.nodes {
            let mut own = node.parents.clone();
            node.parents.iter().filter_map(|parent| all.get(*parent)).for_each(|before| own.extend(before));
            all.push(own);
        }
        all
    }
}

/// The nodes with parents first, by name where that leaves a choice. What is in a cycle is left out.
pub(super) fn sorted(nodes: Vec<Node>) -> Vec<Node> {
    let mut waiting: Vec<usize> = nodes.iter().map(|node| node.parents.len()).collect();
    let mut children = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        node.parents.iter().for_each(|parent| children[*parent].push(index));
    }
    let mut ready: BTreeSet<(&str, usize)> = BTreeSet::new();
    ready.extend(
        nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.parents.is_empty())
            .map(|(at, node)| (node.name.as_str(), at)),
    );
    let mut order = Vec::with_capacity(nodes.len());
    while let Some((_, node)) = ready.pop_first() {
        order.push(node);
        for child in &children[node] {
            waiting[*child] -= 1;
            if waiting[*child] == 0 {
                ready.insert((nodes[*child].name.as_str(), *child));
            }
        }
    }
    placed(nodes, &order)
}

/// The nodes at their new places.
fn placed(nodes: Vec<Node>, order: &[usize]) -> Vec<Node> {
    let places: BTreeMap<usize, usize> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    let moved = order.iter().filter_map(|old| nodes[*old].take());
    let renumbered = moved.map(|mut node| {
        node.parents = node.parents.iter().filter_map(|parent| places.get(parent).copied()).collect();
        node
    });
    renumbered.collect()
}
