//! Whose tokens a command is about.

use super::ids::check_id;
use crate::error::{Error, Result};
use crate::model::{AccountName, ProjectName, TokenOwner};

/// The account of Octopus Deploy, where none is named.
const ACCOUNT: &str = "octopus";

/// Returns whose tokens are meant: those of one account, or of one role of some projects.
///
/// # Errors
/// A project without a role, a role without a project, and names that cannot be.
pub fn owners(
    account: Option<&str>,
    role: Option<&str>,
    projects: &[String],
) -> Result<Vec<TokenOwner>> {
    let Some(role) = role else {
        if !projects.is_empty() {
            return Err(Error::usage(
                "--project needs --role here: a token of an account is not confined to a project",
            )
            .hint("the account's rules are: kubectl octopus-argo render --project PROJECT")
            .hint("for tokens of a project's role: --role octopus --project PROJECT"));
        }
        let name = account.unwrap_or(ACCOUNT);
        return Ok(vec![TokenOwner::Account(named("account", name)?)]);
    };
    if projects.is_empty() {
        return Err(Error::usage(
            "--role needs --project: a role belongs to a project",
        ));
    }
    let mut owners: Vec<TokenOwner> = Vec::new();
    for project in projects {
        let owner = TokenOwner::Role {
            project: ProjectName::new(project).map_err(Error::usage)?.to_string(),
            role: named("role", role)?,
        };
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    Ok(owners)
}

/// Checks that an account may be given tokens by us.
///
/// # Errors
/// `admin`, and names that cannot be.
pub fn may_be_given(owners: &[TokenOwner]) -> Result<()> {
    for owner in owners {
        if let TokenOwner::Account(name) = owner {
            AccountName::new(name).map_err(Error::usage)?;
        }
    }
    Ok(())
}

fn named(what: &str, name: &str) -> Result<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.starts_with('-') || !name.chars().all(fits) {
        let name = name.escape_debug();
        return Err(Error::usage(format!(
            "`{name}` cannot be the name of a {what}"
        )));
    }
    Ok(name.to_owned())
}

/// Returns what the ids of our tokens begin with.
///
/// # Errors
/// A prefix that argocd or a shell could take for something else.
pub fn id_prefix(asked: Option<&str>, owners: &[TokenOwner]) -> Result<String> {
    match (asked, owners.first()) {
        (Some(prefix), _) => check_id("--id-prefix", prefix),
        (None, Some(TokenOwner::Account(name) | TokenOwner::Role { role: name, .. })) => {
            Ok(format!("{name}-"))
        }
        (None, None) => Ok(format!("{ACCOUNT}-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_needs_a_role_and_a_role_a_project() {
        let of = |role: Option<&str>, projects: &[&str]| {
            let projects: Vec<String> = projects.iter().map(ToString::to_string).collect();
            owners(None, role, &projects)
        };
        assert!(of(None, &["a"]).is_err());
        assert!(of(Some("octopus"), &[]).is_err());
        assert!(of(Some("octopus"), &["team-*"]).is_err());
        assert!(of(Some("-x"), &["a"]).is_err());
        assert_eq!(of(Some("octopus"), &["a", "b", "a"]).unwrap().len(), 2);
        assert_eq!(
            of(None, &[]).unwrap(),
            [TokenOwner::Account("octopus".into())]
        );
    }
}
