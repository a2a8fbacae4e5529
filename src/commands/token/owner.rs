//! Whose tokens a command is about.

use crate::cli::OwnerArgs;
use crate::error::{Error, Result};
use crate::model::TokenOwner;
use crate::model::{AccountName, ProjectName};
use crate::tokens::check_id;

/// The account of Octopus Deploy, where none is named.
pub(super) const ACCOUNT: &str = "octopus";

/// Whose tokens: one account, or one role of some projects.
pub(super) fn owners(args: &OwnerArgs) -> Result<Vec<TokenOwner>> {
    let Some(role) = &args.role else {
        if !args.project.is_empty() {
            return Err(Error::usage(
                "--project needs --role here: a token of an account is not confined to a project",
            )
            .hint("the account's rules are: kubectl octopus-argo render --project PROJECT")
            .hint("for tokens of a project's role: --role octopus --project PROJECT"));
        }
        let name = args.account.as_deref().unwrap_or(ACCOUNT);
        return Ok(vec![TokenOwner::Account(named("account", name)?)]);
    };
    if args.project.is_empty() {
        return Err(Error::usage(
            "--role needs --project: a role belongs to a project",
        ));
    }
    let mut owners: Vec<TokenOwner> = Vec::new();
    for project in &args.project {
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
pub(super) fn may_be_given(owners: &[TokenOwner]) -> Result<()> {
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

/// What the ids of our tokens begin with.
pub(super) fn prefix(asked: Option<&str>, owners: &[TokenOwner]) -> Result<String> {
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
        let args = |role: Option<&str>, project: &[&str]| OwnerArgs {
            account: None,
            role: role.map(str::to_owned),
            project: project.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert!(owners(&args(None, &["a"])).is_err());
        assert!(owners(&args(Some("octopus"), &[])).is_err());
        assert!(owners(&args(Some("octopus"), &["team-*"])).is_err());
        assert!(owners(&args(Some("-x"), &["a"])).is_err());
        assert_eq!(
            owners(&args(Some("octopus"), &["a", "b", "a"]))
                .unwrap()
                .len(),
            2
        );
        assert_eq!(
            owners(&args(None, &[])).unwrap(),
            [TokenOwner::Account("octopus".into())]
        );
    }
}
