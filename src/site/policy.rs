//! The policy of one Argo CD: its texts, their lines, and an enforcer of what loads of it.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::graph::Graph;
use super::spot::{Place, Spot};
use super::template_lines::{blanked, is_template_line, template_lines};
use crate::model::Text;
use crate::rbac::glob::Effort;
use crate::rbac::{
    ArgoCdVersion, Enforcer, Grouping, Line, LineId, MatchMode, Numbered, Policy as PolicyLine,
    PolicySet, Value, builtin_policy, lines,
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
    /// Its bytes in the text of its key.
    fn range(&self) -> Range<usize> {
        let start = self.line.offset;
        start..start + self.line.text.len()
    }

    /// The whole line.
    pub(crate) fn place(&self) -> Place {
        self.text.spot.within(self.range())
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
        let mut found: HashMap<&str, Vec<_>> = HashMap::new();
        for at in self.groupings() {
            let bound = BoundRole {
                role: &at.says.role.text,
                spot: &at.text.spot,
                line: Some(at.range()),
            };
            found.entry(&at.says.subject.text).or_default().push(bound);
        }
        for member in &self.project_members {
            let bound = BoundRole {
                role: &member.role,
                spot: &member.spot,
                line: None,
            };
            found.entry(member.name).or_default().push(bound);
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

    /// Which subject inherits which role.
    pub(crate) fn graph(&self) -> &Graph<'a> {
        self.graph.get_or_init(|| {
            let mut graph = Graph::default();
            graph.read(&"".into(), builtin_policy(self.version));
            for text in &self.texts {
                graph.read(&text.key, text.text);
            }
            for member in &self.project_members {
                graph.add_member(member.name, &member.role);
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

/// The text with its bad lines blanked, so that everything else stays where it is; `None` where no
/// line is bad.
fn without_invalid(text: &PolicySource<'_>) -> Option<String> {
    let lines = text.lines().iter();
    let bad = lines.filter(|line| matches!(line.line, Line::Invalid(_)) || text.is_template(line));
    blanked(
        text.text,
        bad.map(|line| line.offset..line.offset + line.text.len()),
    )
}
