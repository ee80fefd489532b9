//! Cycles in graphs of names.

/// Cycles that are told at most: who repairs some repairs others with them.
const LIMIT: usize = 20;

/// The cycles of a graph, each once, as the nodes in their order with the first one repeated at the end. `edges[node]` are the
/// nodes that follow `node`.
pub(crate) fn cycles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search =
        Search { edges, state: vec![State::New; edges.len()], way: Vec::new(), found: Vec::new() };
    for node in 0..edges.len() {
        search.visit(node);
    }
    search.found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    OnTheWay,
    Done,
}

struct Search<'a> {
    edges: &'a [Vec<usize>],
    state: Vec<State>,
    way: Vec<usize>,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn visit(&mut self, start: usize) {
        if self.state[start] != State::New {
            return;
        }
        // A stack of its own: a chain of a thousand steps shall not depend on the thread's.
        let mut stack = vec![(start, 0)];
        self.enter(start);
        while let Some((node, next)) = stack.pop() {
            let Some(&follower) = self.edges[node].get(next) else {
                self.state[node] = State::Done;
                self.way.pop();
                continue;
            };
            stack.push((node, next + 1));
            match self.state[follower] {
                State::New => {
                    self.enter(follower);
                    stack.push((follower, 0));
                }
                State::OnTheWay if self.found.len() < LIMIT => self.found.push(self.way_back_to(follower)),
                State::OnTheWay | State::Done => {}
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.state[node] = State::OnTheWay;
        self.way.push(node);
    }

    fn way_back_to(&self, node: usize) -> Vec<usize> {
        let start = self.way.iter().position(|other| *other == node).unwrap_or_default();
        let mut cycle = self.way[start..].to_vec();
        cycle.push(node);
        cycle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_each_cycle_in_full() {
        assert_eq!(cycles(&[vec![1], vec![2], vec![0]]), [[0, 1, 2, 0]]);
        assert_eq!(cycles(&[vec![0]]), [[0, 0]]);
        assert_eq!(cycles(&[vec![1, 2], vec![2], vec![]]), Vec::<Vec<usize>>::new());
        assert_eq!(cycles(&[vec![1], vec![0, 2], vec![1]]), [vec![0, 1, 0], vec![1, 2, 1]]);
    }
}
