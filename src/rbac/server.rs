//! Decisions of Argo CD's server for a token: the user, the user's groups, `AppProject` roles.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt;

use super::claims::Claims;
use super::engine::{Decision, Enforcer, Request};
use super::policy::PolicyError;
use super::project::{Project, project_role};
use super::set::{PolicySet, PolicyText};
use super::version::ArgoCdVersion;
use super::vocabulary::{RESOURCES, actions, is_project_scoped};

/// What the server has besides the policy.
#[derive(Clone, Debug, Default)]
pub struct ServerSettings {
    /// The claims that count as groups; none for the default, `groups`.
    pub scopes: Option<Vec<String>>,
    /// The server's namespace, which is left out of an application's name.
    pub namespace: String,
    /// `server.rbac.rollback.enforce.enable`: without it `rollback` is asked as `sync`.
    pub rollback_enforced: bool,
}

/// A policy with the `AppProject`s beside it.
#[derive(Debug)]
pub struct Server {
    set: PolicySet,
    base: Enforcer,
    projects: HashMap<String, Option<ProjectPolicy>>,
    scopes: Vec<String>,
    settings: ServerSettings,
}

#[derive(Debug)]
struct ProjectPolicy {
    text: PolicyText,
    /// Compiled when first asked for; none when the project's policy is invalid.
    enforcer: OnceCell<Option<Enforcer>>,
}

/// The server's answer to one question.
#[derive(Clone, Debug)]
pub struct Answer<'s> {
    /// The enforcer that gave the decision, which knows its lines.
    pub enforcer: &'s Enforcer,
    /// Who was asked for: the user, one of the groups, or the empty subject that everybody is.
    pub subject: String,
    /// For a yes the decision that gave it, for a no the one for the user.
    pub decision: Decision,
}

impl Answer<'_> {
    /// Yes or no.
    pub fn allowed(&self) -> bool {
        self.decision.allowed()
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
    /// Loads a policy and takes in the projects. A bad line in the policy is an error; a project with
    /// one is dropped, as the server does it.
    pub fn load(
        set: PolicySet,
        projects: impl IntoIterator<Item = Project>,
        settings: ServerSettings,
    ) -> Result<Self, PolicyError> {
        let base = Enforcer::load(&set)?;
        let projects = projects
            .into_iter()
            .map(|project| {
                let policy = project.policy().map(|text| ProjectPolicy {
                    text,
                    enforcer: OnceCell::new(),
                });
                (project.name, policy)
            })
            .collect();
        let scopes = settings.scopes.clone();
        Ok(Self {
            set,
            base,
            projects,
            scopes: scopes.unwrap_or_else(|| vec!["groups".to_owned()]),
            settings,
        })
    }

    /// The policy without any project's.
    pub fn base(&self) -> &Enforcer {
        &self.base
    }

    /// The enforcer for questions about a project's objects: its own policy behind the others, or
    /// the base where there is no such project, no role in it, or a bad line.
    pub fn enforcer_of(&self, project: &str) -> &Enforcer {
        let Some(Some(project)) = self.projects.get(project) else {
            return &self.base;
        };
        project
            .enforcer
            .get_or_init(|| Enforcer::load_with(&self.set, Some(&project.text)).ok())
            .as_ref()
            .unwrap_or(&self.base)
    }

    /// Answers for a token. The default role comes first; then the user, with the policy of the
    /// object's project; then each of the user's groups that some `g` line binds; at last the empty
    /// subject, which everybody is.
    pub fn decide(
        &self,
        claims: &Claims,
        resource: &str,
        action: &str,
        object: &str,
    ) -> Answer<'_> {
        let subject = claims.subject(self.set.version);
        let request = Request::new(subject, resource, action, object);
        let answer = |enforcer, subject: &str, decision| Answer {
            enforcer,
            subject: subject.to_owned(),
            decision,
        };

        let first = self.base.decide(&request.of(""));
        if let Decision::ByDefaultRole(_) = first {
            return answer(&self.base, subject, first);
        }
        let project = project_of(resource, object, self.set.version);
        let project = project.filter(|name| self.projects.contains_key(*name));
        let own = match (project, project_role(subject)) {
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
            let is_role_of_project = project.is_some() && project_role(subject).is_some();
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

    /// Answers `argocd account can-i ACTION RESOURCE OBJECT` for a token.
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
        let action = if action == "rollback" && !self.settings.rollback_enforced {
            "sync"
        } else {
            action
        };
        let object = self.object_name(resource, object);
        Ok(self.decide(claims, resource, action, &object))
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

/// The project whose roles count for a question.
fn project_of<'o>(resource: &str, object: &'o str, version: ArgoCdVersion) -> Option<&'o str> {
    let has_project = match resource {
        "projects" => return Some(object),
        "applicationsets" => version.has_project_applicationsets(),
        "applications" | "logs" | "exec" | "clusters" | "repositories" => true,
        _ => false,
    };
    let (project, _) = object.split_once('/').filter(|_| has_project)?;
    Some(project)
}
