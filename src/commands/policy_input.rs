//! The policy that a question is asked of: argocd-rbac-cm or what it is made from, bare CSV,
//! AppProjects.

use std::collections::BTreeMap;

use super::context::Context;
use super::forms::{Holder, holders};
use crate::cli::Input;
use crate::error::{Error, Result};
use crate::input::{Content, File, Object, objects};
use crate::model::{DEFAULT_ROLE_KEY, Data, Location, MATCH_MODE_KEY, Source};
use crate::rbac::{
    BUILTIN_KEY, Enforcer, Line, LineId, MatchMode, Numbered, PolicyError, PolicySet, PolicyText,
    Project, ProjectRole, SourceLine,
};
use crate::yaml::Node;

/// The key of argocd-rbac-cm that names the claims which count as groups.
const SCOPES_KEY: &str = "scopes";
/// The key of argocd-cm with which Argo CD 2 enforces `logs`.
const LOGS_KEY: &str = "server.rbac.log.enforce.enable";

/// A policy and everything around it that decides.
pub(super) struct PolicyInput<'a> {
    /// What the enforcer loads.
    pub(super) set: PolicySet,
    /// The AppProjects.
    pub(super) projects: Vec<Project>,
    /// The claims that count as groups, where the input says so.
    pub(super) scopes: Option<Vec<String>>,
    /// What holds the policy.
    pub(super) holder: Holder<'a>,
    logs_setting: bool,
    sources: Vec<(String, Source)>,
    lines: BTreeMap<String, Vec<Option<Location>>>,
}

impl<'a> PolicyInput<'a> {
    /// Finds the policy of the one Argo CD in what was read.
    pub(super) fn find(
        files: &'a [File],
        args: &Input,
        context: &mut Context<'_, '_>,
    ) -> Result<Self> {
        let found = objects(files);
        let mut selection = holders(args.form, &found, args)?;
        if selection.holders.len() > 1 {
            return Err(Error::usage("a question is asked of one Argo CD at a time")
                .hint("choose one with -n NAMESPACE"));
        }
        let holder = selection.holders.pop().unwrap_or_else(Holder::none);
        let input = Self::of(holder, files, &found)?;
        if input.holder.rbac_cm.is_none() && input.sources.is_empty() && input.projects.is_empty() {
            return Err(Error::input("there is no policy in the input")
                .hint("a policy is in argocd-rbac-cm, in a CSV file, in an AppProject or an ArgoCD, in Helm values")
                .hint("read it with: kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml"));
        }
        let foreign = selection.foreign.saturating_sub(input.projects.len());
        if foreign > 0 {
            let objects = if foreign == 1 { "object" } else { "objects" };
            context.note(format!("ignored {foreign} {objects} of other kinds"));
        }
        Ok(input)
    }

    /// The policy of one Argo CD, with the bare policies and AppProjects beside it.
    pub(super) fn of(holder: Holder<'a>, files: &'a [File], found: &[Object<'a>]) -> Result<Self> {
        let logs_setting = holder.cm.as_ref().and_then(|cm| cm.get(LOGS_KEY));
        let logs_setting = logs_setting == Some("true");
        let data = holder.rbac_cm.iter().flat_map(|rbac_cm| &rbac_cm.data);
        let mut set = PolicySet::from_data(data.flat_map(Data::shared));
        let setting = |key: &str| holder.setting(key);
        setting(DEFAULT_ROLE_KEY)
            .unwrap_or_default()
            .clone_into(&mut set.default_role);
        set.match_mode = MatchMode::from_setting(setting(MATCH_MODE_KEY).unwrap_or_default());
        let mut sources = Vec::new();
        for file in files {
            if let Content::Policy(source) = &file.content {
                set.texts
                    .push(PolicyText::new(source.name(), source.shared().clone()));
                sources.push((source.name().to_owned(), source.clone()));
            }
        }
        let (mut projects, mut lines) = (Vec::new(), BTreeMap::new());
        for object in found.iter().filter(|object| object.kind() == "AppProject") {
            let (project, places) = project(object);
            lines.insert(format!("AppProject {}", project.name), places);
            projects.push(project);
        }
        let scopes = setting(SCOPES_KEY).map(scopes).transpose()?;
        Ok(Self {
            set,
            projects,
            scopes,
            holder,
            logs_setting,
            sources,
            lines,
        })
    }

    /// Whether argocd-cm asks an Argo CD before 3.0 to enforce logs.
    pub(super) fn enforces_logs(&self) -> bool {
        self.logs_setting
    }

    /// A line of the loaded policy with its place, for people.
    pub(super) fn describe(&self, enforcer: &Enforcer, line: LineId) -> String {
        match enforcer.line(line) {
            Some(found) => format!("{}: {}", self.place(&found), text_of(&found)),
            None => "a policy without rules".to_owned(),
        }
    }

    /// Where a line of the loaded policy stands, for people.
    pub(super) fn place(&self, found: &SourceLine<'_>) -> String {
        if &*found.key == BUILTIN_KEY {
            return format!("{BUILTIN_KEY}:{}", found.line.number);
        }
        match self.locate(&found.key, &found.line) {
            Some(location) => location.to_string(),
            None => format!("{}:{}", found.key, found.line.number),
        }
    }

    fn locate(&self, key: &str, line: &Numbered<'_>) -> Option<Location> {
        if let Some(places) = self.lines.get(key) {
            return places.get(line.number - 1).cloned().flatten();
        }
        self.offset(key, line.offset)
    }

    /// The place of a byte of a policy text.
    fn offset(&self, key: &str, offset: usize) -> Option<Location> {
        if let Some((_, source)) = self.sources.iter().find(|(name, _)| name == key) {
            return Some(source.location(offset));
        }
        self.holder.locate(key, offset)
    }

    /// A policy that does not load, with its place.
    pub(super) fn refuse(&self, error: &PolicyError) -> Error {
        let refused = Error::input(format!("the policy does not load: {error}"));
        let refused = match self.offset(&error.key, error.offset) {
            Some(location) => refused.at(location),
            None => refused,
        };
        refused
            .hint(error.hint())
            .hint("one such line stops the whole policy on the server, the admin's rights included")
    }
}

/// A line of a policy as people read it.
pub(super) fn text_of(line: &SourceLine<'_>) -> String {
    match &line.line.line {
        Line::Policy(_) | Line::Grouping(_) => line.line.text.to_owned(),
        other => format!("{other:?}"),
    }
}

/// An AppProject's roles, and the place of each line of the policy that Argo CD makes of them.
fn project(object: &Object<'_>) -> (Project, Vec<Option<Location>>) {
    let texts = |node: Option<&Node>| -> Vec<(String, Location)> {
        let items = node.and_then(Node::items).into_iter().flatten();
        items
            .filter_map(|item| {
                Some((
                    item.as_str()?.to_owned(),
                    object.location(item.span().start),
                ))
            })
            .collect()
    };
    let mut project = Project {
        name: object.name().to_owned(),
        roles: Vec::new(),
    };
    let mut places = Vec::new();
    let roles = object
        .find(&["spec", "roles"])
        .and_then(Node::items)
        .into_iter()
        .flatten();
    for role in roles {
        let (policies, groups) = (texts(role.get("policies")), texts(role.get("groups")));
        places.push(Some(object.location(role.span().start)));
        places.extend(
            policies
                .iter()
                .chain(&groups)
                .map(|(_, place)| Some(place.clone())),
        );
        project.roles.push(ProjectRole {
            name: role
                .get("name")
                .and_then(Node::as_str)
                .unwrap_or_default()
                .to_owned(),
            policies: policies.into_iter().map(|(text, _)| text).collect(),
            groups: groups.into_iter().map(|(text, _)| text).collect(),
        });
    }
    (project, places)
}

/// `scopes` is a YAML list in a text: `[groups, email]`.
fn scopes(text: &str) -> Result<Vec<String>> {
    let wrong = || {
        Error::input(format!(
            "`scopes: {}` is not a list of claims",
            text.escape_debug()
        ))
        .hint("write it as a text that holds a list: '[groups, email]'")
    };
    let stream = crate::yaml::Stream::parse(Source::new("scopes", text)).map_err(|_| wrong())?;
    let Some(root) = stream
        .documents()
        .first()
        .and_then(|document| document.root())
    else {
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
