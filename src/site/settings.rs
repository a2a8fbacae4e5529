//! The settings that end up in argocd-cm and argocd-rbac-cm, in whichever form they are kept.

use std::borrow::Cow;
use std::collections::HashSet;

use super::object::{Object, merged};
use super::spot::Spot;
use crate::input::Origin;
use crate::model::{DEFAULT_ROLE_KEY, MATCH_MODE_KEY, POLICY_KEY, Which, is_policy_key};
use crate::yaml::{Entry, Node, ScalarType, Step};

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

/// One key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Setting<'a> {
    /// The key that it has in the ConfigMap.
    pub(crate) key: Cow<'a, str>,
    /// Where its value is.
    pub(crate) spot: Spot<'a>,
}

impl<'a> Setting<'a> {
    /// The value's text, of booleans and numbers too: an unquoted one is a finding of its own.
    pub(crate) fn text(&self) -> Option<&'a str> {
        let scalar = self.spot.resolved()?.as_scalar()?;
        (scalar.scalar_type() != ScalarType::Null).then(|| scalar.value())
    }
}

impl Setting<'_> {
    /// Whether the value is null.
    pub(crate) fn is_null(&self) -> bool {
        self.spot.resolved().is_none_or(Node::is_null)
    }

    /// What its value is, if it is a single one.
    pub(crate) fn scalar_type(&self) -> Option<ScalarType> {
        let scalar = self.spot.resolved()?.as_scalar()?;
        Some(scalar.scalar_type())
    }
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
        Some(Self {
            which,
            form: SettingsForm::ConfigMap,
            object: object.clone(),
            partial: is_patch || object.kind().is_empty(),
            cleared: false,
            all: entries(object, &["data"]),
        })
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

/// Lays later settings over earlier ones: a later key wins, and null removes it.
pub(super) fn merge<'a>(all: &mut Vec<Setting<'a>>, later: &[Setting<'a>]) {
    all.retain(|one| !later.iter().any(|over| over.key == one.key));
    let kept = later.iter().filter(|over| !over.is_null());
    all.extend(kept.cloned());
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

/// Keys at the top of the chart's values by which a named file is known.
const OF_CHART: [&str; 10] = [
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
        let top = (!is_found && known(top)).then(Vec::new);
        top.or_else(|| {
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

/// Which ConfigMap has such keys.
pub(super) fn which_by_keys(data: &Node) -> Option<Which> {
    let mut keys = data
        .entries()?
        .iter()
        .filter_map(|entry| entry.key.as_str());
    keys.find_map(|key| {
        if key.starts_with("accounts.") {
            Some(Which::Cm)
        } else {
            let is_policy = is_policy_key(key) || [DEFAULT_ROLE_KEY, MATCH_MODE_KEY].contains(&key);
            is_policy.then_some(Which::RbacCm)
        }
    })
}

/// The entries of a mapping of an object, merged ones included.
pub(crate) fn entries<'a>(object: &Object<'a>, path: &[&str]) -> Vec<Setting<'a>> {
    let mut found = Vec::new();
    if let Some(mapping) = object.find(path) {
        let route = object.route_to(path);
        collect(object, mapping, &route, &mut HashSet::new(), &mut found);
    }
    found
}

/// Collects the entries of a mapping. `seen` are the mappings that merge keys have brought: what
/// one brings a second time is there already.
fn collect<'a>(
    object: &Object<'a>,
    mapping: &'a Node,
    route: &[Step],
    seen: &mut HashSet<*const Node>,
    found: &mut Vec<Setting<'a>>,
) {
    for entry in mapping.entries().unwrap_or_default() {
        if entry.key.is_merge_key() {
            let mut brought = Vec::new();
            for source in merged(object.in_document(), entry) {
                if seen.insert(std::ptr::from_ref(source)) {
                    collect(object, source, route, seen, &mut brought);
                }
            }
            brought.retain(|setting| mapping.get(&setting.key).is_none());
            found.extend(brought);
            continue;
        }
        let Some(key) = entry.key.key_text() else {
            continue;
        };
        let mut route = route.to_vec();
        route.push(Step::key(key.clone()));
        found.push(Setting {
            key,
            spot: Spot {
                file: object.file,
                document: Some((object.document, object.in_document())),
                route,
                key: Some(&entry.key),
                node: Some(&entry.value),
                source: object.source(),
            },
        });
    }
}

/// Settings of several objects, of which a later one wins.
pub(super) fn joined<'a>(all: impl Iterator<Item = Vec<Setting<'a>>>) -> Option<Vec<Setting<'a>>> {
    all.reduce(|mut joined, later| {
        merge(&mut joined, &later);
        joined
    })
}
