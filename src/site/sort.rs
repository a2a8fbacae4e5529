//! What each object is to an Argo CD.

use std::collections::HashSet;
use std::path::PathBuf;

use super::kustomization::{is_kustomization, patches};
use super::object::Object;
use super::options::GatherOptions;
use super::setting::{Setting, entries};
use super::settings::Settings;
use crate::input::Origin;

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
#[derive(Clone, Debug)]
pub(super) struct ReadingHints<'o> {
    /// What is known beside the texts.
    options: &'o GatherOptions,
    /// The files that kustomizations name as patches.
    patches: HashSet<PathBuf>,
}

impl<'o> ReadingHints<'o> {
    /// Takes the hints from the options and from the kustomizations among the objects.
    pub(super) fn new(options: &'o GatherOptions, objects: &[Object<'_>]) -> Self {
        Self {
            options,
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
    let configmap = || Settings::of_configmap(object, is_patch);
    if let Some(settings) = (!reading.options.is_values(object))
        .then(configmap)
        .flatten()
    {
        Sorted::ConfigMap(settings)
    } else if object.kind() == "ConfigMap" && object.name() == PARAMS {
        Sorted::Params(entries(object, &["data"]))
    } else if let Some(settings) = Settings::of_operator(object) {
        Sorted::Operator(settings)
    } else if is_project(object) {
        Sorted::Project
    } else if is_kustomization(object) || is_of_the_last_mile(object) {
        Sorted::Beside
    } else if let Some(root) = reading.options.chart_root(object) {
        let params = entries(object, &[&root[..], &["configs", "params"]].concat());
        Sorted::Values(Settings::of_helm(object, &root), params)
    } else {
        Sorted::Foreign
    }
}

fn is_project(object: &Object<'_>) -> bool {
    object.kind() == "AppProject" && object.is_of_group("argoproj.io")
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
