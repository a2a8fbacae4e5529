//! Where the Applications come from.

use crate::cli::{DeploymentArgs, Input};
use crate::commands::context::Context;
use crate::error::{Error, Kind, Result};
use crate::input::{self, Cluster, File, WantedObjects};
use crate::octopus::apps::{Application, Deployment, elsewhere};
use crate::site::Object;

/// Reads files, or asks the cluster for `wanted`; `None` where nothing is named. What the cluster
/// refuses to show is named as not read; the first kind must be there.
pub(super) fn read(
    args: &Input,
    wanted: &[WantedObjects<'_>],
    context: &mut Context<'_, '_>,
) -> Result<Option<Vec<File>>> {
    if !args.live {
        return context.read(args, args.form, &[]);
    }
    if !args.filename.is_empty() {
        return Err(
            Error::usage("--live and --filename cannot be combined here")
                .hint("name files, or read the Applications of the cluster"),
        );
    }
    let cluster = context.cluster(args);
    let mut files = Vec::new();
    for (index, wanted) in wanted.iter().enumerate() {
        match input::get(&cluster, wanted, context.host.runner) {
            Ok(file) => files.push(file),
            Err(error) if error.kind() == Kind::Input => {}
            Err(error) if index == 0 => return Err(error),
            Err(error) => context.warn(format!("not read: {error}")),
        }
    }
    let elsewhere = match elsewhere::namespaces(&files, &cluster, context.host.runner) {
        Ok(names) => names,
        Err(error) => {
            context.warn(format!(
                "not read: Applications of other namespaces: {error}"
            ));
            Vec::new()
        }
    };
    for namespace in elsewhere {
        let cluster = Cluster {
            namespace,
            ..cluster.clone()
        };
        for wanted in [WantedObjects::Applications, WantedObjects::ApplicationSets] {
            match input::get(&cluster, &wanted, context.host.runner) {
                Ok(file) => files.push(file),
                Err(error) if error.kind() == Kind::Input => {}
                Err(error) => {
                    let namespace = &cluster.namespace;
                    context.warn(format!("not read: in namespace {namespace}: {error}"));
                }
            }
        }
    }
    Ok(Some(files))
}

/// The Applications and ApplicationSets among the objects.
pub(super) fn applications<'f>(found: &[Object<'f>]) -> Result<Vec<(Object<'f>, Application<'f>)>> {
    let applications = found.iter().filter_map(|object| {
        let application = Application::read(object.in_document(), object.node)?;
        Some((object.clone(), application))
    });
    let applications: Vec<_> = applications.collect();
    if applications.is_empty() {
        return Err(
            Error::input("there is no Application and no ApplicationSet in the input")
                .hint("read them with: kubectl get applications,applicationsets -n argocd -o yaml"),
        );
    }
    Ok(applications)
}

/// The deployment that the options name.
pub(super) fn deployment(args: &DeploymentArgs) -> Deployment<'_> {
    Deployment {
        project: args.octopus_project.as_deref(),
        environment: args.environment.as_deref(),
        tenant: args.tenant.as_deref(),
    }
}
