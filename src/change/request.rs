//! What the user asks for, checked: everything that does not depend on what is read.

use serde_json::{Map, Value};

use super::Goal;
use crate::error::{Error, Result};
use crate::model::{
    AccountName, MATCH_MODE_KEY, MatchMode, ProjectName, Which, is_data_key, is_policy_key,
};
use crate::render::{Engine, Override, Variables, Wanted};
use crate::site::TargetConfigMap;
use crate::yaml;

/// A change in plain values, not checked yet.
#[derive(Clone, Debug)]
pub struct UncheckedChange {
    /// The name of the account.
    pub account: String,
    /// Whether the account is to be there or not.
    pub goal: Goal,
    /// The only ConfigMap to change, if not both.
    pub only: Option<Which>,
    /// The key for the rules, if the user named one.
    pub policy_key: Option<String>,
    /// The projects that the account is confined to; none for all.
    pub projects: Vec<String>,
    /// Whether the account may sync.
    pub allow_sync: bool,
    /// How patterns are written, if the user says it.
    pub match_mode: Option<MatchMode>,
    /// Values for the templates.
    pub extra: Map<String, Value>,
    /// Templates that replace built-in ones.
    pub overrides: Vec<Override>,
    /// The command lines that hints name.
    pub commands: Commands,
}

/// What command lines in hints have in common with the one that was typed.
#[derive(Clone, Debug, Default)]
pub struct Commands {
    /// The options of the change, as typed, each after a space.
    pub change: String,
    /// kubectl's connection flags, as typed, each after a space.
    pub kubectl: String,
    /// `render` of the same input, with the same options and without the lock.
    pub unlocked_render: String,
}

/// The change that a user asks for.
pub struct ChangeRequest {
    /// The account.
    pub account: AccountName,
    /// Whether it is to be there or not.
    pub goal: Goal,
    /// The only ConfigMap to change, if not both.
    pub only: Option<Which>,
    /// The key for the rules, if the user named one.
    pub asked_key: Option<String>,
    /// The projects that the account is confined to; none for all.
    pub projects: Vec<ProjectName>,
    /// Whether the account may sync.
    pub allow_sync: bool,
    /// The templates.
    pub engine: Engine,
    /// The command lines that hints name.
    pub commands: Commands,
    policy_key: String,
    match_mode: Option<MatchMode>,
    extra: Map<String, Value>,
}

impl ChangeRequest {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// A name that Argo CD does not accept, a key that it does not read, a broken template.
    pub fn new(asked: UncheckedChange) -> Result<Self> {
        let account = AccountName::new(&asked.account).map_err(Error::usage)?;
        let policy_key = asked
            .policy_key
            .clone()
            .unwrap_or_else(|| account.policy_key());
        if !is_policy_key(&policy_key) || !is_data_key(&policy_key) {
            return Err(Error::usage(format!(
                "Argo CD does not read a policy from the key `{}`",
                policy_key.escape_debug()
            ))
            .hint("keys for rules are policy.csv and policy.ANYTHING.csv"));
        }
        let projects = asked.projects.iter().map(|name| ProjectName::new(name));
        Ok(Self {
            account,
            goal: asked.goal,
            only: asked.only,
            asked_key: asked.policy_key,
            projects: projects.collect::<Result<_, _>>().map_err(Error::usage)?,
            allow_sync: asked.allow_sync,
            engine: Engine::new(yaml::write::value, asked.overrides)?,
            commands: asked.commands,
            policy_key,
            match_mode: asked.match_mode,
            extra: asked.extra,
        })
    }

    /// Whether a key is written that others write too.
    pub fn shares_a_key(&self) -> bool {
        self.policy_key != self.account.policy_key()
    }

    /// The ConfigMaps that are to change.
    pub fn wants(&self) -> impl Iterator<Item = Which> {
        let only = self.only;
        Which::ALL
            .into_iter()
            .filter(move |which| only.is_none_or(|only| only == *which))
    }

    /// The variables of the templates, for an Argo CD in this namespace.
    pub fn variables(&self, namespace: &str, match_mode: MatchMode) -> Variables {
        Variables {
            account: self.account.clone(),
            namespace: namespace.to_owned(),
            policy_key: self.policy_key.clone(),
            wanted: Wanted {
                allow_sync: self.allow_sync,
                projects: self.projects.clone(),
                match_mode,
            },
            extra: self.extra.clone(),
        }
    }

    /// The match mode that the user named.
    pub fn match_mode_option(&self) -> Option<MatchMode> {
        self.match_mode
    }

    /// The match mode where nothing was read that says it.
    pub fn match_mode(&self) -> MatchMode {
        self.match_mode.unwrap_or_default()
    }

    /// Returns the match mode that the policy's own setting says.
    ///
    /// # Errors
    /// `--match-mode` says otherwise, which is a misunderstanding. `who` is where the setting is.
    pub fn mode_of(&self, setting: Option<&str>, who: &str) -> Result<MatchMode> {
        let read = MatchMode::from_setting(setting.unwrap_or_default());
        match self.match_mode {
            Some(asked) if asked != read => Err(Error::usage(format!(
                "--match-mode {} was asked for, but the {who} of the input works in {} mode",
                asked.as_str(),
                read.as_str()
            ))
            .hint("leave --match-mode out: the input says how its patterns are read")),
            _ => Ok(read),
        }
    }

    /// Returns the match mode of an Argo CD: its own setting's, where that was read.
    ///
    /// # Errors
    /// As [`Self::mode_of`].
    pub fn mode_in(&self, rbac_cm: Option<&TargetConfigMap<'_>>) -> Result<MatchMode> {
        rbac_cm.map_or(Ok(self.match_mode()), |target| {
            self.mode_of(target.configmap.get(MATCH_MODE_KEY), Which::RbacCm.name())
        })
    }
}
