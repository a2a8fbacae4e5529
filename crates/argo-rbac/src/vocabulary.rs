//! The resources and actions that Argo CD's server and CLI know.
//!
//! The enforcer itself knows none: it matches texts. These lists are what `argocd account can-i`
//! (the server) and `argocd admin settings rbac can` (the CLI) accept; the two differ.

use std::fmt;

use super::version::ArgoCdVersion;

/// All resources, in the order of Argo CD's own list.
pub const RESOURCES: &[&str] = &[
    "clusters",
    "projects",
    "applications",
    "applicationsets",
    "repositories",
    "write-repositories",
    "certificates",
    "accounts",
    "gpgkeys",
    "logs",
    "exec",
    "extensions",
];

const ACTIONS_NOW: &[&str] = &[
    "get", "create", "update", "delete", "sync", "override", "action", "invoke",
];

const ACTIONS_NEXT: &[&str] = &[
    "get", "create", "update", "delete", "sync", "rollback", "override", "action", "invoke",
];

/// The actions that also take a path behind a slash, on applications: `update/*`,
/// `action/apps/Deployment/restart`.
pub const ACTIONS_WITH_PATH: &[&str] = &["update", "delete", "action"];

/// All actions of a version, in the order of Argo CD's own list.
pub fn actions(version: ArgoCdVersion) -> &'static [&'static str] {
    if version.has_rollback() {
        ACTIONS_NEXT
    } else {
        ACTIONS_NOW
    }
}

/// The actions of a resource for which the server of a version may ask the enforcer, paths below an
/// action left out; none for an unknown resource. It is what strict mode and the built-in policy
/// know of; neither of them knows all.
pub fn resource_actions(resource: &str, version: ArgoCdVersion) -> &'static [&'static str] {
    match resource {
        "applications" => actions(version)
            .strip_suffix(&["invoke"])
            .unwrap_or_default(),
        "accounts" => &["get", "create", "update"],
        "gpgkeys" => &["get", "create", "delete"],
        "logs" => &["get"],
        "exec" => &["create"],
        "extensions" => &["invoke"],
        "applicationsets" | "clusters" | "projects" | "repositories" | "write-repositories"
        | "certificates" => &["get", "create", "update", "delete"],
        _ => &[],
    }
}

/// Whether objects of this resource belong to a project, and so are written `project/…`, in the
/// opinion of a version: `write-repositories` are so since 3.6.
pub(crate) fn is_project_scoped(resource: &str, version: ArgoCdVersion) -> bool {
    match resource {
        "applications" | "applicationsets" | "logs" | "exec" | "clusters" | "repositories" => true,
        "write-repositories" => version.admin_knows_write_repositories(),
        _ => false,
    }
}

/// Whether the roles of a project count for its objects of this resource: those whose object begins
/// with the project and a slash, and the project itself.
pub fn counts_for_project(resource: &str, version: ArgoCdVersion) -> bool {
    match resource {
        "applicationsets" => version.has_project_applicationsets(),
        "applications" | "logs" | "exec" | "clusters" | "repositories" | "projects" => true,
        _ => false,
    }
}

/// The resource that a shorthand of `argocd admin settings rbac can` stands for; any other name
/// stands for itself.
pub fn resolve_resource(name: &str) -> &str {
    match name {
        "account" => "accounts",
        "app" | "apps" | "application" => "applications",
        "cert" | "certs" | "certificate" => "certificates",
        "cluster" => "clusters",
        "extension" => "extensions",
        "gpgkey" | "key" => "gpgkeys",
        "log" => "logs",
        "proj" | "projs" | "project" => "projects",
        "repo" | "repos" | "repository" => "repositories",
        other => other,
    }
}

/// The actions of a resource that `argocd admin settings rbac can` accepts in strict mode; none for
/// a resource that it does not know. (It does not know `accounts get`, which the server asks,
/// and knows `write-repositories` since 3.6.)
pub fn strict_actions(resource: &str, version: ArgoCdVersion) -> Option<&'static [&'static str]> {
    Some(match resource {
        "accounts" => &["create", "update"],
        "applications" if version.has_rollback() => &[
            "create", "get", "update", "delete", "action", "override", "sync", "rollback",
        ],
        "applications" => &[
            "create", "get", "update", "delete", "action", "override", "sync",
        ],
        "applicationsets" | "clusters" | "projects" | "repositories" => {
            &["create", "get", "update", "delete"]
        }
        "write-repositories" if version.admin_knows_write_repositories() => {
            &["create", "get", "update", "delete"]
        }
        "certificates" | "gpgkeys" => &["create", "get", "delete"],
        "extensions" => &["invoke"],
        "logs" => &["get"],
        "exec" => &["create"],
        _ => return None,
    })
}

/// The resources that `argocd admin settings rbac can` of a version accepts in strict mode.
pub fn strict_resources(version: ArgoCdVersion) -> impl Iterator<Item = &'static str> {
    RESOURCES
        .iter()
        .copied()
        .filter(move |resource| strict_actions(resource, version).is_some())
}

/// A resource or an action that strict mode does not know. Its text is Argo CD's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownName {
    /// No such resource.
    Resource(String),
    /// No such action of this resource.
    Action {
        /// The action that was asked.
        action: String,
        /// The resource that has no such action.
        resource: String,
    },
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resource(name) => write!(f, "'{name}' is not a valid resource name"),
            Self::Action { action, resource } => {
                write!(f, "'{action}' is not a valid action for {resource}")
            }
        }
    }
}

impl std::error::Error for UnknownName {}

/// The strict check of `argocd admin settings rbac can`: whether the resource is known and has the
/// action; what is behind a slash counts only where paths are allowed.
///
/// # Errors
/// The resource if it is unknown, else the action that it does not have.
pub fn check_names(
    resource: &str,
    action: &str,
    version: ArgoCdVersion,
) -> Result<(), UnknownName> {
    let Some(known) = strict_actions(resource, version) else {
        return Err(UnknownName::Resource(resource.to_owned()));
    };
    let (verb, path) = match action.split_once('/') {
        Some((verb, _)) => (verb, true),
        None => (action, false),
    };
    let takes_path = resource == "applications" && ACTIONS_WITH_PATH.contains(&verb);
    if !known.contains(&verb) || path && !takes_path {
        return Err(UnknownName::Action {
            action: action.to_owned(),
            resource: resource.to_owned(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_mode_knows_the_actions_that_the_server_asks_for() {
        for version in [ArgoCdVersion::new(2, 14), ArgoCdVersion::NEWEST] {
            for resource in RESOURCES {
                let Some(strict) = strict_actions(resource, version) else {
                    continue;
                };
                for action in resource_actions(resource, version) {
                    let is_missing = matches!(
                        (*resource, *action),
                        ("accounts", "get") | ("certificates", "update")
                    );
                    assert_ne!(
                        strict.contains(action),
                        is_missing,
                        "{version} {action} {resource}"
                    );
                }
            }
        }
    }
}
