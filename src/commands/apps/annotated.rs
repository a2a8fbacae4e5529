//! What becomes of the annotations of one Application.

use crate::change::pruned;
use crate::cli::AppsAnnotateArgs;
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::octopus::apps::choose::{find, new_name};
use crate::octopus::apps::{
    AnnotationField, AnnotationScope, Application, Deployment, Match, Parent, Unchosen, choose,
};
use crate::site::Object;
use crate::yaml::{Edit, Step};

/// The fields that are written and removed.
pub(super) const FIELDS: [AnnotationField; 3] = [
    AnnotationField::Project,
    AnnotationField::Environment,
    AnnotationField::Tenant,
];

/// What becomes of one Application.
pub(super) struct Annotated<'f> {
    pub(super) object: Object<'f>,
    pub(super) application: Application<'f>,
    /// Each key with its new value, or none where it goes.
    pub(super) changes: Vec<(String, Option<String>)>,
    /// The source that gets a name or loses it, and the name.
    pub(super) name: Option<(usize, Option<String>)>,
}

/// What becomes of an Application.
pub(super) fn annotate<'f>(
    object: Object<'f>,
    application: Application<'f>,
    args: &AppsAnnotateArgs,
    context: &mut Context<'_, '_>,
) -> Result<Annotated<'f>> {
    let place = object.location(object.node.span().start);
    if args.absent {
        return remove(object, application, args, context);
    }
    let refuse = |why: &Unchosen| {
        let error = Error::input(format!("{}: {why}", application.name)).at(place.clone());
        match why.hint() {
            Some(hint) => error.hint(hint),
            None => error,
        }
    };
    let source = choose(&application, args.source.as_deref(), args.name_sources)
        .map_err(|why| refuse(&why))?;
    let suffix = source.suffix.as_deref();
    let deployment = &args.deployment;
    let values = [
        (AnnotationField::Project, &deployment.octopus_project),
        (AnnotationField::Environment, &deployment.environment),
        (AnnotationField::Tenant, &deployment.tenant),
    ];
    let mut changes = Vec::new();
    for (field, value) in values {
        let key = field.key(suffix);
        match (value, application.annotation(&key)) {
            (Some(value), Some(before)) if before == value => {}
            (Some(value), _) => changes.push((key, Some(value.clone()))),
            (None, Some(tenant)) => context.note(format!(
                "{} keeps its {field} {tenant}: --absent removes it",
                application.name
            )),
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
    args: &AppsAnnotateArgs,
    context: &mut Context<'_, '_>,
) -> Result<Annotated<'f>> {
    let asked = match args.source.as_deref() {
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
    let deployment = Deployment {
        project: args.deployment.octopus_project.as_deref(),
        environment: args.deployment.environment.as_deref(),
        tenant: args.deployment.tenant.as_deref(),
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
        if deployment.compare(scope) == Match::No {
            let values = [scope.project, scope.environment, scope.tenant];
            let values: Vec<&str> = values.into_iter().flatten().collect();
            context.note(format!(
                "left annotations of {} alone that name another deployment: {}",
                application.name,
                values.join(", ")
            ));
            continue;
        }
        let keys = FIELDS.iter().map(|field| field.key(suffix));
        changes.extend(
            keys.filter(|key| application.annotation(key).is_some())
                .map(|key| (key, None)),
        );
        let source = application
            .sources
            .iter()
            .find(|source| source.name.is_some() && source.name == suffix);
        if let (true, Some(source)) = (args.name_sources, source) {
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
pub(super) fn edits(one: &Annotated<'_>) -> Vec<Edit> {
    let document = one.object.document;
    let base = one.application.kind.base();
    let route = |keys: &[&str]| -> Vec<Step> {
        let keys: Vec<&str> = base.iter().chain(keys).copied().collect();
        one.object.route_to(&keys)
    };
    let mut edits: Vec<Edit> = one
        .changes
        .iter()
        .map(|(key, value)| {
            let route = route(&["metadata", "annotations", key]);
            match value {
                Some(value) => Edit::Set {
                    document,
                    route,
                    value: value.as_str().into(),
                },
                None => Edit::Remove { document, route },
            }
        })
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
        edits.push(match name {
            Some(name) => Edit::Set {
                document,
                route,
                value: name.as_str().into(),
            },
            None => Edit::Remove { document, route },
        });
    }
    edits
}
