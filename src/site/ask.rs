//! The Argo CDs that a question is asked of: all that was read of each, joined.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::argocd::{ArgoCd, Parts};
use super::gather::{ValuesSettings, bare_policies, of_values};
use super::generator::sources;
use super::namespace::{NamespaceScope, namespaces};
use super::object::{DataShape, Object, twice};
use super::objects::objects;
use super::operations::operations;
use super::options::GatherOptions;
use super::project::AppProject;
use super::setting::{Setting, joined};
use super::settings::Settings;
use super::sort::{ReadingHints, Sorted, sort};
use crate::error::Result;
use crate::input::{File, Origin};
use crate::model::Form;
use crate::yaml::Node;

/// How the input is read, where it does not tell by itself.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// Whose objects are wanted.
    pub scope: NamespaceScope,
    /// What is known beside the texts.
    pub options: GatherOptions,
    /// From which file on the state is only the base: an object there gives way to one of the same
    /// name in the files before. None where no file is.
    pub base: Option<usize>,
}

/// The Argo CDs in the input.
#[derive(Debug)]
pub struct ArgoCds<'a> {
    /// Each, by namespace.
    pub argocds: Vec<ArgoCd<'a>>,
    /// Objects of other kinds: kind and name.
    pub foreign: Vec<(&'a str, &'a str)>,
    /// Objects of another namespace than the one asked for: namespace and name.
    pub left_alone: Vec<(&'a str, &'a str)>,
    /// Texts with a policy that was not read, and why.
    pub not_read: Vec<String>,
}

/// The parts of one Argo CD, while they are gathered.
#[derive(Default)]
struct GatheredParts<'a> {
    configmaps: Vec<(Settings<'a>, Object<'a>)>,
    operator: Option<([Settings<'a>; 2], Object<'a>)>,
    params: Vec<Vec<Setting<'a>>>,
    projects: Vec<AppProject<'a>>,
}

/// Finds every Argo CD in what was read. What the files hold beside ConfigMaps, an ArgoCD resource
/// or values belongs to the Argo CD of its namespace; bare policies belong to all.
///
/// # Errors
/// Objects of several namespaces where one is meant; an object that is there twice.
pub fn ask<'a>(files: &'a [File], question: &Inquiry) -> Result<ArgoCds<'a>> {
    let all = objects(files);
    let reading = ReadingHints::new(&question.options, &all);
    let form = question.options.form;
    let (mut ours, mut values, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
    for object in all {
        match sort(&object, &reading) {
            Sorted::Values(both, params) => values.push((object, (both, params))),
            Sorted::Foreign | Sorted::Beside => {
                foreign.push((object.kind(), object.name()));
            }
            ours_sorted => ours.push((object, ours_sorted)),
        }
    }
    let mut not_read: Vec<String> = ours
        .iter()
        .flat_map(|(object, _)| not_read_of(object, files))
        .collect();
    if let Some(base) = question.base {
        not_read.extend(give_way(&mut ours, &values, base));
    }
    let is_whole = |(_, sorted): &(Object<'_>, Sorted<'_>)| match sorted {
        Sorted::ConfigMap(settings) => !settings.partial,
        Sorted::Operator(_) => true,
        _ => false,
    };
    if form != Some(Form::Helm) && ours.iter().any(is_whole) {
        for (object, _) in values.drain(..) {
            let name = object.source().name();
            not_read.push(format!(
                "{name}: values of the argo-cd chart beside the objects themselves; --form helm reads the values instead"
            ));
        }
    } else if !values.is_empty() {
        ours.retain(|(_, sorted)| matches!(sorted, Sorted::Project) || form != Some(Form::Helm));
    }
    let named = namespaces(ours.iter().map(|(object, _)| object));
    let namespace = question.scope.fallback(&named)?;
    drop(named);
    let mut instances: BTreeMap<String, GatheredParts<'a>> = BTreeMap::new();
    let mut left_alone = Vec::new();
    for (object, sorted) in ours {
        let of = object.namespace().unwrap_or(namespace.as_str());
        if matches!(&question.scope, NamespaceScope::Namespace(wanted) if wanted != of) {
            left_alone.push((object.namespace().unwrap_or_default(), object.name()));
            continue;
        }
        let gathered = instances.entry(of.to_owned()).or_default();
        gathered.add(object, sorted, of)?;
    }
    // What an ArgoCD resource is laid over is what its operator will make it.
    let is_operator = form == Some(Form::Operator) || question.base.is_some();
    let parts = instances
        .into_iter()
        .map(|(namespace, gathered)| GatheredParts::parts(namespace, gathered, is_operator));
    let mut parts: Vec<Parts<'a>> = parts.collect();
    for values in grouped(values) {
        let mut made = of_values(namespace.clone(), values);
        made.add_beside(&mut parts);
        parts.push(made);
    }
    if parts.is_empty() && bare_policies(files).next().is_some() {
        parts.push(Parts {
            namespace,
            ..Parts::default()
        });
    }
    for one in &mut parts {
        one.bare = bare_policies(files).collect();
    }
    let argocds = parts.into_iter();
    Ok(ArgoCds {
        argocds: argocds
            .map(|one| ArgoCd::new(one, &question.options))
            .collect(),
        foreign,
        left_alone,
        not_read,
    })
}

/// Returns the places of a list of operations or a generator whose effect is unknown.
fn not_read_of(object: &Object<'_>, files: &[File]) -> Vec<String> {
    let place = |node: &Node| object.location(node.span().start);
    let name = object.name();
    match object.shape {
        DataShape::Data => Vec::new(),
        DataShape::Operations(_) => operations(object)
            .unknown
            .into_iter()
            .map(|node| format!("{}: this operation on the data of {name}", place(node)))
            .collect(),
        DataShape::Literals(_) => {
            // A policy in a file of its own is read where it is in the input.
            let is_read = |path: &str| {
                let is_it = |file: &File| Path::new(file.source().name()).ends_with(path);
                let mut policies = files.iter().filter(|file| file.stream().is_none());
                policies.any(is_it)
            };
            let sources = sources(object).filter(|(_, path)| !is_read(path));
            let said = |(_, path)| format!("{}: {path}, for {name}", place(object.node));
            sources.map(said).collect()
        }
    }
}

/// Removes what the files of the base hold of objects that other files hold: those of the same
/// kind and name, and the ConfigMaps where values of the chart make them. Returns what it took out.
fn give_way<'a>(
    ours: &mut Vec<(Object<'a>, Sorted<'a>)>,
    values: &[(Object<'a>, ValuesSettings<'a>)],
    base: usize,
) -> Vec<String> {
    let is_partial = |sorted: &Sorted<'_>| matches!(sorted, Sorted::ConfigMap(one) if one.partial);
    let maker = values.first().map(|(object, _)| object.source().name());
    let mut named: HashMap<(&str, &str), &str> = HashMap::new();
    for (object, sorted) in ours.iter() {
        if object.file < base && !is_partial(sorted) {
            named.insert((object.kind(), object.name()), object.source().name());
        }
    }
    let mut taken = Vec::new();
    ours.retain(|(object, sorted)| {
        if object.file < base {
            return true;
        }
        let is_configmap = matches!(sorted, Sorted::ConfigMap(_) | Sorted::Params(_));
        let made = maker.filter(|_| is_configmap);
        let by = named.get(&(object.kind(), object.name())).copied().or(made);
        if let Some(by) = by {
            let (kind, name) = (object.kind(), object.name());
            taken.push(format!("the live {kind} {name}: {by} takes its place"));
        }
        by.is_none()
    });
    taken
}

impl<'a> GatheredParts<'a> {
    fn add(&mut self, object: Object<'a>, sorted: Sorted<'a>, namespace: &str) -> Result<()> {
        match sorted {
            Sorted::ConfigMap(settings) => {
                let mut whole = self.configmaps.iter().filter(|(one, _)| !one.partial);
                let first = whole.find(|(one, _)| one.which == settings.which);
                if let (Some((_, first)), false) = (first, settings.partial) {
                    return Err(twice(settings.which.name(), namespace, &object, first));
                }
                self.configmaps.push((settings, object));
            }
            Sorted::Operator(both) => {
                if let Some((_, first)) = &self.operator {
                    let name = format!("ArgoCD {}", object.name());
                    return Err(twice(&name, namespace, &object, first));
                }
                self.operator = Some((both, object));
            }
            Sorted::Project => {
                let mut projects = self.projects.iter();
                if let Some(first) = projects.find(|first| first.name() == object.name()) {
                    let name = format!("AppProject {}", object.name());
                    return Err(twice(&name, namespace, &object, &first.object));
                }
                self.projects.push(AppProject::read(&object));
            }
            Sorted::Params(settings) => self.params.push(settings),
            Sorted::Values(..) | Sorted::Beside | Sorted::Foreign => {}
        }
        Ok(())
    }

    /// Joins the parts. What an ArgoCD resource sets counts where no ConfigMap of the input says
    /// what is live, or where `is_operator` asks for what the operator will make of it.
    fn parts(namespace: String, mut gathered: Self, is_operator: bool) -> Parts<'a> {
        // A patch is laid over its base, wherever it comes in the input.
        gathered.configmaps.sort_by_key(|(one, _)| one.order());
        let configmaps = gathered.configmaps.into_iter().map(|(one, _)| one);
        let operator = gathered.operator.into_iter().flat_map(|(both, _)| both);
        let settings = if is_operator {
            configmaps.chain(operator).collect()
        } else {
            operator.chain(configmaps).collect()
        };
        Parts {
            namespace,
            settings,
            params: joined(gathered.params.into_iter()),
            projects: gathered.projects,
            bare: Vec::new(),
        }
    }
}

/// Values files that are merged: those that were named, in their order. A file that was only found
/// in a directory is an Argo CD of its own, because nothing says in which order they are merged.
fn grouped<'a>(values: Vec<(Object<'a>, ValuesSettings<'a>)>) -> Vec<Vec<ValuesSettings<'a>>> {
    let (mut named, mut groups) = (Vec::new(), Vec::new());
    for (object, values) in values {
        match object.origin() {
            Origin::Found(_) => groups.push(vec![values]),
            _ => named.push(values),
        }
    }
    if !named.is_empty() {
        groups.insert(0, named);
    }
    groups
}
