//! What the cluster or the files hold, each kind for itself: what may not be read is a gap, and
//! nothing else suffers from it.

use crate::cli::DoctorArgs;
use crate::commands::apps::elsewhere;
use crate::commands::context::Context;
use crate::error::{Error, Kind, Result};
use crate::input::{self, Cluster, File, LiveSecret, WantedObjects};
use crate::octopus::doctor::{Fact, Gap};

/// Everything that was read.
pub(super) struct ClusterReading {
    /// The objects.
    pub(super) files: Vec<File>,
    /// Why argocd-cm and argocd-rbac-cm were not read.
    pub(super) settings: Fact<()>,
    /// Why argocd-cmd-params-cm was not read.
    pub(super) params: Fact<()>,
    /// Why Applications were not read.
    pub(super) applications: Fact<()>,
    /// Why the gateway's Deployment was not read.
    pub(super) gateway: Fact<()>,
    /// Why its pods were not read.
    pub(super) pods: Fact<()>,
    /// The Secret, with its token.
    pub(super) secret: Fact<Option<LiveSecret>>,
}

/// Reads the files, and unless `--offline` the cluster.
pub(super) fn read(args: &DoctorArgs, context: &mut Context<'_, '_>) -> Result<ClusterReading> {
    let mut input = args.input();
    input.live = false;
    let files = context.read(&input, None, &[])?.unwrap_or_default();
    let mut reading = ClusterReading {
        files,
        settings: Ok(()),
        params: Ok(()),
        applications: Ok(()),
        gateway: Ok(()),
        pods: Ok(()),
        secret: Ok(None),
    };
    if args.offline {
        return Ok(reading);
    }
    let argocd = context.cluster(&input);
    let gateway = Cluster {
        namespace: args.gateway_namespace.clone(),
        ..argocd.clone()
    };
    reading.settings = reading.get(&argocd, &[WantedObjects::ConfigMaps], context)?;
    reading.params = reading.get(&argocd, &[WantedObjects::Params], context)?;
    // Without their roles the policy is judged anyway.
    let _ = reading.get(&argocd, &[WantedObjects::AppProjects(&[])], context)?;
    let applications = [WantedObjects::Applications, WantedObjects::ApplicationSets];
    reading.applications = reading.get(&argocd, &applications, context)?;
    match known(elsewhere::namespaces(
        &reading.files,
        &argocd,
        context.host.runner,
    ))? {
        Ok(names) => {
            for namespace in names {
                let elsewhere = Cluster {
                    namespace,
                    ..argocd.clone()
                };
                let read = reading.get(&elsewhere, &applications, context)?;
                reading.applications = reading.applications.and(read);
            }
        }
        Err(gap) => reading.applications = Err(gap),
    }
    reading.gateway = reading.get(&gateway, &[WantedObjects::Gateways], context)?;
    reading.pods = reading.get(&gateway, &[WantedObjects::GatewayPods], context)?;
    let (name, key) = (&args.secret_name, &args.secret_key);
    reading.secret = known(input::secret(&gateway, name, key, context.host.runner))?;
    Ok(reading)
}

impl ClusterReading {
    fn get(
        &mut self,
        cluster: &Cluster,
        wanted: &[WantedObjects<'_>],
        context: &Context<'_, '_>,
    ) -> Result<Fact<()>> {
        for wanted in wanted {
            match input::get(cluster, wanted, context.host.runner) {
                // That there is none of a kind is a fact.
                Err(error) if error.kind() == Kind::Input => {}
                Ok(file) => self.files.push(file),
                Err(error) => {
                    if let Err(gap) = known::<()>(Err(error))? {
                        return Ok(Err(gap));
                    }
                }
            }
        }
        Ok(Ok(()))
    }
}

/// A failure as a gap, but for the user's wish to stop.
pub(super) fn known<T>(outcome: Result<T>) -> Result<Fact<T>> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(error) if error.kind() == Kind::Interrupted => Err(error),
        Err(error) => Ok(Err(gap(&error))),
    }
}

/// Why something is not known, in a line.
pub(super) fn gap(error: &Error) -> Gap {
    let text = error.to_string();
    let first: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let why = first.join("; ");
    let lasting = ["was not found", "orbidden", "cannot run", "is not run"];
    Gap {
        may_pass: !lasting.iter().any(|word| why.contains(word)),
        next: error.hints().first().cloned(),
        why,
    }
}
