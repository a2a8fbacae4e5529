//! Reads the cluster or files, each kind for itself: a kind that may not be read is a gap, and
//! nothing else suffers from it.

use super::{Fact, Gap};
use crate::error::{Error, Kind, Result};
use crate::input::{self, Cluster, File, LiveSecret, WantedObjects};
use crate::octopus::apps::elsewhere;
use crate::process::Runner;

/// Everything that was read.
pub struct ClusterReading {
    /// The objects.
    pub files: Vec<File>,
    /// Why argocd-cm and argocd-rbac-cm were not read.
    pub settings: Fact<()>,
    /// Why argocd-cmd-params-cm was not read.
    pub params: Fact<()>,
    /// Why Applications were not read.
    pub applications: Fact<()>,
    /// Why the gateway's Deployment was not read.
    pub gateway: Fact<()>,
    /// Why its pods were not read.
    pub pods: Fact<()>,
    /// The Secret, with its token.
    pub secret: Fact<Option<LiveSecret>>,
}

/// Where the objects are in the cluster.
#[derive(Clone, Debug)]
pub struct ClusterQuestion<'a> {
    /// Argo CD's namespace, and how it is reached.
    pub argocd: Cluster,
    /// The gateway's namespace.
    pub gateway_namespace: &'a str,
    /// The Secret with the token.
    pub secret_name: &'a str,
    /// Its key.
    pub secret_key: &'a str,
}

impl ClusterReading {
    /// The files alone.
    pub fn of_files(files: Vec<File>) -> Self {
        Self {
            files,
            settings: Ok(()),
            params: Ok(()),
            applications: Ok(()),
            gateway: Ok(()),
            pods: Ok(()),
            secret: Ok(None),
        }
    }

    /// Reads the cluster, beside files.
    ///
    /// # Errors
    /// The user's wish to stop.
    pub fn read(
        files: Vec<File>,
        asked: &ClusterQuestion<'_>,
        runner: &dyn Runner,
    ) -> Result<Self> {
        let argocd = &asked.argocd;
        let gateway = Cluster {
            namespace: asked.gateway_namespace.to_owned(),
            ..argocd.clone()
        };
        let mut reading = Self::of_files(files);
        reading.settings = reading.get(argocd, &[WantedObjects::ConfigMaps], runner)?;
        reading.params = reading.get(argocd, &[WantedObjects::Params], runner)?;
        // Without their roles the policy is judged anyway.
        let _ = reading.get(argocd, &[WantedObjects::AppProjects(&[])], runner)?;
        let applications = [WantedObjects::Applications, WantedObjects::ApplicationSets];
        reading.applications = reading.get(argocd, &applications, runner)?;
        match known(elsewhere::namespaces(&reading.files, argocd, runner))? {
            Ok(names) => {
                for namespace in names {
                    let elsewhere = Cluster {
                        namespace,
                        ..argocd.clone()
                    };
                    let read = reading.get(&elsewhere, &applications, runner)?;
                    reading.applications = reading.applications.and(read);
                }
            }
            Err(gap) => reading.applications = Err(gap),
        }
        reading.gateway = reading.get(&gateway, &[WantedObjects::Gateways], runner)?;
        reading.pods = reading.get(&gateway, &[WantedObjects::GatewayPods], runner)?;
        let secret = input::secret(&gateway, asked.secret_name, asked.secret_key, runner);
        reading.secret = known(secret)?;
        Ok(reading)
    }

    fn get(
        &mut self,
        cluster: &Cluster,
        wanted: &[WantedObjects<'_>],
        runner: &dyn Runner,
    ) -> Result<Fact<()>> {
        for wanted in wanted {
            match input::get(cluster, wanted, runner) {
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
