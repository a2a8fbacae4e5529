//! Requests by their globs.

use super::super::expectations::{Except, Globs, escaped};
use super::super::quantified::may_meet;
use crate::rbac::Server;
use crate::rbac::glob::Glob;
use crate::rbac::survey::{GivenRule, Requests};

/// Requests that match three globs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestPattern {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) object: String,
}

impl RequestPattern {
    pub(super) fn of(given: &GivenRule<'_>) -> Self {
        Self {
            action: given.action.clone(),
            resource: given.resource.clone(),
            object: given.object.clone(),
        }
    }

    pub(super) fn requests(&self) -> Requests<'_> {
        Requests {
            action: &self.action,
            resource: &self.resource,
            object: &self.object,
        }
    }

    pub(super) fn except(&self) -> Except {
        let one = |glob: &String| match glob.as_str() {
            "*" => Globs::default(),
            _ => Globs::One(glob.clone()),
        };
        let mut except = Except {
            action: one(&self.action),
            resource: one(&self.resource),
            object: one(&self.object),
            ..Except::default()
        };
        if [&except.action, &except.resource, &except.object]
            .iter()
            .all(|field| field.all().is_empty())
        {
            except.object = Globs::One("*".to_owned());
        }
        except
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        may_meet(&self.resource, &other.resource)
            && may_meet(&self.action, &other.action)
            && may_meet(&self.object, &other.object)
    }
}

/// The patterns, and what the server asks as them.
pub(super) fn expanded(server: &Server, patterns: &[RequestPattern]) -> Vec<RequestPattern> {
    let mut all = Vec::new();
    for pattern in patterns {
        let about = |resource: &str, action: &str| {
            matches(&pattern.resource, resource) && matches(&pattern.action, action)
        };
        let mut also = |resource: &str, action: &str| {
            all.push(RequestPattern {
                action: action.to_owned(),
                resource: resource.to_owned(),
                object: pattern.object.clone(),
            });
        };
        let applications = "applications";
        if server.version().has_rollback()
            && server.rollback_is_sync()
            && about(applications, "sync")
            && !matches(&pattern.action, "rollback")
        {
            also(applications, "rollback");
        }
        if server.logs_are_open() && about(applications, "get") && !about("logs", "get") {
            also("logs", "get");
        }
        for plain in ["update", "delete"] {
            let is_whole = pattern.action == "*" || pattern.action == format!("{plain}*");
            if server.inherits_subresources() && about(applications, plain) && !is_whole {
                also(applications, &format!("{plain}/*"));
            }
        }
        all.push(pattern.clone());
    }
    all
}

/// A pattern, and behind it what it matches of a project's objects.
pub(super) fn narrowed(pattern: &RequestPattern, project: Option<&str>) -> Vec<RequestPattern> {
    let mut all = vec![pattern.clone()];
    let name = match pattern.object.as_str() {
        "*" => Some("*"),
        object => object.strip_prefix("*/"),
    };
    if let (Some(project), Some(name)) = (project, name) {
        all.push(RequestPattern {
            object: format!("{}/{name}", escaped(project)),
            ..pattern.clone()
        });
    }
    all
}

fn matches(glob: &str, text: &str) -> bool {
    Glob::compile(glob).is_ok_and(|glob| glob.matches(text) == Ok(true))
}

/// A glob that matches these names and no others.
pub(super) fn glob_of(names: &[String]) -> String {
    match names {
        [one] => escaped(one),
        many => {
            let names: Vec<String> = many.iter().map(|name| escaped(name)).collect();
            format!("{{{}}}", names.join(","))
        }
    }
}
