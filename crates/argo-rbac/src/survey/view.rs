//! What reaches a subject on a server: the rules of the policy and of every `AppProject`, sorted by
//! who gives them and by whose objects they count for.

use super::verb::{Verb, verbs};
use crate::engine::{Enforcer, LineId, Reaching};
use crate::project::project_role;
use crate::server::Server;
use crate::vocabulary::counts_for_project;

/// Where a subject gets a rule from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Giver {
    /// The default role, whose yes is final.
    DefaultRole,
    /// The subject itself and its roles.
    Subject,
    /// The empty subject, whose rules are everybody's.
    Everybody,
}

/// A line with the enforcer that knows it.
#[derive(Clone, Copy, Debug)]
pub struct Cited<'s> {
    /// The enforcer, of the policy alone or with an `AppProject`'s lines behind it.
    pub enforcer: &'s Enforcer,
    /// The line.
    pub line: LineId,
}

impl PartialEq for Cited<'_> {
    fn eq(&self, other: &Self) -> bool {
        // A line of the policy has the same number with a project's lines behind it.
        self.line == other.line && self.enforcer.line(self.line) == other.enforcer.line(other.line)
    }
}

impl Eq for Cited<'_> {}

/// The rules of one giver: some question is granted when one of them allows it, none denies it and
/// none fails on it.
#[derive(Clone, Debug)]
pub(super) struct Side<'s> {
    pub(super) giver: Giver,
    pub(super) rules: Vec<Reaching<'s>>,
}

/// All that decides for a subject about one project's objects, or about all those of which no other
/// view is: a question is granted when some side grants it.
#[derive(Clone, Debug)]
pub(super) struct View<'s> {
    /// The project whose objects it is about.
    pub(super) project: Option<&'s str>,
    /// The enforcer that knows the lines of all sides.
    pub(super) enforcer: &'s Enforcer,
    pub(super) sides: Vec<Side<'s>>,
}

impl<'s> View<'s> {
    /// A line of this view.
    pub(super) fn cite(&self, line: LineId) -> Cited<'s> {
        Cited {
            enforcer: self.enforcer,
            line,
        }
    }

    /// What the objects of a project-scoped resource begin with in this view.
    pub(super) fn beginning(&self, resource: &str) -> Option<String> {
        let project = self.project?;
        (resource != "projects").then(|| format!("{project}/"))
    }
}

/// What decides for one subject.
#[derive(Clone, Debug)]
pub(super) struct Views<'s> {
    /// The view of the policy alone comes first.
    pub(super) all: Vec<View<'s>>,
    /// Projects about whose objects the first view says nothing of the subject's own: another view
    /// does, or the subject is another project's role.
    pub(super) elsewhere: Vec<&'s str>,
}

impl<'s> Views<'s> {
    /// Collects what reaches a subject.
    pub(super) fn new(server: &'s Server, subject: &str) -> Self {
        let base = server.base();
        let default_role = base.default_role();
        let side = |giver, rules: Vec<Reaching<'s>>| Side { giver, rules };
        let mut shared = Vec::new();
        if !default_role.is_empty() {
            shared.push(side(Giver::DefaultRole, base.reaching(default_role)));
        }
        let everybody = if subject.is_empty() {
            Vec::new()
        } else {
            base.reaching("")
        };
        let mut sides = shared.clone();
        sides.push(side(Giver::Subject, base.reaching(subject)));
        if !everybody.is_empty() {
            sides.push(side(Giver::Everybody, everybody.clone()));
        }
        let mut views = Self {
            all: vec![View {
                project: None,
                enforcer: base,
                sides,
            }],
            elsewhere: Vec::new(),
        };
        let role_of = project_role(subject).map(|(project, _)| project);
        if let Some(own) = role_of {
            let others = server.project_names().filter(|project| *project != own);
            views.elsewhere.extend(others);
        }
        for (project, enforcer) in server.projects_that_concern(subject) {
            if role_of.is_some_and(|own| own != project) {
                continue;
            }
            let mut sides = shared.clone();
            if !default_role.is_empty() {
                sides.push(side(Giver::DefaultRole, enforcer.reaching(default_role)));
            }
            sides.push(side(Giver::Subject, enforcer.reaching(subject)));
            if !everybody.is_empty() {
                sides.push(side(Giver::Everybody, everybody.clone()));
            }
            views.elsewhere.push(project);
            views.all.push(View {
                project: Some(project),
                enforcer,
                sides,
            });
        }
        views
    }

    /// The views that are about some object of a resource.
    pub(super) fn about<'v>(
        &'v self,
        server: &Server,
        resource: &'v str,
    ) -> impl Iterator<Item = &'v View<'s>> {
        let scoped = counts_for_project(resource, server.version());
        self.all
            .iter()
            .filter(move |view| view.project.is_none() || scoped)
    }

    /// Whether all that a rule of the first view matches is another view's.
    pub(super) fn is_elsewhere(&self, server: &Server, resource: &str, rule: Reaching<'_>) -> bool {
        if self.elsewhere.is_empty() || !counts_for_project(resource, server.version()) {
            return false;
        }
        let object = rule.object();
        if resource == "projects" {
            return object
                .only_text()
                .is_some_and(|text| self.elsewhere.contains(&text));
        }
        let begin = object.begin();
        let Some((project, _)) = begin.split_once('/') else {
            return false;
        };
        self.elsewhere.contains(&project)
    }
}

/// Every resource and verb that a server asks its enforcer for in its own right: not the rollback
/// that is asked as a sync, nor the logs that are asked as their application.
pub fn own_verbs(server: &Server) -> impl Iterator<Item = (&'static str, Verb)> {
    verbs(server.version()).filter(|asked| is_own(server, *asked))
}

/// Whether a server asks for this very resource and verb.
pub(super) fn is_own(server: &Server, (resource, verb): (&str, Verb)) -> bool {
    asked(server, resource, verb).contains(&(resource, verb))
}

/// The questions that decide one: a yes to any of them is a yes, and they are asked in this order.
pub(super) fn asked<'r>(server: &Server, resource: &'r str, verb: Verb) -> Vec<(&'r str, Verb)> {
    match (resource, verb) {
        ("applications", Verb::Action("rollback")) if server.rollback_is_sync() => {
            vec![(resource, Verb::Action("sync"))]
        }
        ("logs", Verb::Action("get")) if server.logs_are_open() => vec![("applications", verb)],
        ("applications", Verb::Below(plain @ ("update" | "delete")))
            if server.inherits_subresources() =>
        {
            vec![(resource, Verb::Action(plain)), (resource, verb)]
        }
        asked => vec![asked],
    }
}
