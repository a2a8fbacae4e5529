//! What each object is to an Argo CD.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::object::Object;
use super::options::GatherOptions;
use super::settings::{Setting, Settings, chart_root, entries};
use crate::input::Origin;
use crate::model::Form;
use crate::yaml::Node;

/// The ConfigMap of the server's own options.
pub(crate) const PARAMS: &str = "argocd-cmd-params-cm";

/// What an object is to an Argo CD.
pub(super) enum Sorted<'a> {
    /// One of its two ConfigMaps, or a patch of one.
    ConfigMap(Settings<'a>),
    /// The options of its programs.
    Params(Vec<Setting<'a>>),
    /// An ArgoCD resource.
    Operator([Settings<'a>; 2]),
    /// Values of the argo-cd chart: the two ConfigMaps and the options that it makes of them.
    Values([Settings<'a>; 2], Vec<Setting<'a>>),
    /// An AppProject.
    Project,
    /// A kustomization, or an object of the last mile, which rules look at.
    Beside,
    /// An object of another kind.
    Foreign,
}

/// How objects that do not tell by themselves are read.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadingHints<'o> {
    /// Where the chart's values are, if the user says it.
    values_root: Option<&'o str>,
    /// Whether a document without kind is a values file, whatever it looks like.
    is_helm: bool,
    /// The files that kustomizations name as patches.
    patches: HashSet<PathBuf>,
}

impl<'o> ReadingHints<'o> {
    /// What the options and the kustomizations among the objects say.
    pub(super) fn new(options: &'o GatherOptions, objects: &[Object<'_>]) -> Self {
        Self {
            values_root: options.values_root.as_deref(),
            is_helm: options.form == Some(Form::Helm),
            patches: patches(objects),
        }
    }
}

/// Sorts one object.
pub(super) fn sort<'a>(object: &Object<'a>, reading: &ReadingHints<'_>) -> Sorted<'a> {
    let is_patch = matches!(object.origin(), Origin::Inlined(_))
        || object
            .path()
            .is_some_and(|path| reading.patches.contains(path));
    let is_helm = reading.is_helm && object.kind().is_empty();
    let configmap = || Settings::of_configmap(object, is_patch);
    if let Some(settings) = (!is_helm).then(configmap).flatten() {
        Sorted::ConfigMap(settings)
    } else if object.kind() == "ConfigMap" && object.name() == PARAMS {
        Sorted::Params(entries(object, &["data"]))
    } else if let Some(settings) = Settings::of_operator(object) {
        Sorted::Operator(settings)
    } else if is_project(object) {
        Sorted::Project
    } else if is_kustomization(object) || is_of_the_last_mile(object) {
        Sorted::Beside
    } else if let Some(root) = chart_root(object, reading.values_root)
        .or_else(|| (is_helm && object.node.entries().is_some()).then(Vec::new))
    {
        let params = entries(object, &[&root[..], &["configs", "params"]].concat());
        Sorted::Values(Settings::of_helm(object, &root), params)
    } else {
        Sorted::Foreign
    }
}

fn is_project(object: &Object<'_>) -> bool {
    object.kind() == "AppProject" && object.is_of_group("argoproj.io")
}

/// Whether an object is a kustomization.
pub(crate) fn is_kustomization(object: &Object<'_>) -> bool {
    let is_list = |key| object.node.get(key).and_then(Node::items).is_some();
    let is_named = matches!(object.kind(), "Kustomization" | "Component");
    // kustomize fills in what is missing of the two.
    let is_ours = object.api_version().is_empty() || object.is_of_group("kustomize.config.k8s.io");
    let lists = ["patches", "patchesStrategicMerge", "configMapGenerator"];
    is_named && is_ours || object.kind().is_empty() && lists.into_iter().any(is_list)
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

/// The files that kustomizations name as patches.
fn patches(objects: &[Object<'_>]) -> HashSet<PathBuf> {
    let mut named = HashSet::new();
    for object in objects.iter().filter(|object| is_kustomization(object)) {
        let Some(path) = object.path() else { continue };
        let directory = path.parent().unwrap_or(Path::new(""));
        let patches = object.items("patches");
        let patches = patches.filter_map(|patch| patch.get("path"));
        let merged = object.items("patchesStrategicMerge");
        let files = patches.chain(merged).filter_map(Node::as_str);
        named.extend(files.map(|name| directory.join(name.trim_start_matches("./"))));
    }
    named
}
