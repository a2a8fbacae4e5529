//! The variables that templates can use. `docs/templates.md` documents them.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde_json::Map;

use super::format::escape_regex;
use crate::error::{Error, Result};
use crate::model::{AccountName, Gateway, MatchMode, ProjectName};

/// Variables that only some templates have; no one else can set them either.
const OF_SINGLE_TEMPLATES: [&str; 15] = [
    "name",
    "data_template",
    "configmaps",
    "files",
    "role_project",
    "role_objects",
    "role_subject",
    "instance",
    "destination",
    "destination_key",
    "delivering_namespace",
    "delivering_project",
    "repo_url",
    "target_revision",
    "instance_files",
];

/// What the account should be able to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Whether it may sync applications.
    pub allow_sync: bool,
    /// The projects it is confined to; empty means all.
    pub projects: Vec<ProjectName>,
    /// How the policy's patterns are read.
    pub match_mode: MatchMode,
}

impl Wanted {
    /// The patterns for the objects of `applications`.
    fn applications(&self) -> Vec<String> {
        self.objects("*", ".*")
    }

    /// The patterns for the objects of `logs`.
    fn logs(&self) -> Vec<String> {
        self.objects("*/*", ".*/.*")
    }

    /// The pattern for all objects of a project in a role of that project. Argo CD takes no anchor
    /// there, and needs none: a project's roles are asked about its own objects only.
    pub(super) fn project_objects(&self, project: &str) -> String {
        match self.match_mode {
            MatchMode::Glob => format!("{project}/*"),
            MatchMode::Regex => format!("{project}/.*"),
        }
    }

    fn objects(&self, glob: &str, regex: &str) -> Vec<String> {
        match (self.match_mode, self.projects.is_empty()) {
            (MatchMode::Glob, true) => vec![glob.to_owned()],
            (MatchMode::Regex, true) => vec![regex.to_owned()],
            (MatchMode::Glob, false) => self
                .projects
                .iter()
                .map(|project| format!("{project}/*"))
                .collect(),
            (MatchMode::Regex, false) => self
                .projects
                .iter()
                .map(|project| format!("^{}/.*", escape_regex(project.as_str())))
                .collect(),
        }
    }
}

/// The variables of the gateway's templates.
#[derive(Clone, Debug, Default)]
pub struct GatewayVariables {
    /// What the gateway is told.
    pub gateway: Gateway,
    /// The namespace of Argo CD.
    pub namespace: String,
    /// What stands for an inline token.
    pub inline_token: Option<String>,
    /// Whether the values go into an Application.
    pub in_application: bool,
    /// The AppProject of the Application.
    pub application_project: String,
    /// The values as `path=JSON`.
    pub settings: Vec<String>,
    /// Values of the user's own, from `--template-set` and `--template-values`.
    pub extra: Map<String, serde_json::Value>,
}

impl GatewayVariables {
    pub(super) fn context(&self) -> Result<Value> {
        let own = context! {
            gateway => Value::from(Serde(&self.gateway)),
            namespace => self.namespace.clone(),
            inline_token => self.inline_token.clone(),
            in_application => self.in_application,
            application_project => self.application_project.clone(),
            settings => self.settings.clone(),
        };
        with_extra(own, &self.extra)
    }
}

/// Adds the user's own values, which replace none of ours.
fn with_extra(own: Value, extra: &Map<String, serde_json::Value>) -> Result<Value> {
    let reserved = super::keys(&own);
    for name in extra.keys() {
        if reserved.contains(name) || OF_SINGLE_TEMPLATES.contains(&name.as_str()) {
            return Err(Error::usage(format!(
                "`{}` is a variable of our own and cannot be set",
                name.escape_debug()
            ))
            .hint("choose another name for --template-set or --template-values"));
        }
    }
    Ok(context! { ..own, ..Value::from(Serde(extra.clone())) })
}

/// All variables of one rendering.
#[derive(Clone, Debug)]
pub struct Variables {
    /// The account.
    pub account: AccountName,
    /// The namespace of Argo CD.
    pub namespace: String,
    /// The key that holds the rules.
    pub policy_key: String,
    /// What the rules should allow.
    pub wanted: Wanted,
    /// Values of the user's own, from `--template-set` and `--template-values`.
    pub extra: Map<String, serde_json::Value>,
}

impl Variables {
    pub(super) fn context(&self) -> Result<Value> {
        let wanted = &self.wanted;
        let own = context! {
            account => self.account.to_string(),
            account_key => self.account.key(),
            enabled_key => self.account.enabled_key(),
            policy_key => self.policy_key.clone(),
            namespace => self.namespace.clone(),
            match_mode => wanted.match_mode.as_str(),
            allow_sync => wanted.allow_sync,
            projects => wanted.projects.iter().map(ToString::to_string).collect::<Vec<_>>(),
            application_objects => wanted.applications(),
            cluster_objects => [if wanted.match_mode == MatchMode::Regex { ".*" } else { "*" }],
            log_objects => wanted.logs(),
        };
        with_extra(own, &self.extra)
    }
}
