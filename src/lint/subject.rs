//! Everything that was read, sorted.

use std::collections::BTreeMap;
use std::path::Path;

use super::finding::Place;
use super::instance::Instance;
use super::object::Object;
use super::policy::{Policy, PolicyText};
use super::settings::{Settings, chart_prefix};
use super::spot::Spot;
use crate::model::{Source, Which};
use crate::rbac::ArgoCdVersion;
use crate::yaml::{Node, Step, Stream};

/// A text that was read.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// The text.
    pub source: &'a Source,
    /// What is in it.
    pub content: Content<'a>,
}

/// What is in a text.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// YAML or JSON documents.
    Documents(&'a Stream),
    /// A bare policy.
    Policy,
}

/// What rules may know beside the texts.
#[derive(Clone, Debug)]
pub struct Options {
    /// The Argo CD that it is meant for.
    pub version: ArgoCdVersion,
    /// Accounts that serve a program, and so need no login.
    pub integrations: Vec<String>,
    /// Only objects of this namespace, and those that name none.
    pub namespace: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            version: ArgoCdVersion::default(),
            integrations: vec!["octopus".to_owned()],
            namespace: None,
        }
    }
}

/// Everything that was read, sorted.
#[derive(Debug)]
pub struct Subject<'a> {
    pub(crate) texts: Vec<Text<'a>>,
    pub(crate) objects: Vec<Object<'a>>,
    pub(crate) instances: Vec<Instance<'a>>,
    pub(crate) options: Options,
    /// Second ConfigMaps of one Argo CD: the object and the first one.
    pub(crate) seconds: Vec<(Settings<'a>, Object<'a>)>,
    /// The objects that rules look at.
    pub(crate) relevant: Vec<Object<'a>>,
    foreign: usize,
}

/// The parts of one Argo CD, while they are gathered.
#[derive(Default)]
struct Parts<'a> {
    cm: Vec<Settings<'a>>,
    rbac: Vec<Settings<'a>>,
    projects: Vec<Object<'a>>,
}

impl<'a> Subject<'a> {
    /// Sorts what was read. `objects` are those of the texts, in their order.
    pub fn new(texts: Vec<Text<'a>>, mut objects: Vec<Object<'a>>, options: Options) -> Self {
        let before = objects.len();
        if let Some(wanted) = &options.namespace {
            objects.retain(|object| {
                let namespace = object.text(&["metadata", "namespace"]);
                namespace.is_empty() || namespace == wanted
            });
        }
        let mut subject = Self {
            foreign: before - objects.len(),
            relevant: Vec::new(),
            instances: Vec::new(),
            seconds: Vec::new(),
            texts,
            objects,
            options,
        };
        subject.sort();
        subject
    }

    /// How many objects there were that no rule looks at.
    pub fn foreign(&self) -> usize {
        self.foreign
    }

    /// Whether there is nothing that a rule looks at.
    pub fn is_empty(&self) -> bool {
        self.relevant.is_empty() && self.instances.is_empty()
    }

    /// The text that a place is in.
    pub fn source(&self, file: usize) -> &'a Source {
        self.texts[file].source
    }

    /// An object's node as a place to point at: its name, else its first key.
    pub(crate) fn name_of(&self, object: &Object<'a>) -> Spot<'a> {
        let metadata = object.find(&["metadata"]);
        let name = metadata.and_then(|node| node.entry("name"));
        let first = || object.node.entries().and_then(<[_]>::first);
        let entry = name.or_else(first);
        let mut route = object.route.clone();
        if name.is_some() {
            route.extend([Step::key("metadata"), Step::key("name")]);
        }
        Spot {
            file: object.file,
            document: Some((object.document, object.parsed)),
            route,
            key: entry.map(|entry| &entry.key),
            node: entry.map_or(Some(object.node), |entry| Some(&entry.value)),
            text: self.source(object.file).text(),
        }
    }

    /// The value at the end of a way of keys in an object.
    pub(crate) fn spot(&self, object: &Object<'a>, path: &[&str]) -> Option<Spot<'a>> {
        let (last, above) = path.split_last()?;
        let entry = object.find(above)?.entry(last)?;
        Some(Spot {
            file: object.file,
            document: Some((object.document, object.parsed)),
            route: object.route_to(path),
            key: Some(&entry.key),
            node: Some(&entry.value),
            text: self.source(object.file).text(),
        })
    }

    /// The policy of each Argo CD.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &Policy<'a>> {
        self.instances.iter().map(|instance| &instance.policy)
    }

    /// The settings that end up in argocd-cm.
    pub(crate) fn cm_settings(&self) -> impl Iterator<Item = &Settings<'a>> {
        self.instances
            .iter()
            .filter_map(|instance| instance.cm.as_ref())
    }

    /// The settings that end up in argocd-rbac-cm.
    pub(crate) fn rbac_settings(&self) -> impl Iterator<Item = &Settings<'a>> {
        self.instances
            .iter()
            .filter_map(|instance| instance.rbac.as_ref())
    }

    fn sort(&mut self) {
        let mut parts: BTreeMap<String, Parts<'a>> = BTreeMap::new();
        let fallback = self.fallback_namespace();
        let mut alone = Vec::new();
        for object in &self.objects {
            let text = self.source(object.file).text();
            if let Some(settings) = Settings::of_configmap(object, text) {
                let namespace = object.text(&["metadata", "namespace"]);
                let namespace = if namespace.is_empty() {
                    &fallback
                } else {
                    namespace
                };
                let parts = parts.entry(namespace.to_owned()).or_default();
                match settings.which {
                    Which::Cm => parts.cm.push(settings),
                    Which::RbacCm => parts.rbac.push(settings),
                }
            } else if let Some(both) = Settings::of_operator(object, text) {
                alone.push(both);
            } else if chart_prefix(object).is_some() {
                alone.extend(Settings::of_helm(object, text));
            } else if object.kind() == "AppProject" && object.is_of_group("argoproj.io") {
                let namespace = object.text(&["metadata", "namespace"]);
                let namespace = if namespace.is_empty() {
                    &fallback
                } else {
                    namespace
                };
                let parts = parts.entry(namespace.to_owned()).or_default();
                parts.projects.push(object.clone());
            } else if !is_looked_at(object) {
                self.foreign += 1;
                continue;
            }
            self.relevant.push(object.clone());
        }
        let mut instances = Vec::new();
        for (_, parts) in parts {
            self.gather(parts, &mut instances);
        }
        let source = |file: usize| self.texts[file].source.text();
        for [cm, rbac] in alone {
            let made = Instance::new(
                Some(cm),
                Some(rbac),
                Vec::new(),
                &[],
                &source,
                &self.options,
            );
            instances.push(made);
        }
        for (file, text) in self.texts.iter().enumerate() {
            if let Content::Policy = text.content {
                let spot = Spot {
                    file,
                    document: None,
                    route: Vec::new(),
                    key: None,
                    node: None,
                    text: text.source.text(),
                };
                let bare = PolicyText::new(text.source.name(), text.source.text(), spot);
                let made = Instance::new(None, None, vec![bare], &[], &source, &self.options);
                instances.push(made);
            }
        }
        self.instances = instances;
    }

    /// Objects of one namespace are one Argo CD. Where a ConfigMap stands there more than once, the
    /// directories are looked at: a base and its overlays are different Argo CDs, two in one
    /// directory are a mistake.
    fn gather(&mut self, parts: Parts<'a>, instances: &mut Vec<Instance<'a>>) {
        let mut groups: BTreeMap<Option<&'a Path>, Parts<'a>> = BTreeMap::new();
        let split = parts.cm.len() > 1 || parts.rbac.len() > 1;
        let place = |file: usize| {
            let name = self.texts[file].source.name();
            split.then(|| Path::new(name).parent().unwrap_or(Path::new("")))
        };
        for one in parts.cm {
            groups
                .entry(place(one.object.file))
                .or_default()
                .cm
                .push(one);
        }
        for one in parts.rbac {
            groups
                .entry(place(one.object.file))
                .or_default()
                .rbac
                .push(one);
        }
        for one in parts.projects {
            groups
                .entry(place(one.file))
                .or_default()
                .projects
                .push(one);
        }
        for (_, parts) in groups {
            let (mut cms, mut rbacs) = (parts.cm.into_iter(), parts.rbac.into_iter());
            let (cm, rbac) = (cms.next(), rbacs.next());
            let first = |which| match which {
                Which::Cm => cm.as_ref(),
                Which::RbacCm => rbac.as_ref(),
            };
            let mut more = Vec::new();
            for second in cms.chain(rbacs) {
                if let Some(first) = first(second.which) {
                    // A patch beside its base is none too many.
                    if !second.partial && !first.partial {
                        self.seconds.push((second.clone(), first.object.clone()));
                    }
                }
                more.push(second);
            }
            let source = |file: usize| self.texts[file].source.text();
            let make = |cm, rbac, projects: &[Object<'a>]| {
                Instance::new(cm, rbac, Vec::new(), projects, &source, &self.options)
            };
            instances.push(make(cm, rbac, &parts.projects));
            for one in more {
                instances.push(match one.which {
                    Which::Cm => make(Some(one), None, &[]),
                    Which::RbacCm => make(None, Some(one), &[]),
                });
            }
        }
    }

    /// The namespace of objects that name none: that of the others, where it is one, else `argocd`.
    fn fallback_namespace(&self) -> String {
        if let Some(asked) = &self.options.namespace {
            return asked.clone();
        }
        let mut names: Vec<&str> = self
            .objects
            .iter()
            .filter(|object| Which::named(object.name()).is_some())
            .map(|object| object.text(&["metadata", "namespace"]))
            .filter(|name| !name.is_empty())
            .collect();
        names.sort_unstable();
        names.dedup();
        match names[..] {
            [only] => only.to_owned(),
            _ => "argocd".to_owned(),
        }
    }

    /// The key that begins at an offset of an object's text.
    pub(crate) fn key_at(object: &Object<'a>, offset: usize) -> Place {
        let mut route = object.route.clone();
        let mut node = object.node;
        let mut span = offset..offset;
        'down: loop {
            for entry in node.entries().unwrap_or_default() {
                let key = entry.key.span();
                if (key.start..entry.value.span().end.max(key.end)).contains(&offset) {
                    route.extend(entry.key.key_text().map(Step::key));
                    if key.start == offset {
                        span = key;
                        break 'down;
                    }
                    node = &entry.value;
                    continue 'down;
                }
            }
            for (index, item) in node.items().unwrap_or_default().iter().enumerate() {
                if item.span().contains(&offset) {
                    route.push(Step::Index(index));
                    node = item;
                    continue 'down;
                }
            }
            break;
        }
        Place {
            file: object.file,
            document: Some(object.document),
            route,
            span,
        }
    }
}

/// Objects of other kinds that some rule looks at.
fn is_looked_at(object: &Object<'_>) -> bool {
    let is_params = object.kind() == "ConfigMap" && object.name() == "argocd-cmd-params-cm";
    is_params || is_kustomization(object) || is_of_the_last_mile(object)
}

/// Whether an object is one that Octopus reads, or that owns the Secret with the tokens.
fn is_of_the_last_mile(object: &Object<'_>) -> bool {
    match object.kind() {
        "Application" | "ApplicationSet" => object.is_of_group("argoproj.io"),
        "Secret" => object.label("argocd.argoproj.io/secret-type") == Some("cluster"),
        "ExternalSecret" => object.is_of_group("external-secrets.io"),
        "SealedSecret" => object.is_of_group("bitnami.com"),
        _ => false,
    }
}

/// Whether an object is a kustomization.
pub(crate) fn is_kustomization(object: &Object<'_>) -> bool {
    let is_list = |key| object.node.get(key).and_then(Node::items).is_some();
    object.kind() == "Kustomization" && object.is_of_group("kustomize.config.k8s.io")
        || object.kind().is_empty() && (is_list("patches") || is_list("configMapGenerator"))
}
