//! The settings that end up in argocd-cm and argocd-rbac-cm, in whichever form they are kept.

use std::borrow::Cow;

use super::object::Object;
use super::spot::Spot;
use crate::model::{DEFAULT_ROLE_KEY, MATCH_MODE_KEY, POLICY_KEY, Which};
use crate::yaml::{Node, ScalarType, Step};

/// The key of argocd-rbac-cm that names the claims which count as groups.
pub(crate) const SCOPES_KEY: &str = "scopes";

/// The label by which Argo CD finds its ConfigMaps.
pub(crate) const PART_OF: &str = "app.kubernetes.io/part-of";

/// What the settings are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
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
    /// Where its value stands.
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
    pub(crate) form: Form,
    /// The object that keeps them.
    pub(crate) object: Object<'a>,
    /// Whether other keys may stand elsewhere: this is a patch, or values over a chart's.
    pub(crate) partial: bool,
    /// In the order of the text, a key that stands twice included.
    pub(crate) all: Vec<Setting<'a>>,
}

impl<'a> Settings<'a> {
    /// A key's setting; the last, where the key stands twice.
    pub(crate) fn get(&self, key: &str) -> Option<&Setting<'a>> {
        self.all.iter().rev().find(|setting| setting.key == key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.text()
    }

    /// The ConfigMap, or the patch of it, that an object is.
    pub(crate) fn of_configmap(object: &Object<'a>, text: &'a str) -> Option<Self> {
        let named = Which::named(object.name());
        let which = match object.kind() {
            "ConfigMap" if object.text(&["apiVersion"]) == "v1" => named?,
            // `kubectl patch` takes the changed keys alone.
            "" => named.or_else(|| which_by_keys(object.find(&["data"])?))?,
            _ => return None,
        };
        let labelled = object.label(PART_OF) == Some("argocd");
        Some(Self {
            which,
            form: Form::ConfigMap,
            object: object.clone(),
            partial: !labelled && !object.is_from_server(),
            all: entries(object, &["data"], text),
        })
    }

    /// The settings in an ArgoCD resource.
    pub(crate) fn of_operator(object: &Object<'a>, text: &'a str) -> Option<[Self; 2]> {
        if object.kind() != "ArgoCD" || !object.is_of_group("argoproj.io") {
            return None;
        }
        let settings = |which, all| Self {
            which,
            form: Form::Operator,
            object: object.clone(),
            partial: false,
            all,
        };
        let mut rbac = entries(object, &["spec", "rbac"], text);
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
        let cm = entries(object, &["spec", "extraConfig"], text);
        Some([settings(Which::Cm, cm), settings(Which::RbacCm, rbac)])
    }

    /// The settings in values of the argo-cd chart, or of a chart that has it as a dependency.
    pub(crate) fn of_helm(object: &Object<'a>, text: &'a str) -> Option<[Self; 2]> {
        let prefix = chart_prefix(object)?;
        let settings = |which, key| {
            let mut path = prefix.clone();
            path.extend(["configs", key]);
            let all = entries(object, &path, text);
            Self {
                which,
                form: Form::Helm,
                object: object.clone(),
                partial: false,
                all: all
                    .into_iter()
                    .filter(|one| !is_of_chart(&one.key))
                    .collect(),
            }
        };
        Some([settings(Which::Cm, "cm"), settings(Which::RbacCm, "rbac")])
    }
}

/// Keys beside the ConfigMap's that the chart itself takes.
fn is_of_chart(key: &str) -> bool {
    matches!(key, "create" | "annotations")
}

/// Paths of values that older argo-cd charts read, and where their content stands now.
pub(crate) const OLD_PATHS: &[(&[&str], &str)] = &[
    (&["server", "config"], "configs.cm"),
    (&["server", "rbacConfig"], "configs.rbac"),
    (&["global", "rbac"], "configs.rbac"),
];

/// The keys that lead to the argo-cd chart's values: none, or a dependency's name.
pub(crate) fn chart_prefix<'a>(object: &Object<'a>) -> Option<Vec<&'a str>> {
    if !object.kind().is_empty() || object.find(&["data"]).is_some() {
        return None;
    }
    let root = object.parsed.resolve(object.node);
    if is_values(object, root) {
        return Some(Vec::new());
    }
    root.entries()?.iter().find_map(|entry| {
        let key = entry.key.as_str()?;
        let chart = key.replace('-', "") == "argocd";
        let inside = object.parsed.resolve(&entry.value);
        (chart && is_values(object, inside)).then(|| vec![key])
    })
}

/// Whether a mapping is values of the argo-cd chart. `server.config` and `global.rbac` alone say
/// nothing, other charts have them: what stands in them does.
fn is_values(object: &Object<'_>, node: &Node) -> bool {
    let find = |path: &[&str]| {
        path.iter().try_fold(node, |node, key| {
            Some(object.parsed.resolve(node.get(key)?))
        })
    };
    if find(&["configs", "cm"]).is_some() || find(&["configs", "rbac"]).is_some() {
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

fn which_by_keys(data: &Node) -> Option<Which> {
    let mut keys = data
        .entries()?
        .iter()
        .filter_map(|entry| entry.key.as_str());
    keys.find_map(|key| {
        if key.starts_with("accounts.") {
            Some(Which::Cm)
        } else {
            key.starts_with("policy.").then_some(Which::RbacCm)
        }
    })
}

/// The entries of a mapping of an object, merged ones included.
pub(crate) fn entries<'a>(object: &Object<'a>, path: &[&str], text: &'a str) -> Vec<Setting<'a>> {
    let mut found = Vec::new();
    if let Some(mapping) = object.find(path) {
        collect(object, mapping, &object.route_to(path), text, &mut found);
    }
    found
}

fn collect<'a>(
    object: &Object<'a>,
    mapping: &'a Node,
    route: &[Step],
    text: &'a str,
    found: &mut Vec<Setting<'a>>,
) {
    for entry in mapping.entries().unwrap_or_default() {
        if entry.key.is_merge_key() {
            let merged = object.parsed.resolve(&entry.value);
            let mut brought = Vec::new();
            for one in merged.items().unwrap_or(std::slice::from_ref(merged)) {
                collect(
                    object,
                    object.parsed.resolve(one),
                    route,
                    text,
                    &mut brought,
                );
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
                document: Some((object.document, object.parsed)),
                route,
                key: Some(&entry.key),
                node: Some(&entry.value),
                text,
            },
        });
    }
}
