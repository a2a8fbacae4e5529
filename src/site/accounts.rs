//! The local accounts in the settings of argocd-cm.

use std::collections::BTreeMap;

use super::setting::Setting;
use super::settings::Settings;
use crate::model::{API_KEY, Capabilities, LOGIN, parse_bool};

/// A local account, as Argo CD reads it.
#[derive(Clone, Debug)]
pub(crate) struct Account<'a> {
    pub(crate) name: &'a str,
    /// `accounts.NAME`.
    pub(crate) capabilities: Option<Setting<'a>>,
    /// `accounts.NAME.enabled`.
    pub(crate) enabled: Option<Setting<'a>>,
}

impl<'a> Account<'a> {
    /// What it may do.
    pub(crate) fn list(&self) -> Capabilities {
        let text = self.capabilities.as_ref().and_then(Setting::text);
        Capabilities::parse(text.unwrap_or_default())
    }

    /// Whether it is switched on; so is one of which nothing is said.
    pub(crate) fn is_enabled(&self) -> bool {
        let text = self.enabled.as_ref().and_then(Setting::text);
        text.and_then(parse_bool).unwrap_or(true)
    }

    /// Whether it can make tokens or log in.
    pub(crate) fn is_usable(&self) -> bool {
        let list = self.list();
        self.is_enabled() && (list.has(API_KEY) || list.has(LOGIN))
    }

    /// The key to point at.
    pub(crate) fn setting(&self) -> Option<&Setting<'a>> {
        self.capabilities.as_ref().or(self.enabled.as_ref())
    }
}

/// What the key of an account says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountKey<'k> {
    /// `accounts.NAME`
    Capabilities(&'k str),
    /// `accounts.NAME.enabled`
    Enabled(&'k str),
    /// A key that Argo CD passes over, and why.
    Ignored(Ignored<'k>),
}

/// Why Argo CD passes a key over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ignored<'k> {
    /// `accounts.` alone.
    NoName,
    /// `accounts.a.b.c`
    Dots,
    /// `accounts.a.b`
    Suffix {
        /// The account, if that is one.
        name: &'k str,
        /// What is behind it.
        suffix: &'k str,
    },
}

/// Reads a key of argocd-cm; none for a key that is not an account's.
pub(crate) fn account_key(key: &str) -> Option<AccountKey<'_>> {
    let rest = key.strip_prefix("accounts.")?;
    let mut parts = rest.split('.');
    let (name, suffix, more) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    Some(match (suffix, more) {
        _ if name.is_empty() => AccountKey::Ignored(Ignored::NoName),
        (None, _) => AccountKey::Capabilities(name),
        (Some("enabled"), None) => AccountKey::Enabled(name),
        (Some(suffix), None) => AccountKey::Ignored(Ignored::Suffix { name, suffix }),
        (Some(_), Some(_)) => AccountKey::Ignored(Ignored::Dots),
    })
}

/// The accounts in the settings, by name; `admin` is none of them.
pub(crate) fn accounts<'a>(settings: &Settings<'a>) -> Vec<Account<'a>> {
    let mut found: BTreeMap<&'a str, Account<'a>> = BTreeMap::new();
    for setting in &settings.all {
        let std::borrow::Cow::Borrowed(key) = setting.key else {
            continue;
        };
        let (name, is_enabled) = match account_key(key) {
            Some(AccountKey::Capabilities(name)) => (name, false),
            Some(AccountKey::Enabled(name)) => (name, true),
            _ => continue,
        };
        if name == "admin" {
            continue;
        }
        let account = found.entry(name).or_insert(Account {
            name,
            capabilities: None,
            enabled: None,
        });
        let place = if is_enabled {
            &mut account.enabled
        } else {
            &mut account.capabilities
        };
        *place = Some(setting.clone());
    }
    found.into_values().collect()
}
