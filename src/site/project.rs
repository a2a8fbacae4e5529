//! The roles of an AppProject, and where each line of them is written.

use super::object::Object;
use super::spot::Spot;
use crate::model::Source;
use crate::rbac::{Project, ProjectRole};
use crate::yaml::{Node, Step};

/// An AppProject with its roles.
#[derive(Clone, Debug)]
pub struct AppProject<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) roles: Vec<AppProjectRole<'a>>,
}

/// A role of an AppProject.
#[derive(Clone, Debug)]
pub(crate) struct AppProjectRole<'a> {
    pub(crate) name: &'a str,
    /// The role as a whole.
    start: usize,
    /// Its policy lines.
    pub(crate) policies: Vec<(Spot<'a>, &'a str)>,
    /// The groups and accounts that have it.
    pub(crate) groups: Vec<(Spot<'a>, &'a str)>,
}

impl<'a> AppProject<'a> {
    /// Reads an object. A role without a name is left out: the API server refuses it.
    pub(super) fn read(object: &Object<'a>) -> Self {
        let document = object.in_document();
        let list = object.find(&["spec", "roles"]);
        let items = list.and_then(Node::items).unwrap_or_default();
        let mut roles = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let start = item.span().start;
            let item = document.resolve(item);
            let name = item.get("name").map(|node| document.resolve(node));
            let Some(name) = name.and_then(Node::as_str) else {
                continue;
            };
            let lines = |key: &'static str| -> Vec<(Spot<'a>, &'a str)> {
                let list = item.get(key).map(|node| document.resolve(node));
                let items = list.and_then(Node::items).unwrap_or_default();
                let spots = items.iter().enumerate().filter_map(|(at, node)| {
                    let line = document.resolve(node).as_str()?;
                    let mut route = object.route_to(&["spec", "roles"]);
                    route.extend([Step::Index(index), Step::key(key), Step::Index(at)]);
                    let spot = Spot {
                        file: object.file,
                        document: Some((object.document, document)),
                        route,
                        key: None,
                        node: Some(node),
                        part: None,
                        source: object.source(),
                    };
                    Some((spot, line))
                });
                spots.collect()
            };
            roles.push(AppProjectRole {
                name,
                start,
                policies: lines("policies"),
                groups: lines("groups"),
            });
        }
        Self {
            object: object.clone(),
            roles,
        }
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.object.name()
    }

    /// The subject that one of its roles is: `proj:PROJECT:ROLE`.
    pub(super) fn subject(&self, role: &AppProjectRole<'_>) -> String {
        format!("proj:{}:{}", self.name(), role.name)
    }

    /// The subjects that its roles are.
    pub fn subjects(&self) -> impl Iterator<Item = String> {
        self.roles.iter().map(|role| self.subject(role))
    }

    /// What the server loads.
    pub fn project(&self) -> Project {
        let texts = |lines: &[(Spot<'a>, &'a str)]| {
            let lines = lines.iter().map(|(_, text)| (*text).to_owned());
            lines.collect()
        };
        let roles = self.roles.iter().map(|role| ProjectRole {
            name: role.name.to_owned(),
            policies: texts(&role.policies),
            groups: texts(&role.groups),
        });
        Project {
            name: self.name().to_owned(),
            roles: roles.collect(),
        }
    }

    /// Returns where a line, counted from 1, of the policy that Argo CD makes of the roles is written.
    pub(super) fn locate(&self, number: usize) -> Option<(&'a Source, usize)> {
        let mut line = 0;
        for role in &self.roles {
            // Argo CD's own line, by which a role may get its project.
            line += 1;
            if line == number {
                return Some((self.object.source(), role.start));
            }
            for (spot, text) in role.policies.iter().chain(&role.groups) {
                line += text.split('\n').count();
                if line >= number {
                    return Some((spot.source, spot.offset(0)));
                }
            }
        }
        None
    }
}
