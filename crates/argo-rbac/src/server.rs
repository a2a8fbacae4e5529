//! Decisions of Argo CD's server for a token: the user, the user's groups, `AppProject` roles.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use super::claims::Claims;
use super::engine::{Decision, Enforcer, LineId, Request, Verdict};
use super::policy::{Line, PolicyError, lines};
use super::project::{Project, project_role};
use super::set::{PolicySet, PolicyText};
use super::version::ArgoCdVersion;
use super::vocabulary::{RESOURCES, actions, counts_for_project, is_project_scoped};

/// The server's settings beside the policy. The default is a setting's absence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of Argo CD of its own"
)]
pub struct ServerSettings {
    /// `scopes`: the claims that count as groups; none for the default, `groups`.
    pub scopes: Option<Vec<String>>,
    /// The server's namespace, which is left out of an application's name.
    pub namespace: String,
    /// `server.disable.auth`: everyone may do everything.
    pub auth_disabled: bool,
    /// `server.rbac.disableApplicationFineGrainedRBACInheritance` as written (since 2.14; absent it is
    /// false in 2.14 and true since 3.0). Where it is false, a plain `update` or `delete` covers the
    /// application's resources.
    pub inheritance_disabled: Option<bool>,
    /// `server.rbac.log.enforce.enable`, before 3.0: without it, who may get an application may get
    /// its logs.
    pub logs_enforced: bool,
    /// `server.rbac.rollback.enforce.enable`, since 3.6: without it `rollback` is asked as `sync`.
    pub rollback_enforced: bool,
    /// `users.anonymous.enabled`: a request without a token is answered as one of the empty subject.
    pub anonymous_enabled: bool,
}

/// A policy with the `AppProject`s beside it.
#[derive(Debug)]
pub struct Server {
    set: PolicySet,
    base: Enforcer,
    projects: BTreeMap<String, Option<ProjectPolicy>>,
    /// Which projects give something to a name, found when it is first asked for.
    by_name: OnceCell<HashMap<String, Vec<Arc<str>>>>,
    /// A word that is nowhere in the policies.
    unmentioned: OnceCell<String>,
    scopes: Vec<String>,
    settings: ServerSettings,
}

#[derive(Debug)]
struct ProjectPolicy {
    text: PolicyText,
    /// Compiled when first asked for; none when the project's policy is invalid.
    enforcer: OnceCell<Option<Enforcer>>,
}

/// The server's answer to one question, with its reason.
#[derive(Clone, Debug)]
pub struct Answer<'s> {
    /// The enforcer that gave the decision, which knows its lines.
    pub enforcer: &'s Enforcer,
    /// Who was asked for: the user, one of the groups, or the empty subject that everybody is.
    pub subject: String,
    /// The resource that the enforcer was asked for: `applications` where `logs` are not enforced.
    pub resource: String,
    /// The action that the enforcer was asked for: `sync` for a rollback that is not enforced, the
    /// plain `delete` for a resource of an application that inherits it.
    pub action: String,
    /// Why. Of a yes the decision that gave it, of a no the user's own.
    pub grounds: Grounds,
    /// The enforcer's decision, where it was asked.
    pub decision: Decision,
}

/// What decided a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// Authorisation is switched off.
    AuthDisabled,
    /// The default role is allowed it by this line, which is final.
    DefaultRole(LineId),
    /// This line allows it, and none denies it.
    Allowed(LineId),
    /// This line denies it.
    Denied(LineId),
    /// This line cannot be evaluated, so everything that reaches it is denied.
    Failed(LineId),
    /// No line allows it and none denies it.
    NoRule,
}

impl Grounds {
    /// Yes or no.
    pub(crate) fn allowed(self) -> bool {
        matches!(
            self,
            Self::AuthDisabled | Self::DefaultRole(_) | Self::Allowed(_)
        )
    }

    /// The line that decided.
    pub fn line(self) -> Option<LineId> {
        match self {
            Self::AuthDisabled | Self::NoRule => None,
            Self::DefaultRole(line)
            | Self::Allowed(line)
            | Self::Denied(line)
            | Self::Failed(line) => Some(line),
        }
    }
}

impl From<Decision> for Grounds {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::ByDefaultRole(line) => Self::DefaultRole(line),
            Decision::BySubject(Verdict::Allowed(line)) => Self::Allowed(line),
            Decision::BySubject(Verdict::Denied(line)) => Self::Denied(line),
            Decision::BySubject(Verdict::Failed(line)) => Self::Failed(line),
            Decision::BySubject(Verdict::Nothing) => Self::NoRule,
        }
    }
}

impl PartialEq for Answer<'_> {
    fn eq(&self, other: &Self) -> bool {
        let said = |answer: &Self| {
            let Answer {
                subject,
                resource,
                action,
                grounds,
                ..
            } = answer;
            (subject.clone(), resource.clone(), action.clone(), *grounds)
        };
        said(self) == said(other)
    }
}

impl Eq for Answer<'_> {}

impl Answer<'_> {
    /// Yes or no.
    pub fn allowed(&self) -> bool {
        self.grounds.allowed()
    }
}

/// A resource or action that `argocd account can-i` does not know; its text is Argo CD's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownArgument {
    known: &'static [&'static str],
    asked: String,
}

impl fmt::Display for UnknownArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known.join(" ");
        write!(f, "[{known}] does not contain {}", self.asked)
    }
}

impl std::error::Error for UnknownArgument {}

impl Server {
    /// Loads a policy and takes in the projects. A project with a bad line is dropped, as the server
    /// does it.
    ///
    /// # Errors
    /// The first bad line of the policy.
    pub fn load(
        set: PolicySet,
        projects: impl IntoIterator<Item = Project>,
        settings: ServerSettings,
    ) -> Result<Self, PolicyError> {
        let projects = projects.into_iter();
        let projects = projects.map(|project| (project.policy(), project.name));
        let projects = projects.map(|(policy, name)| (name, policy));
        Self::of_texts(set, projects, settings)
    }

    /// Loads a policy and takes in the policies of projects by their names.
    pub(super) fn of_texts(
        set: PolicySet,
        projects: impl IntoIterator<Item = (String, Option<PolicyText>)>,
        settings: ServerSettings,
    ) -> Result<Self, PolicyError> {
        let base = Enforcer::load(&set)?;
        let with_enforcer = |text| ProjectPolicy {
            text,
            enforcer: OnceCell::new(),
        };
        let projects = projects.into_iter();
        let projects = projects
            .map(|(name, text)| (name, text.map(with_enforcer)))
            .collect();
        let scopes = settings.scopes.clone();
        Ok(Self {
            set,
            base,
            projects,
            by_name: OnceCell::new(),
            unmentioned: OnceCell::new(),
            scopes: scopes.unwrap_or_else(|| vec!["groups".to_owned()]),
            settings,
        })
    }

    /// The first glob that took too many steps to be decided, so that an answer may be wrong.
    pub fn undecided(&self) -> Option<&str> {
        self.base.undecided()
    }

    /// The policy without any project's.
    pub fn base(&self) -> &Enforcer {
        &self.base
    }

    /// The enforcer for questions about a project's objects: its own policy behind the others, or
    /// the base where there is no such project, no role in it, or a bad line.
    pub(crate) fn enforcer_of(&self, project: &str) -> &Enforcer {
        let Some(Some(project)) = self.projects.get(project) else {
            return &self.base;
        };
        project
            .enforcer
            .get_or_init(|| {
                let effort = Arc::clone(self.base.effort());
                Enforcer::load_with(&self.set, Some(&project.text), effort).ok()
            })
            .as_ref()
            .unwrap_or(&self.base)
    }

    /// The projects of the input, by name.
    pub(super) fn project_names(&self) -> impl Iterator<Item = &str> {
        self.projects.keys().map(String::as_str)
    }

    /// Whether a word is anywhere in the policy or in a project's.
    pub fn mentions(&self, word: &str) -> bool {
        let projects = self.projects.values().flatten();
        let mut texts = projects.map(|project| &project.text.text);
        self.base.mentions(word) || texts.any(|text| text.contains(word))
    }

    /// A word such that it and a hyphen are nowhere in the policies: what is made of it is new.
    pub(super) fn unmentioned(&self) -> &str {
        self.unmentioned
            .get_or_init(|| unmentioned(|word| self.mentions(word)))
    }

    /// The projects whose lines reach a subject or the default role, each with the enforcer for its
    /// objects, by name.
    pub(super) fn projects_that_concern(
        &self,
        subject: &str,
    ) -> impl Iterator<Item = (&str, &Enforcer)> {
        let by_name = self.by_name.get_or_init(|| self.projects_by_name());
        let mut concerned: BTreeSet<&str> = BTreeSet::new();
        let mut add = |name: &str| {
            let projects = by_name.get(name).into_iter().flatten();
            concerned.extend(projects.map(|project| &**project));
        };
        for name in [subject, self.base.default_role()] {
            add(name);
            self.base
                .for_reached(name, |reached| add(self.base.name_text(reached)));
        }
        concerned
            .into_iter()
            .map(|name| (name, self.enforcer_of(name)))
    }

    /// Every name that has rules or roles in some project.
    pub(super) fn names_in_projects(&self) -> impl Iterator<Item = String> {
        let by_name = self.by_name.get_or_init(|| self.projects_by_name());
        by_name.keys().cloned()
    }

    /// The names in projects that are not the same on another server, or that name a subject that a
    /// change of the policy concerns.
    pub(super) fn names_in_projects_that_differ(
        &self,
        other: &Self,
        concerns: impl Fn(&str) -> bool,
    ) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (name, project) in &self.projects {
            let text = |project: &Option<ProjectPolicy>| {
                project.as_ref().map(|project| project.text.text.clone())
            };
            let there = other.projects.get(name).map(text);
            let Some(project) = project else {
                continue;
            };
            let mut mine = BTreeSet::new();
            for line in lines(&project.text.key, &project.text.text) {
                match line.line {
                    Line::Policy(policy) => {
                        mine.insert(policy.subject.text.into_owned());
                    }
                    Line::Grouping(grouping) => {
                        mine.insert(grouping.subject.text.into_owned());
                        mine.insert(grouping.role.text.into_owned());
                    }
                    _ => {}
                }
            }
            if there != Some(Some(project.text.text.clone()))
                || mine.iter().any(|name| concerns(name))
            {
                names.append(&mut mine);
            }
        }
        if !self.projects.keys().eq(other.projects.keys()) {
            // Roles of one project have nothing to say where there is another.
            let roles = self.base.names().map(|(_, name)| name);
            let roles = roles.filter(|name| project_role(name).is_some());
            names.extend(roles.map(str::to_owned));
        }
        names
    }

    /// For each name that has rules or roles in projects, the names of these projects.
    fn projects_by_name(&self) -> HashMap<String, Vec<Arc<str>>> {
        let mut by_name: HashMap<String, Vec<Arc<str>>> = HashMap::new();
        for (name, project) in &self.projects {
            let Some(ProjectPolicy { text, .. }) = project else {
                continue;
            };
            let project: Arc<str> = name.as_str().into();
            for line in lines(&text.key, &text.text) {
                let name = match line.line {
                    Line::Policy(policy) => policy.subject.text,
                    Line::Grouping(grouping) => grouping.subject.text,
                    _ => continue,
                };
                let places = by_name.entry(name.into_owned()).or_default();
                if places.last() != Some(&project) {
                    places.push(Arc::clone(&project));
                }
            }
        }
        by_name
    }

    /// The version of Argo CD whose rules count.
    pub fn version(&self) -> ArgoCdVersion {
        self.set.version
    }

    /// Returns the policy and settings that it was loaded from.
    pub(super) fn policy_set(&self) -> &PolicySet {
        &self.set
    }

    /// The settings beside the policy.
    pub fn settings(&self) -> &ServerSettings {
        &self.settings
    }

    /// Whether the plain `update` and `delete` cover an application's resources.
    pub fn inherits_subresources(&self) -> bool {
        let version = self.set.version;
        match self.settings.inheritance_disabled {
            Some(disabled) if version.has_inheritance_setting() => !disabled,
            _ => version.inherits_subresources(),
        }
    }

    /// Whether anyone who may get an application may get its logs.
    pub fn logs_are_open(&self) -> bool {
        !self.set.version.enforces_logs() && !self.settings.logs_enforced
    }

    /// Whether a rollback is asked as `sync`, as every version before 3.6 asks it.
    pub fn rollback_is_sync(&self) -> bool {
        !self.set.version.has_rollback() || !self.settings.rollback_enforced
    }

    /// Answers as the server decides when someone with this token acts: with its settings, and then
    /// as [`Self::ask`].
    pub fn decide(
        &self,
        claims: &Claims,
        resource: &str,
        action: &str,
        object: &str,
    ) -> Answer<'_> {
        let (resource, action) = match (resource, action) {
            ("applications", "rollback") if self.rollback_is_sync() => (resource, "sync"),
            ("logs", "get") if self.logs_are_open() => ("applications", "get"),
            asked => asked,
        };
        if let Some(plain) = inherited(resource, action).filter(|_| self.inherits_subresources()) {
            let answer = self.ask(claims, resource, plain, object);
            if answer.allowed() {
                return answer;
            }
        }
        self.ask(claims, resource, action, object)
    }

    /// Asks the enforcer for a token. The default role comes first; then the user, with the policy of
    /// the object's project; then each of the user's groups that some `g` line binds; at last the
    /// empty subject, which everybody is.
    fn ask(&self, claims: &Claims, resource: &str, action: &str, object: &str) -> Answer<'_> {
        let subject = claims.subject(self.set.version);
        let request = Request::new(subject, resource, action, object);
        let because = |enforcer, subject: &str, grounds, decision| Answer {
            enforcer,
            subject: subject.to_owned(),
            resource: resource.to_owned(),
            action: action.to_owned(),
            grounds,
            decision,
        };
        if self.settings.auth_disabled {
            let decision = Decision::BySubject(Verdict::Nothing);
            return because(&self.base, subject, Grounds::AuthDisabled, decision);
        }
        let answer = |enforcer, subject: &str, decision: Decision| {
            because(enforcer, subject, Grounds::from(decision), decision)
        };

        let first = self.base.decide(&request.of(""));
        if let Decision::ByDefaultRole(_) = first {
            return answer(&self.base, subject, first);
        }
        let own = match (self.project_of(resource, object), project_role(subject)) {
            (Some(project), Some((of, _))) if of != project => None,
            (Some(project), _) => Some(self.enforcer_of(project)),
            (None, _) => Some(&self.base),
        };
        let mut refusal = answer(&self.base, subject, first);
        if let Some(enforcer) = own {
            let decision = enforcer.decide(&request);
            if decision.allowed() {
                return answer(enforcer, subject, decision);
            }
            refusal = answer(enforcer, subject, decision);
            let is_role_of_project =
                self.project_of(resource, object).is_some() && project_role(subject).is_some();
            if !is_role_of_project {
                for group in claims.groups(&self.scopes) {
                    if !enforcer.is_bound(group) {
                        continue;
                    }
                    let decision = enforcer.decide(&request.of(group));
                    if decision.allowed() {
                        return answer(enforcer, group, decision);
                    }
                }
            }
        }
        if first.allowed() {
            return answer(&self.base, "", first);
        }
        refusal
    }

    /// The project of the input whose roles count for a question.
    fn project_of<'o>(&self, resource: &str, object: &'o str) -> Option<&'o str> {
        let project = project_of(resource, object, self.set.version);
        project.filter(|name| self.projects.contains_key(*name))
    }

    /// Answers `argocd account can-i ACTION RESOURCE OBJECT` for a token: it asks the enforcer as it
    /// is told, so that neither inheritance nor open logs count.
    ///
    /// # Errors
    /// A resource or action that this version does not know.
    pub fn can_i(
        &self,
        claims: &Claims,
        action: &str,
        resource: &str,
        object: &str,
    ) -> Result<Answer<'_>, UnknownArgument> {
        let unknown = |known, asked: &str| UnknownArgument {
            known,
            asked: asked.to_owned(),
        };
        let known = actions(self.set.version);
        if !known.contains(&action) {
            return Err(unknown(known, action));
        }
        if !RESOURCES.contains(&resource) {
            return Err(unknown(RESOURCES, resource));
        }
        let action = if action == "rollback" && self.rollback_is_sync() {
            "sync"
        } else {
            action
        };
        let object = self.object_name(resource, object);
        Ok(self.ask(claims, resource, action, &object))
    }

    /// The name under which the server asks for an object that was given with its namespace: an
    /// application of the server's own namespace, or of none, is `project/name`.
    fn object_name(&self, resource: &str, object: &str) -> String {
        let parts: Vec<&str> = object.split('/').collect();
        match parts[..] {
            [project, namespace, name]
                if is_project_scoped(resource, self.set.version)
                    && !self.settings.namespace.is_empty()
                    && (namespace == self.settings.namespace || namespace.is_empty()) =>
            {
                format!("{project}/{name}")
            }
            _ => object.to_owned(),
        }
    }
}

/// A word such that it and a hyphen are not mentioned.
pub(super) fn unmentioned(mentions: impl Fn(&str) -> bool) -> String {
    let mut word = "some".to_owned();
    for number in 2.. {
        if !mentions(&format!("{word}-")) {
            break;
        }
        word = format!("some{number}");
    }
    word
}

/// The plain verb that an action on an application's resource may inherit from.
fn inherited<'a>(resource: &str, action: &'a str) -> Option<&'a str> {
    let (verb, _) = action.split_once('/')?;
    (resource == "applications" && matches!(verb, "update" | "delete")).then_some(verb)
}

/// The project whose roles count for a question.
fn project_of<'o>(resource: &str, object: &'o str, version: ArgoCdVersion) -> Option<&'o str> {
    if !counts_for_project(resource, version) {
        return None;
    }
    if resource == "projects" {
        return Some(object);
    }
    object.split_once('/').map(|(project, _)| project)
}
