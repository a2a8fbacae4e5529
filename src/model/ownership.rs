//! Who owns an object: where a change has to be written so that it stays.
//!
//! What each owner does to a change of somebody else was measured on a real API server, with
//! kubectl, Helm 3 and 4 and argocd-operator.

use std::fmt;

/// What an object says about who writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// `metadata.labels`.
    pub labels: Vec<(String, String)>,
    /// `metadata.annotations`.
    pub annotations: Vec<(String, String)>,
    /// Kind and name of each of `metadata.ownerReferences`.
    pub owners: Vec<(String, String)>,
    /// `metadata.managedFields`.
    pub managers: Vec<Manager>,
    /// The keys of `data` that the last client-side `kubectl apply` wrote, if there was one.
    pub last_applied: Option<Vec<String>>,
    /// Whether it was read from an API server. In a file, a label of Argo CD or Flux says where
    /// the file goes, not that a change of it is lost.
    pub from_server: bool,
}

/// One entry of `managedFields`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manager {
    /// Its name.
    pub name: String,
    /// Whether it applies server-side, and so takes back what it no longer wants.
    pub applies: bool,
    /// The keys of `data` that it owns.
    pub keys: Vec<String>,
}

/// Who owns an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A Helm release.
    Helm {
        /// Its name.
        release: String,
        /// Chart and version, where the object says it.
        chart: Option<String>,
    },
    /// argocd-operator or OpenShift GitOps: the name of the `ArgoCD` resource.
    Operator(String),
    /// An Argo CD application.
    ArgoCd {
        /// Its name.
        application: String,
        /// Whether the application is made of the argo-cd chart.
        chart: bool,
    },
    /// A Kustomization of Flux.
    FluxKustomization(String),
    /// A `HelmRelease` of Flux.
    FluxHelmRelease(String),
    /// `kubectl apply`.
    Kubectl,
    /// Nothing says so.
    Unknown,
}

/// The annotation in which Helm names the release.
const HELM_RELEASE: &str = "meta.helm.sh/release-name";
/// The manager of a client-side `kubectl apply`.
const CLIENT_SIDE: &str = "kubectl-client-side-apply";

impl Marks {
    fn label(&self, key: &str) -> Option<&str> {
        value(&self.labels, key)
    }

    /// The owner. Who writes the object from something else comes before who merely applied it.
    pub fn owner(&self) -> Owner {
        if let Some((_, name)) = self.owners.iter().find(|(kind, _)| kind == "ArgoCD") {
            return Owner::Operator(name.clone());
        }
        let chart = self.label("helm.sh/chart").map(str::to_owned);
        let in_git = |key| {
            self.label(key)
                .filter(|_| self.from_server)
                .map(str::to_owned)
        };
        if let Some(name) = in_git("helm.toolkit.fluxcd.io/name") {
            return Owner::FluxHelmRelease(name);
        }
        if let Some(name) = in_git("kustomize.toolkit.fluxcd.io/name") {
            return Owner::FluxKustomization(name);
        }
        if let Some(id) =
            value(&self.annotations, "argocd.argoproj.io/tracking-id").filter(|_| self.from_server)
        {
            return Owner::ArgoCd {
                application: id.split(':').next().unwrap_or_default().to_owned(),
                chart: chart.is_some(),
            };
        }
        if let Some(release) = value(&self.annotations, HELM_RELEASE) {
            let release = release.to_owned();
            return Owner::Helm { release, chart };
        }
        if let Some(application) = in_git("app.kubernetes.io/instance") {
            return Owner::ArgoCd {
                application,
                chart: chart.is_some(),
            };
        }
        if self.last_applied.is_some()
            || self
                .managers
                .iter()
                .any(|manager| manager.name.starts_with("kubectl"))
        {
            return Owner::Kubectl;
        }
        Owner::Unknown
    }

    /// The keys that the next upgrade with a client-side `kubectl apply` deletes if the new
    /// manifests do not have them: those that the last one wrote.
    pub fn pruned_by_apply(&self) -> Vec<&str> {
        let keys = self.last_applied.iter().flatten().map(String::as_str);
        keys.filter(|key| !is_upstream(key)).collect()
    }

    /// The keys that the next upgrade with `kubectl apply --server-side --force-conflicts` deletes
    /// if the new manifests do not have them: those that only kubectl's apply owns, client-side
    /// ownership included, because kubectl takes that over first.
    pub fn pruned_by_server_side_apply(&self) -> Vec<&str> {
        let kubectl = |manager: &&Manager| {
            manager.name == CLIENT_SIDE || (manager.name == "kubectl" && manager.applies)
        };
        let owned_otherwise = |key: &str| {
            let others = self.managers.iter().filter(|manager| !kubectl(manager));
            others
                .into_iter()
                .any(|other| other.keys.iter().any(|of| of == key))
        };
        let keys = self
            .managers
            .iter()
            .filter(kubectl)
            .flat_map(|manager| &manager.keys);
        let mut keys: Vec<&str> = keys
            .map(String::as_str)
            .filter(|key| !is_upstream(key) && !owned_otherwise(key))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

fn value<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(name, _)| name == key)?;
    Some(&found.1)
        .filter(|text| !text.is_empty())
        .map(String::as_str)
}

/// Whether Argo CD's own manifests bring a key of argocd-cm.
pub fn is_upstream(key: &str) -> bool {
    key == "resource.exclusions"
        || key.starts_with("resource.customizations.ignoreResourceUpdates.")
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Helm {
                release,
                chart: Some(chart),
            } => write!(f, "the Helm release {release} ({chart})"),
            Self::Helm { release, .. } => write!(f, "the Helm release {release}"),
            Self::Operator(name) => write!(f, "argocd-operator (ArgoCD {name})"),
            Self::ArgoCd { application, .. } => write!(f, "the Argo CD application {application}"),
            Self::FluxKustomization(name) => write!(f, "the Flux Kustomization {name}"),
            Self::FluxHelmRelease(name) => write!(f, "the Flux HelmRelease {name}"),
            Self::Kubectl => f.write_str("kubectl apply"),
            Self::Unknown => f.write_str("nobody that it names"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn who_writes_an_object_from_something_else_comes_first() {
        let mut marks = Marks {
            last_applied: Some(Vec::new()),
            from_server: true,
            ..Marks::default()
        };
        assert_eq!(marks.owner(), Owner::Kubectl);
        marks.labels = pairs(&[("app.kubernetes.io/instance", "argo")]);
        let application = "argo".to_owned();
        let argo = Owner::ArgoCd {
            application,
            chart: false,
        };
        assert_eq!(marks.owner(), argo);
        marks.annotations = pairs(&[(HELM_RELEASE, "cd")]);
        marks
            .labels
            .extend(pairs(&[("helm.sh/chart", "argo-cd-10.1.1")]));
        assert_eq!(
            marks.owner().to_string(),
            "the Helm release cd (argo-cd-10.1.1)"
        );
        marks.annotations.extend(pairs(&[(
            "argocd.argoproj.io/tracking-id",
            "boot:/ConfigMap:argocd/argocd-cm",
        )]));
        assert_eq!(marks.owner().to_string(), "the Argo CD application boot");
        marks
            .labels
            .extend(pairs(&[("kustomize.toolkit.fluxcd.io/name", "f")]));
        assert_eq!(marks.owner(), Owner::FluxKustomization("f".to_owned()));
        marks
            .labels
            .extend(pairs(&[("helm.toolkit.fluxcd.io/name", "h")]));
        assert_eq!(marks.owner(), Owner::FluxHelmRelease("h".to_owned()));
        marks.owners = pairs(&[("ArgoCD", "openshift-gitops")]);
        assert_eq!(
            marks.owner(),
            Owner::Operator("openshift-gitops".to_owned())
        );
    }

    #[test]
    fn labels_of_a_file_in_git_say_nothing_about_reverting() {
        let marks = Marks {
            labels: pairs(&[("app.kubernetes.io/instance", "argo")]),
            ..Marks::default()
        };
        assert_eq!(marks.owner(), Owner::Unknown);
    }

    #[test]
    fn what_kubectl_believes_to_be_its_own_is_prunable() {
        let manager = |name: &str, applies, of: &[&str]| Manager {
            name: name.to_owned(),
            applies,
            keys: keys(of),
        };
        let marks = Marks {
            last_applied: Some(keys(&["resource.exclusions", "accounts.octopus", "url"])),
            managers: vec![
                manager(
                    CLIENT_SIDE,
                    false,
                    &["resource.exclusions", "accounts.octopus", "url"],
                ),
                manager("kubectl-edit", false, &["url", "dex.config"]),
                manager("kubectl", true, &["x"]),
                manager("octopus-argo", true, &["y"]),
            ],
            ..Marks::default()
        };
        assert_eq!(marks.pruned_by_apply(), ["accounts.octopus", "url"]);
        assert_eq!(
            marks.pruned_by_server_side_apply(),
            ["accounts.octopus", "x"]
        );
    }
}
