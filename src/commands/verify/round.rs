//! One round of questions to the server.

use super::{ask, version};
use crate::argocd::{Answer, Client, Owner, Problem};
use crate::octopus::{Judgement, Needs, Question};
use crate::rbac::ArgoCdVersion;

/// Whom the server takes the token for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Who {
    /// The one it should be.
    Expected,
    /// Nobody: argocd exits 0 for a token that is no good.
    Nobody,
    /// Somebody else.
    Other(String),
}

/// Everything that the server said.
pub(in crate::commands) struct Round {
    /// Whom it takes the token for.
    pub(in crate::commands) who: Who,
    /// Its version; nothing where it would not say.
    pub(in crate::commands) version: Option<String>,
    /// Questions and answers; none where the token is not who it should be.
    pub(in crate::commands) answers: Vec<(Question, Answer)>,
    /// Whether it shows no application at all.
    pub(in crate::commands) sees_nothing: bool,
}

impl Round {
    /// Asks who the token is, and whether it may what it needs and may not what it does not.
    pub(in crate::commands) fn ask(
        client: &Client<'_>,
        needs: &Needs,
        owner: &Owner,
    ) -> Result<Self, Problem> {
        let who = who(client, owner)?;
        let mut round = Self {
            who,
            version: None,
            answers: Vec::new(),
            sees_nothing: false,
        };
        if round.who != Who::Expected {
            return Ok(round);
        }
        round.version = match client.server_version() {
            Ok(version) => Some(version),
            Err(problem) if problem.is_interrupt() => return Err(problem),
            Err(_) => None,
        };
        let version = round.version.as_deref().and_then(version);
        let mut questions = needs.questions();
        questions.retain(|question| {
            question.action != "rollback" || version.is_some_and(ArgoCdVersion::has_rollback)
        });
        if version.is_some_and(|version| !version.enforces_logs()) {
            // Unless a setting says otherwise, whoever gets the application gets its logs.
            for question in questions.iter_mut().filter(|q| q.resource == "logs") {
                question.no_counts = false;
            }
        }
        round.answers = ask::all(client, &questions)?;
        let reads = |(question, answer): &(Question, Answer)| {
            question.wanted() && question.resource == "applications" && *answer == Answer::Yes
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
    pub(in crate::commands) fn is_good(&self) -> bool {
        self.who == Who::Expected && self.wrong().next().is_none()
    }

    /// The questions whose answers come to this verdict.
    pub(in crate::commands) fn with(&self, verdict: Judgement) -> impl Iterator<Item = &Question> {
        let answers = self
            .answers
            .iter()
            .filter(move |(question, answer)| question.judge(*answer == Answer::Yes) == verdict);
        answers.map(|(question, _)| question)
    }

    /// The questions whose answers are not as they must be.
    pub(in crate::commands) fn wrong(&self) -> impl Iterator<Item = &Question> {
        self.with(Judgement::Wrong)
    }
}

/// Whom the server takes the caller for.
pub(in crate::commands) fn who(client: &Client<'_>, owner: &Owner) -> Result<Who, Problem> {
    let user = client.user()?;
    Ok(if !user.logged_in {
        Who::Nobody
    } else if user.name == owner.subject().user_name() {
        Who::Expected
    } else {
        Who::Other(user.name)
    })
}
