//! Values of the argo-cd Helm chart: documents without a kind, in which `configs.cm` and
//! `configs.rbac` become the data of the two ConfigMaps.

use std::path::PathBuf;

use super::object::{Object, not_a_mapping, refuse_duplicates};
use super::settings::OF_CHART;
use crate::error::{Error, Result};
use crate::input::Origin;
use crate::model::{ConfigMap, Data, Which, is_policy_key};
use crate::yaml::{Node, NodeKind, ScalarType};

/// The keys of `configs.cm` and `configs.rbac` that the chart takes for itself.
const OF_THE_CHART: [&str; 2] = ["create", "annotations"];
/// Where charts before 5.7 had what is now `configs.cm` and `configs.rbac`.
const BEFORE_5_7: [&str; 3] = ["config", "rbacConfig", "configEnabled"];
/// What names a file that is not values file though its documents have no kind.
const OTHER_FILES: [&str; 3] = ["kustomization.", "Kustomization", "Chart."];

/// One document with values of the chart.
#[derive(Clone, Debug)]
pub struct ChartValues<'a> {
    /// Where it is.
    pub object: Object<'a>,
    /// The way to the chart's values: empty, or the names of the charts above it.
    pub root: Vec<String>,
    /// What the chart makes of `configs.cm`.
    pub cm: ConfigMap,
    /// What the chart makes of `configs.rbac`.
    pub rbac_cm: ConfigMap,
}

impl<'a> ChartValues<'a> {
    /// Reads a document as values. `root` is the way to the chart's values, separated by dots.
    ///
    /// # Errors
    /// Values in the shape of charts before 5.7, which newer ones silently drop; values of an
    /// umbrella chart without `root`; a policy that is not a string.
    pub fn read(object: &Object<'a>, root: Option<&str>, namespace: &str) -> Result<Self> {
        let root: Vec<String> = root
            .map(|root| root.split('.').map(str::to_owned).collect())
            .unwrap_or_default();
        let mut values = Self {
            object: object.clone(),
            root,
            cm: empty(Which::Cm, namespace),
            rbac_cm: empty(Which::RbacCm, namespace),
        };
        values.refuse_old_shape()?;
        if values.root.is_empty() && object.find(&["configs"]).is_none() {
            refuse_umbrella(object)?;
        }
        values.cm.data = values.data(Which::Cm)?;
        values.rbac_cm.data = values.data(Which::RbacCm)?;
        Ok(values)
    }

    /// Whether a document can be values: a mapping without kind. A file that was only found in a
    /// directory must have `configs` too, because many other files have no kind.
    pub fn is(object: &Object<'_>, root: Option<&str>) -> bool {
        let other = object.path().is_some_and(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            OTHER_FILES.iter().any(|other| name.starts_with(other))
        });
        if other
            || object.node.entries().is_none() && !object.node.is_null()
            || object.find(&["kind"]).is_some()
            || object.find(&["metadata"]).is_some()
        {
            return false;
        }
        let mut keys: Vec<&str> = root.into_iter().flat_map(|root| root.split('.')).collect();
        keys.push("configs");
        !matches!(object.origin(), Origin::Found(_)) || object.find(&keys).is_some()
    }

    /// Whether a document that can be values looks like values of the chart, or of a chart above it.
    pub fn looks_like(object: &Object<'_>, root: Option<&str>) -> bool {
        let known = |node: &Node| OF_CHART.iter().any(|key| node.get(key).is_some());
        let entries = object.node.entries().unwrap_or_default();
        let named = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default();
            name.to_string_lossy().contains("values")
        };
        Self::is(object, root)
            && (root.is_some()
                || object.node.is_null() && object.path().is_some_and(named)
                || known(object.node)
                || entries
                    .iter()
                    .any(|entry| entry.value.get("configs").is_some()))
    }

    /// One of the two ConfigMaps that the chart makes.
    pub fn get(&self, which: Which) -> &ConfigMap {
        match which {
            Which::Cm => &self.cm,
            Which::RbacCm => &self.rbac_cm,
        }
    }

    /// The keys that lead from the document's root to the values for a ConfigMap.
    pub fn path(&self, which: Which) -> Vec<&str> {
        let key = match which {
            Which::Cm => "cm",
            Which::RbacCm => "rbac",
        };
        let root = self.root.iter().map(String::as_str);
        root.chain(["configs", key]).collect()
    }

    /// Whether the chart leaves a ConfigMap to someone else (`create: false`).
    pub fn is_not_created(&self, which: Which) -> bool {
        let mut path = self.path(which);
        path.push("create");
        let scalar = self.object.find(&path).and_then(Node::as_scalar);
        scalar.is_some_and(|scalar| {
            scalar.scalar_type() == ScalarType::Bool
                && ["false", "no", "n", "off"].contains(&scalar.value().to_lowercase().as_str())
        })
    }

    fn refuse_old_shape(&self) -> Result<()> {
        let root: Vec<&str> = self.root.iter().map(String::as_str).collect();
        let Some(server) = self.object.find(&[&root[..], &["server"]].concat()) else {
            return Ok(());
        };
        let Some((old, entry)) = BEFORE_5_7
            .iter()
            .find_map(|key| Some((key, server.entry(key)?)))
        else {
            return Ok(());
        };
        Err(Error::input(format!(
            "`server.{old}` is where charts before 5.7 had these values; since 6.0 the chart silently \
             drops them"
        ))
        .at(self.object.location(entry.key.span().start))
        .hint("upgrade the chart to 5.7 or later, and move server.config to configs.cm and server.rbacConfig to configs.rbac"))
    }

    /// What the chart makes of the values: every scalar becomes a text.
    fn data(&self, which: Which) -> Result<Option<Data>> {
        let Some(node) = self.object.written(&self.path(which)) else {
            return Ok(None);
        };
        let document = self.object.in_document();
        let at = |node: &Node| self.object.location(node.span().start);
        let entries = match document.resolve(node).kind() {
            NodeKind::Mapping(entries) => entries,
            NodeKind::Scalar(scalar) if scalar.scalar_type() == ScalarType::Null => {
                return Ok(None);
            }
            _ => {
                let what = self.path(which).join(".");
                return Err(not_a_mapping(&self.object, node, &what, ""));
            }
        };
        refuse_duplicates(&self.object, node)?;
        let mut read = Vec::new();
        for entry in entries {
            let Some(key) = entry.key.key_text() else {
                continue;
            };
            if OF_THE_CHART.contains(&&*key) {
                continue;
            }
            let value = document.resolve(&entry.value);
            let text = value.as_scalar().filter(|scalar| {
                scalar.scalar_type() != ScalarType::Null
                    && (which == Which::Cm || scalar.scalar_type() == ScalarType::String)
            });
            match text {
                Some(text) => read.push((key.into_owned(), text.value().to_owned())),
                None if is_policy_key(&key) && !value.is_null() => {
                    return Err(Error::input(format!("the value of `{key}` is not a string"))
                        .at(at(&entry.value))
                        .hint("write the rules as a block: `policy.csv: |`, and below it one rule on each line"));
                }
                None => {}
            }
        }
        Ok(Some(read.into_iter().collect()))
    }
}

fn empty(which: Which, namespace: &str) -> ConfigMap {
    ConfigMap {
        which,
        namespace: namespace.to_owned(),
        resource_version: None,
        data: None,
    }
}

/// Values of an umbrella chart are below the name of the dependency: written at the top they
/// would have no effect.
fn refuse_umbrella(object: &Object<'_>) -> Result<()> {
    let entries = object.node.entries().unwrap_or_default();
    let below = entries.iter().find(|entry| {
        let configs = entry.value.get("configs");
        configs.is_some_and(|configs| {
            ["cm", "rbac", "params"]
                .iter()
                .any(|key| configs.get(key).is_some())
        })
    });
    let Some((entry, key)) = below.and_then(|entry| Some((entry, entry.key.key_text()?))) else {
        return Ok(());
    };
    Err(Error::usage(format!(
        "the argo-cd chart's values are below `{key}` here: this is an umbrella chart"
    ))
    .at(object.location(entry.key.span().start))
    .hint(format!("name it: --values-root {key}")))
}
