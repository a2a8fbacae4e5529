//! The steps of the token: on the server, in its Secret, and as the server sees it.

use super::argocd::waits;
use super::{DoctorStep, Fact, Names, StepState};
use crate::model::{Moment, Span, Subject, TokenClaims, TokenOwner, TokenRecord};
use crate::text::counted;

/// Who has less time than this wants to know.
const SOON: Span = Span::seconds(14 * 24 * 3600);

/// The Secret, without the token.
#[derive(Clone, Debug, Default)]
pub struct SecretFact {
    /// Its keys.
    pub keys: Vec<String>,
    /// What the token under the key claims, or why it is not a token; `None` without the key.
    pub claims: Option<Result<TokenClaims, &'static str>>,
    /// When it was last changed.
    pub changed: Option<Moment>,
    /// Whether plain `kubectl apply` has copied the token into an annotation.
    pub is_copied: bool,
}

impl SecretFact {
    /// The id of its token.
    pub fn id(&self) -> Option<&str> {
        self.claims.as_ref()?.as_ref().ok()?.id()
    }
}

/// What the server answered to the token.
#[derive(Clone, Debug, Default)]
pub struct ServerFact {
    /// Whether it takes the token for the account.
    pub is_expected: bool,
    /// The subject that the server identifies, if that is not the account.
    pub stranger: Option<String>,
    /// What is not as it must be.
    pub wrong: Vec<String>,
    /// How many answers counted.
    pub answers: usize,
    /// Its version.
    pub version: Option<String>,
}

/// What the token sees.
#[derive(Clone, Copy, Debug, Default)]
pub struct VisibleFact {
    /// Applications.
    pub applications: usize,
    /// Clusters.
    pub clusters: usize,
}

fn shown(moment: Moment, now: Moment) -> String {
    if moment <= now {
        format!("expired {moment}")
    } else {
        format!("expires {moment}")
    }
}

/// Whether the account has tokens, and each is used.
pub(super) fn tokens(
    fact: &Fact<Vec<TokenRecord>>,
    secret: &Fact<Option<SecretFact>>,
    now: Moment,
    names: &Names,
) -> DoctorStep {
    let step = DoctorStep::new("tokens", "tokens");
    let tokens = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(tokens) => tokens,
    };
    let valid: Vec<&TokenRecord> = tokens.iter().filter(|token| !token.expired(now)).collect();
    let expired = tokens.len() - valid.len();
    let account = &names.account;
    if valid.is_empty() {
        let why = match expired {
            0 => format!("{account} has no token"),
            _ => format!(
                "{account} has no valid token, {} expired",
                have(expired, "")
            ),
        };
        return step.open(StepState::Missing, why, names.create_token());
    }
    let mut step = step.say(counted(valid.len(), "valid token"));
    let used = secret
        .as_ref()
        .ok()
        .and_then(Option::as_ref)
        .and_then(SecretFact::id);
    for token in &valid {
        let end = token
            .expires
            .map_or_else(|| "never expires".to_owned(), |end| shown(end, now));
        step = step.say(format!("{} {end}", token.id));
        if used.is_none_or(|used| used == token.id)
            && token.expires.is_some_and(|end| end <= now.after(SOON))
        {
            step = step.say("soon: kubectl octopus-argo token rotate makes the next one");
        }
    }
    if let Some(used) = used
        && valid.iter().any(|token| token.id == used)
    {
        let orphans: Vec<&str> = valid
            .iter()
            .map(|token| token.id.as_str())
            .filter(|id| *id != used)
            .collect();
        if !orphans.is_empty() {
            let why = format!("not in the gateway's Secret: {}", orphans.join(", "));
            let next = format!(
                "kubectl octopus-argo token prune{}{} --except {used}",
                names.of_account(),
                names.argocd
            );
            step = step.open(StepState::Wrong, why, next);
        }
    }
    if expired > 0 {
        step = step.say(format!("{} expired", have(expired, "more ")));
    }
    step
}

/// Whether the Secret is there and holds a token of the account that the server knows.
pub(super) fn secret(
    fact: &Fact<Option<SecretFact>>,
    tokens: &Fact<Vec<TokenRecord>>,
    now: Moment,
    names: &Names,
) -> DoctorStep {
    let step = DoctorStep::new("secret", "Secret");
    let Names {
        secret,
        key,
        gateway_namespace,
        kubectl,
        account,
        ..
    } = names;
    let fact = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(None) => {
            let why = format!("namespace {gateway_namespace} has no Secret {secret}");
            return step.open(StepState::Missing, why, names.create_token());
        }
        Ok(Some(fact)) => fact,
    };
    let claims = match &fact.claims {
        None => {
            let why = format!("{secret} has no key {key}, only: {}", fact.keys.join(", "));
            let next = match &fact.keys[..] {
                [only] => format!(
                    "kubectl get secret{kubectl} -n {gateway_namespace} {secret} -o jsonpath='{{.data.{}}}' | base64 -d | kubectl octopus-argo gateway secret{}{} --gateway-namespace {gateway_namespace} --token-file - | kubectl apply --server-side{kubectl} -f -",
                    only.replace('.', "\\."),
                    names.of_account(),
                    names.of_gateway_secret(),
                ),
                _ => names.create_token(),
            };
            return step.open(StepState::Wrong, why, next);
        }
        Some(Err(why)) => {
            let why = format!("the key {key} of {secret} does not hold a token: {why}");
            return step.open(StepState::Wrong, why, names.create_token());
        }
        Some(Ok(claims)) => claims,
    };
    let mut step = step;
    if fact.is_copied {
        step = step.say("kubectl apply without --server-side has copied the token into an annotation: rotate it");
    }
    let id = claims.id().unwrap_or("without an id").to_owned();
    match claims.subject() {
        Some(Subject {
            owner: TokenOwner::Account(name),
            capability,
        }) if name == *account => {
            if capability.as_deref() == Some("login") {
                let why = "it holds a login session, which expires on its own";
                step = step.open(StepState::Wrong, why, names.create_token());
            }
        }
        other => {
            let whose = other.map_or_else(|| "nobody".to_owned(), |subject| subject.to_string());
            let why = format!("its token is of {}, not of {account}", whose.escape_debug());
            step = step.open(StepState::Wrong, why, names.create_token());
        }
    }
    if claims.expires().is_some_and(|end| end <= now) {
        let why = format!("its token {id} has expired");
        step = step.open(StepState::Wrong, why, names.create_token());
    } else if let Ok(known) = tokens
        && step.state == StepState::Done
        && !known.iter().any(|token| token.id == id)
    {
        let why = format!(
            "its token {id} is not one of {account}: revoked, of another server, or lost (lint: managed-argocd-secret)"
        );
        step = step.open(StepState::Wrong, why, names.create_token());
    }
    let end = claims
        .expires()
        .map_or_else(|| "never expires".to_owned(), |end| shown(end, now));
    step.say(format!("{secret}, key {key}: token {id}, {end}"))
}

impl Names {
    fn of_gateway_secret(&self) -> String {
        let mut options = String::new();
        if self.secret != crate::octopus::TOKEN_SECRET {
            options.push_str(" --token-secret ");
            options.push_str(&self.secret);
        }
        if self.key != crate::octopus::TOKEN_KEY {
            options.push_str(" --token-key ");
            options.push_str(&self.key);
        }
        options
    }
}

/// Whether the server answers the token as it should.
pub(super) fn server(fact: &Fact<ServerFact>, names: &Names) -> DoctorStep {
    let step = DoctorStep::new("server", "server");
    let fact = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(fact) => fact,
    };
    let verify = format!(
        "kubectl get secret{} -n {} {} -o jsonpath='{{.data.{}}}' | base64 -d | kubectl octopus-argo verify{}{} --token-file -",
        names.kubectl,
        names.gateway_namespace,
        names.secret,
        names.key.replace('.', "\\."),
        names.of_account(),
        names.argocd,
    );
    let mut step = step;
    if let Some(stranger) = &fact.stranger {
        return step.open(StepState::Wrong, stranger.clone(), names.create_token());
    }
    for wrong in &fact.wrong {
        step = step.open(StepState::Wrong, wrong.clone(), verify.clone());
    }
    if step.state == StepState::Done {
        step = step.say(format!("{} as expected", counted(fact.answers, "answer")));
    }
    match &fact.version {
        Some(version) => step.say(format!("Argo CD {version}")),
        None => step,
    }
}

/// Whether the token sees anything.
pub(super) fn visible(fact: &Fact<VisibleFact>, names: &Names) -> DoctorStep {
    let step = DoctorStep::new("visible", "visible");
    let fact = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(fact) => fact,
    };
    let seen = format!(
        "{}, {} as {}",
        counted(fact.applications, "Application"),
        counted(fact.clusters, "cluster"),
        names.account
    );
    if fact.applications > 0 && fact.clusters > 0 {
        return step.say(seen);
    }
    let next = format!("kubectl octopus-argo check{}{}", names.input, names.change);
    step.open(
        StepState::Wrong,
        format!("{seen}: Octopus shows an empty list, without an error"),
        next,
    )
}

/// Why the server was not asked: there is no token to ask with.
pub(super) fn no_token() -> super::Gap {
    waits("the Secret holds no token to ask with")
}

/// A number that has done something.
fn have(count: usize, more: &str) -> String {
    let verb = if count == 1 { "has" } else { "have" };
    format!("{count} {more}{verb}")
}
