//! How Argo CD is reached, as its own settings say it: so that no one has to find out by a gateway
//! that does not connect.

use crate::model::{DEFAULT_NAMESPACE, Gateway};
use crate::site::{ArgoCd, Object};
use crate::text::Note;

/// The hosts of Argo CDs that Amazon EKS manages.
const EKS: &str = ".eks-capabilities.";
/// The path below which these speak gRPC-web.
const EKS_PATH: &str = "/argo/api";

/// What was found, each with where from.
#[derive(Clone, Debug, Default)]
pub struct FoundValues {
    /// Argo CD's namespace.
    pub namespace: Option<String>,
    /// Its server speaks plain text.
    plaintext: Option<String>,
    /// The path below which its server is.
    root_path: Option<(String, String)>,
    /// Its address for browsers.
    web_url: Option<(String, String)>,
    /// The gRPC address of its server.
    grpc_url: Option<(String, String)>,
}

impl FoundValues {
    /// Reads the values from objects, and from the Argo CD among them.
    pub fn of(objects: &[Object<'_>], argocd: Option<&ArgoCd<'_>>) -> Self {
        let mut found = Self::default();
        for object in objects {
            found.of_object(object);
        }
        if let Some(argocd) = argocd {
            found.of_settings(argocd);
        }
        let eks = found.web_url.as_ref().and_then(|(url, place)| {
            let (_, rest) = url.split_once("://")?;
            let host = rest.split(['/', ':']).next().unwrap_or_default();
            host.contains(EKS).then(|| (host.to_owned(), place.clone()))
        });
        if let Some((host, place)) = eks {
            let from = format!("{place} (an address of Amazon EKS)");
            found.grpc_url = Some((format!("grpc://{host}:443"), from.clone()));
            found.root_path = Some((EKS_PATH.to_owned(), from));
        }
        found
    }

    /// What an ArgoCD resource, a Route of OpenShift or values of the chart say beside settings.
    fn of_object(&mut self, object: &Object<'_>) {
        let place = |keys: &[&str]| {
            let node = object.find(keys).unwrap_or(object.node);
            format!(
                "{} in {}",
                keys.join("."),
                object.location(node.span().start)
            )
        };
        let text = |keys: &[&str]| object.text(keys).filter(|text| !text.is_empty());
        let https = |host: &str| format!("https://{host}");
        match object.kind() {
            "ArgoCD" if object.is_of_group("argoproj.io") => {
                let name = object.name();
                let namespace = object.namespace().unwrap_or(DEFAULT_NAMESPACE);
                let url = format!("grpc://{name}-server.{namespace}.svc.cluster.local");
                self.grpc_url = Some((url, place(&["metadata", "name"])));
                self.namespace = object.namespace().map(str::to_owned);
                let insecure = ["spec", "server", "insecure"];
                let is_on = object.find(&insecure).and_then(|node| node.as_scalar());
                if is_on.is_some_and(|scalar| scalar.value() == "true") {
                    self.plaintext = Some(place(&insecure));
                }
                let host = ["spec", "server", "host"];
                if let Some(name) = text(&host) {
                    self.web_url = Some((https(name), place(&host)));
                }
            }
            "Route" if object.is_of_group("route.openshift.io") => {
                let host = ["spec", "host"];
                let serves = text(&["spec", "to", "name"]).unwrap_or(object.name());
                if let Some(name) = text(&host).filter(|_| serves.ends_with("-server")) {
                    self.web_url = Some((https(name), place(&host)));
                }
            }
            "" => {
                let domain = ["global", "domain"];
                if let Some(name) = text(&domain) {
                    self.web_url = Some((https(name), place(&domain)));
                }
            }
            _ => {}
        }
    }

    /// What argocd-cm and argocd-cmd-params-cm say, in whichever form they came.
    fn of_settings(&mut self, argocd: &ArgoCd<'_>) {
        if self.namespace.is_none() && !argocd.namespace.is_empty() {
            self.namespace = Some(argocd.namespace.clone());
        }
        let from = |key: &str, place| format!("{key} in {place}");
        let (insecure, root_path) = ("server.insecure", "server.rootpath");
        if let Some((text, place)) = argocd.server_setting(insecure)
            && text.eq_ignore_ascii_case("true")
        {
            self.plaintext = Some(from(insecure, place));
        }
        if let Some((text, place)) = argocd.server_setting(root_path) {
            let path = text.trim_matches('/');
            if !path.is_empty() {
                self.root_path = Some((format!("/{path}"), from(root_path, place)));
            }
        }
        if let Some((url, place)) = argocd.cm_setting("url")
            && url.starts_with("http")
        {
            self.web_url = Some((url.trim_end_matches('/').to_owned(), from("url", place)));
        }
    }

    /// Tells the gateway what no one else said; what it was told, and from where, comes back.
    pub fn complete(&self, gateway: &mut Gateway) -> Vec<Note> {
        let mut notes = Vec::new();
        let given = gateway.clone();
        let mut take = |name: &str, option: &str, value: &str, from: &str| {
            let is_free = !given.decides(name);
            if is_free {
                notes.push(Note::new(format!("{option}{value}, because of {from}")));
            }
            is_free
        };
        if let Some((url, from)) = &self.web_url
            && take("argocd_web_url", "--argocd-web-url ", url, from)
        {
            gateway.argocd_web_url = Some(url.clone());
        }
        if let Some((path, from)) = &self.root_path
            && take("grpc_web_root_path", "--grpc-web-root-path ", path, from)
        {
            gateway.grpc_web_root_path = Some(path.clone());
        }
        if let Some((url, from)) = &self.grpc_url
            && take("argocd_grpc_url", "--argocd-grpc-url ", url, from)
        {
            gateway.argocd_grpc_url = Some(url.clone());
        }
        let Some(from) = &self.plaintext else {
            return notes;
        };
        // Elsewhere than in the cluster someone else may add TLS.
        let is_inside = |url: &String| url.contains(".svc");
        let is_eks = gateway
            .argocd_grpc_url
            .as_ref()
            .is_some_and(|url| url.contains(EKS));
        if !is_eks && take("plaintext", "--plaintext", "", from) {
            gateway.plaintext = Some(true);
        } else if given.plaintext.is_none() && given.argocd_grpc_url.as_ref().is_none_or(is_inside)
        {
            notes.push(Note::warning(format!(
                "the server speaks plain text ({from}); without --plaintext: `authentication handshake failed: EOF`"
            )));
        }
        notes
    }
}
