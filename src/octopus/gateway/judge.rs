//! What is wrong with values of the gateway's chart, anyone who wrote them.

use serde_json::Value;

use super::super::urls;
use super::chart::{CLOSED, Holds, KEYS, meant, moved};
use crate::error::Result;
use crate::model::{Severity, spelling};

/// A test of an address: its path and its text.
type AddressCheck = fn(&str, &str) -> Result<()>;

/// Something about a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The keys that lead to it, as far as they are there.
    pub path: Vec<String>,
    /// How bad it is.
    pub gravity: Severity,
    /// What is wrong; never a secret.
    pub text: String,
    /// What to do.
    pub help: String,
}

/// The values under judgement.
struct Judge<'v> {
    values: &'v Value,
    faults: Vec<Fault>,
}

/// Judges the values of the chart: what is missing, what excludes each other, what is unknown, what
/// TLS then means.
pub fn judge(values: &Value) -> Vec<Fault> {
    let mut judge = Judge {
        values,
        faults: Vec::new(),
    };
    judge.unknown(values, "");
    judge.types();
    judge.token();
    judge.registration();
    judge.tls();
    judge.addresses();
    judge
        .faults
        .sort_by_key(|fault| std::cmp::Reverse(fault.gravity));
    judge.faults
}

impl<'v> Judge<'v> {
    fn get(&self, path: &str) -> Option<&'v Value> {
        let keys = path.split('.');
        let value = keys
            .into_iter()
            .try_fold(self.values, |value, key| value.get(key))?;
        // An empty string is the chart's own way to say nothing.
        (!value.is_null() && value.as_str() != Some("")).then_some(value)
    }

    fn has(&self, path: &str) -> bool {
        self.get(path).is_some()
    }

    /// Whether a flag is on, as a template sees it: any text is.
    fn is_on(&self, path: &str) -> bool {
        match self.get(path) {
            Some(Value::Bool(on)) => *on,
            Some(Value::String(_)) => true,
            _ => false,
        }
    }

    fn add(
        &mut self,
        gravity: Severity,
        path: &str,
        text: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.faults.push(Fault {
            path: path.split('.').map(str::to_owned).collect(),
            gravity,
            text: text.into(),
            help: help.into(),
        });
    }

    fn unknown(&mut self, section: &Value, path: &str) {
        let Some(map) = section.as_object() else {
            return;
        };
        for (key, value) in map {
            let full = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let below = format!("{full}.");
            let is_known = KEYS.iter().any(|(known, _)| *known == full);
            let is_section = KEYS.iter().any(|(known, _)| known.starts_with(&below));
            if is_section {
                self.unknown(value, &full);
            } else if !is_known && !path.is_empty() {
                let is_closed = CLOSED.contains(&path);
                let beside = |meant: &String| is_closed || meant.starts_with(path);
                let help = match meant(path, key).filter(beside) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if is_closed => "nothing reads it".to_owned(),
                    None => continue,
                };
                self.add(
                    Severity::Warning,
                    &full,
                    format!("the chart has no `{full}`"),
                    help,
                );
            } else if !is_known && path.is_empty() {
                // Of unknown keys at the top only those that are a slip are worth a word.
                let tops = [
                    "registration",
                    "gateway",
                    "replicaCount",
                    "metrics",
                    "autoUpdate",
                    "extraEnv",
                ];
                let moved = moved(key);
                let meant = moved.or_else(|| spelling::meant(key, tops).map(str::to_owned));
                if let Some(meant) = meant {
                    let text = format!("the chart has no `{full}`");
                    self.add(
                        Severity::Warning,
                        &full,
                        text,
                        format!("did you mean `{meant}`?"),
                    );
                }
            }
        }
    }

    fn types(&mut self) {
        for (path, holds) in KEYS {
            let Some(value) = self.get(path) else {
                continue;
            };
            let (wrong, help) = match holds {
                Holds::Flag if !value.is_boolean() => (
                    "is not a boolean",
                    "write true or false without quotes: a template takes any string for true, \"false\" as well",
                ),
                Holds::Number if !value.is_u64() => ("is not a number", "write it without quotes"),
                Holds::List if !value.is_array() => ("is not a list", "write it as a list: [a, b]"),
                Holds::Text if !value.is_string() => ("is not a string", "write it in quotes"),
                _ => continue,
            };
            self.add(Severity::Warning, path, format!("`{path}` {wrong}"), help);
        }
    }

    fn token(&mut self) {
        const ARGOCD: &str = "gateway.argocd";
        let of = |key: &str| format!("{ARGOCD}.{key}");
        let (inline, named) = (
            of("authenticationToken"),
            of("authenticationTokenSecretName"),
        );
        let (projects, of_projects) = (
            of("projectAuthentication"),
            of("projectAuthenticationSecretName"),
        );
        let account = self.has(&inline) || self.has(&named);
        let project = self.has(&projects) || self.has(&of_projects);
        if !account && !project {
            self.add(
                Severity::Error,
                &named,
                "nothing says where the token for Argo CD comes from",
                "name its Secret: authenticationTokenSecretName and authenticationTokenSecretKey",
            );
        }
        if account && project {
            let path = if self.has(&of_projects) {
                &of_projects
            } else {
                &projects
            };
            self.add(
                Severity::Error,
                path,
                "the account's token and tokens of projects are mutually exclusive",
                "leave one of them out",
            );
        }
        for (one, other) in [(&inline, &named), (&projects, &of_projects)] {
            if self.has(one) && self.has(other) {
                let text = format!("`{one}` and `{other}` are mutually exclusive");
                self.add(
                    Severity::Error,
                    one,
                    text,
                    "keep the Secret and leave the inline token out",
                );
            }
        }
        if self.has(&named) && !self.has(&of("authenticationTokenSecretKey")) {
            self.add(
                Severity::Error,
                &named,
                "the Secret is named, its key is not",
                "add authenticationTokenSecretKey: ARGOCD_AUTH_TOKEN",
            );
        }
        let access = "registration.octopus.serverAccessToken";
        let token_of_project =
            |item: &Value| item.get("token").is_some_and(|token| !token.is_null());
        let in_projects = self
            .get(&projects)
            .and_then(Value::as_array)
            .is_some_and(|items| items.iter().any(token_of_project));
        for (path, is_there) in [
            (inline.as_str(), self.has(&inline)),
            (projects.as_str(), in_projects),
            (access, self.has(access)),
        ] {
            if is_there {
                self.add(
                    Severity::Warning,
                    path,
                    format!("`{path}` holds a token in clear text"),
                    "put it into a Secret and name that: helm keeps values in the cluster with every release",
                );
            }
        }
    }

    fn registration(&mut self) {
        const OCTOPUS: &str = "registration.octopus";
        if self.get("registration.register") == Some(&Value::Bool(false)) {
            return;
        }
        let of = |key: &str| format!("{OCTOPUS}.{key}");
        for (key, what) in [
            ("name", "the gateway's name in Octopus Deploy"),
            ("serverApiUrl", "the address of Octopus Deploy"),
        ] {
            if !self.has(&of(key)) {
                let text = format!("`{}` is missing: {what}", of(key));
                self.add(
                    Severity::Error,
                    &of(key),
                    text,
                    "without it the gateway cannot register",
                );
            }
        }
        let (one, many) = (of("spaceId"), of("spaceIds"));
        if !self.has(&one)
            && self
                .get(&many)
                .and_then(Value::as_array)
                .is_none_or(Vec::is_empty)
        {
            self.add(
                Severity::Error,
                &one,
                "no space is named, and at least one is required",
                "add spaceId: Spaces-1, or registration.register: false if the gateway is registered elsewhere",
            );
        } else if self.has(&one) && self.has(&many) {
            self.add(
                Severity::Warning,
                &one,
                "both `spaceId` and `spaceIds` are given",
                "name all of them in spaceIds",
            );
        }
        let inline = of("serverAccessToken");
        let named = of("serverAccessTokenSecretName");
        match (self.has(&inline), self.has(&named)) {
            (false, false) => self.add(
                Severity::Error,
                &named,
                "nothing says where Octopus Deploy's access token comes from",
                "name its Secret: serverAccessTokenSecretName and serverAccessTokenSecretKey",
            ),
            (true, true) => {
                self.add(
                    Severity::Error,
                    &inline,
                    "`serverAccessToken` and `serverAccessTokenSecretName` are mutually exclusive",
                    "keep the Secret and leave the inline token out",
                );
            }
            (false, true) if !self.has(&of("serverAccessTokenSecretKey")) => self.add(
                Severity::Error,
                &named,
                "the Secret is named, its key is not",
                "add serverAccessTokenSecretKey: OCTOPUS_SERVER_ACCESS_TOKEN",
            ),
            _ => {}
        }
    }

    fn tls(&mut self) {
        let (plaintext, insecure) = ("gateway.argocd.plaintext", "gateway.argocd.insecure");
        let certificates = "gateway.serverCertificateSecretName";
        let trusts = self.has(certificates) || self.has("gateway.serverCertificates");
        match (self.is_on(plaintext), self.is_on(insecure)) {
            (true, true) => self.add(
                Severity::Warning,
                insecure,
                "with `plaintext` there is no certificate that `insecure` could ignore",
                "leave one of them out",
            ),
            (true, false) => self.add(
                Severity::Note,
                plaintext,
                "no TLS towards Argo CD: anyone on the network path can read the token",
                "right only where Argo CD's server runs with server.insecure, beside the gateway",
            ),
            (false, true) => self.add(
                Severity::Note,
                insecure,
                "Argo CD's certificate is not verified: anyone in between can read the token",
                "gateway.serverCertificateSecretName names the certificate to trust instead",
            ),
            (false, false) if !trusts => self.add(
                Severity::Note,
                "gateway.argocd.serverGrpcUrl",
                "Argo CD's certificate must be one that is trusted publicly",
                "gateway.serverCertificateSecretName names another one; Argo CD's own is self-signed",
            ),
            _ => {}
        }
        let (clear, thumbprint) = (
            "gateway.octopus.plaintext",
            "gateway.octopus.serverThumbprint",
        );
        if self.is_on(clear) {
            if self.has(thumbprint) {
                self.add(
                    Severity::Warning,
                    thumbprint,
                    "with `plaintext` there is no certificate that a thumbprint could pin",
                    "leave one of them out",
                );
            }
            self.add(
                Severity::Note,
                clear,
                "what the gateway sends to Octopus Deploy is not encrypted",
                "right only for a proxy beside it that adds TLS",
            );
        }
        for section in ["registration.octopus", "gateway.octopus", "gateway.argocd"] {
            let path = format!("{section}.serverCertificate");
            if self.has(&path) {
                let text = format!("`{path}` is deprecated");
                self.add(
                    Severity::Warning,
                    &path,
                    text,
                    "gateway.serverCertificates serves both sides",
                );
            }
        }
        if self.is_on("gateway.argocd.grpcWeb") && self.has("gateway.argocd.grpcWebRootPath") {
            self.add(
                Severity::Note,
                "gateway.argocd.grpcWeb",
                "`grpcWebRootPath` includes `grpcWeb`",
                "leave `grpcWeb` out",
            );
        }
    }

    fn addresses(&mut self) {
        let octopus = "gateway.octopus.serverGrpcUrl";
        if !self.has(octopus) {
            let text = format!("`{octopus}` is missing: the gRPC address of Octopus Deploy");
            self.add(
                Severity::Error,
                octopus,
                text,
                "add it: grpc://example.octopus.app:8443",
            );
        }
        let checks: [(&str, AddressCheck); 4] = [
            (octopus, |key, url| urls::grpc(key, url, true)),
            ("gateway.argocd.serverGrpcUrl", |key, url| {
                urls::grpc(key, url, false)
            }),
            ("registration.octopus.serverApiUrl", urls::web),
            ("registration.argocd.webUiUrl", urls::web),
        ];
        for (path, check) in checks {
            let Some(url) = self.get(path).and_then(Value::as_str) else {
                continue;
            };
            // Values of a chart above this one may be templates.
            if url.contains("{{") {
                continue;
            }
            if let Err(error) = check(path, url) {
                let help = error.hints().join("; ");
                self.add(Severity::Error, path, error.to_string(), help);
            }
        }
        let interval = "gateway.octopus.keepAlive.intervalSeconds";
        if self.get(interval).and_then(Value::as_u64) == Some(0) {
            self.add(
                Severity::Note,
                interval,
                "no keep-alives are sent: a load balancer that closes idle connections cuts this one off",
                "30 is the chart's default",
            );
        }
    }
}

#[cfg(test)]
mod tests;
