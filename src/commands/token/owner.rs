//! Whose tokens a command is about, and what their ids look like.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use crate::argocd::Owner;
use crate::cli::OwnerArgs;
use crate::error::{Error, Result};
use crate::model::{AccountName, Moment, ProjectName};

/// The account of Octopus Deploy, where none is named.
pub(super) const ACCOUNT: &str = "octopus";
/// The longest id that we make or take.
const LONGEST_ID: usize = 200;

/// Whose tokens: one account, or one role of some projects.
pub(super) fn owners(args: &OwnerArgs) -> Result<Vec<Owner>> {
    let Some(role) = &args.role else {
        if !args.project.is_empty() {
            return Err(Error::usage(
                "--project needs --role here: a token of an account is not confined to a project",
            )
            .hint("the account's rules are: kubectl octopus-argo render --project PROJECT")
            .hint("for tokens of a project's role: --role octopus --project PROJECT"));
        }
        let name = args.account.as_deref().unwrap_or(ACCOUNT);
        return Ok(vec![Owner::Account(named("account", name)?)]);
    };
    if args.project.is_empty() {
        return Err(Error::usage(
            "--role needs --project: a role belongs to a project",
        ));
    }
    let mut owners: Vec<Owner> = Vec::new();
    for project in &args.project {
        let owner = Owner::Role {
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
pub(super) fn may_be_given(owners: &[Owner]) -> Result<()> {
    for owner in owners {
        if let Owner::Account(name) = owner {
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

/// Checks an id, or the beginning of one, that the user chose.
pub(super) fn id(flag: &str, id: &str) -> Result<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:@+=".contains(c);
    if id.is_empty() || id.len() > LONGEST_ID || id.starts_with('-') || !id.chars().all(fits) {
        let id = id.escape_debug();
        return Err(Error::usage(format!("{flag} `{id}` cannot be used"))
            .hint("ids have letters, digits and - _ . : @ + =, and do not begin with a dash"));
    }
    Ok(id.to_owned())
}

/// What the ids of our tokens begin with.
pub(super) fn prefix(asked: Option<&str>, owners: &[Owner]) -> Result<String> {
    match (asked, owners.first()) {
        (Some(prefix), _) => id("--id-prefix", prefix),
        (None, Some(Owner::Account(name) | Owner::Role { role: name, .. })) => {
            Ok(format!("{name}-"))
        }
        (None, None) => Ok(format!("{ACCOUNT}-")),
    }
}

/// An id that nobody else makes: it tells whose the token is and when it was made.
pub(super) fn new_id(prefix: &str, now: Moment) -> String {
    // The keys of a hasher are the standard library's only randomness; ids are no secrets.
    let random = RandomState::new().build_hasher().finish() & 0xffff_ffff_ffff;
    format!("{prefix}{}-{random:012x}", now.compact())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_whose_and_when_and_differ() {
        let now = Moment(1_795_320_591);
        let (one, other) = (new_id("octopus-", now), new_id("octopus-", now));
        assert!(one.starts_with("octopus-20261122T040951Z-"), "{one}");
        assert_eq!(one.len(), "octopus-20261122T040951Z-".len() + 12);
        assert_ne!(one, other);
        assert_eq!(id("--id", &one).unwrap(), one);
    }

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
            [Owner::Account("octopus".into())]
        );
    }

    #[test]
    fn odd_ids_are_refused() {
        for wrong in ["", "-x", "a b", "a\nb", "é", &"x".repeat(201)] {
            assert!(id("--id", wrong).is_err(), "{wrong:?}");
        }
    }
}
