//! The settings that end up in argocd-cm and argocd-rbac-cm, in whichever form they are kept.

use std::borrow::Cow;

use super::generator::{self, literals};
use super::object::{DataShape, Object};
use super::operations::operations;
use super::setting::{Setting, entries, merge, which_by_keys};
use crate::input::Origin;
use crate::model::{DEFAULT_ROLE_KEY, MATCH_MODE_KEY, POLICY_KEY, Which, spelling};
use crate::yaml::{Entry, Node};

/// The key of argocd-rbac-cm that names the claims which count as groups.
pub(crate) const SCOPES_KEY: &str = "scopes";

/// The label by which Argo CD finds its ConfigMaps.
pub(crate) const PART_OF: &str = "app.kubernetes.io/part-of";

/// What the settings are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingsForm {
    /// The ConfigMap itself, or a patch of it.
    ConfigMap,
    /// The values of the argo-cd Helm chart.
    Helm,
    /// An ArgoCD resource of the operator.
    Operator,
}

/// The settings of one of the two ConfigMaps.
#[derive(Clone, Debug)]
pub(crate) struct Settings<'a> {
    pub(crate) which: Which,
    pub(crate) form: SettingsForm,
    /// The object that keeps them.
    pub(crate) object: Object<'a>,
    /// Whether other keys may be elsewhere: this is a patch, or values over a chart's.
    pub(crate) partial: bool,
    /// Whether they are null as a whole, which removes all of earlier values files.
    pub(crate) cleared: bool,
    /// In the order of the text, a duplicate key included.
    pub(crate) all: Vec<Setting<'a>>,
}

impl<'a> Settings<'a> {
    /// A key's setting; the last, where the key is twice.
    pub(crate) fn get(&self, key: &str) -> Option<&Setting<'a>> {
        self.all.iter().rev().find(|setting| setting.key == key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.text()
    }

    /// The ConfigMap, or the patch of it, that an object is.
    pub(crate) fn of_configmap(object: &Object<'a>, is_patch: bool) -> Option<Self> {
        let named = Which::named(object.name());
        let which = match object.kind() {
            "ConfigMap" if object.api_version() == "v1" => named?,
            // `kubectl patch` takes the changed keys alone.
            "" => named.or_else(|| which_by_keys(object.find(&["data"])?))?,
            _ => return None,
        };
        let (all, cleared, is_partial) = match object.shape {
            DataShape::Data => (entries(object, &["data"]), false, object.kind().is_empty()),
            DataShape::Operations(_) => {
                let done = operations(object);
                (done.settings, done.cleared, true)
            }
            DataShape::Literals(_) => (literals(object), false, generator::is_partial(object)),
        };
        Some(Self {
            which,
            form: SettingsForm::ConfigMap,
            object: object.clone(),
            partial: is_patch || is_partial,
            cleared,
            all,
        })
    }

    /// In which order kustomize lays settings over others: generators before patches.
    pub(super) fn order(&self) -> (bool, bool) {
        let is_generator = matches!(self.object.shape, DataShape::Literals(_));
        (self.partial, !is_generator)
    }

    /// The settings in an ArgoCD resource.
    pub(crate) fn of_operator(object: &Object<'a>) -> Option<[Self; 2]> {
        if object.kind() != "ArgoCD" || !object.is_of_group("argoproj.io") {
            return None;
        }
        let settings = |which, all| Self {
            which,
            form: SettingsForm::Operator,
            object: object.clone(),
            partial: false,
            cleared: false,
            all,
        };
        let mut rbac = entries(object, &["spec", "rbac"]);
        rbac.retain_mut(|setting| {
            let key = match &*setting.key {
                "policy" => POLICY_KEY,
                "defaultPolicy" => DEFAULT_ROLE_KEY,
                "policyMatcherMode" => MATCH_MODE_KEY,
                "scopes" => SCOPES_KEY,
                _ => return false,
            };
            setting.key = Cow::Borrowed(key);
            true
        });
        let cm = entries(object, &["spec", "extraConfig"]);
        Some([settings(Which::Cm, cm), settings(Which::RbacCm, rbac)])
    }

    /// The settings in values of the argo-cd chart, which are below these keys.
    pub(crate) fn of_helm(object: &Object<'a>, root: &[&str]) -> [Self; 2] {
        let settings = |which, key| {
            let path = [root, &["configs", key]].concat();
            let all = entries(object, &path).into_iter();
            let is_null = |depth| {
                let node = object.find(&path[..depth]);
                node.is_some_and(Node::is_null)
            };
            Self {
                which,
                form: SettingsForm::Helm,
                object: object.clone(),
                partial: false,
                cleared: is_null(path.len()) || is_null(path.len() - 1),
                all: all.filter(|one| !is_of_chart(&one.key)).collect(),
            }
        };
        [settings(Which::Cm, "cm"), settings(Which::RbacCm, "rbac")]
    }

    /// Lays later settings over these, as Helm merges values and kubectl a patch: a later key
    /// wins, and null removes it.
    pub(super) fn merge(&mut self, later: &Self) {
        if later.cleared {
            self.all.clear();
        }
        merge(&mut self.all, &later.all);
        self.partial &= later.partial;
        if !later.partial {
            self.form = later.form;
        }
    }
}

/// Keys beside the ConfigMap's that the chart itself takes.
fn is_of_chart(key: &str) -> bool {
    matches!(key, "create" | "annotations")
}

/// Paths of values that older argo-cd charts read, and where their content is now.
pub(crate) const OLD_PATHS: &[(&[&str], &str)] = &[
    (&["server", "config"], "configs.cm"),
    (&["server", "rbacConfig"], "configs.rbac"),
    (&["global", "rbac"], "configs.rbac"),
];

/// Keys at the top of the chart's values by which these are known where no one says that they are.
pub(super) const OF_CHART: [&str; 10] = [
    "configs",
    "global",
    "server",
    "controller",
    "repoServer",
    "applicationSet",
    "notifications",
    "dex",
    "redis",
    "redis-ha",
];

/// Beginnings of names of files that hold no values though their documents have no kind.
const OTHER_FILES: [&str; 3] = ["kustomization.", "Kustomization", "Chart."];

/// The keys that lead to the argo-cd chart's values in a document: none, or those of the charts
/// above it. `root` is what the user says; `None` where the document is not values file.
pub(crate) fn chart_root<'s, 'a: 's>(
    object: &Object<'a>,
    root: Option<&'s str>,
) -> Option<Vec<&'s str>> {
    let is_other = object.path().is_some_and(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        OTHER_FILES.iter().any(|other| name.starts_with(other))
    });
    if is_other
        || !object.kind().is_empty()
        || object.find(&["data"]).is_some()
        || object.find(&["metadata"]).is_some()
    {
        return None;
    }
    if let Some(root) = root {
        let keys: Vec<&str> = root.split('.').collect();
        return object.find(&keys).is_some().then_some(keys);
    }
    let document = object.in_document();
    let top = document.resolve(object.node);
    if is_values(object, top) {
        return Some(Vec::new());
    }
    let below = top.entries()?.iter().find_map(|entry| {
        let key = entry.key.as_str()?;
        let inside = document.resolve(&entry.value);
        let is_chart = is_chart_name(key) && is_values(object, inside);
        (is_chart || has_configs(object, inside)).then(|| vec![key])
    });
    let is_found = matches!(object.origin(), Origin::Found(_));
    let looks_like = || {
        let known = |node: &Node| OF_CHART.iter().any(|key| node.get(key).is_some());
        let is_known = !is_found && known(top) || misspelt_configs(object, top).is_some();
        is_known.then(Vec::new).or_else(|| {
            let mut entries = top_entries(object).iter();
            let entry = entries.find(|entry| entry.key.as_str().is_some_and(is_chart_name))?;
            Some(vec![entry.key.as_str()?])
        })
    };
    below.or_else(looks_like)
}

fn top_entries<'a>(object: &Object<'a>) -> &'a [Entry] {
    let top = object.in_document().resolve(object.node);
    top.entries().unwrap_or_default()
}

/// Whether a dependency of this name is the argo-cd chart.
fn is_chart_name(key: &str) -> bool {
    key.replace('-', "") == "argocd"
}

/// Whether a mapping holds a ConfigMap of the chart.
fn has_configs(object: &Object<'_>, node: &Node) -> bool {
    let configs = node.get("configs");
    let configs = configs.map(|configs| object.in_document().resolve(configs));
    configs.is_some_and(|configs| {
        let mut keys = ["cm", "rbac", "params"].iter();
        keys.any(|key| configs.get(key).is_some())
    })
}

/// A key of a mapping that is nearly `configs`, and below it are settings that only Argo CD has.
fn misspelt_configs<'a>(object: &Object<'a>, node: &'a Node) -> Option<&'a Node> {
    let document = object.in_document();
    let mut entries = node.entries().unwrap_or_default().iter();
    let found = entries.find(|entry| {
        let inside = document.resolve(&entry.value);
        let parts = ["cm", "rbac"].iter().filter_map(|key| inside.get(key));
        let mut parts = parts.map(|part| document.resolve(part));
        let is_misspelt =
            |key: &str| key != "configs" && spelling::meant(key, ["configs"]).is_some();
        entry.key.as_str().is_some_and(is_misspelt)
            && parts.any(|part| which_by_keys(part).is_some())
    });
    Some(&found?.key)
}

/// Says where values of the chart have a key that is nearly `configs`: nothing below it is read.
pub(super) fn misspelt_values(objects: &[Object<'_>]) -> Option<String> {
    let (place, key) = objects.iter().find_map(|object| {
        let root = chart_root(object, None)?;
        let key = misspelt_configs(object, object.find(&root)?)?;
        Some((object.location(key.span().start), key.as_str()?))
    })?;
    Some(format!(
        "{place}: the argo-cd chart does not read `{key}`: did you mean `configs`?"
    ))
}

/// Whether a mapping is values of the argo-cd chart. `server.config` and `global.rbac` alone say
/// nothing, other charts have them: what is in them does.
fn is_values(object: &Object<'_>, node: &Node) -> bool {
    let find = |path: &[&str]| {
        path.iter().try_fold(node, |node, key| {
            Some(object.in_document().resolve(node.get(key)?))
        })
    };
    if has_configs(object, node) {
        return true;
    }
    OLD_PATHS.iter().any(|(path, _)| {
        let entries = find(path).and_then(Node::entries).unwrap_or_default();
        entries.iter().any(|entry| {
            let key = entry.key.key_text().unwrap_or_default();
            ["accounts.", "policy.", "resource.customizations"]
                .iter()
                .any(|start| key.starts_with(start))
                || ["dex.config", "oidc.config", "application.instanceLabelKey"].contains(&&*key)
        })
    })
}
