//! The policy of one Argo CD: its texts, their lines, who inherits whom, and an enforcer of what
//! loads of it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use super::spot::{Place, Spot};
use super::template_lines::{blanked, is_template_line, template_lines};
use crate::model::Text;
use crate::rbac::glob::Effort;
use crate::rbac::{
    ArgoCdVersion, Enforcer, Grouping, Line, LineId, MAX_HOPS, MatchMode, Numbered,
    Policy as PolicyLine, PolicySet, Value, builtin_policy, lines,
};

/// One text of the policy: a key's value, a bare file, or one line of an AppProject's role.
#[derive(Debug)]
pub(crate) struct PolicySource<'a> {
    pub(crate) key: Arc<str>,
    pub(crate) text: &'a str,
    /// The same text, to be kept without a copy.
    shared: Text,
    pub(crate) spot: Spot<'a>,
    lines: OnceCell<Vec<Numbered<'a>>>,
    /// Its place among the policy's texts.
    pub(crate) index: usize,
    /// The AppProject's role that it belongs to: project and role.
    pub(crate) project_role: Option<(&'a str, &'a str)>,
    /// Whether it was read from a server, where no template fills in anything any more.
    pub(super) is_live: bool,
}

impl<'a> PolicySource<'a> {
    pub(crate) fn new(key: &str, text: &'a str, spot: Spot<'a>) -> Self {
        let shared = match spot.resolved() {
            Some(node) => node.shared_str().filter(|_| spot.part.is_none()),
            None => Some(spot.source.shared().clone()),
        };
        Self {
            key: key.into(),
            text,
            shared: shared.unwrap_or_else(|| text.into()),
            spot,
            lines: OnceCell::new(),
            index: 0,
            project_role: None,
            is_live: false,
        }
    }

    /// Its lines, read when they are first asked for.
    pub(crate) fn lines(&self) -> &[Numbered<'a>] {
        self.lines
            .get_or_init(|| lines(&self.key, self.text).collect())
    }

    /// The places of its lines that a template fills in, without the spaces around them.
    pub(crate) fn template_lines(&self) -> impl Iterator<Item = Range<usize>> {
        let text = if self.is_live { "" } else { self.text };
        template_lines(text)
    }

    /// Whether a template fills in one of its lines.
    pub(crate) fn is_template(&self, line: &Numbered<'_>) -> bool {
        !self.is_live && is_template_line(line.text)
    }

    /// What an enforcer loads.
    pub(super) fn loaded(&self) -> crate::rbac::PolicyText {
        let plain = blanked(self.text, self.template_lines());
        let text = plain.map_or_else(|| self.shared.clone(), Text::from);
        crate::rbac::PolicyText::new(Arc::clone(&self.key), text)
    }
}

/// A line of the policy with the text that it is in.
#[derive(Debug)]
pub(crate) struct Located<'p, 'a, T> {
    pub(crate) text: &'p PolicySource<'a>,
    pub(crate) line: &'p Numbered<'a>,
    /// What the line says.
    pub(crate) says: &'p T,
}

impl<T> Clone for Located<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Located<'_, '_, T> {}

impl<T> Located<'_, '_, T> {
    /// The whole line.
    pub(crate) fn place(&self) -> Place {
        let start = self.line.offset;
        self.text.spot.within(start..start + self.line.text.len())
    }

    /// One field of it.
    pub(crate) fn field(&self, value: &Value<'_>) -> Place {
        self.text.spot.within(field_range(value))
    }

    /// Whether it is before another line, in the order in which Argo CD loads them.
    pub(crate) fn before(&self, other: &Located<'_, '_, T>) -> bool {
        let order = |at: &Located<'_, '_, T>| (at.text.index, at.line.offset);
        order(self) < order(other)
    }
}

/// A field's bytes in the text of its key; its quotes are left out.
pub(crate) fn field_range(value: &Value<'_>) -> std::ops::Range<usize> {
    // A doubled quote stands for one.
    let doubled = value.text.bytes().filter(|byte| *byte == b'"').count();
    value.offset..value.offset + value.text.len() + doubled
}

/// A group or an account that has a role of an AppProject: Argo CD makes a `g` line of it.
#[derive(Clone, Debug)]
pub(crate) struct ProjectMember<'a> {
    pub(crate) spot: Spot<'a>,
    pub(crate) name: &'a str,
    /// `proj:PROJECT:ROLE`.
    pub(crate) role: String,
}

/// The policy of one Argo CD.
#[derive(Debug, Default)]
pub(crate) struct WholePolicy<'a> {
    /// In the order in which Argo CD loads them, AppProjects' lines last.
    pub(crate) texts: Vec<PolicySource<'a>>,
    /// Who has the roles of AppProjects.
    pub(crate) project_members: Vec<ProjectMember<'a>>,
    pub(crate) default_role: &'a str,
    pub(crate) mode: MatchMode,
    pub(crate) version: ArgoCdVersion,
    /// What the globs may cost where they are tried outside the enforcer.
    pub(crate) effort: Effort,
    enforcer: OnceCell<Option<Enforcer>>,
    graph: OnceCell<Graph<'a>>,
    /// Where the text of each key is; AppProjects have several of one name, and are not in it.
    by_key: OnceCell<HashMap<Arc<str>, usize>>,
}

impl<'a> WholePolicy<'a> {
    /// A policy without lines.
    #[cfg(test)]
    pub(crate) fn of_mode(mode: MatchMode) -> Self {
        Self {
            mode,
            ..Self::default()
        }
    }

    /// The text of a key, AppProjects' lines left out.
    pub(super) fn text_of_key(&self, key: &str) -> Option<&PolicySource<'a>> {
        let by_key = self.by_key.get_or_init(|| {
            let own = self.texts.iter().enumerate().rev();
            let own = own.filter(|(_, text)| text.project_role.is_none());
            own.map(|(place, text)| (Arc::clone(&text.key), place))
                .collect()
        });
        self.texts.get(*by_key.get(key)?)
    }

    /// The `p` lines of the policy itself.
    pub(crate) fn rules(&self) -> impl Iterator<Item = Located<'_, 'a, PolicyLine<'a>>> {
        self.all_rules().filter(|at| at.text.project_role.is_none())
    }

    /// The `p` lines, those of AppProjects' roles included.
    pub(crate) fn all_rules(&self) -> impl Iterator<Item = Located<'_, 'a, PolicyLine<'a>>> {
        self.each(|line| match line {
            Line::Policy(says) => Some(says),
            _ => None,
        })
    }

    /// The `g` lines.
    pub(crate) fn groupings(&self) -> impl Iterator<Item = Located<'_, 'a, Grouping<'a>>> {
        self.each(|line| match line {
            Line::Grouping(says) => Some(says),
            _ => None,
        })
    }

    /// The roles that each name is bound to, by `g` lines and by AppProjects.
    pub(crate) fn bindings(&self) -> HashMap<&str, Vec<BoundRole<'_, 'a>>> {
        let lines = self.groupings().map(|at| {
            let start = at.line.offset;
            let line = Some(start..start + at.line.text.len());
            (
                &*at.says.subject.text,
                &at.text.spot,
                line,
                &*at.says.role.text,
            )
        });
        let members = self.project_members.iter();
        let members = members.map(|member| (member.name, &member.spot, None, &*member.role));
        let mut found: HashMap<&str, Vec<_>> = HashMap::new();
        for (name, spot, line, role) in lines.chain(members) {
            found
                .entry(name)
                .or_default()
                .push(BoundRole { role, spot, line });
        }
        found
    }

    /// Every line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Located<'_, 'a, Line<'a>>> {
        self.each(Some)
    }

    /// The `p` lines of the policy itself by their subjects.
    pub(crate) fn rules_by_subject(&self) -> HashMap<&str, Vec<Located<'_, 'a, PolicyLine<'a>>>> {
        let mut found: HashMap<&str, Vec<_>> = HashMap::new();
        for at in self.rules() {
            found.entry(&at.says.subject.text).or_default().push(at);
        }
        found
    }

    fn each<'p, T: 'p>(
        &'p self,
        pick: impl Fn(&'p Line<'a>) -> Option<&'p T>,
    ) -> impl Iterator<Item = Located<'p, 'a, T>> {
        let lines = self
            .texts
            .iter()
            .flat_map(|text| text.lines().iter().map(move |line| (text, line)));
        lines.filter_map(move |(text, line)| {
            let says = pick(&line.line)?;
            Some(Located { text, line, says })
        })
    }

    /// The built-in policy and every line that loads; none where even that cannot be.
    pub(crate) fn enforcer(&self) -> Option<&Enforcer> {
        let load = || {
            let own = self.texts.iter().filter(|text| text.project_role.is_none());
            let texts = own.map(|text| crate::rbac::PolicyText {
                key: Arc::clone(&text.key),
                text: without_invalid(text).map_or_else(|| text.shared.clone(), Text::from),
            });
            let set = PolicySet {
                texts: texts.collect(),
                default_role: self.default_role.to_owned(),
                match_mode: self.mode,
                builtin: true,
                version: self.version,
            };
            Enforcer::load(&set).ok()
        };
        self.enforcer.get_or_init(load).as_ref()
    }

    /// The `p` line of the user's policy that the enforcer means; none of the built-in policy.
    pub(crate) fn rule_at(
        &self,
        enforcer: &Enforcer,
        line: LineId,
    ) -> Option<Located<'_, 'a, PolicyLine<'a>>> {
        let found = enforcer.line(line)?;
        let text = self.text_of_key(&found.key)?;
        let lines = text.lines();
        let at = lines.binary_search_by_key(&found.line.offset, |line| line.offset);
        let line = &lines[at.ok()?];
        match &line.line {
            Line::Policy(says) => Some(Located { text, line, says }),
            _ => None,
        }
    }

    /// Who inherits whom.
    pub(crate) fn graph(&self) -> &Graph<'a> {
        self.graph.get_or_init(|| {
            let mut graph = Graph::default();
            graph.read(&"".into(), builtin_policy(self.version));
            for text in &self.texts {
                graph.read(&text.key, text.text);
            }
            for member in &self.project_members {
                let roles = graph.links.entry(member.name.into()).or_default();
                roles.push(member.role.clone().into());
                // Argo CD lets every role of a project get the project.
                graph.ruled.insert(member.role.clone().into());
            }
            graph
        })
    }
}

/// A role that a name is bound to.
#[derive(Debug)]
pub(crate) struct BoundRole<'p, 'a> {
    pub(crate) role: &'p str,
    spot: &'p Spot<'a>,
    /// The `g` line in the spot's text; none of an AppProject's member.
    line: Option<Range<usize>>,
}

impl BoundRole<'_, '_> {
    /// Where it is bound.
    pub(crate) fn place(&self) -> Place {
        match &self.line {
            Some(line) => self.spot.within(line.clone()),
            None => self.spot.value(),
        }
    }
}

/// The text with its bad lines blanked, so that everything else stays where it is.
fn without_invalid(text: &PolicySource<'_>) -> Option<String> {
    let lines = text.lines().iter();
    let bad = lines.filter(|line| matches!(line.line, Line::Invalid(_)) || text.is_template(line));
    blanked(
        text.text,
        bad.map(|line| line.offset..line.offset + line.text.len()),
    )
}

/// Who inherits whom, and who has rules.
#[derive(Debug, Default)]
pub(crate) struct Graph<'a> {
    links: HashMap<Cow<'a, str>, Vec<Cow<'a, str>>>,
    ruled: HashSet<Cow<'a, str>>,
}

impl<'a> Graph<'a> {
    fn read(&mut self, key: &Arc<str>, text: &'a str) {
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
