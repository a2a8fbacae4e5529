//! The bindings of one policy: which subject inherits which role.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::rbac::{Line, MAX_HOPS, lines};

/// Which subject inherits which role, and who has rules.
#[derive(Debug, Default)]
pub(crate) struct Graph<'a> {
    links: HashMap<Cow<'a, str>, Vec<Cow<'a, str>>>,
    ruled: HashSet<Cow<'a, str>>,
}

impl<'a> Graph<'a> {
    /// Adds the lines of a text.
    pub(super) fn read(&mut self, key: &Arc<str>, text: &'a str) {
        for line in lines(key, text) {
            match line.line {
                Line::Grouping(line) => {
                    let roles = self.links.entry(line.subject.text).or_default();
                    roles.push(line.role.text);
                }
                Line::Policy(line) => {
                    self.ruled.insert(line.subject.text);
                }
                _ => {}
            }
        }
    }

    /// Binds a name to a role of an AppProject. Argo CD lets each such role get its project.
    pub(super) fn add_member(&mut self, name: &'a str, role: &str) {
        let roles = self.links.entry(name.into()).or_default();
        roles.push(role.to_owned().into());
        self.ruled.insert(role.to_owned().into());
    }

    /// Whether a name has a `g` line.
    pub(crate) fn is_bound(&self, name: &str) -> bool {
        self.links.contains_key(name)
    }

    /// Whether a name has a rule of its own.
    pub(crate) fn has_rules(&self, name: &str) -> bool {
        self.ruled.contains(name)
    }

    /// Whether a name, or anything it inherits, has a rule.
    pub(crate) fn reaches_rules(&self, name: &str) -> bool {
        let mut reached = self.walk([name], MAX_HOPS);
        reached.any(|(name, _)| self.ruled.contains(name))
    }

    /// The name and all that it inherits within some hops, nearest first.
    pub(crate) fn reach<'g>(&'g self, name: &'g str, hops: usize) -> Vec<(&'g str, usize)> {
        self.walk([name], hops).collect()
    }

    /// Names and all that one of them inherits within some hops, nearest first.
    pub(crate) fn walk<'g>(
        &'g self,
        names: impl IntoIterator<Item = &'g str>,
        hops: usize,
    ) -> impl Iterator<Item = (&'g str, usize)> {
        let mut seen = HashSet::new();
        let names = names.into_iter().filter(|name| seen.insert(*name));
        let mut found: VecDeque<_> = names.map(|name| (name, 0)).collect();
        std::iter::from_fn(move || {
            let (from, distance) = found.pop_front()?;
            let roles = self.links.get(from).filter(|_| distance < hops);
            for role in roles.into_iter().flatten() {
                if seen.insert(role) {
                    found.push_back((role, distance + 1));
                }
            }
            Some((from, distance))
        })
    }

    /// The names that some `g` line binds to a role.
    pub(crate) fn members(&self) -> impl Iterator<Item = &str> {
        self.links.keys().map(|name| &**name)
    }

    /// The names that some `g` line binds others to.
    pub(crate) fn roles(&self) -> HashSet<&str> {
        self.links.values().flatten().map(|name| &**name).collect()
    }

    /// The names that have rules of their own, sorted.
    pub(crate) fn names_with_rules(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.ruled.iter().map(|name| &**name).collect();
        names.sort_unstable();
        names
    }

    /// For each name that inherits from itself, the number of its circle: the strongly connected
    /// components of the graph (Kosaraju), in a time that grows with the policy and no faster.
    pub(crate) fn on_cycles(&self) -> HashMap<&str, usize> {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut names: Vec<&str> = self.members().collect();
        names.sort_unstable();
        for name in names.iter().copied() {
            let next = numbers.len();
            numbers.entry(name).or_insert(next);
        }
        // What is bound to nothing is on no circle.
        let (mut onward, mut back) = (vec![Vec::new(); names.len()], vec![Vec::new(); names.len()]);
        for (from, name) in names.iter().enumerate() {
            for role in self.links.get(*name).into_iter().flatten() {
                if let Some(to) = numbers.get(&**role) {
                    onward[from].push(*to);
                    back[*to].push(from);
                }
            }
        }
        let mut finished = Vec::new();
        let mut seen = vec![false; names.len()];
        for start in 0..names.len() {
            walk(start, &onward, &mut seen, &mut finished);
        }
        let mut seen = vec![false; names.len()];
        let mut found = HashMap::new();
        for start in finished.into_iter().rev() {
            let mut circle = Vec::new();
            walk(start, &back, &mut seen, &mut circle);
            if circle.len() > 1 || circle.iter().any(|one| self.binds_itself(names[*one])) {
                found.extend(circle.into_iter().map(|one| (names[one], start)));
            }
        }
        found
    }

    fn binds_itself(&self, name: &str) -> bool {
        let mut roles = self.links.get(name).into_iter().flatten();
        roles.any(|role| role == name)
    }
}

/// Everything that can be reached from `start` and was not seen before, each behind all that it
/// leads to.
fn walk(start: usize, edges: &[Vec<usize>], seen: &mut [bool], finished: &mut Vec<usize>) {
    if seen[start] {
        return;
    }
    seen[start] = true;
    let mut stack = vec![(start, 0)];
    while let Some((at, next)) = stack.pop() {
        match edges[at].get(next) {
            Some(to) => {
                stack.push((at, next + 1));
                if !seen[*to] {
                    seen[*to] = true;
                    stack.push((*to, 0));
                }
            }
            None => finished.push(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inherited_in_two_ways_is_reached_once() {
        let mut graph = Graph::default();
        graph.read(
            &"k".into(),
            "g, a, b\ng, a, c\ng, b, d\ng, c, d\ng, e, e\ng, d, x\n",
        );
        let reached = [("a", 0), ("b", 1), ("c", 1), ("d", 2), ("x", 3)];
        assert_eq!(graph.reach("a", MAX_HOPS), reached);
        assert_eq!(graph.on_cycles().into_keys().collect::<Vec<_>>(), ["e"]);
    }
}
