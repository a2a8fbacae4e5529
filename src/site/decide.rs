//! What a server would decide by: the policy to load, the settings beside it, and the place of
//! every line that decides.

use super::argocd::ArgoCd;
use super::policy::PolicySource;
use super::setting::Setting;
use super::settings::{SCOPES_KEY, Settings, SettingsForm};
use crate::error::{Error, Result};
use crate::model::{DEFAULT_ROLE_KEY, Location, Source, parse_bool};
use crate::rbac::{
    BUILTIN_KEY, Enforcer, Line, LineId, PolicyError, PolicySet, Project, Server, ServerSettings,
    SourceLine,
};
use crate::yaml::Stream;

/// Switches off all authorisation, in argocd-cmd-params-cm.
const DISABLE_AUTH_KEY: &str = "server.disable.auth";
/// Makes an Argo CD before 3.0 enforce `logs`.
const LOGS_KEY: &str = "server.rbac.log.enforce.enable";
/// Makes Argo CD ask for `rollback` instead of `sync`.
const ROLLBACK_KEY: &str = "server.rbac.rollback.enforce.enable";
/// Whether a plain `update` or `delete` does not cover the resources of an application.
const INHERITANCE_KEY: &str = "server.rbac.disableApplicationFineGrainedRBACInheritance";

/// The words for a policy that decides without any line.
const NO_RULES: &str = "a policy without rules";

impl<'a> ArgoCd<'a> {
    /// The policy to load.
    pub fn policy_set(&self) -> PolicySet {
        let own = self.policy.texts.iter();
        let own = own.filter(|text| text.project_role.is_none());
        PolicySet {
            texts: own.map(PolicySource::loaded).collect(),
            default_role: self.policy.default_role.to_owned(),
            match_mode: self.policy.mode,
            builtin: true,
            version: self.version,
        }
    }

    /// The AppProjects to load behind it.
    pub fn loaded_projects(&self) -> impl Iterator<Item = Project> {
        self.projects
            .iter()
            .map(super::project::AppProject::project)
    }

    /// The server with a policy, which may differ from the one that was read.
    ///
    /// # Errors
    /// A line on which the policy does not load; `scopes` that is not a list.
    pub fn server(&self, set: PolicySet) -> Result<Server> {
        Server::load(set, self.loaded_projects(), self.server_settings()?)
            .map_err(|error| self.refuse(&error))
    }

    /// The settings of the server beside the policy.
    ///
    /// # Errors
    /// `scopes` that is not a list.
    pub fn server_settings(&self) -> Result<ServerSettings> {
        Ok(ServerSettings {
            scopes: self.scopes()?,
            namespace: self.namespace.clone(),
            auth_disabled: self.disables_auth().is_some(),
            inheritance_disabled: self.inherits_subresources().map(|inherits| !inherits),
            logs_enforced: self.is_set(LOGS_KEY),
            rollback_enforced: self.is_set(ROLLBACK_KEY),
            anonymous_enabled: self.is_set("users.anonymous.enabled"),
        })
    }

    /// The claims that count as groups, where the input names them.
    ///
    /// # Errors
    /// A value that is not a list.
    pub fn scopes(&self) -> Result<Option<Vec<String>>> {
        let setting = self.rbac.as_ref().and_then(|rbac| rbac.get(SCOPES_KEY));
        let text = setting.and_then(|setting| Some((setting, setting.text()?)));
        text.map(|(setting, text)| scopes(setting, text))
            .transpose()
    }

    /// A setting of argocd-cm, with its place.
    pub fn cm_setting(&self, key: &str) -> Option<(&'a str, Location)> {
        let setting = self.cm.as_ref()?.get(key)?;
        Some((setting.text()?, setting.spot.location(0)))
    }

    /// A setting of argocd-cmd-params-cm, with its place.
    pub fn server_setting(&self, key: &str) -> Option<(&'a str, Location)> {
        let mut params = self.params.iter().flatten();
        let setting = params.rfind(|setting| setting.key == key)?;
        Some((setting.text()?, setting.spot.location(0)))
    }

    /// The setting that switches all authorisation off, with its place.
    pub fn disables_auth(&self) -> Option<Location> {
        let (text, place) = self.server_setting(DISABLE_AUTH_KEY)?;
        text.eq_ignore_ascii_case("true").then_some(place)
    }

    /// The place of the setting that names the default role.
    pub fn default_role_place(&self) -> Option<Location> {
        let setting = self
            .rbac
            .as_ref()
            .and_then(|rbac| rbac.get(DEFAULT_ROLE_KEY));
        setting.map(|setting| setting.spot.location(0))
    }

    /// Whether a plain `update` or `delete` is asked first and covers the resources of an
    /// application; `None` where the version's own default counts.
    pub fn inherits_subresources(&self) -> Option<bool> {
        match self.setting(INHERITANCE_KEY).and_then(parse_bool) {
            Some(is_disabled) => Some(!is_disabled),
            // argocd-operator writes "false" where its resource does not set the key.
            None if self.has_operator() => Some(true),
            None => None,
        }
    }

    fn is_set(&self, key: &str) -> bool {
        self.setting(key).and_then(parse_bool) == Some(true)
    }

    /// A setting of argocd-cm.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.cm.as_ref().and_then(|cm| cm.text(key))
    }

    /// What the input does not hold, so that Argo CD's defaults count.
    pub fn not_read(&self) -> Vec<&'static str> {
        let missing = [
            (self.cm.is_none(), "argocd-cm"),
            (
                self.rbac.is_none() && self.policy.texts.is_empty(),
                "argocd-rbac-cm",
            ),
            (self.params.is_none(), "argocd-cmd-params-cm"),
            (self.projects.is_empty(), "AppProjects"),
        ];
        let missing = missing.into_iter().filter(|(missing, _)| *missing);
        missing.map(|(_, name)| name).collect()
    }

    /// Whether anything that was read holds a policy, AppProjects included.
    pub fn has_policy(&self) -> bool {
        self.has_own_policy() || !self.projects.is_empty()
    }

    /// Whether anything that was read holds a policy beside AppProjects.
    pub fn has_own_policy(&self) -> bool {
        let holds = |rbac: &Settings<'_>| rbac.form != SettingsForm::Helm || !rbac.all.is_empty();
        let own = |text: &PolicySource<'_>| text.project_role.is_none();
        self.rbac.as_ref().is_some_and(holds) || self.policy.texts.iter().any(own)
    }

    /// The texts of the policy and of the AppProjects' roles.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> {
        self.policy.texts.iter().map(|text| text.text)
    }

    /// Returns a line of the loaded policy with its place, for people.
    pub fn describe(&self, enforcer: &Enforcer, line: LineId) -> String {
        match enforcer.line(line) {
            Some(found) => format!("{}: {}", self.place(&found), text_of(&found)),
            None => NO_RULES.to_owned(),
        }
    }

    /// Returns the place alone of what [`Self::describe`] describes.
    pub fn place_of(&self, enforcer: &Enforcer, line: LineId) -> String {
        let found = enforcer.line(line);
        found.map_or_else(|| NO_RULES.to_owned(), |found| self.place(&found))
    }

    /// Returns the place of a line of the loaded policy, for people.
    pub fn place(&self, found: &SourceLine<'_>) -> String {
        if &*found.key == BUILTIN_KEY {
            return format!("{BUILTIN_KEY}:{}", found.line.number);
        }
        match self.source_of(found) {
            Some((source, at)) => source.location(at).to_string(),
            None => format!("{}:{}", found.key, found.line.number),
        }
    }

    /// Returns where a line of the loaded policy is written: the text and the byte. A line of the
    /// built-in policy is nowhere.
    pub fn source_of(&self, found: &SourceLine<'_>) -> Option<(&'a Source, usize)> {
        self.source_at(&found.key, found.line.number, found.line.offset)
    }

    /// Returns where a line of a key's text is written, by its number and its byte there.
    pub fn source_at(
        &self,
        key: &str,
        number: usize,
        offset: usize,
    ) -> Option<(&'a Source, usize)> {
        let project = key.strip_prefix("AppProject ").and_then(|name| {
            let mut projects = self.projects.iter();
            projects.find(|project| project.name() == name)
        });
        match project {
            Some(project) => project.locate(number),
            None => self.locate(key, offset),
        }
    }

    /// The place of a byte of a policy text.
    fn locate(&self, key: &str, offset: usize) -> Option<(&'a Source, usize)> {
        let text = self.policy.text_of_key(key)?;
        Some((text.spot.source, text.spot.offset(offset)))
    }

    /// Returns the error of a policy that does not load, with its place.
    pub fn refuse(&self, error: &PolicyError) -> Error {
        let refused = Error::input(format!("the policy does not load: {error}"));
        let refused = match self.locate(&error.key, error.offset) {
            Some((source, at)) => refused.at(source.location(at)),
            None => refused,
        };
        refused
            .hint(error.hint())
            .hint("one such line keeps the server from loading any policy, even for admin")
    }
}

/// Returns a line of a policy as people read it.
pub fn text_of(line: &SourceLine<'_>) -> String {
    match &line.line.line {
        Line::Policy(_) | Line::Grouping(_) => line.line.text.to_owned(),
        other => format!("{other:?}"),
    }
}

/// `scopes` is a YAML list in a string: `[groups, email]`.
fn scopes(setting: &Setting<'_>, text: &str) -> Result<Vec<String>> {
    let wrong = || {
        Error::input(format!(
            "`scopes: {}` is not a list of claims",
            text.escape_debug()
        ))
        .at(setting.spot.location(0))
        .hint("write it as a string that holds a list: '[groups, email]'")
    };
    let stream = Stream::parse(Source::new("scopes", text)).map_err(|_| wrong())?;
    let root = stream
        .documents()
        .first()
        .and_then(|document| document.root());
    let Some(root) = root else {
        return Ok(Vec::new());
    };
    if let Some(one) = root.as_str() {
        return Ok(vec![one.to_owned()]);
    }
    let items = root.items().ok_or_else(wrong)?;
    items
        .iter()
        .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
        .collect()
}
