//! The two ConfigMaps of Argo CD that hold accounts and policy.

use std::fmt;

use super::{POLICY_KEY, Text, is_policy_key};

/// The namespace of an Argo CD of which nothing says another.
pub const DEFAULT_NAMESPACE: &str = "argocd";

/// Which of the two ConfigMaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// `argocd-cm`: settings, accounts among them.
    Cm,
    /// `argocd-rbac-cm`: the policy.
    RbacCm,
}

impl Which {
    /// Both, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Cm, Self::RbacCm];

    /// The object's name, which Argo CD fixes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cm => "argocd-cm",
            Self::RbacCm => "argocd-rbac-cm",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|which| which.name() == name)
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A ConfigMap's `data`: keys and texts in the order in which they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data(Vec<(String, Text)>);

impl Data {
    /// The text of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, text)| text.as_str())
    }

    /// Keys and texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, text)| (key.as_str(), text.as_str()))
    }

    /// Keys and texts, to be kept.
    pub fn shared(&self) -> impl Iterator<Item = (&str, Text)> {
        self.0
            .iter()
            .map(|(key, text)| (key.as_str(), text.clone()))
    }

    /// The keys of `argocd-rbac-cm` that Argo CD joins into the policy, in its order:
    /// `policy.csv`, then every other `policy.<any>.csv` sorted by bytes.
    pub fn policies(&self) -> Vec<(&str, &str)> {
        let mut keys: Vec<_> = self.iter().filter(|(key, _)| is_policy_key(key)).collect();
        keys.sort_by_key(|(key, _)| (*key != POLICY_KEY, *key));
        keys
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<Text>> FromIterator<(String, T)> for Data {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        Self(entries.map(|(key, text)| (key, text.into())).collect())
    }
}

/// The key of `argocd-rbac-cm` that chooses between glob and regex.
pub const MATCH_MODE_KEY: &str = "policy.matchMode";
/// The key of `argocd-rbac-cm` that names the role of everybody who is logged in.
pub const DEFAULT_ROLE_KEY: &str = "policy.default";

/// Whether the API server accepts this key in a ConfigMap's `data`.
pub fn is_data_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 253
        && key != "."
        && key != ".."
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// A ConfigMap of Argo CD as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigMap {
    /// Which of the two it is.
    pub which: Which,
    /// `metadata.namespace`, or the one it belongs to where it names none.
    pub namespace: String,
    /// `metadata.resourceVersion`, the API server's lock.
    pub resource_version: Option<String>,
    /// `data`; `None` where the object has none or a null.
    pub data: Option<Data>,
}

impl ConfigMap {
    /// The text of a key of `data`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.data.as_ref()?.get(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_come_in_the_order_in_which_argo_cd_joins_them() {
        let data: Data = [
            "policy.b.csv",
            "policy.default",
            "policy.csv",
            "policy.B.csv",
            "xpolicy.csv",
        ]
        .into_iter()
        .map(|key| (key.to_owned(), String::new()))
        .collect();
        let keys: Vec<_> = data.policies().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["policy.csv", "policy.B.csv", "policy.b.csv"]);
    }
}
