//! The steps of the gateway itself, and of the Applications behind it.

use super::{DoctorStep, Fact, Gap, Names, SecretFact, StepState};
use crate::model::{Moment, Severity};
use crate::octopus::Fault;
use crate::text::counted;

/// A Deployment of the gateway.
#[derive(Clone, Debug, Default)]
pub struct DeploymentFact {
    /// Its name.
    pub name: String,
    /// Its Helm release.
    pub release: Option<String>,
    /// How many pods it should have, and how many are ready.
    pub replicas: (u64, u64),
    /// The Secrets that its environment comes from: name and key; no key for the whole Secret.
    pub secrets: Vec<(String, Option<String>)>,
    /// The variables of its environment that are written down.
    pub env: Vec<(String, String)>,
    /// When the oldest of its running containers started.
    pub started: Option<Moment>,
    /// Why that is not known.
    pub pods_gap: Option<Gap>,
}

/// The gateway's values: judged, or only as far as its environment tells.
#[derive(Clone, Debug, Default)]
pub struct ValuesFact {
    /// Where they are.
    pub source: String,
    /// What is wrong with them.
    pub faults: Vec<Fault>,
    /// The Secret that they name, and its key.
    pub secret: Option<(String, String)>,
    /// Whether they say that Argo CD speaks plain text, where that is known.
    pub plaintext: Option<bool>,
    /// What Argo CD's settings say to the same, with the place.
    pub server_insecure: Option<String>,
}

/// The Applications.
#[derive(Clone, Copy, Debug, Default)]
pub struct AppsFact {
    /// Applications and ApplicationSets.
    pub applications: usize,
    /// Their sources.
    pub sources: usize,
    /// Those that a deployment updates.
    pub updated: usize,
    /// Findings about annotations that are errors or warnings.
    pub findings: usize,
}

/// Whether the gateway runs, and with the token that the Secret holds now.
pub(super) fn deployment(
    fact: &Fact<Vec<DeploymentFact>>,
    secret: &Fact<Option<SecretFact>>,
    names: &Names,
) -> DoctorStep {
    let step = DoctorStep::new("gateway", "gateway");
    let Names {
        gateway_namespace,
        kubectl,
        ..
    } = names;
    let all = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(all) => all,
    };
    if all.is_empty() {
        let why = format!("namespace {gateway_namespace} has no Deployment of the gateway");
        let next = format!(
            "kubectl octopus-argo gateway command{} --gateway-namespace {gateway_namespace} --name NAME --octopus-url URL --octopus-grpc-url URL --space ID",
            names.input
        );
        return step.open(StepState::Missing, why, next);
    }
    let changed = secret
        .as_ref()
        .ok()
        .and_then(Option::as_ref)
        .and_then(|secret| secret.changed);
    let mut step = step;
    for one in all {
        let name = &one.name;
        let refers = one.secrets.iter().any(|(secret, key)| {
            *secret == names.secret && key.as_ref().is_none_or(|key| *key == names.key)
        });
        if !refers {
            let others: Vec<String> = one
                .secrets
                .iter()
                .map(|(secret, key)| match key {
                    Some(key) => format!("{secret} ({key})"),
                    None => secret.clone(),
                })
                .collect();
            let others = if others.is_empty() {
                "none".to_owned()
            } else {
                others.join(", ")
            };
            let why = format!(
                "{name} does not read the key {} of {}; its Secrets: {others}",
                names.key, names.secret
            );
            let next = names.set_value(&format!(
                "gateway.argocd.authenticationTokenSecretName={},gateway.argocd.authenticationTokenSecretKey={}",
                names.secret, names.key
            ));
            step = step.open(StepState::Wrong, why, next);
            continue;
        }
        let (wanted, ready) = one.replicas;
        match (one.started, changed) {
            (Some(started), Some(changed)) if started < changed => {
                let why = format!(
                    "{name} runs with the previous token: started {started}, the Secret changed {changed}"
                );
                step = step.open(StepState::Wrong, why, names.restart());
            }
            (Some(started), Some(_)) => {
                step = step.say(format!(
                    "{name} started {started}, after the Secret changed"
                ));
            }
            (Some(started), None) => step = step.say(format!("{name} started {started}")),
            (None, _) => {}
        }
        if ready < wanted || wanted == 0 {
            let why = format!(
                "{name}: {ready} of {} ready",
                counted(wanted.try_into().unwrap_or_default(), "pod")
            );
            let next = format!(
                "kubectl logs{kubectl} -n {gateway_namespace} -l app.kubernetes.io/name=octopus-argocd-gateway --tail 50"
            );
            step = step.open(StepState::Wrong, why, next);
        }
    }
    let gap = all.iter().find_map(|one| one.pods_gap.as_ref());
    match gap {
        Some(gap) if step.state == StepState::Done => step.unknown(gap),
        _ => step,
    }
}

/// Whether the gateway's values fit each other and Argo CD.
pub(super) fn values(fact: &Fact<ValuesFact>, names: &Names) -> DoctorStep {
    let step = DoctorStep::new("values", "values");
    let fact = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(fact) => fact,
    };
    let source = &fact.source;
    let check = format!("kubectl octopus-argo gateway values --check -f {source}");
    let mut step = step;
    for fault in fact
        .faults
        .iter()
        .filter(|fault| fault.gravity == Severity::Error)
    {
        step = step.open(StepState::Wrong, fault.text.clone(), check.clone());
    }
    if let Some((secret, key)) = &fact.secret
        && (*secret != names.secret || *key != names.key)
    {
        let why = format!(
            "they name the key {key} of Secret {secret}, and not {} of {}",
            names.key, names.secret
        );
        let next = format!("kubectl octopus-argo doctor --secret-name {secret} --secret-key {key}");
        step = step.open(StepState::Wrong, why, next);
    }
    match (fact.plaintext, &fact.server_insecure) {
        (Some(false), Some(place)) => {
            let why = format!(
                "the server speaks plain text ({place}), the gateway does not: gateway.argocd.plaintext is not true"
            );
            step = step.open(StepState::Wrong, why, names.set_value("gateway.argocd.plaintext=true"));
        }
        (Some(true), None) => step = step.say("plaintext is set, but nothing in the input says that Argo CD's server speaks plain text"),
        _ => {}
    }
    let warnings = fact
        .faults
        .iter()
        .filter(|fault| fault.gravity == Severity::Warning);
    for fault in warnings {
        step = step.say(fault.text.clone());
    }
    if step.state == StepState::Done {
        step = step.say(format!("{source}: consistent"));
    }
    step
}

/// Whether a deployment of Octopus would update anything.
pub(super) fn applications(fact: &Fact<AppsFact>, names: &Names) -> DoctorStep {
    let step = DoctorStep::new("applications", "Applications");
    let fact = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(fact) => fact,
    };
    let updated = format!(
        "{} of {} of {} updated",
        fact.updated,
        counted(fact.sources, "source"),
        counted(fact.applications, "Application")
    );
    let look = format!("kubectl octopus-argo apps{}", names.input);
    if fact.applications == 0 {
        let why = "there is no Application";
        return step.open(
            StepState::Missing,
            why,
            "kubectl get applications.argoproj.io -A",
        );
    }
    let mut step = step;
    if fact.updated == 0 {
        let next = if fact.findings > 0 {
            look.clone()
        } else {
            format!(
                "kubectl octopus-argo apps annotate{} --app NAME --octopus-project SLUG --environment SLUG",
                names.input
            )
        };
        step = step.open(StepState::Missing, updated, next);
    } else {
        step = step.say(updated);
    }
    if fact.findings > 0 {
        let count = counted(fact.findings, "finding");
        step = step.say(format!("{count} about annotations: {look} shows them"));
    }
    step
}
