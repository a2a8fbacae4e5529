//! The cluster, through `kubectl get`: the only program that an offline command may run, and
//! only when asked with `--live`.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Content, File, Origin};
use crate::error::{Error, Result};
use crate::model::{Source, Which};
use crate::process::{Invocation, Runner};
use crate::yaml::{Node, Stream};

/// A cluster to ask.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// kubectl itself: the one that runs us, if it said so, else the one in PATH.
    pub kubectl: PathBuf,
    /// Its connection flags.
    pub flags: Vec<OsString>,
    /// The namespace of Argo CD.
    pub namespace: String,
}

/// What is asked of a cluster.
#[derive(Clone, Copy, Debug)]
pub enum WantedObjects<'a> {
    /// Both ConfigMaps of Argo CD.
    ConfigMaps,
    /// The three ConfigMaps with settings that decide: both, and argocd-cmd-params-cm.
    Settings,
    /// argocd-rbac-cm alone.
    RbacCm,
    /// argocd-cmd-params-cm, which says how the servers are started.
    Params,
    /// The `ArgoCD` resource.
    ArgoCd,
    /// These `AppProject`s, or all.
    AppProjects(&'a [String]),
    /// The Applications.
    Applications,
    /// The ApplicationSets.
    ApplicationSets,
    /// The namespaces of the cluster.
    Namespaces,
    /// The Deployments of the Octopus gateway.
    Gateways,
    /// The pods of the Octopus gateway.
    GatewayPods,
}

/// The label by which the gateway's objects are found.
const OF_GATEWAY: &str = "--selector=app.kubernetes.io/name=octopus-argocd-gateway";

impl WantedObjects<'_> {
    fn resource(&self) -> (&'static str, Vec<OsString>) {
        match self {
            // The rules first: if the second of two writes is refused, rules without an account are
            // harmless.
            Self::ConfigMaps => (
                "configmap",
                [Which::RbacCm, Which::Cm].map(|w| w.name().into()).to_vec(),
            ),
            Self::Settings => (
                "configmap",
                ["argocd-cm", "argocd-rbac-cm", "argocd-cmd-params-cm"]
                    .map(OsString::from)
                    .to_vec(),
            ),
            Self::RbacCm => ("configmap", vec![Which::RbacCm.name().into()]),
            Self::Params => ("configmap", vec!["argocd-cmd-params-cm".into()]),
            Self::ArgoCd => ("argocds.argoproj.io", Vec::new()),
            Self::AppProjects(names) => (
                "appprojects.argoproj.io",
                names.iter().map(OsString::from).collect(),
            ),
            Self::Applications => ("applications.argoproj.io", Vec::new()),
            Self::ApplicationSets => ("applicationsets.argoproj.io", Vec::new()),
            Self::Namespaces => ("namespaces", Vec::new()),
            Self::Gateways => ("deployments.apps", vec![OF_GATEWAY.into()]),
            Self::GatewayPods => ("pods", vec![OF_GATEWAY.into()]),
        }
    }

    /// What to call it, and what to say where it is not there.
    fn called(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ConfigMaps | Self::Settings => (
                "the ConfigMaps",
                "argocd-cm and no argocd-rbac-cm",
                "name Argo CD's namespace with -n; for a new Argo CD, use --fresh",
            ),
            Self::RbacCm => (
                "argocd-rbac-cm",
                "argocd-rbac-cm",
                "name Argo CD's namespace with -n",
            ),
            Self::Params => (
                "argocd-cmd-params-cm",
                "argocd-cmd-params-cm",
                "name Argo CD's namespace with -n",
            ),
            Self::ArgoCd => (
                "the ArgoCD resource",
                "ArgoCD resource",
                "name its namespace with -n: openshift-gitops on OpenShift",
            ),
            Self::AppProjects(_) => (
                "the AppProjects",
                "AppProject of these names",
                "name Argo CD's namespace with -n",
            ),
            Self::Applications => (
                "the Applications",
                "Application",
                "name Argo CD's namespace with -n",
            ),
            Self::ApplicationSets => (
                "the ApplicationSets",
                "ApplicationSet",
                "name Argo CD's namespace with -n",
            ),
            Self::Namespaces => ("the namespaces", "namespace", "is this the right cluster?"),
            Self::Gateways => (
                "the gateway's Deployment",
                "Deployment of the gateway",
                "name the gateway's namespace with --gateway-namespace",
            ),
            Self::GatewayPods => (
                "the gateway's pods",
                "pod of the gateway",
                "name the gateway's namespace with --gateway-namespace",
            ),
        }
    }
}

/// What kubectl said, without the log lines of its libraries: where there is no cluster, these say
/// the same five times before the one line that is meant for people.
pub(super) fn said(stderr: &str, code: Option<i32>) -> String {
    let is_log = |line: &&str| {
        let (level, rest) = line.split_at_checked(1).unwrap_or_default();
        let (date, rest) = rest.split_at_checked(4).unwrap_or_default();
        "IWEF".contains(level)
            && date.len() == 4
            && date.bytes().all(|byte| byte.is_ascii_digit())
            && rest.starts_with(' ')
    };
    if stderr.trim().is_empty() {
        return match code {
            Some(code) => format!("it ended with exit code {code} and printed nothing"),
            None => "a signal ended it".to_owned(),
        };
    }
    let lines: Vec<&str> = stderr.trim().lines().collect();
    let meant: Vec<&str> = lines.iter().copied().filter(|line| !is_log(line)).collect();
    let shown = if meant.is_empty() { &lines } else { &meant };
    shown.join("\n").trim().to_owned()
}

/// The call of `kubectl get` for objects of a kind.
pub(super) fn kubectl_get(
    cluster: &Cluster,
    kind: &str,
    names: Vec<OsString>,
    format: &str,
) -> Invocation {
    let mut args: Vec<OsString> = vec!["get".into(), kind.into()];
    args.extend(names);
    args.push("--namespace".into());
    args.push(cluster.namespace.clone().into());
    args.push(format!("--output={format}").into());
    args.extend(["--show-managed-fields", "--ignore-not-found"].map(OsString::from));
    args.extend(cluster.flags.iter().cloned());
    Invocation::new(&cluster.kubectl).args(args)
}

/// Asks for objects of one Argo CD.
pub fn get(cluster: &Cluster, wanted: &WantedObjects<'_>, runner: &dyn Runner) -> Result<File> {
    let (kind, names) = wanted.resource();
    let (called, missing, hint) = wanted.called();
    let output = runner.run(&kubectl_get(cluster, kind, names, "yaml"))?;
    if output.code != Some(0) {
        let said = said(&output.stderr, output.code);
        return Err(Error::external(format!("kubectl could not read {called}: {said}"))
            .hint("is this the right cluster? `kubectl config current-context` names it; --context chooses another"));
    }
    let text = output.stdout.expose();
    let none = || {
        Error::input(format!(
            "there is no {missing} in namespace {}",
            cluster.namespace
        ))
        .hint(hint)
    };
    if text.trim().is_empty() {
        return Err(none());
    }
    let stream = Stream::parse(Source::new("<live>", text))?;
    let root = stream
        .documents()
        .first()
        .and_then(|document| document.root());
    let items = root
        .and_then(|root| root.get("items"))
        .and_then(Node::items);
    if items.is_some_and(<[Node]>::is_empty) {
        return Err(none());
    }
    Ok(File {
        origin: Origin::Live,
        content: Content::Documents(stream),
    })
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn the_log_of_kubectls_libraries_is_left_out() {
        let log = "E1128 13:17:10.624394    1488 memcache.go:265] \"Unhandled Error\" err=\"x\"\n";
        let meant = "The connection to the server localhost:8080 was refused";
        let said = |stderr: &str| said(stderr, Some(1));
        assert_eq!(said(&format!("{log}{log}{meant}\n")), meant);
        assert_eq!(said(log), log.trim());
        for kept in ["Error from server (Forbidden): no", "E11 x", "é1128 x"] {
            assert_eq!(said(kept), kept);
        }
    }
}
