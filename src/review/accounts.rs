//! Local accounts that came, went or changed.

use std::collections::BTreeMap;

use super::Direction;
use crate::model::{API_KEY, LOGIN, parse_bool};
use crate::site::ArgoCd;

/// A local account that is not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChange {
    /// Its name.
    pub account: String,
    /// Whether it can authenticate in more ways than before, or in fewer.
    pub direction: Direction,
    /// What changed.
    pub text: String,
}

/// The ways in which each account can authenticate: none for one that is disabled.
fn ways(argocd: &ArgoCd<'_>) -> BTreeMap<String, Vec<&'static str>> {
    let mut all: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for account in argocd.account_names() {
        let known = [API_KEY, LOGIN].into_iter();
        let ways = known.filter(|way| argocd.account_has(account, way));
        all.insert(account.to_owned(), ways.collect());
    }
    let setting = |key| argocd.setting(key).and_then(parse_bool);
    if setting("admin.enabled") != Some(false) {
        let ways = all.entry("admin".to_owned()).or_default();
        if !ways.contains(&LOGIN) {
            ways.push(LOGIN);
        }
    }
    all
}

/// What changed between two states; nothing where neither was read.
pub(super) fn changes(sides: [&ArgoCd<'_>; 2]) -> Vec<AccountChange> {
    if !sides.iter().any(|side| side.has_accounts()) {
        return Vec::new();
    }
    let [old, new] = sides.map(ways);
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    let mut found = Vec::new();
    for name in names {
        let (was, is) = (old.get(name), new.get(name));
        let list = |ways: Option<&Vec<&'static str>>| ways.cloned().unwrap_or_default();
        let (before, after) = (list(was), list(is));
        let gained: Vec<_> = after.iter().filter(|way| !before.contains(way)).collect();
        let gone: Vec<_> = before.iter().filter(|way| !after.contains(way)).collect();
        let words = |ways: &[&&'static str]| {
            let phrases = ways.iter().map(|way| match **way {
                LOGIN => "log in with a password",
                _ => "authenticate with tokens",
            });
            phrases.collect::<Vec<_>>().join(" and ")
        };
        let prefix = match (was, is) {
            (None, _) => "is new and ",
            (_, None) => "is gone and ",
            _ => "",
        };
        if !gained.is_empty() {
            found.push(AccountChange {
                account: name.clone(),
                direction: Direction::Gained,
                text: format!("{prefix}can {}", words(&gained)),
            });
        }
        if !gone.is_empty() {
            found.push(AccountChange {
                account: name.clone(),
                direction: Direction::Lost,
                text: format!("{prefix}can no longer {}", words(&gone)),
            });
        }
    }
    found
}
