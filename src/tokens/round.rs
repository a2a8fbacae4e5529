//! One round of questions to the server.

use super::questions::ask_all;
use crate::argocd::{CanIAnswer, Client, Problem, RefusalReason};
use crate::model::TokenOwner;
use crate::octopus::{CanIQuestion, Judgement, Needs};
use crate::rbac::ArgoCdVersion;
use crate::rbac::vocabulary::actions;

/// What a server is taken for that does not say its version: it knows only the oldest actions.
const OLDEST: ArgoCdVersion = ArgoCdVersion::new(2, 4);

/// The subject that the server identifies by a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The one it should be.
    Expected,
    /// No one, for this reason: argocd exits 0 for a token that is not valid.
    Nobody(String),
    /// Someone else.
    Other(String),
}

/// Everything that the server answered to one round of questions.
pub struct Round {
    /// The subject that it identifies.
    pub identity: Identity,
    /// Its version; nothing where it would not say.
    pub version: Option<String>,
    /// Questions and answers; none where the token is not who it should be.
    pub answers: Vec<(CanIQuestion, CanIAnswer)>,
    /// Whether it shows no application at all.
    pub sees_nothing: bool,
}

impl Round {
    /// Asks who the token is, and whether it may what it needs and may not what it does not.
    pub fn ask(client: &Client<'_>, needs: &Needs, owner: &TokenOwner) -> Result<Self, Problem> {
        let identity = who(client, owner)?;
        let mut round = Self {
            identity,
            version: None,
            answers: Vec::new(),
            sees_nothing: false,
        };
        if round.identity != Identity::Expected {
            return Ok(round);
        }
        round.version = match client.server_version() {
            Ok(version) => Some(version),
            Err(problem) if problem.is_interrupt() => return Err(problem),
            Err(_) => None,
        };
        let version = round.version.as_deref().and_then(server_version);
        let mut questions = needs.questions();
        // A server refuses a question about an action that it does not know.
        let known = actions(version.unwrap_or(OLDEST));
        questions.retain(|question| known.contains(&question.action));
        if version.is_some_and(|version| !version.enforces_logs()) {
            // Unless a setting says otherwise, anyone who gets the application gets its logs.
            for question in questions.iter_mut().filter(|q| q.resource == "logs") {
                question.no_counts = false;
            }
        }
        round.answers = ask_all(client, &questions)?;
        let reads = |(question, answer): &(CanIQuestion, CanIAnswer)| {
            question.wanted() && question.resource == "applications" && *answer == CanIAnswer::Yes
        };
        if round.answers.iter().any(reads) {
            round.sees_nothing = match client.applications() {
                Ok(applications) => applications.is_empty(),
                Err(problem) if problem.is_interrupt() => return Err(problem),
                // The list is a help, and no part of the proof.
                Err(_) => false,
            };
        }
        Ok(round)
    }

    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.identity == Identity::Expected && self.wrong().next().is_none()
    }

    /// The questions whose answers come to this verdict.
    pub fn with(&self, verdict: Judgement) -> impl Iterator<Item = &CanIQuestion> {
        let answers = self.answers.iter().filter(move |(question, answer)| {
            question.judge(*answer == CanIAnswer::Yes) == verdict
        });
        answers.map(|(question, _)| question)
    }

    /// The questions whose answers are not correctly.
    pub fn wrong(&self) -> impl Iterator<Item = &CanIQuestion> {
        self.with(Judgement::Wrong)
    }
}

/// The subject that the server identifies the caller as.
pub(super) fn who(client: &Client<'_>, owner: &TokenOwner) -> Result<Identity, Problem> {
    let user = client.user()?;
    Ok(if !user.logged_in {
        Identity::Nobody(why_nobody(client, owner)?)
    } else if user.name == owner.user_name() {
        Identity::Expected
    } else {
        Identity::Other(user.name)
    })
}

/// Why the server takes the caller for no one: a call that only someone may make says it. What
/// the token is not to blame for is a problem.
fn why_nobody(client: &Client<'_>, owner: &TokenOwner) -> Result<String, Problem> {
    let asked = match owner {
        TokenOwner::Account(name) => client.account(name).map(drop),
        TokenOwner::Role { project, .. } => {
            let object = format!("{project}/*");
            client.can_i("get", "applications", &object).map(drop)
        }
    };
    let Err(problem) = asked else {
        return Ok(
            "the server answers calls without authentication, so it is off \
                   (server.disable.auth), and nothing is proved"
                .to_owned(),
        );
    };
    let why = match problem.reason() {
        Some(RefusalReason::TokenExpired) => "it has expired",
        Some(RefusalReason::TokenNotYetValid) => "it is not valid yet, so two clocks differ",
        Some(RefusalReason::TokenRevoked) => "it was revoked, or another server made it",
        Some(RefusalReason::TokenInvalid) => "this server did not make it",
        Some(RefusalReason::AccountDisabled) => {
            "its account is disabled; `kubectl octopus-argo render --enable` makes the change"
        }
        Some(RefusalReason::UnknownAccount(_)) => "the server has no such account",
        Some(RefusalReason::NoApiKey) => "its account does not have the capability apiKey",
        Some(RefusalReason::NotLoggedIn | RefusalReason::PermissionDenied) => {
            "the server does not know who it is"
        }
        _ => return Err(problem),
    };
    Ok(why.to_owned())
}

/// The server's version, as far as its answers depend on it.
pub fn server_version(text: &str) -> Option<ArgoCdVersion> {
    text.parse().ok()
}

/// What a token is called that is not whose it should be; `None` for one that is.
pub fn stranger(identity: &Identity, owner: &TokenOwner) -> Option<String> {
    match identity {
        Identity::Expected => None,
        Identity::Nobody(why) => Some(format!(
            "the token is not valid: {why}; {owner} was expected"
        )),
        Identity::Other(name) => Some(format!(
            "the token belongs to someone else: the server identifies it as `{}`, where {owner} was expected",
            name.escape_debug()
        )),
    }
}

/// What a wrong answer means.
pub fn meaning(question: &CanIQuestion, owner: &TokenOwner) -> String {
    let CanIQuestion {
        action, resource, ..
    } = question;
    if !question.wanted() {
        return format!("{owner} may {question}, which Octopus does not need");
    }
    let consequence = match (*action, *resource) {
        ("get", "applications") => "Octopus shows an empty application list, without an error",
        ("get", "clusters") => "Octopus does not find the clusters of applications",
        ("get", "logs") => "the log drawer of Octopus stays empty",
        _ => "Octopus steps that trigger a sync fail",
    };
    format!("{owner} may not {question}: {consequence}")
}
