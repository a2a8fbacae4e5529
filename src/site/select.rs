//! Which of the objects are Argo CD's ConfigMaps, and to which Argo CD they belong.

use std::collections::{BTreeMap, BTreeSet};

use super::namespace::{NamespaceScope, namespaces};
use super::object::{self, DataShape, Object, not_a_mapping, refuse_duplicates};
use super::setting::which_by_keys;
use super::settings::Settings;
use super::values::ChartValues;
use crate::error::{Error, Result};
use crate::input::Origin;
use crate::model::{ConfigMap, DEFAULT_NAMESPACE, Data, Form, Which};
use crate::text::Text;
use crate::yaml::{Node, NodeKind, ScalarType};

/// Which objects of the input are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// Whose objects.
    pub scope: NamespaceScope,
    /// The path to the argo-cd chart's values in a values file, names separated by dots.
    pub values_root: Option<String>,
}

impl Selector {
    /// The namespace of objects that cannot name one, such as values.
    pub fn namespace(&self) -> &str {
        match &self.scope {
            NamespaceScope::Namespace(namespace) => namespace,
            NamespaceScope::Only | NamespaceScope::All => DEFAULT_NAMESPACE,
        }
    }

    /// The form where none is asked for: `operator` where the input holds an `ArgoCD` and no
    /// ConfigMap, `helm` for a document without kind that has keys of the argo-cd chart, else
    /// `manifest`.
    pub fn detect(&self, objects: &[Object<'_>]) -> Form {
        let mut argocd = false;
        for object in objects {
            match ObjectRole::of(object) {
                Some(ObjectRole::ConfigMap(_)) => return Form::Manifest,
                Some(ObjectRole::ArgoCd) => argocd = true,
                Some(ObjectRole::AppProject) | None => {}
            }
        }
        let values = |object| ChartValues::looks_like(object, self.values_root.as_deref());
        if argocd {
            Form::Operator
        } else if objects.iter().any(values) {
            Form::Helm
        } else {
            Form::Manifest
        }
    }
}

/// What an object is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectRole {
    /// One of Argo CD's ConfigMaps.
    ConfigMap(Which),
    /// An `ArgoCD` resource, from which argocd-operator makes them.
    ArgoCd,
    /// An `AppProject`.
    AppProject,
}

impl ObjectRole {
    /// What an object is, if it is something to us.
    pub fn of(object: &Object<'_>) -> Option<Self> {
        let argo = object.api_version().starts_with("argoproj.io/");
        match object.kind() {
            "ConfigMap" if object.api_version() == "v1" => {
                Which::named(object.name()).map(Self::ConfigMap)
            }
            // The body of a patch need not say what it is of.
            "" if object.api_version().is_empty() => {
                let data = object.find(&["data"])?;
                let which = Which::named(object.name()).or_else(|| which_by_keys(data));
                which.map(Self::ConfigMap)
            }
            "ArgoCD" if argo => Some(Self::ArgoCd),
            "AppProject" if argo => Some(Self::AppProject),
            _ => None,
        }
    }
}

/// One of Argo CD's ConfigMaps, read and in its place.
#[derive(Clone, Debug)]
pub struct TargetConfigMap<'a> {
    /// Where it is.
    pub object: Object<'a>,
    /// What it says.
    pub configmap: ConfigMap,
    /// Other objects that change the same ConfigMap, and are not edited.
    pub beside: Vec<Object<'a>>,
}

/// What the input has of one Argo CD.
#[derive(Debug, Default)]
pub struct InstanceObjects<'a> {
    /// Its namespace.
    pub namespace: String,
    /// `argocd-cm`, if it is in the input.
    pub cm: Option<TargetConfigMap<'a>>,
    /// `argocd-rbac-cm`, if it is in the input.
    pub rbac_cm: Option<TargetConfigMap<'a>>,
    /// Its `ArgoCD` resource, if that was asked for and is in the input.
    pub argocd: Option<Object<'a>>,
    /// Its `AppProject`s, if they were asked for.
    pub projects: Vec<Object<'a>>,
}

impl<'a> InstanceObjects<'a> {
    /// One of its two ConfigMaps.
    pub fn get(&self, which: Which) -> Option<&TargetConfigMap<'a>> {
        match which {
            Which::Cm => self.cm.as_ref(),
            Which::RbacCm => self.rbac_cm.as_ref(),
        }
    }
}

/// What was chosen of the input.
#[derive(Debug)]
pub struct Selection<'a> {
    /// Each Argo CD, by namespace.
    pub instances: Vec<InstanceObjects<'a>>,
    /// Objects of other namespaces, which were left alone: namespace and name.
    pub left_alone: Vec<(String, String)>,
    /// How many other objects there were.
    pub foreign: usize,
}

/// Chooses Argo CD's ConfigMaps. An object without a namespace belongs to the one asked for,
/// else to that of the other objects, else to `argocd`.
pub fn select<'a>(objects: &[Object<'a>], scope: &NamespaceScope) -> Result<Selection<'a>> {
    select_roles(objects, scope, |role| {
        matches!(role, ObjectRole::ConfigMap(_))
    })
}

/// Chooses the objects whose role is wanted.
pub fn select_roles<'a>(
    objects: &[Object<'a>],
    scope: &NamespaceScope,
    wanted: impl Fn(ObjectRole) -> bool,
) -> Result<Selection<'a>> {
    let (mut ours, mut foreign) = (Vec::new(), 0);
    for object in objects {
        match ObjectRole::of(object).filter(|role| wanted(*role)) {
            Some(role) => ours.push((role, object)),
            None => foreign += 1,
        }
    }
    let named = namespaces(ours.iter().map(|(_, object)| *object));
    let fallback = scope.fallback(&named)?;
    let mut instances: BTreeMap<String, InstanceObjects<'a>> = BTreeMap::new();
    let mut left_alone = Vec::new();
    // Of what changes one ConfigMap, the one that says most of it is edited.
    ours.sort_by_key(|(_, object)| rank(object));
    for (role, object) in ours {
        let namespace = object.namespace().unwrap_or(&fallback);
        if matches!(scope, NamespaceScope::Namespace(wanted) if wanted != namespace) {
            left_alone.push((namespace.to_owned(), object.name().to_owned()));
            continue;
        }
        let instance = instances.entry(namespace.to_owned()).or_default();
        namespace.clone_into(&mut instance.namespace);
        let twice = |first: &Object<'_>| {
            let what = match role {
                ObjectRole::ConfigMap(which) => which.name().to_owned(),
                ObjectRole::ArgoCd | ObjectRole::AppProject => {
                    format!("{} {}", object.kind(), object.name())
                }
            };
            object::twice(&what, namespace, object, first)
        };
        match role {
            ObjectRole::ConfigMap(which) => {
                let place = match which {
                    Which::Cm => &mut instance.cm,
                    Which::RbacCm => &mut instance.rbac_cm,
                };
                match place {
                    Some(first) if rank(&first.object) == rank(object) => {
                        return Err(twice(&first.object));
                    }
                    Some(first) => first.beside.push(object.clone()),
                    None => {
                        *place = Some(TargetConfigMap {
                            configmap: configmap(which, object, namespace)?,
                            object: object.clone(),
                            beside: Vec::new(),
                        });
                    }
                }
            }
            ObjectRole::ArgoCd => {
                if let Some(first) = &instance.argocd {
                    return Err(twice(first));
                }
                instance.argocd = Some(object.clone());
            }
            ObjectRole::AppProject => {
                let mut projects = instance.projects.iter();
                if let Some(first) = projects.find(|first| first.name() == object.name()) {
                    return Err(twice(first));
                }
                instance.projects.push(object.clone());
            }
        }
    }
    Ok(Selection {
        instances: instances.into_values().collect(),
        left_alone,
        foreign,
    })
}

/// How little an object says of a ConfigMap: the thing itself, a patch inside a kustomization,
/// operations, a generator that adds to it.
fn rank(object: &Object<'_>) -> u8 {
    match object.shape {
        DataShape::Data if !matches!(object.origin(), Origin::Inlined(_)) => 0,
        DataShape::Data => 1,
        DataShape::Operations(_) => 2,
        DataShape::Literals(_) if object.text(&["behavior"]) == Some("merge") => 3,
        DataShape::Literals(_) => 0,
    }
}

/// Reads a ConfigMap as the API server does: `data` holds texts only.
fn configmap(which: Which, object: &Object<'_>, namespace: &str) -> Result<ConfigMap> {
    refuse_duplicates(object, object.node)?;
    let data = match object.shape {
        DataShape::Data => object.find(&["data"]).map(|node| data(object, node)),
        DataShape::Operations(_) | DataShape::Literals(_) => Some(listed(object).map(Some)),
    };
    Ok(ConfigMap {
        which,
        namespace: namespace.to_owned(),
        resource_version: object.resource_version().map(str::to_owned),
        data: data.transpose()?.flatten(),
    })
}

/// Reads the keys that operations or literals set.
fn listed(object: &Object<'_>) -> Result<Data> {
    let settings = Settings::of_configmap(object, false);
    let mut read: Vec<(String, Text)> = Vec::new();
    let mut known = BTreeSet::new();
    for setting in settings.iter().flat_map(|settings| &settings.all) {
        if setting.is_null() {
            continue;
        }
        let at = object.location(setting.spot.value().span.start);
        if known.contains(&*setting.key) {
            return Err(Error::input(format!("duplicate key `{}`", setting.key))
                .at(at)
                .hint("kustomize refuses a generator that repeats a key: remove one"));
        }
        match (setting.text(), setting.spot.resolved()) {
            (Some(text), _) if setting.scalar_type() == Some(ScalarType::String) => {
                known.insert(&*setting.key);
                read.push((setting.key.clone().into_owned(), text.into()));
            }
            (_, Some(value)) => return Err(not_a_text(value, &setting.key, at)),
            _ => {}
        }
    }
    Ok(read.into_iter().collect())
}

/// Reads a mapping of keys to texts, aliases and merge keys followed; a null is none.
pub(super) fn data(object: &Object<'_>, node: &Node) -> Result<Option<Data>> {
    let document = object.in_document();
    let at = |node: &Node| object.location(node.span().start);
    let entries = match document.resolve(node).kind() {
        NodeKind::Mapping(entries) => entries,
        NodeKind::Scalar(scalar) if scalar.scalar_type() == ScalarType::Null => return Ok(None),
        _ => return Err(not_a_mapping(object, node, "data", " of keys to strings")),
    };
    let mut read: Vec<(String, Text)> = Vec::new();
    let (merges, own): (Vec<_>, Vec<_>) =
        entries.iter().partition(|entry| entry.key.is_merge_key());
    let brought = merges.into_iter().flat_map(|entry| {
        let source = document.resolve(&entry.value);
        let several = source.items().unwrap_or_default().iter();
        let sources = std::iter::once(source).chain(several.map(|item| document.resolve(item)));
        sources.flat_map(|source| source.entries().unwrap_or_default())
    });
    let mut known = BTreeSet::new();
    let own = own.into_iter().map(|entry| (entry, true));
    for (entry, is_own) in own.chain(brought.map(|entry| (entry, false))) {
        let key = entry
            .key
            .key_text()
            .ok_or_else(|| Error::input("a key of `data` is not a string").at(at(&entry.key)))?;
        // What is merged counts only where the mapping itself does not say otherwise.
        if !known.insert(key.clone().into_owned()) && !is_own {
            continue;
        }
        let value = document.resolve(&entry.value);
        let text = value
            .shared_str()
            .ok_or_else(|| not_a_text(value, &key, at(&entry.value)))?;
        read.push((key.into_owned(), text));
    }
    Ok(Some(read.into_iter().collect()))
}

fn not_a_text(value: &Node, key: &str, at: crate::model::Location) -> Error {
    let kind = match value.kind() {
        NodeKind::Alias(_) => "an alias",
        NodeKind::Mapping(_) => "a mapping",
        NodeKind::Sequence(_) => "a list",
        NodeKind::Scalar(scalar) => match scalar.scalar_type() {
            ScalarType::Bool => "a boolean",
            ScalarType::Number => "a number",
            ScalarType::Null => "null",
            ScalarType::String => "not a text",
        },
    };
    Error::input(format!(
        "the value of `{key}` is {kind}, and a ConfigMap holds strings only"
    ))
    .at(at)
    .hint("put it in quotes, or the API server refuses the object")
}
