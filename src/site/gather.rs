//! Everything that was read, sorted by Argo CD.

use std::collections::BTreeMap;
use std::path::Path;

use super::argocd::{ArgoCd, Parts};
use super::namespace::{namespaces, only_namespace};
use super::object::Object;
use super::objects::objects;
use super::options::GatherOptions;
use super::policy::{PolicySource, WholePolicy};
use super::project::AppProject;
use super::setting::{Setting, joined};
use super::settings::Settings;
use super::sort::{ReadingHints, Sorted, sort};
use super::spot::Spot;
use crate::input::{Content, File, Origin};
use crate::model::{Source, Which};

/// Everything that was read, sorted.
#[derive(Debug)]
pub struct Site<'a> {
    pub(crate) files: &'a [File],
    pub(crate) objects: Vec<Object<'a>>,
    pub(crate) instances: Vec<ArgoCd<'a>>,
    pub(crate) options: GatherOptions,
    /// Second ConfigMaps of one Argo CD: the object and the first one.
    pub(crate) seconds: Vec<(Settings<'a>, Object<'a>)>,
    /// The objects that rules look at.
    pub(crate) relevant: Vec<Object<'a>>,
    foreign: usize,
}

impl<'a> Site<'a> {
    /// Sorts what was read.
    pub fn new(files: &'a [File], options: GatherOptions) -> Self {
        let mut objects = objects(files);
        let before = objects.len();
        if let Some(wanted) = &options.namespace {
            objects.retain(|object| {
                object
                    .namespace()
                    .is_none_or(|namespace| namespace == wanted)
            });
        }
        let mut site = Self {
            foreign: before - objects.len(),
            relevant: Vec::new(),
            instances: Vec::new(),
            seconds: Vec::new(),
            files,
            objects,
            options,
        };
        site.sort();
        site
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
        self.files[file].source()
    }

    /// The policy of each Argo CD.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &WholePolicy<'a>> {
        self.instances.iter().map(|instance| &instance.policy)
    }

    /// The settings that end up in argocd-cm.
    pub(crate) fn cm_settings(&self) -> impl Iterator<Item = &Settings<'a>> {
        self.instances
            .iter()
            .flat_map(ArgoCd::settings)
            .filter(|settings| settings.which == Which::Cm)
    }

    /// The settings that end up in argocd-rbac-cm.
    pub(crate) fn rbac_settings(&self) -> impl Iterator<Item = &Settings<'a>> {
        self.instances
            .iter()
            .flat_map(ArgoCd::settings)
            .filter(|settings| settings.which == Which::RbacCm)
    }

    fn sort(&mut self) {
        let reading = ReadingHints::new(&self.options, &self.objects);
        let mut ours = Vec::new();
        let mut values: BTreeMap<(bool, &'a Path), Vec<ValuesSettings<'a>>> = BTreeMap::new();
        for object in &self.objects {
            match sort(object, &reading) {
                Sorted::Values(both, params) => {
                    // Named files of one directory are merged, as Helm merges what -f names.
                    let place = match object.origin() {
                        Origin::Named(path) => (false, directory(path)),
                        _ => (true, Path::new(object.source().name())),
                    };
                    values.entry(place).or_default().push((both, params));
                }
                Sorted::Beside => {}
                Sorted::Foreign => {
                    self.foreign += 1;
                    continue;
                }
                sorted => ours.push((object.clone(), sorted)),
            }
            self.relevant.push(object.clone());
        }
        let fallback =
            self.options.namespace.clone().unwrap_or_else(|| {
                only_namespace(&namespaces(ours.iter().map(|(object, _)| object)))
            });
        let mut all: BTreeMap<String, GatheredObjects<'a>> = BTreeMap::new();
        for (object, sorted) in ours {
            let namespace = object.namespace().unwrap_or(&fallback).to_owned();
            let gathered = all.entry(namespace).or_default();
            match sorted {
                Sorted::ConfigMap(settings) => gathered.configmaps.push(settings),
                Sorted::Params(settings) => gathered.params.push((object.file, settings)),
                Sorted::Operator(both) => gathered.operators.push(both),
                Sorted::Project => gathered.projects.push(AppProject::read(&object)),
                Sorted::Values(..) | Sorted::Beside | Sorted::Foreign => {}
            }
        }
        let mut parts = Vec::new();
        for (namespace, gathered) in all {
            self.gather(&namespace, gathered, &mut parts);
        }
        let is_one = values.len() == 1;
        for (_, values) in values {
            let mut made = of_values(fallback.clone(), values);
            // Of several charts nothing says which one the projects are beside.
            if is_one {
                made.add_beside(&mut parts);
            }
            parts.push(made);
        }
        self.add_bare(&fallback, &mut parts);
        let parts = parts.into_iter();
        self.instances = parts.map(|one| ArgoCd::new(one, &self.options)).collect();
    }

    /// Adds the policies that are files of their own. One belongs to the Argo CD that has no policy
    /// yet: the only one, or that of the same directory. Several in a directory may be of several
    /// Argo CDs, and each is one of its own: joined, their common lines would count as duplicates.
    fn add_bare(&self, namespace: &str, parts: &mut Vec<Parts<'a>>) {
        let mut by_directory: BTreeMap<&Path, Vec<PolicySource<'a>>> = BTreeMap::new();
        for policy in bare_policies(self.files) {
            let place = self.directory(policy.spot.file);
            by_directory.entry(place).or_default().push(policy);
        }
        let is_only = parts.len() == 1 && by_directory.len() == 1;
        for (place, policies) in by_directory {
            let is_beside = |one: &&mut Parts<'_>| {
                !one.has_policy()
                    && (is_only || one.files().any(|file| self.directory(file) == place))
            };
            if let ([_], Some(one)) = (&policies[..], parts.iter_mut().find(is_beside)) {
                one.bare = policies;
                continue;
            }
            parts.extend(policies.into_iter().map(|policy| Parts {
                namespace: namespace.to_owned(),
                bare: vec![policy],
                ..Parts::default()
            }));
        }
    }

    fn directory(&self, file: usize) -> &'a Path {
        directory(Path::new(self.files[file].source().name()))
    }

    /// Objects of one namespace are one Argo CD. Where a ConfigMap is there more than once, the
    /// directories are looked at: a base and its overlays are different Argo CDs, two in one
    /// directory are a mistake.
    fn gather(&mut self, namespace: &str, all: GatheredObjects<'a>, found: &mut Vec<Parts<'a>>) {
        let mut groups: BTreeMap<Option<&'a Path>, GatheredObjects<'a>> = BTreeMap::new();
        let split = Which::ALL.into_iter().any(|which| {
            let alike = all.configmaps.iter().filter(|one| one.which == which);
            alike.count() > 1
        });
        let place = |file: usize| split.then(|| self.directory(file));
        for one in all.configmaps {
            let group = groups.entry(place(one.object.file)).or_default();
            group.configmaps.push(one);
        }
        for one in all.operators {
            let group = groups.entry(place(one[0].object.file)).or_default();
            group.operators.push(one);
        }
        for one in all.params {
            groups.entry(place(one.0)).or_default().params.push(one);
        }
        for one in all.projects {
            let group = groups.entry(place(one.object.file)).or_default();
            group.projects.push(one);
        }
        for (_, group) in groups {
            let mut parts = Parts {
                namespace: namespace.to_owned(),
                projects: group.projects,
                params: joined(group.params.into_iter().map(|(_, params)| params)),
                ..Parts::default()
            };
            let mut more = Vec::new();
            for one in group.configmaps {
                let mut settings = parts.settings.iter();
                match settings.find(|first| first.which == one.which) {
                    // A patch beside its base is not one too many.
                    Some(first) if !one.partial && !first.partial => {
                        self.seconds.push((one.clone(), first.object.clone()));
                        more.push(vec![one]);
                    }
                    _ => parts.settings.push(one),
                }
            }
            // A patch is laid over its base, wherever it comes in the input.
            parts.settings.sort_by_key(Settings::order);
            let mut operators = group.operators.into_iter();
            if let Some(both) = operators.next() {
                // What is live counts before what the resource sets.
                parts.settings.splice(0..0, both);
            }
            more.extend(operators.map(Vec::from));
            found.push(parts);
            found.extend(more.into_iter().map(|settings| Parts {
                namespace: namespace.to_owned(),
                settings,
                ..Parts::default()
            }));
        }
    }
}

/// The directory of a file.
fn directory(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The objects of one namespace, while they are gathered.
#[derive(Default)]
struct GatheredObjects<'a> {
    configmaps: Vec<Settings<'a>>,
    operators: Vec<[Settings<'a>; 2]>,
    params: Vec<(usize, Vec<Setting<'a>>)>,
    projects: Vec<AppProject<'a>>,
}

/// Values of the chart: the settings of the two ConfigMaps, and the server's options.
pub(super) type ValuesSettings<'a> = ([Settings<'a>; 2], Vec<Setting<'a>>);

/// The parts of an Argo CD that values files make, merged in their order.
pub(super) fn of_values(namespace: String, values: Vec<ValuesSettings<'_>>) -> Parts<'_> {
    let (settings, params): (Vec<_>, Vec<_>) = values.into_iter().unzip();
    Parts {
        namespace,
        settings: settings.into_iter().flatten().collect(),
        params: joined(params.into_iter()),
        ..Parts::default()
    }
}

/// The policies that are files of their own.
pub(super) fn bare_policies(files: &[File]) -> impl Iterator<Item = PolicySource<'_>> {
    files.iter().enumerate().filter_map(|(file, read)| {
        let Content::Policy(source) = &read.content else {
            return None;
        };
        let spot = Spot {
            file,
            document: None,
            route: Vec::new(),
            key: None,
            node: None,
            part: None,
            source,
        };
        Some(PolicySource::new(source.name(), source.text(), spot))
    })
}
