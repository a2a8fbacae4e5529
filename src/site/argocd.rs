//! One Argo CD: everything that was read of it.

use std::collections::HashMap;

use super::accounts::{Account, accounts};
use super::options::GatherOptions;
use super::policy::{PolicySource, ProjectMember, WholePolicy};
use super::project::AppProject;
use super::setting::{Setting, joined};
use super::settings::{Settings, SettingsForm};
use crate::model::{API_KEY, DEFAULT_ROLE_KEY, LOGIN, MATCH_MODE_KEY, Which};
use crate::rbac::{ArgoCdVersion, MatchMode, is_policy_key, load_order};

/// The role that argocd-operator gives everybody where its resource names no other.
pub const OPERATOR_DEFAULT_ROLE: &str = "role:readonly";

/// One Argo CD, whichever form it came in.
#[derive(Debug, Default)]
pub struct ArgoCd<'a> {
    /// Its namespace.
    pub namespace: String,
    /// The version whose rules count.
    pub version: ArgoCdVersion,
    /// The settings as they are written, one for each object that holds some.
    pub(crate) sources: Vec<Settings<'a>>,
    /// The settings of argocd-cm, all objects that hold some merged.
    pub(crate) cm: Option<Settings<'a>>,
    /// The settings of argocd-rbac-cm, merged in the same way.
    pub(crate) rbac: Option<Settings<'a>>,
    /// The settings of argocd-cmd-params-cm.
    pub(crate) params: Option<Vec<Setting<'a>>>,
    /// Its policy.
    pub(crate) policy: WholePolicy<'a>,
    /// Its local accounts, by name.
    pub(crate) accounts: Vec<Account<'a>>,
    /// Its AppProjects.
    pub projects: Vec<AppProject<'a>>,
}

/// The parts of one Argo CD, in the order in which they are merged.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    pub(super) namespace: String,
    pub(super) settings: Vec<Settings<'a>>,
    pub(super) params: Option<Vec<Setting<'a>>>,
    pub(super) bare: Vec<PolicySource<'a>>,
    pub(super) projects: Vec<AppProject<'a>>,
}

impl Parts<'_> {
    /// Takes over what the input has of the same Argo CD beside whole objects: projects, patches and
    /// options belong to the one that values make.
    pub(super) fn add_beside(&mut self, all: &mut Vec<Self>) {
        let is_beside = |one: &Self| {
            one.namespace == self.namespace && one.settings.iter().all(|one| one.partial)
        };
        if let Some(at) = all.iter().position(is_beside) {
            let other = all.remove(at);
            self.settings.extend(other.settings);
            self.projects = other.projects;
            self.params = joined(self.params.take().into_iter().chain(other.params));
        }
    }

    /// Whether some of it holds a policy, AppProjects left out.
    pub(super) fn has_policy(&self) -> bool {
        let holds = |one: &Settings<'_>| one.which == Which::RbacCm && !one.all.is_empty();
        !self.bare.is_empty() || self.settings.iter().any(holds)
    }

    /// The files that its objects are in.
    pub(super) fn files(&self) -> impl Iterator<Item = usize> {
        let settings = self.settings.iter().map(|one| &one.object);
        let projects = self.projects.iter().map(|project| &project.object);
        settings.chain(projects).map(|object| object.file)
    }
}

/// Whether a setting was read from a server.
fn is_live(sources: &[Settings<'_>], setting: &Setting<'_>) -> bool {
    let document = setting.spot.document.map(|(document, _)| document);
    let mut objects = sources.iter().map(|source| &source.object);
    objects.any(|object| {
        (object.file, Some(object.document)) == (setting.spot.file, document)
            && object.from_server()
    })
}

impl<'a> ArgoCd<'a> {
    pub(super) fn new(parts: Parts<'a>, options: &GatherOptions) -> Self {
        let merged = |which| {
            let mut all = parts.settings.iter().filter(|one| one.which == which);
            let mut merged: Settings<'a> = all.next()?.clone();
            for later in all {
                merged.merge(later);
            }
            Some(merged)
        };
        let (cm, rbac) = (merged(Which::Cm), merged(Which::RbacCm));
        let mut texts = Vec::new();
        if let Some(rbac) = &rbac {
            let own = rbac
                .all
                .iter()
                .filter(|setting| is_policy_key(&setting.key));
            // Of a duplicate key the last one counts.
            let last: HashMap<&str, &Setting<'a>> =
                own.map(|setting| (&*setting.key, setting)).collect();
            let mut keys: Vec<&Setting<'a>> = last.into_values().collect();
            keys.sort_by(|a, b| load_order(&a.key).cmp(&load_order(&b.key)));
            for setting in keys {
                if let Some(text) = setting.text() {
                    let mut text = PolicySource::new(&setting.key, text, setting.spot.clone());
                    text.is_live = is_live(&parts.settings, setting);
                    texts.push(text);
                }
            }
        }
        texts.extend(parts.bare);
        let mut project_members = Vec::new();
        for project in &parts.projects {
            let name = project.name();
            for role in &project.roles {
                let members = role.groups.iter().map(|(spot, member)| ProjectMember {
                    spot: spot.clone(),
                    name: member,
                    role: project.subject(role),
                });
                project_members.extend(members);
                for (spot, line) in &role.policies {
                    let mut text =
                        PolicySource::new(&format!("AppProject {name}"), line, spot.clone());
                    text.project_role = Some((name, role.name));
                    texts.push(text);
                }
            }
        }
        for (index, text) in texts.iter_mut().enumerate() {
            text.index = index;
        }
        let setting = |key| rbac.as_ref().and_then(|rbac| rbac.text(key));
        let mut policy = WholePolicy::default();
        policy.texts = texts;
        policy.project_members = project_members;
        policy.default_role = setting(DEFAULT_ROLE_KEY).unwrap_or_default();
        policy.mode = MatchMode::from_setting(setting(MATCH_MODE_KEY).unwrap_or_default());
        policy.version = options.version;
        let mut made = Self {
            namespace: parts.namespace,
            version: options.version,
            accounts: cm.as_ref().map(accounts).unwrap_or_default(),
            policy,
            cm,
            rbac,
            params: parts.params,
            projects: parts.projects,
            sources: parts.settings,
        };
        if made.assumes_default_role() {
            made.policy.default_role = OPERATOR_DEFAULT_ROLE;
        }
        made
    }

    /// The same Argo CD in another version.
    #[must_use]
    pub fn in_version(mut self, version: ArgoCdVersion) -> Self {
        self.version = version;
        self.policy.version = version;
        self
    }

    /// The settings as they are written, object by object.
    pub(crate) fn settings(&self) -> impl Iterator<Item = &Settings<'a>> {
        self.sources.iter()
    }

    /// The account of this name.
    pub(crate) fn account(&self, name: &str) -> Option<&Account<'a>> {
        let by_name = |account: &Account<'_>| account.name.cmp(name);
        let at = self.accounts.binary_search_by(by_name).ok()?;
        self.accounts.get(at)
    }

    /// The names of the local accounts.
    pub fn account_names(&self) -> impl Iterator<Item = &'a str> {
        self.accounts.iter().map(|account| account.name)
    }

    /// Whether an account is enabled and has a capability.
    pub fn account_has(&self, name: &str, capability: &str) -> bool {
        let account = self.account(name);
        account.is_some_and(|account| account.is_enabled() && account.list().has(capability))
    }

    /// Whether argocd-cm was read, which holds the accounts.
    pub fn has_accounts(&self) -> bool {
        self.cm.is_some()
    }

    /// Whether all of argocd-cm's accounts are known.
    pub(crate) fn knows_accounts(&self) -> bool {
        self.cm.as_ref().is_some_and(|cm| !cm.partial)
    }

    /// Whether the whole policy is known, but for AppProjects.
    pub(crate) fn knows_policy(&self) -> bool {
        // The operator and others add keys to the ConfigMap that its resource does not show.
        let whole = |one: &Settings<'_>| {
            one.which == Which::RbacCm && !one.partial && one.form != SettingsForm::Operator
        };
        match &self.rbac {
            Some(_) => self.sources.iter().any(whole),
            // A bare policy is taken for all of it.
            None => self
                .policy
                .texts
                .iter()
                .any(|text| text.spot.document.is_none()),
        }
    }

    /// Whether the default role is unknown and assumed: an ArgoCD resource that names none tells
    /// nothing about the live argocd-rbac-cm, which its operator made with `role:readonly`.
    pub fn assumes_default_role(&self) -> bool {
        let rbac = |one: &&Settings<'_>| one.which == Which::RbacCm && !one.partial;
        let mut sources = self.sources.iter().filter(rbac).peekable();
        sources.peek().is_some()
            && sources.all(|one| {
                one.form == SettingsForm::Operator && one.get(DEFAULT_ROLE_KEY).is_none()
            })
    }

    /// Whether an ArgoCD resource writes its settings.
    pub fn has_operator(&self) -> bool {
        self.sources
            .iter()
            .any(|one| one.form == SettingsForm::Operator)
    }

    /// Whether people can log in through a single sign-on.
    pub(crate) fn has_sso(&self) -> bool {
        let Some(cm) = &self.cm else { return true };
        let set = |key| cm.text(key).is_some_and(|text| !text.trim().is_empty());
        self.has_operator() || set("dex.config") || set("oidc.config")
    }

    /// Whether an account serves a program: it was named so, or can make tokens but not log in.
    pub(crate) fn is_integration(&self, name: &str, options: &GatherOptions) -> bool {
        let only_tokens = |account: &Account<'_>| {
            let list = account.list();
            list.has(API_KEY) && !list.has(LOGIN)
        };
        options.integrations.iter().any(|named| named == name)
            || self.account(name).is_some_and(only_tokens)
    }
}
