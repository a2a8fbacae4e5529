//! The chain from the account to the annotated Applications, step by step: what is known of each,
//! as plain values, and the one next command.
//!
//! [`ClusterReading`] is what was read, `facts` and `look` make facts of it and of what argocd answers, and the
//! other files judge these. A step whose facts could not be had is unknown, and never a failure of the others.

mod argocd;
mod cluster;
mod facts;
mod gateway;
mod look;
mod token;

pub use argocd::{AccountFact, RightsProof, SettingsFact};
pub use cluster::{ClusterQuestion, ClusterReading};
pub use gateway::{AppsFact, DeploymentFact, ValuesFact};
pub use look::Look;
pub use token::{SecretFact, ServerFact, VisibleFact};

use crate::octopus::{TOKEN_KEY, TOKEN_SECRET};

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// In place.
    Done,
    /// It has not been made yet.
    Missing,
    /// It is there and does not do what it should.
    Wrong,
    /// It could not be looked at.
    Unknown,
}

impl StepState {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        }
    }

    /// Whether someone has to do something.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Missing | Self::Wrong)
    }
}

/// Why something is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The reason, for people.
    pub why: String,
    /// What to do about it.
    pub next: Option<String>,
    /// Whether asking again may help.
    pub may_pass: bool,
}

impl Gap {
    /// Something that was not looked at, and will not be.
    pub fn lasting(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            next: None,
            may_pass: false,
        }
    }
}

/// A fact, or why it is not known.
pub type Fact<T> = Result<T, Gap>;

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorStep {
    /// Its name for programs.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What became of it.
    pub state: StepState,
    /// What that is known from; never a secret.
    pub evidence: Vec<String>,
    /// The command that brings it further.
    pub next: Option<String>,
    /// Whether an unknown step may become known by asking again.
    pub may_pass: bool,
}

impl DoctorStep {
    fn new(id: &'static str, title: &'static str) -> Self {
        Self {
            id,
            title,
            state: StepState::Done,
            evidence: Vec::new(),
            next: None,
            may_pass: false,
        }
    }

    fn say(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    /// Something that has to be done; the first of several names the command.
    fn open(
        mut self,
        state: StepState,
        evidence: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        if !self.state.is_open() {
            self.state = state;
            self.next = Some(next.into());
        }
        self.say(evidence)
    }

    fn is_settled(&self) -> bool {
        match self.state {
            StepState::Done => true,
            StepState::Unknown => !self.may_pass,
            StepState::Missing | StepState::Wrong => false,
        }
    }

    fn unknown(mut self, gap: &Gap) -> Self {
        self.state = StepState::Unknown;
        self.next.clone_from(&gap.next);
        self.may_pass = gap.may_pass;
        self.say(gap.why.clone())
    }
}

/// All steps, in the order in which they depend on one another.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// The steps.
    pub steps: Vec<DoctorStep>,
}

impl Chain {
    /// Whether nothing is missing or wrong.
    pub fn is_well(&self) -> bool {
        let done = |step: &DoctorStep| step.state == StepState::Done;
        self.steps.iter().any(done) && !self.steps.iter().any(|step| step.state.is_open())
    }

    /// Whether looking again could not help.
    pub fn is_settled(&self) -> bool {
        self.steps.iter().all(DoctorStep::is_settled)
    }

    /// The one next command: of the first step that is missing or wrong, else of the first that is
    /// unknown and could be known.
    pub fn next(&self) -> Option<&str> {
        let open = self.steps.iter().filter(|step| step.state.is_open());
        let unknown = self
            .steps
            .iter()
            .filter(|step| step.state == StepState::Unknown);
        open.chain(unknown).find_map(|step| step.next.as_deref())
    }

    /// How many steps are in a state.
    pub fn count(&self, state: StepState) -> usize {
        self.steps.iter().filter(|step| step.state == state).count()
    }

    /// The steps that may still change, with their states.
    pub fn waits(&self) -> String {
        let open = self.steps.iter();
        let open = open.filter(|step| !step.is_settled());
        let words = open.map(|step| format!("{} ({})", step.title, step.state.as_str()));
        words.collect::<Vec<_>>().join(", ")
    }

    /// How many steps there are in each state.
    pub fn summary(&self) -> String {
        let counted = [
            StepState::Done,
            StepState::Missing,
            StepState::Wrong,
            StepState::Unknown,
        ];
        let counted = counted.map(|state| (self.count(state), state.as_str()));
        let words = counted.iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = words
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        format!("{} steps: {}", self.steps.len(), words.join(", "))
    }
}

/// What the commands that bring a step further are made of.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The account.
    pub account: String,
    /// Argo CD's namespace.
    pub namespace: String,
    /// The gateway's namespace.
    pub gateway_namespace: String,
    /// The Secret with the token.
    pub secret: String,
    /// Its key.
    pub key: String,
    /// The gateway's Helm release.
    pub release: String,
    /// How our commands get the objects: ` --live -n argocd`, ` -f live.yaml`.
    pub input: String,
    /// The options of the change, each behind a space.
    pub change: String,
    /// The flags of kubectl, each behind a space.
    pub kubectl: String,
    /// The flags of argocd, as ours, each behind a space.
    pub argocd: String,
}

impl Names {
    /// Makes the token and puts it into the Secret.
    fn create_token(&self) -> String {
        let Self {
            argocd,
            gateway_namespace,
            kubectl,
            ..
        } = self;
        format!(
            "kubectl octopus-argo token create{}{argocd} --expires-in 90d -o secret{} | kubectl apply --server-side{kubectl} -n {gateway_namespace} -f -",
            self.of_account(),
            self.of_secret(),
        )
    }

    fn of_account(&self) -> String {
        if self.account == "octopus" {
            String::new()
        } else {
            format!(" --account {}", self.account)
        }
    }

    fn of_secret(&self) -> String {
        let mut options = String::new();
        if self.secret != TOKEN_SECRET {
            options.push_str(" --secret-name ");
            options.push_str(&self.secret);
        }
        if self.key != TOKEN_KEY {
            options.push_str(" --secret-key ");
            options.push_str(&self.key);
        }
        options
    }

    /// Sets a value of the gateway's release.
    fn set_value(&self, value: &str) -> String {
        let Self {
            release,
            gateway_namespace,
            ..
        } = self;
        format!(
            "helm upgrade {release} oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart -n {gateway_namespace} --reuse-values --set {value}"
        )
    }

    /// Restarts the gateway, which reads its Secret only when it starts.
    fn restart(&self) -> String {
        format!(
            "kubectl rollout restart deployment{} -n {} -l app.kubernetes.io/name=octopus-argocd-gateway",
            self.kubectl, self.gateway_namespace
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(state: StepState, next: Option<&str>, may_pass: bool) -> DoctorStep {
        DoctorStep {
            state,
            next: next.map(str::to_owned),
            may_pass,
            ..DoctorStep::new("x", "x")
        }
    }

    fn chain(steps: &[DoctorStep]) -> Chain {
        Chain {
            steps: steps.to_vec(),
        }
    }

    #[test]
    fn the_next_command_is_of_the_first_open_step() {
        let unknown = step(StepState::Unknown, Some("install"), false);
        let wrong = step(StepState::Wrong, Some("mend"), false);
        let missing = step(StepState::Missing, Some("make"), false);
        let done = step(StepState::Done, None, false);
        let all = chain(&[done.clone(), unknown.clone(), wrong, missing]);
        assert_eq!(all.next(), Some("mend"));
        assert!(!all.is_well() && !all.is_settled());
        let rest = chain(&[done.clone(), unknown.clone()]);
        assert_eq!(rest.next(), Some("install"));
        assert!(rest.is_well() && rest.is_settled());
        assert!(!chain(&[unknown]).is_well());
        assert!(!chain(&[done, step(StepState::Unknown, None, true)]).is_settled());
    }
}
