//! What an enforcer is loaded from: the policy's texts and the settings beside them.

use std::sync::Arc;

use crate::Text;

use super::version::ArgoCdVersion;

/// One key of the policy and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText {
    /// The key (`policy.csv`, `policy.octopus.csv`), or whatever names the text to the user.
    pub key: Arc<str>,
    /// The value.
    pub text: Text,
}

impl PolicyText {
    /// A text and its name.
    pub fn new(key: impl Into<Arc<str>>, text: impl Into<Text>) -> Self {
        Self {
            key: key.into(),
            text: text.into(),
        }
    }
}

/// The key of `argocd-rbac-cm` that everybody edits.
pub const POLICY_KEY: &str = "policy.csv";

/// Whether Argo CD reads this key of `argocd-rbac-cm` as a policy.
pub fn is_policy_key(key: &str) -> bool {
    key.starts_with("policy.") && key.ends_with(".csv")
}

/// How a policy's patterns are read: `policy.matchMode` of `argocd-rbac-cm`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "lowercase")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MatchMode {
    /// Glob patterns, the default.
    #[default]
    Glob,
    /// Go regular expressions, not anchored.
    Regex,
}

impl MatchMode {
    /// Exactly `regex` means regular expressions; anything else is glob, as Argo CD reads it.
    pub fn from_setting(value: &str) -> Self {
        if value == "regex" {
            Self::Regex
        } else {
            Self::Glob
        }
    }

    /// The setting's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Glob => "glob",
            Self::Regex => "regex",
        }
    }
}

/// A policy and its settings, as argocd-rbac-cm holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicySet {
    /// The policy's texts in the order in which Argo CD joins them.
    pub texts: Vec<PolicyText>,
    /// `policy.default`, verbatim; empty for none.
    pub default_role: String,
    /// `policy.matchMode`.
    pub match_mode: MatchMode,
    /// Whether the built-in policy is loaded before the user's, as the server does.
    pub builtin: bool,
    /// The Argo CD whose built-in policy that is.
    pub version: ArgoCdVersion,
}

impl PolicySet {
    /// The policy in the data of an argocd-rbac-cm, with the built-in one.
    pub fn from_data<'d, T: Into<Text>>(data: impl IntoIterator<Item = (&'d str, T)>) -> Self {
        let mut set = Self {
            builtin: true,
            ..Self::default()
        };
        for (key, value) in data {
            let value: Text = value.into();
            match key {
                "policy.default" => value.as_str().clone_into(&mut set.default_role),
                "policy.matchMode" => set.match_mode = MatchMode::from_setting(&value),
                _ if is_policy_key(key) => set.texts.push(PolicyText::new(key, value)),
                _ => {}
            }
        }
        set.texts
            .sort_by(|a, b| load_order(&a.key).cmp(&load_order(&b.key)));
        set
    }

    /// The texts that the version reads: before 2.8 only `policy.csv` (and what is not a key).
    pub(super) fn read_texts(&self) -> impl Iterator<Item = &PolicyText> {
        let all = self.version.reads_policy_keys();
        self.texts
            .iter()
            .filter(move |text| all || &*text.key == POLICY_KEY || !is_policy_key(&text.key))
    }

    /// The texts as Argo CD joins them: the main policy, then a line feed and the text of each
    /// further key.
    pub fn policy_csv(&self) -> String {
        let mut joined = String::new();
        for text in self.read_texts() {
            if &*text.key != POLICY_KEY {
                joined.push('\n');
            }
            joined.push_str(&text.text);
        }
        joined
    }
}

/// Sorts keys as Argo CD loads them: the main policy, then the overlays by bytes.
pub fn load_order(key: &str) -> (bool, &str) {
    (key != POLICY_KEY, key)
}
