//! Changes of the annotations of Applications.

use super::manifest::{pruned, server_fields};
use crate::error::{Error, Result};
use crate::input::{File, Origin};
use crate::octopus::apps::choose::{find, new_name};
use crate::octopus::apps::{
    AnnotationField, AnnotationScope, AppKind, Application, Deployment, LabelSelector, Match,
    Parent, Unchosen, choose, is_slug, slug_of,
};
use crate::site::Object;
use crate::text::Note;
use crate::yaml::{self, Edit, Step};

/// How Applications are to be annotated.
#[derive(Clone, Copy, Debug)]
pub struct AnnotationRequest<'a> {
    /// The deployment that updates the source.
    pub deployment: Deployment<'a>,
    /// The source, if it was named.
    pub source: Option<&'a str>,
    /// Whether a source gets a name where it needs one.
    pub name_sources: bool,
    /// Whether the annotations are removed.
    pub absent: bool,
}

impl AnnotationRequest<'_> {
    /// The values with their fields.
    fn values(&self) -> [(AnnotationField, Option<&str>); 3] {
        let deployment = &self.deployment;
        [
            (AnnotationField::Project, deployment.project),
            (AnnotationField::Environment, deployment.environment),
            (AnnotationField::Tenant, deployment.tenant),
        ]
    }

    /// Refuses what cannot be meant.
    ///
    /// # Errors
    /// A value that is missing, or that is not a slug.
    pub fn check(&self) -> Result<()> {
        let Deployment {
            project,
            environment,
            tenant,
        } = self.deployment;
        if !self.absent && (project.is_none() || environment.is_none()) {
            return Err(Error::usage(
                "--octopus-project and --environment are required: without one of them Octopus updates nothing",
            ));
        }
        let values = [
            ("--octopus-project", project),
            ("--environment", environment),
            ("--tenant", tenant),
        ];
        for (option, value) in values {
            let Some(value) = value.filter(|value| !is_slug(value)) else {
                continue;
            };
            let error = Error::usage(format!("{option} `{}` is not a slug", value.escape_debug()));
            return Err(match slug_of(value) {
                Some(slug) => error.hint(format!("Octopus makes `{slug}` of such a name")),
                None => error.hint("a slug has lower-case letters, digits and dashes"),
            });
        }
        Ok(())
    }

    /// The keys of one source without a name, or of the named one, each with its value.
    pub fn plain_changes(&self) -> Vec<(String, Option<String>)> {
        let values = self.values().into_iter().filter(|(field, value)| {
            value.is_some() || self.absent && *field != AnnotationField::Tenant
        });
        let changes = values.map(|(field, value)| {
            let value = value.filter(|_| !self.absent);
            (field.key(self.source), value.map(str::to_owned))
        });
        changes.collect()
    }
}

/// The fields that are written and removed.
pub(super) const ANNOTATED_FIELDS: [AnnotationField; 3] = [
    AnnotationField::Project,
    AnnotationField::Environment,
    AnnotationField::Tenant,
];

/// An Application with the changes of its annotations.
pub struct Annotated<'f> {
    /// The object.
    pub object: Object<'f>,
    /// Its sources and annotations, as read.
    pub application: Application<'f>,
    /// Each key with its new value, or none where it goes.
    pub changes: Vec<(String, Option<String>)>,
    /// The source that gets a name or loses it, and the name.
    pub name: Option<(usize, Option<String>)>,
}

/// Decides what becomes of an Application.
///
/// # Errors
/// No source that the annotations could be for.
pub fn annotate<'f>(
    object: Object<'f>,
    application: Application<'f>,
    request: &AnnotationRequest<'_>,
    notes: &mut Vec<Note>,
) -> Result<Annotated<'f>> {
    let place = object.location(object.node.span().start);
    if request.absent {
        return remove(object, application, request, notes);
    }
    let refuse = |why: &Unchosen| {
        let error = Error::input(format!("{}: {why}", application.name)).at(place.clone());
        match why.hint() {
            Some(hint) => error.hint(hint),
            None => error,
        }
    };
    let source =
        choose(&application, request.source, request.name_sources).map_err(|why| refuse(&why))?;
    let suffix = source.suffix.as_deref();
    let mut changes = Vec::new();
    for (field, value) in request.values() {
        let key = field.key(suffix);
        match (value, application.annotation(&key)) {
            (Some(value), Some(before)) if before == value => {}
            (Some(value), _) => changes.push((key, Some(value.to_owned()))),
            (None, Some(tenant)) => notes.push(Note::new(format!(
                "{} keeps its {field} {tenant}: --absent removes it",
                application.name
            ))),
            (None, None) => {}
        }
    }
    let name = source.is_new_name.then_some((source.source, source.suffix));
    Ok(Annotated {
        object,
        application,
        changes,
        name,
    })
}

/// Takes the annotations out that say what is asked, or all.
fn remove<'f>(
    object: Object<'f>,
    application: Application<'f>,
    request: &AnnotationRequest<'_>,
    notes: &mut Vec<Note>,
) -> Result<Annotated<'f>> {
    let asked = match request.source {
        None => None,
        Some(asked) => Some(find(&application.sources, asked).ok_or_else(|| {
            Error::input(format!("{} has no source `{asked}`", application.name))
                .at(object.location(object.node.span().start))
        })?),
    };
    let suffixes: Vec<Option<&str>> = if let Some(source) = asked {
        vec![source.name]
    } else {
        let names = application.sources.iter().filter_map(|source| source.name);
        std::iter::once(None).chain(names.map(Some)).collect()
    };
    let (mut changes, mut name) = (Vec::new(), None);
    for suffix in suffixes {
        let value = |field: AnnotationField| application.annotation(&field.key(suffix));
        let scope = AnnotationScope {
            project: value(AnnotationField::Project),
            environment: value(AnnotationField::Environment),
            tenant: value(AnnotationField::Tenant),
            step: None,
        };
        if scope.is_empty() {
            continue;
        }
        if request.deployment.compare(scope) == Match::No {
            let values = [scope.project, scope.environment, scope.tenant];
            let values: Vec<&str> = values.into_iter().flatten().collect();
            notes.push(Note::new(format!(
                "left annotations of {} alone that name another deployment: {}",
                application.name,
                values.join(", ")
            )));
            continue;
        }
        let keys = ANNOTATED_FIELDS.iter().map(|field| field.key(suffix));
        changes.extend(
            keys.filter(|key| application.annotation(key).is_some())
                .map(|key| (key, None)),
        );
        let source = application
            .sources
            .iter()
            .find(|source| source.name.is_some() && source.name == suffix);
        if let (true, Some(source)) = (request.name_sources, source) {
            // Only a name that --name-sources would have given.
            let mut nameless = application.clone();
            nameless.sources[source.index].name = None;
            let unnamed = &nameless.sources[source.index];
            if Some(&*new_name(&nameless, unnamed)) == suffix {
                name = Some((source.index, None));
            }
        }
    }
    Ok(Annotated {
        object,
        application,
        changes,
        name,
    })
}

/// The edits of one document.
fn edits(one: &Annotated<'_>) -> Vec<Edit> {
    let document = one.object.document;
    let base = one.application.kind.base();
    let route = |keys: &[&str]| -> Vec<Step> {
        let keys: Vec<&str> = base.iter().chain(keys).copied().collect();
        one.object.route_to(&keys)
    };
    let edit = |route: Vec<Step>, value: &Option<String>| match value {
        Some(value) => Edit::Set {
            document,
            route,
            value: value.as_str().into(),
        },
        None => Edit::Remove { document, route },
    };
    let mut edits: Vec<Edit> = one
        .changes
        .iter()
        .map(|(key, value)| edit(route(&["metadata", "annotations", key]), value))
        .collect();
    // A mapping that loses its last key goes, unless someone has written a comment in it.
    let keep = one.object.route.len() + base.len();
    edits = pruned(edits, one.object.in_document(), keep);
    if let Some((source, name)) = &one.name {
        let mut route = match one.application.sources[*source].parent {
            Parent::Source => route(&["spec", "source"]),
            Parent::Hydrator => route(&["spec", "sourceHydrator", "drySource"]),
            Parent::Sources => {
                let mut route = route(&["spec", "sources"]);
                route.push(Step::Index(*source));
                route
            }
        };
        route.push(Step::key("name"));
        edits.push(edit(route, name));
    }
    edits
}

/// Chooses the Applications that are meant: those with these names, and that the selector matches.
///
/// # Errors
/// A name that is not there; no Application; several, where none was chosen.
pub fn select_applications<'f>(
    all: Vec<(Object<'f>, Application<'f>)>,
    names: &[String],
    selector: Option<&str>,
    notes: &mut Vec<Note>,
) -> Result<Vec<(Object<'f>, Application<'f>)>> {
    for name in names {
        if !all.iter().any(|(_, application)| application.name == name) {
            let known: Vec<&str> = all
                .iter()
                .map(|(_, application)| application.name)
                .collect();
            return Err(
                Error::input(format!("there is no Application `{name}` in the input"))
                    .hint(format!("there are: {}", known.join(", "))),
            );
        }
    }
    let is_selected = selector.is_some();
    let selector = selector.map(LabelSelector::parse).transpose()?;
    let mut chosen = Vec::new();
    for (object, application) in all {
        let is_named = names.iter().any(|name| *name == application.name);
        let labels = match application.kind {
            AppKind::Application => application.labels.clone(),
            AppKind::ApplicationSet => labels(&object),
        };
        let selected = selector
            .as_ref()
            .is_none_or(|selector| selector.matches(&labels));
        if !(selected && (names.is_empty() || is_named)) {
            continue;
        }
        if let (Some(owner), false) = (application.owner, is_named) {
            notes.push(Note::new(format!(
                "left {} alone: the ApplicationSet {owner} makes it, and its template is what to annotate",
                application.name
            )));
            continue;
        }
        chosen.push((object, application));
    }
    let found: Vec<&str> = chosen
        .iter()
        .map(|(_, application)| application.name)
        .collect();
    if found.is_empty() {
        return Err(Error::input("no Application in the input matches")
            .hint("--app and --selector say which"));
    }
    if found.len() > 1 && names.is_empty() && !is_selected {
        return Err(Error::usage(format!(
            "the input has {} Applications: {}",
            found.len(),
            found.join(", ")
        ))
        .hint("choose with --app NAME or --selector key=value"));
    }
    Ok(chosen)
}

/// The labels of an object itself.
fn labels<'f>(object: &Object<'f>) -> Vec<(&'f str, &'f str)> {
    let entries = object
        .find(&["metadata", "labels"])
        .and_then(|node| node.entries());
    let pairs = entries.unwrap_or_default().iter().filter_map(|entry| {
        Some((
            entry.key.as_scalar()?.value(),
            entry.value.as_scalar()?.value(),
        ))
    });
    pairs.collect()
}

/// Edits the texts of files that hold one of the Applications, and of stdin; `whole` takes what only the
/// server writes out of its objects, too. Returns each text with the index of its file.
///
/// # Errors
/// A text that cannot be edited.
pub fn annotated_files(
    files: &[File],
    found: &[Object<'_>],
    annotated: &[Annotated<'_>],
    whole: bool,
) -> Result<Vec<(usize, String)>> {
    let mut texts = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let Some(stream) = file.stream() else {
            continue;
        };
        let ours = || annotated.iter().filter(move |one| one.object.file == index);
        if ours().count() == 0 && file.origin != Origin::Stdin {
            continue;
        }
        let mut all: Vec<Edit> = ours().flat_map(edits).collect();
        if whole {
            let from_server = found
                .iter()
                .filter(|object| object.file == index && object.from_server());
            all.extend(from_server.flat_map(|object| {
                server_fields(object.document, &object.route, object.node, true)
            }));
        }
        texts.push((index, yaml::edit(stream, &all)?));
    }
    Ok(texts)
}
