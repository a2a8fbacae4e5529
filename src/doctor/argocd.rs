//! The steps inside Argo CD: its settings, the account, the account's rights.

use super::{DoctorStep, Fact, Gap, Names, StepState};
use crate::octopus::{Check, CheckAnswer, Purpose};
use crate::text::counted;

/// The ConfigMaps, as far as they were read.
#[derive(Clone, Debug, Default)]
pub struct SettingsFact {
    /// What was read, by name, with its place.
    pub read: Vec<String>,
    /// What is not there.
    pub missing: Vec<&'static str>,
    /// Who writes them, where they name someone.
    pub owner: Option<String>,
    /// How a change is made that the owner keeps, where plain kubectl's would be reverted.
    pub kept_by: Option<&'static str>,
}

/// The account in argocd-cm.
#[derive(Clone, Debug, Default)]
pub struct AccountFact {
    /// Whether it is enabled.
    pub is_enabled: bool,
    /// Whether it may have tokens.
    pub has_api_key: bool,
    /// Whether someone may log in as it.
    pub may_log_in: bool,
    /// Where it is.
    pub place: String,
}

/// The proof of the account's rights.
#[derive(Clone, Debug, Default)]
pub struct RightsProof {
    /// Everything that was checked.
    pub checks: Vec<Check>,
    /// Why the policy does not load, so that every decision fails.
    pub broken: Option<String>,
}

impl Names {
    /// The command that makes the change, in the form that stays.
    fn render(&self, fact: Option<&SettingsFact>, options: &str) -> String {
        let Self {
            input,
            change,
            kubectl,
            namespace,
            ..
        } = self;
        match fact.and_then(|fact| fact.kept_by) {
            Some(form) => format!("kubectl octopus-argo render{change}{options} {form}"),
            None => format!(
                "kubectl octopus-argo render{input}{change}{options} | kubectl replace{kubectl} -n {namespace} -f -"
            ),
        }
    }
}

/// Whether the ConfigMaps could be read.
pub(super) fn settings(fact: &Fact<SettingsFact>, names: &Names) -> DoctorStep {
    let step = DoctorStep::new("settings", "ConfigMaps");
    let fact = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(fact) => fact,
    };
    if fact.read.is_empty() {
        let why = format!(
            "namespace {} has no argocd-cm and no argocd-rbac-cm; -n names another one",
            names.namespace
        );
        let next = "kubectl get configmap -A -l app.kubernetes.io/part-of=argocd";
        return step.open(StepState::Missing, why, next);
    }
    let mut step = step.say(format!("{} read", fact.read.join(", ")));
    if !fact.missing.is_empty() {
        // Argo CD works without one of them; the change makes it.
        step = step.say(format!("{} not there", fact.missing.join(", ")));
    }
    match &fact.owner {
        Some(owner) => step.say(format!("written by {owner}")),
        None => step.say("owner unknown"),
    }
}

/// Whether the account is there, enabled and may have tokens.
pub(super) fn account(
    fact: &Fact<Option<AccountFact>>,
    read: Option<&SettingsFact>,
    names: &Names,
) -> DoctorStep {
    let step = DoctorStep::new("account", "account");
    let name = &names.account;
    let fact = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(None) => {
            let why = format!("argocd-cm has no accounts.{name}");
            return step.open(StepState::Missing, why, names.render(read, ""));
        }
        Ok(Some(fact)) => fact,
    };
    let mut step = step;
    if !fact.is_enabled {
        let why = format!("{name} is disabled: {}", fact.place);
        step = step.open(StepState::Wrong, why, names.render(read, " --enable"));
    }
    if !fact.has_api_key {
        let why = format!(
            "{name} may not have tokens, it lacks apiKey: {}",
            fact.place
        );
        step = step.open(StepState::Wrong, why, names.render(read, ""));
    }
    if step.state == StepState::Done {
        step = step.say(format!("{name} is enabled and may have tokens"));
    }
    if fact.may_log_in {
        step = step.say("it may log in too, which Octopus does not need");
    }
    step
}

/// Whether the rules are enough, and not too much.
pub(super) fn rules(
    fact: &Fact<RightsProof>,
    read: Option<&SettingsFact>,
    names: &Names,
) -> DoctorStep {
    let step = DoctorStep::new("rules", "permissions");
    let checks = match fact {
        Err(gap) => return step.unknown(gap),
        Ok(rules) => &rules.checks,
    };
    if let Ok(RightsProof {
        broken: Some(why), ..
    }) = fact
    {
        let next = format!("kubectl octopus-argo lint{}", names.input);
        return step.open(StepState::Wrong, why.clone(), next);
    }
    let failed = |purpose: Purpose| {
        checks
            .iter()
            .filter(move |check| !check.ok && check.purpose == purpose)
    };
    let name = |check: &Check| format!("{} {}", check.action, check.resource);
    let listed = |purpose: Purpose| {
        let mut all: Vec<String> = failed(purpose).map(name).collect();
        all.dedup();
        all.join(", ")
    };
    let mut step = step;
    if failed(Purpose::Required).next().is_some() {
        let why = format!("{} may not {}", names.account, listed(Purpose::Required));
        step = step.open(StepState::Missing, why, names.render(read, ""));
    }
    if let Some(first) = failed(Purpose::Forbidden).next() {
        let why = format!(
            "{} may {}, which Octopus does not need: {}",
            names.account,
            listed(Purpose::Forbidden),
            first.decided_by
        );
        let next = format!("kubectl octopus-argo check{}{}", names.input, names.change);
        step = step.open(StepState::Wrong, why, next);
    }
    let extra: Vec<String> = checks
        .iter()
        .filter(|check| check.purpose == Purpose::Extra && check.got != CheckAnswer::No)
        .map(name)
        .collect();
    if step.state == StepState::Done {
        let judged = checks
            .iter()
            .filter(|check| check.purpose != Purpose::Documented);
        step = step.say(format!("{} passed", counted(judged.count(), "check")));
    }
    if !extra.is_empty() {
        step = step.say(format!("more than Octopus needs: {}", extra.join(", ")));
    }
    step
}

/// Whether authorisation is on at all.
pub(super) fn authorisation(fact: &Fact<Option<String>>, names: &Names) -> DoctorStep {
    let step = DoctorStep::new("authorisation", "authorisation");
    match fact {
        Err(gap) => step.unknown(gap),
        Ok(None) => step.say("on"),
        Ok(Some(place)) => {
            let why = format!("off, so everyone may do everything: server.disable.auth in {place}");
            let Names {
                kubectl, namespace, ..
            } = names;
            let next = format!(
                "kubectl patch configmap argocd-cmd-params-cm{kubectl} -n {namespace} --type merge -p '{{\"data\":{{\"server.disable.auth\":\"false\"}}}}' && kubectl rollout restart deployment{kubectl} -n {namespace} -l app.kubernetes.io/name=argocd-server"
            );
            step.open(StepState::Wrong, why, next)
        }
    }
}

/// A step that waits for an earlier one.
pub(super) fn waits(why: &str) -> Gap {
    Gap {
        why: why.to_owned(),
        next: None,
        may_pass: true,
    }
}
