//! `AppProject`s, as far as they decide who may do what.

use std::fmt::Write as _;

use super::set::PolicyText;

/// An `AppProject`'s roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// `metadata.name`.
    pub name: String,
    /// `spec.roles`.
    pub roles: Vec<ProjectRole>,
}

/// A role of an `AppProject`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectRole {
    /// Its name; as a subject it is `proj:<project>:<name>`.
    pub name: String,
    /// Its policy lines.
    pub policies: Vec<String>,
    /// The groups that have it.
    pub groups: Vec<String>,
}

impl Project {
    /// The policy that the server loads behind the user's: each role may `get` its project, then the
    /// role's own lines, then its groups. None when there is no role.
    pub fn policy(&self) -> Option<PolicyText> {
        let mut text = String::new();
        let project = &self.name;
        for role in &self.roles {
            let name = &role.name;
            // Writing into a String cannot fail.
            let _ = writeln!(
                text,
                "p, proj:{project}:{name}, projects, get, {project}, allow"
            );
            for line in &role.policies {
                let _ = writeln!(text, "{line}");
            }
            for group in &role.groups {
                let _ = writeln!(text, "g, {group}, proj:{project}:{name}");
            }
        }
        let key = format!("AppProject {project}");
        (!text.is_empty()).then(|| PolicyText::new(key, text))
    }
}

/// Whether a subject is a project's role: `proj:<project>:<role>`; then these two.
pub fn project_role(subject: &str) -> Option<(&str, &str)> {
    let mut parts = subject.split(':');
    let found = (parts.next()?, parts.next()?, parts.next()?);
    (found.0 == "proj" && parts.next().is_none()).then_some((found.1, found.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_role_has_three_parts_and_begins_with_proj() {
        assert_eq!(project_role("proj:web:ci"), Some(("web", "ci")));
        assert_eq!(project_role("proj::"), Some(("", "")));
        for subject in ["role:web:ci", "proj:web", "proj:web:ci:x", "proj", ""] {
            assert_eq!(project_role(subject), None, "{subject}");
        }
    }
}
