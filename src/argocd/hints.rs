//! What to do about each refusal.

use super::refusal::{Reason, Refusal};

/// The first argocd that knows every command and flag that we use (`--prompts-enabled`).
pub(super) const NEEDED: &str = "v2.14";
/// How argocd is installed.
pub(super) const INSTALL: &str = "https://argo-cd.readthedocs.io/en/stable/cli_installation/";

/// What to do next, a line each.
pub(super) fn of(refusal: &Refusal) -> Vec<String> {
    let hints: &[&str] = match &refusal.reason {
        Reason::NotLoggedIn => &[
            "log in with `argocd login SERVER`, or present a token: ARGOCD_AUTH_TOKEN, \
             or --token-file where the command has it",
        ],
        Reason::TokenExpired => &[
            "the token that was presented has expired: present a newer one, or make one as \
             somebody who may update the account: `kubectl octopus-argo token create`",
        ],
        Reason::TokenRevoked => &[
            "the token that was presented has been revoked, or argocd-secret was applied again, \
             which revokes every token; `kubectl octopus-argo token list` shows those that are left",
        ],
        Reason::TokenInvalid => &[
            "what was presented is no token of this server: look at --server and at where the \
             token came from; `kubectl octopus-argo token inspect` shows what it claims",
        ],
        Reason::AccountDisabled => &["set accounts.<name>.enabled to \"true\" in argocd-cm: \
             `kubectl octopus-argo render --enable` makes that change"],
        Reason::PermissionDenied => &[
            "log in as somebody who may do this (`argocd login SERVER`); an account may always \
             make and delete its own tokens, others need `accounts, update`",
        ],
        Reason::UnknownAccount(_) => &[
            "`kubectl octopus-argo render` makes the change that adds the account to argocd-cm; \
             `kubectl octopus-argo account list` shows the accounts that the server knows",
        ],
        Reason::UnknownToken => {
            &["`kubectl octopus-argo token list` shows the ids of the tokens there are"]
        }
        Reason::UnknownProject => &["`argocd proj list` shows the projects that you may see"],
        Reason::UnknownRole => &[
            "`kubectl octopus-argo render -o appproject --project PROJECT` makes the change that \
             adds the role to the project",
        ],
        Reason::NoApiKey => &[
            "the account needs the capability `apiKey`, written exactly so: \
             `kubectl octopus-argo render` makes that change",
        ],
        Reason::DuplicateId => &[
            "an id can be used once: name another one with --id, or leave it out; \
             `kubectl octopus-argo token list` shows the ids there are",
        ],
        Reason::LostRace => &["somebody changed the same object at the same time: run it again"],
        Reason::WrongPassword => {
            &["the first password is the one of whoever is logged in, not the account's"]
        }
        Reason::StaleLogin => &["log in again with `argocd relogin`"],
        Reason::BadDuration => &["write one number and one unit of s, m, h and d, such as 90d"],
        Reason::NoServer => &[
            "name the server with --server or ARGOCD_SERVER, use --port-forward, or log in with \
             `argocd login SERVER`",
        ],
        Reason::UnknownContext => &["`argocd context` shows the contexts that argocd knows"],
        Reason::Unreachable => &[
            "look whether the address is right and the server is up; behind a proxy without \
             HTTP/2 use --grpc-web, from outside the cluster --port-forward \
             --port-forward-namespace argocd",
        ],
        Reason::Untrusted => &[
            "name the certificate of the server or its authority with --server-crt FILE; \
             --insecure trusts anybody",
        ],
        Reason::NotTls => &["this server seems to speak no TLS: use --plaintext if that is meant"],
        Reason::NoCluster => &[
            "look at --kube-context, at --port-forward-namespace (usually argocd) and at \
             --server-name, the label app.kubernetes.io/name of the server's pods",
        ],
        Reason::NeedsTerminal => &["argocd wants to ask something: run it at a terminal"],
        Reason::Killed => &["something outside ended argocd; its memory may have run out"],
        Reason::WeakPassword(pattern) => {
            return vec![format!(
                "choose a password that matches `{pattern}` (passwordPattern of argocd-cm)"
            )];
        }
        Reason::NoSuchWord(words) => return vec![format!("this server knows: {words}")],
        Reason::BrokenEnabled(value) => {
            return vec![format!(
                "an `accounts.<name>.enabled` of argocd-cm is \"{value}\", which is no boolean, so \
                 nobody can log in: set it to \"true\" or \"false\" with kubectl; \
                 `kubectl octopus-argo lint --live` finds it"
            )];
        }
        Reason::BrokenPolicy(line) => {
            return vec![format!(
                "this line of argocd-rbac-cm does not load, so every decision fails: {line} \
                 (mend it with kubectl; `kubectl octopus-argo lint --live` finds it)"
            )];
        }
        Reason::TooOld => {
            return vec![format!(
                "argocd {NEEDED} or later is needed; `argocd version --client` shows yours, and \
                 {INSTALL} how to get another"
            )];
        }
        Reason::Other => &[],
    };
    hints.iter().map(|hint| (*hint).to_owned()).collect()
}
