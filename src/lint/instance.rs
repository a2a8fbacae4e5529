//! One Argo CD: its accounts and its policy.

use super::accounts::{Account, accounts};
use super::object::Object;
use std::collections::HashMap;

use super::policy::{Policy, PolicyText};
use super::settings::{Form, Setting, Settings};
use super::spot::Spot;
use super::subject::Options;
use crate::model::{API_KEY, DEFAULT_ROLE_KEY, LOGIN, MATCH_MODE_KEY};
use crate::rbac::{MatchMode, is_policy_key, load_order};
use crate::yaml::Step;

/// One Argo CD.
#[derive(Debug, Default)]
pub(crate) struct Instance<'a> {
    /// The settings that end up in argocd-cm, if they were read.
    pub(crate) cm: Option<Settings<'a>>,
    /// The settings that end up in argocd-rbac-cm, if they were read.
    pub(crate) rbac: Option<Settings<'a>>,
    pub(crate) policy: Policy<'a>,
    /// By name.
    pub(crate) accounts: Vec<Account<'a>>,
}

/// An AppProject's role.
#[derive(Debug)]
pub(crate) struct Role<'a> {
    pub(crate) project: &'a str,
    pub(crate) name: &'a str,
    /// Its policy lines.
    pub(crate) policies: Vec<(Spot<'a>, &'a str)>,
}

impl<'a> Instance<'a> {
    pub(super) fn new(
        cm: Option<Settings<'a>>,
        rbac: Option<Settings<'a>>,
        bare: Vec<PolicyText<'a>>,
        projects: &[Object<'a>],
        source: &impl Fn(usize) -> &'a str,
        options: &Options,
    ) -> Self {
        let mut texts = bare;
        if let Some(rbac) = &rbac {
            let own = rbac
                .all
                .iter()
                .filter(|setting| is_policy_key(&setting.key));
            // Of a key that stands twice the last one counts.
            let last: HashMap<&str, &Setting<'a>> =
                own.map(|setting| (&*setting.key, setting)).collect();
            let mut keys: Vec<&Setting<'a>> = last.into_values().collect();
            keys.sort_by(|a, b| load_order(&a.key).cmp(&load_order(&b.key)));
            for setting in keys {
                if let Some(text) = setting.text() {
                    texts.push(PolicyText::new(&setting.key, text, setting.spot.clone()));
                }
            }
        }
        for object in projects {
            for role in roles(object, source(object.file)) {
                for (spot, line) in role.policies {
                    let key = format!("AppProject {}", role.project);
                    let mut text = PolicyText::new(&key, line, spot);
                    text.project_role = Some((role.project, role.name));
                    texts.push(text);
                }
            }
        }
        let setting = |key| rbac.as_ref().and_then(|rbac| rbac.text(key));
        for (index, text) in texts.iter_mut().enumerate() {
            text.index = index;
        }
        let mut policy = Policy::default();
        policy.texts = texts;
        policy.default_role = setting(DEFAULT_ROLE_KEY).unwrap_or_default();
        policy.mode = MatchMode::from_setting(setting(MATCH_MODE_KEY).unwrap_or_default());
        policy.version = options.version;
        Self {
            accounts: cm.as_ref().map(accounts).unwrap_or_default(),
            policy,
            cm,
            rbac,
        }
    }

    /// Both settings, those that were read.
    pub(crate) fn settings(&self) -> impl Iterator<Item = &Settings<'a>> {
        self.cm.iter().chain(&self.rbac)
    }

    /// The account of this name.
    pub(crate) fn account(&self, name: &str) -> Option<&Account<'a>> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// Whether all of argocd-cm's accounts are known.
    pub(crate) fn knows_accounts(&self) -> bool {
        self.cm.as_ref().is_some_and(|cm| !cm.partial)
    }

    /// Whether the whole policy is known, but for AppProjects.
    pub(crate) fn knows_policy(&self) -> bool {
        match &self.rbac {
            // The operator and others add keys to the ConfigMap that its resource does not show.
            Some(rbac) => !rbac.partial && rbac.form != Form::Operator,
            // A bare policy is taken for all of it.
            None => self
                .policy
                .texts
                .iter()
                .any(|text| text.spot.document.is_none()),
        }
    }

    /// Whether people can log in through a single sign-on.
    pub(crate) fn has_sso(&self) -> bool {
        let Some(cm) = &self.cm else { return true };
        let operator = cm.form == Form::Operator;
        let set = |key| cm.text(key).is_some_and(|text| !text.trim().is_empty());
        operator || set("dex.config") || set("oidc.config")
    }

    /// Whether an account serves a program: it was named so, or can make tokens but not log in.
    pub(crate) fn is_integration(&self, name: &str, options: &Options) -> bool {
        let only_tokens = |account: &Account<'_>| {
            let list = account.list();
            list.has(API_KEY) && !list.has(LOGIN)
        };
        options.integrations.iter().any(|named| named == name)
            || self.account(name).is_some_and(only_tokens)
    }
}

/// The roles of an AppProject.
pub(crate) fn roles<'a>(object: &Object<'a>, text: &'a str) -> Vec<Role<'a>> {
    let list = object.find(&["spec", "roles"]);
    let items = list.and_then(|node| node.items()).unwrap_or_default();
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let item = object.parsed.resolve(item);
        let name = item.get("name").map(|node| object.parsed.resolve(node));
        let Some(name) = name.and_then(|node| node.as_str()) else {
            continue;
        };
        let policies = item.get("policies").map(|node| object.parsed.resolve(node));
        let lines = policies.and_then(|node| node.items()).unwrap_or_default();
        let spot = |at: usize, node| {
            let mut route = object.route_to(&["spec", "roles"]);
            route.extend([Step::Index(index), Step::key("policies"), Step::Index(at)]);
            Spot {
                file: object.file,
                document: Some((object.document, object.parsed)),
                route,
                key: None,
                node: Some(node),
                text,
            }
        };
        let lines = lines.iter().enumerate().filter_map(|(at, node)| {
            let line = object.parsed.resolve(node).as_str()?;
            Some((spot(at, node), line))
        });
        found.push(Role {
            project: object.name(),
            name,
            policies: lines.collect(),
        });
    }
    found
}
