//! Who owns an object: where a change has to be written so that it stays.
//!
//! What each owner does to a change of someone else was measured on a real API server, with
//! kubectl, Helm 3 and 4 and argocd-operator.

use std::fmt;

use super::Which;

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
    /// What the last client-side `kubectl apply` wrote, if there was one.
    pub last_applied: Option<LastApplied>,
    /// Whether it was read from an API server. In a file, a label of Argo CD or Flux says where
    /// the file goes, not that a change of it is lost.
    pub from_server: bool,
}

/// What the last-applied annotation says about `data`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastApplied {
    /// Whether the manifest had `data`. Where the next one has none, kubectl deletes all of it,
    /// no matter who wrote what is in it.
    pub has_data: bool,
    /// The keys of `data`.
    pub keys: Vec<String>,
}

/// One entry of `managedFields`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manager {
    /// Its name.
    pub name: String,
    /// Whether it applies server-side, and so reverts what it no longer wants.
    pub applies: bool,
    /// The keys of `data` that it owns.
    pub keys: Vec<String>,
    /// Whether it owns the last-applied annotation: then a server-side `kubectl apply` takes over
    /// everything that it owns.
    pub owns_last_applied: bool,
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
/// The manager of a server-side `kubectl apply`.
const KUBECTL: &str = "kubectl";

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

    /// The keys that the next upgrade with a client-side `kubectl apply` deletes: those that the
    /// last one wrote and the new manifest does not have. Argo CD's own argocd-rbac-cm has no
    /// `data`, so that all of it goes where the last one had some; `present` are its keys.
    pub fn pruned_by_apply<'k>(&'k self, which: Which, present: &[&'k str]) -> Vec<&'k str> {
        match &self.last_applied {
            Some(applied) if which == Which::RbacCm && applied.has_data => present.to_vec(),
            Some(applied) => {
                let keys = applied.keys.iter().map(String::as_str);
                keys.filter(|key| !is_upstream(key)).collect()
            }
            None => Vec::new(),
        }
    }

    /// The keys that the next upgrade with `kubectl apply --server-side --force-conflicts` deletes
    /// if the new manifests do not have them: those that only kubectl's apply owns. Of a
    /// client-side apply kubectl takes over what the owner of the last-applied annotation owns.
    pub fn pruned_by_server_side_apply(&self) -> Vec<&str> {
        let kubectl = |manager: &&Manager| {
            (manager.name == KUBECTL && manager.applies) || manager.owns_last_applied
        };
        let owned_otherwise = |key: &str| {
            let mut others = self.managers.iter().filter(|manager| !kubectl(manager));
            others.any(|other| other.keys.iter().any(|of| of == key))
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

    /// The tools outside the cluster's usual owners that write the object, or keys of it, and write
    /// them again.
    pub fn external_owners(&self) -> Vec<ExternalOwner> {
        let mut found: Vec<ExternalOwner> = Vec::new();
        let mut add = |tool: ExternalTool, keys: Option<Vec<String>>| match found
            .iter_mut()
            .find(|owner| owner.tool == tool)
        {
            Some(owner) => match (&mut owner.keys, keys) {
                (Some(held), Some(keys)) => held.extend(keys),
                (held, _) => *held = None,
            },
            None => found.push(ExternalOwner { tool, keys }),
        };
        for manager in &self.managers {
            if let Some(tool) = ExternalTool::of_manager(&manager.name) {
                add(tool, manager.applies.then(|| manager.keys.clone()));
            }
        }
        for (kind, _) in &self.owners {
            if kind == "ExternalSecret" {
                add(ExternalTool::ExternalSecrets, None);
            }
        }
        let labels = self.labels.iter().map(|(key, text)| (&**key, &**text));
        let annotations = self.annotations.iter().map(|(key, text)| (&**key, &**text));
        for (key, text) in labels.chain(annotations) {
            let managed_by = key == "app.kubernetes.io/managed-by";
            if key.starts_with("reconcile.external-secrets.io/") {
                add(ExternalTool::ExternalSecrets, None);
            } else if key.starts_with("crossplane.io/") || managed_by && text == "crossplane" {
                add(ExternalTool::Crossplane, None);
            } else if managed_by && text.eq_ignore_ascii_case("terraform") {
                add(ExternalTool::Terraform, None);
            }
        }
        found
    }
}

/// A tool that owns an object, or keys of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalOwner {
    /// The tool.
    pub tool: ExternalTool,
    /// The keys of `data` that it owns, where it owns no more than these.
    pub keys: Option<Vec<String>>,
}

/// A tool that writes Kubernetes objects from a source of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExternalTool {
    /// argocd-rbac-operator: writes `policy.NAMESPACE.ROLE.csv`.
    RbacOperator,
    /// External Secrets Operator.
    ExternalSecrets,
    /// Crossplane, with provider-kubernetes or provider-argocd.
    Crossplane,
    /// Terraform or `OpenTofu`, with the provider kubernetes.
    Terraform,
}

impl ExternalTool {
    fn of_manager(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        if name.contains("rbac-operator") {
            Some(Self::RbacOperator)
        } else if name.starts_with("external-secrets") || name.starts_with("externalsecrets") {
            Some(Self::ExternalSecrets)
        } else if name.contains("crossplane") || name.starts_with("provider-argocd") {
            Some(Self::Crossplane)
        } else if ["terraform", "hashicorp", "opentofu"]
            .iter()
            .any(|tool| name.starts_with(tool))
        {
            Some(Self::Terraform)
        } else {
            None
        }
    }

    /// What the tool does to a change of someone else.
    pub fn does(self) -> &'static str {
        match self {
            Self::RbacOperator => "writes its keys again from its role resources",
            Self::ExternalSecrets => "writes the object again at its next refresh",
            Self::Crossplane => "reverts the change at its next reconciliation",
            Self::Terraform => "reverts the change at its next apply",
        }
    }

    /// Where a change is to be made so that it stays.
    pub fn source(self) -> &'static str {
        match self {
            Self::RbacOperator => "its ArgoCDRole resources",
            Self::ExternalSecrets => "the template of its ExternalSecret",
            Self::Crossplane => "the resource that Crossplane makes it from",
            Self::Terraform => {
                "its configuration, or kubernetes_config_map_v1_data with only these keys"
            }
        }
    }
}

impl fmt::Display for ExternalTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RbacOperator => "argocd-rbac-operator",
            Self::ExternalSecrets => "External Secrets",
            Self::Crossplane => "Crossplane",
            Self::Terraform => "Terraform",
        })
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
            Self::Unknown => f.write_str("an unknown owner"),
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
            last_applied: Some(LastApplied::default()),
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

    fn manager(name: &str, applies: bool, of: &[&str]) -> Manager {
        Manager {
            name: name.to_owned(),
            applies,
            keys: keys(of),
            owns_last_applied: false,
        }
    }

    #[test]
    fn what_kubectl_recorded_as_its_own_is_prunable() {
        let all = ["resource.exclusions", "accounts.octopus", "url"];
        let client_side = Manager {
            owns_last_applied: true,
            ..manager("kubectl-client-side-apply", false, &all)
        };
        let mut marks = Marks {
            last_applied: Some(LastApplied {
                has_data: true,
                keys: keys(&all),
            }),
            managers: vec![
                client_side,
                manager("kubectl-edit", false, &["url", "dex.config"]),
                manager("kubectl", true, &["x"]),
                manager("octopus-argo", true, &["y"]),
            ],
            ..Marks::default()
        };
        assert_eq!(
            marks.pruned_by_apply(Which::Cm, &[]),
            ["accounts.octopus", "url"]
        );
        assert_eq!(
            marks.pruned_by_server_side_apply(),
            ["accounts.octopus", "x"]
        );
        // `kubectl replace` took the annotation off: no one's keys are taken over.
        marks.last_applied = None;
        marks.managers[0].owns_last_applied = false;
        assert!(marks.pruned_by_apply(Which::Cm, &[]).is_empty());
        assert_eq!(marks.pruned_by_server_side_apply(), ["x"]);
    }

    /// Argo CD's own argocd-rbac-cm has no `data`.
    #[test]
    fn a_map_that_the_new_manifest_lacks_goes_whole() {
        let mut marks = Marks {
            last_applied: Some(LastApplied {
                has_data: true,
                keys: keys(&["policy.csv"]),
            }),
            ..Marks::default()
        };
        let present = ["policy.csv", "policy.octopus.csv"];
        assert_eq!(marks.pruned_by_apply(Which::RbacCm, &present), present);
        assert_eq!(marks.pruned_by_apply(Which::Cm, &present), ["policy.csv"]);
        marks.last_applied = Some(LastApplied::default());
        assert!(marks.pruned_by_apply(Which::RbacCm, &present).is_empty());
    }

    #[test]
    fn tools_of_their_own_are_recognised() {
        let tools = |marks: &Marks| -> Vec<String> {
            let owners = marks.external_owners().into_iter();
            owners.map(|owner| owner.tool.to_string()).collect()
        };
        let mut marks = Marks {
            managers: vec![
                manager("Terraform", true, &["url"]),
                manager("kubectl-edit", false, &["x"]),
            ],
            ..Marks::default()
        };
        let terraform = ExternalOwner {
            tool: ExternalTool::Terraform,
            keys: Some(keys(&["url"])),
        };
        assert_eq!(marks.external_owners(), std::slice::from_ref(&terraform));
        marks.managers[0] = manager("HashiCorp", false, &["url"]);
        let whole = ExternalOwner {
            keys: None,
            ..terraform
        };
        assert_eq!(marks.external_owners(), [whole]);
        marks.managers[0] = manager("argocd-rbac-operator", true, &["policy.a.b.csv"]);
        assert_eq!(tools(&marks), ["argocd-rbac-operator"]);
        marks.managers.clear();
        marks.annotations = pairs(&[("reconcile.external-secrets.io/data-hash", "x")]);
        assert_eq!(tools(&marks), ["External Secrets"]);
        marks.annotations = pairs(&[("crossplane.io/external-name", "x")]);
        assert_eq!(tools(&marks), ["Crossplane"]);
        marks.annotations.clear();
        marks.labels = pairs(&[("app.kubernetes.io/managed-by", "terraform")]);
        assert_eq!(tools(&marks), ["Terraform"]);
    }
}
