//! The values that the gateway's chart has.

use crate::model::spelling;

/// What a value of the chart holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Flag,
    Number,
    List,
    Any,
}

/// The keys of the chart that are about Octopus Deploy and Argo CD.
pub(super) const KEYS: &[(&str, Holds)] = &[
    ("registration.register", Holds::Flag),
    ("registration.octopus.name", Holds::Text),
    ("registration.octopus.serverApiUrl", Holds::Text),
    ("registration.octopus.serverAccessToken", Holds::Text),
    (
        "registration.octopus.serverAccessTokenSecretName",
        Holds::Text,
    ),
    (
        "registration.octopus.serverAccessTokenSecretKey",
        Holds::Text,
    ),
    ("registration.octopus.serverCertificate", Holds::Text),
    ("registration.octopus.spaceId", Holds::Text),
    ("registration.octopus.spaceIds", Holds::List),
    ("registration.octopus.environments", Holds::List),
    ("registration.octopus.tenants", Holds::List),
    ("registration.argocd.webUiUrl", Holds::Text),
    ("gateway.serverCertificateSecretName", Holds::Text),
    ("gateway.serverCertificates", Holds::Any),
    ("gateway.octopus.serverGrpcUrl", Holds::Text),
    ("gateway.octopus.plaintext", Holds::Flag),
    ("gateway.octopus.serverThumbprint", Holds::Text),
    ("gateway.octopus.serverCertificate", Holds::Text),
    ("gateway.octopus.keepAlive.intervalSeconds", Holds::Number),
    (
        "gateway.octopus.keepAlive.maxConsecutiveFailures",
        Holds::Number,
    ),
    ("gateway.argocd.serverGrpcUrl", Holds::Text),
    ("gateway.argocd.plaintext", Holds::Flag),
    ("gateway.argocd.insecure", Holds::Flag),
    ("gateway.argocd.grpcWeb", Holds::Flag),
    ("gateway.argocd.grpcWebRootPath", Holds::Text),
    ("gateway.argocd.authenticationToken", Holds::Text),
    ("gateway.argocd.authenticationTokenSecretName", Holds::Text),
    ("gateway.argocd.authenticationTokenSecretKey", Holds::Text),
    ("gateway.argocd.projectAuthentication", Holds::List),
    (
        "gateway.argocd.projectAuthenticationSecretName",
        Holds::Text,
    ),
    ("gateway.argocd.serverCertificate", Holds::Text),
    ("autoUpdate.enabled", Holds::Flag),
    ("replicaCount", Holds::Number),
    ("metrics.enabled", Holds::Flag),
    ("metrics.port", Holds::Number),
    ("metrics.serviceMonitor.enabled", Holds::Flag),
    ("extraEnv", Holds::Any),
];

/// Sections in which every key is known. What else a chart has (image, resources, labels) passes.
pub(super) const CLOSED: &[&str] = &[
    "registration",
    "registration.octopus",
    "registration.argocd",
    "gateway",
    "gateway.octopus",
    "gateway.octopus.keepAlive",
    "gateway.argocd",
];

/// The known key that an unknown one probably means: a neighbour, or one of that name elsewhere.
pub(super) fn meant(section: &str, key: &str) -> Option<String> {
    let beside = KEYS.iter().filter_map(|(known, _)| {
        let rest = known.strip_prefix(section)?.strip_prefix('.')?;
        rest.split('.').next()
    });
    spelling::meant(key, beside)
        .map(|meant| format!("{section}.{meant}"))
        .or_else(|| moved(key))
}

/// The one known path that ends in this key.
pub(super) fn moved(key: &str) -> Option<String> {
    let mut found = KEYS.iter().map(|(known, _)| *known).filter(|known| {
        known
            .rsplit('.')
            .next()
            .is_some_and(|last| last.eq_ignore_ascii_case(key))
    });
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only.to_owned()),
        _ => None,
    }
}

/// Whether a value at this path is a secret, so that it is not shown.
pub(super) fn is_secret(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default().to_lowercase();
    last.ends_with("token") || last.ends_with("password") || path.contains("projectAuthentication.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_searched_beside_it_and_elsewhere() {
        assert_eq!(
            meant("gateway.argocd", "plainText").as_deref(),
            Some("gateway.argocd.plaintext")
        );
        assert_eq!(
            meant("gateway.octopus", "webUiUrl").as_deref(),
            Some("registration.argocd.webUiUrl")
        );
        assert_eq!(meant("gateway", "colour"), None);
    }
}
