//! What to do about each refusal.

use super::refusal::{Refusal, RefusalReason};
use crate::error::{Error, Kind};
use crate::model::TokenOwner;

/// The first argocd that knows every command and flag that we use (`--prompts-enabled`).
pub(super) const NEEDED: &str = "v2.14";
/// How argocd is installed.
pub(super) const INSTALL: &str = "https://argo-cd.readthedocs.io/en/stable/cli_installation/";

/// What to do next, a line each.
#[expect(clippy::too_many_lines, reason = "a table of reasons")]
pub(super) fn of(refusal: &Refusal) -> Vec<String> {
    let hints: &[&str] = match &refusal.reason {
        RefusalReason::NotLoggedIn => &[
            "log in with `argocd login SERVER`, or present a token: ARGOCD_AUTH_TOKEN or --token-file",
        ],
        RefusalReason::TokenExpired => {
            return vec![format!(
                "the presented token has expired: present a newer one, or make one: `{}`",
                of_owner("create", refusal)
            )];
        }
        RefusalReason::TokenNotYetValid => &[
            "the server's clock is behind that of the token's maker: compare both (`date -u`), or wait",
        ],
        RefusalReason::TokenRevoked => {
            return vec![
                "the presented token was revoked, or argocd-secret was applied again, which revokes every token"
                    .to_owned(),
                format!("`{}` lists the remaining ones", of_owner("list", refusal)),
            ];
        }
        RefusalReason::TokenInvalid => &[
            "the presented token is not from this server: `kubectl octopus-argo token inspect` shows what it claims",
        ],
        RefusalReason::AccountDisabled => {
            &["set accounts.<name>.enabled to \"true\" in argocd-cm: \
             `kubectl octopus-argo render --enable` makes that change"]
        }
        RefusalReason::PermissionDenied if project(refusal).is_some() => {
            let project = project(refusal).unwrap_or_default();
            return vec![format!(
                "log in as a user with `projects, update, {project}`: a role's own token may not make or delete tokens"
            )];
        }
        RefusalReason::PermissionDenied => &[
            "log in as a user who may do this: an account itself, for its own tokens, or one with `accounts, update`",
        ],
        RefusalReason::UnknownAccount(_) => {
            return vec![
                "`kubectl octopus-argo render` makes the change that adds the account to argocd-cm"
                    .to_owned(),
                format!(
                    "`{}` shows the accounts that the server knows",
                    refusal.commands.line(&["account", "list"])
                ),
            ];
        }
        RefusalReason::UnknownToken => {
            return vec![format!(
                "`{}` lists the ids of the existing tokens",
                of_owner("list", refusal)
            )];
        }
        RefusalReason::UnknownProject => {
            &["`argocd proj list` shows the projects that you may see"]
        }
        RefusalReason::UnknownRole => &[
            "`kubectl octopus-argo render --form appproject --project PROJECT` adds the role to the project",
        ],
        RefusalReason::NoApiKey => &[
            "the account needs the capability `apiKey`, written exactly so: \
             `kubectl octopus-argo render` makes that change",
        ],
        RefusalReason::DuplicateId => {
            return vec![format!(
                "an id can be used once: name another one with --id, or leave it out; \
                 `{}` shows the ids there are",
                of_owner("list", refusal)
            )];
        }
        RefusalReason::LostRace => {
            &["the same object was changed at the same time: run the command again"]
        }
        RefusalReason::WrongPassword => {
            &["the first password is that of the user who is logged in, not the account's"]
        }
        RefusalReason::StaleLogin => &["log in again with `argocd relogin`"],
        RefusalReason::BadDuration => {
            &["write one number and one unit of s, m, h and d, such as 90d"]
        }
        RefusalReason::NoServer => &[
            "name the server with --server or ARGOCD_SERVER, use --port-forward, or log in with \
             `argocd login SERVER`",
        ],
        RefusalReason::UnknownContext => &["`argocd context` shows the contexts that argocd knows"],
        RefusalReason::Unreachable => unreachable(&refusal.message),
        RefusalReason::Untrusted => &[
            "name the certificate of the server or its authority with --server-crt FILE; \
             --insecure trusts any server",
            "the gateway needs it too: in the Secret that gateway.serverCertificateSecretName of its \
             chart names",
        ],
        RefusalReason::CertificateTime => &[
            "renew the server's certificate; if it is valid, compare the clocks (`date -u`)",
            "--server-crt does not help, because the certificate's own dates are checked",
        ],
        RefusalReason::WrongName(None) => &[
            "the certificate does not name this address: reach the server by a DNS name that the certificate is for",
            "where no one vouches for the certificate, name it with --server-crt FILE; --insecure trusts any server",
        ],
        RefusalReason::WrongName(Some(names)) => {
            return vec![format!(
                "the certificate is for other names: reach the server by one of them with --server \
                 ({names})"
            )];
        }
        RefusalReason::NeedsGrpcWeb => &[
            "a proxy or load balancer does not pass gRPC: --grpc-web, or --grpc-web-root-path for a server below a path",
            "the gateway needs it too: gateway.argocd.grpcWeb or grpcWebRootPath of its chart",
        ],
        RefusalReason::ClientCertificate => &[
            "the server wants a certificate of yours that it trusts: --client-crt FILE --client-crt-key FILE",
        ],
        RefusalReason::HttpStatus(status) => of_status(*status),
        RefusalReason::NotTls => &[
            "this server does not seem to use TLS: use --plaintext if that is intended",
            "the gateway needs it too: gateway.argocd.plaintext of its chart",
        ],
        RefusalReason::NoCluster => &[
            "check --kube-context and --port-forward-namespace (usually argocd)",
            "--server-name is the label app.kubernetes.io/name of the server's pods",
        ],
        RefusalReason::NeedsTerminal => &["argocd has a question: run it in a terminal"],
        RefusalReason::Killed => &["argocd was killed; it may have run out of memory"],
        RefusalReason::WeakPassword(pattern) => {
            return vec![format!(
                "choose a password that matches `{pattern}` (passwordPattern of argocd-cm)"
            )];
        }
        RefusalReason::NoSuchWord(words) => return vec![format!("this server knows: {words}")],
        RefusalReason::BrokenEnabled(value) => {
            return vec![
                format!(
                    "no one can log in while an `accounts.<name>.enabled` of argocd-cm is \"{value}\", not a boolean"
                ),
                "`kubectl octopus-argo lint --live` finds it; set it to \"true\" or \"false\" with kubectl"
                    .to_owned(),
            ];
        }
        RefusalReason::BrokenPolicy(line) => {
            return vec![
                format!(
                    "this line of argocd-rbac-cm does not load, so every decision fails: {line}"
                ),
                "`kubectl octopus-argo lint --live` finds it; correct it with kubectl".to_owned(),
            ];
        }
        RefusalReason::TooOld => {
            return vec![format!(
                "argocd {NEEDED} or later is needed; `argocd version --client` shows yours, and \
                 {INSTALL} how to get another"
            )];
        }
        RefusalReason::Other => &[],
    };
    hints.iter().map(|hint| (*hint).to_owned()).collect()
}

/// Hints for a server that was not reached.
fn unreachable(message: &str) -> &'static [&'static str] {
    const PORT_FORWARD: &str =
        "from outside the cluster: --port-forward --port-forward-namespace argocd";
    let has = |text: &str| message.contains(text);
    if has("no such host") {
        &[
            "DNS does not know this name: check its spelling; names that end in .svc are known in the cluster only",
            PORT_FORWARD,
        ]
    } else if has("connection refused") {
        &[
            "nothing listens there: check host and port, and that the server is up",
            PORT_FORWARD,
        ]
    } else {
        &[
            "check that the address is right and the server is up, and that no firewall is between",
            "behind a proxy without HTTP/2 use --grpc-web; argocd takes HTTPS_PROXY only with it",
            PORT_FORWARD,
        ]
    }
}

/// Hints for an HTTP status that something other than Argo CD sent.
fn of_status(status: u16) -> &'static [&'static str] {
    match status {
        401 | 403 | 407 => &[
            "a proxy in front of Argo CD refused this: give it what it asks for with --header",
            "or go around it: --port-forward --port-forward-namespace argocd",
        ],
        464 => &[
            "the load balancer's target group expects another protocol version: HTTP1 for --grpc-web, GRPC without it",
        ],
        500..=599 => &[
            "a proxy answered, but not the server behind it: check that the pods of argocd-server are ready",
        ],
        _ => &[
            "Argo CD's API is not at this address: check it, or use --grpc-web, or --grpc-web-root-path",
        ],
    }
}

/// A command about the tokens that the call was about, or else about those of the account that is
/// meant where none is named.
fn of_owner(verb: &str, refusal: &Refusal) -> String {
    match &refusal.owner {
        Some(owner) => refusal.commands.token(verb, owner, &[]),
        None => refusal.commands.line(&["token", verb]),
    }
}

/// The project whose role's tokens the call was about.
fn project(refusal: &Refusal) -> Option<&str> {
    match &refusal.owner {
        Some(TokenOwner::Role { project, .. }) => Some(project),
        _ => None,
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let error = Self::new(Kind::External, refusal.to_string());
        let error = error.caused_by(format!("ran {}", refusal.call));
        of(&refusal).into_iter().fold(error, Self::hint)
    }
}
