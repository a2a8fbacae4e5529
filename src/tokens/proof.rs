//! The proof that a new token works, before anything depends on it.

use std::time::{Duration, Instant};

use super::mint::Minted;
use super::questions::ask_all;
use super::round::{Identity, Round, meaning, stranger, who};
use crate::argocd::{CanIAnswer, Client, Problem, RefusalReason};
use crate::error::{Error, Kind, Result};
use crate::octopus::{CanIQuestion, Judgement, Needs};
use crate::text::Note;

/// How long a new token may take to be known to every replica of the server.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(500);

/// Proves a new token: the server takes it for its owner, and it may what the present one may of
/// what Octopus requires. Whatever else `verify` would report is a warning.
pub fn prove(
    minted: &Minted<'_>,
    present: Option<&Client<'_>>,
    needs: &Needs,
    notes: &mut Vec<Note>,
) -> Result<()> {
    let client = minted.client();
    let owner = minted.owner();
    let until = Instant::now() + PATIENCE;
    let again = || Instant::now() < until && client.pause(PAUSE);
    loop {
        match who(&client, owner) {
            Ok(Identity::Expected) => break,
            Ok(Identity::Nobody(_)) if again() => {}
            Ok(identity) => {
                let what = stranger(&identity, owner).unwrap_or_default();
                return Err(unproven(minted, &what));
            }
            Err(problem) if is_unknown_yet(&problem) && again() => {}
            Err(problem) => return Err(problem.into()),
        }
    }
    let round = loop {
        match Round::ask(&client, needs, owner) {
            Ok(round) if round.identity == Identity::Expected => break round,
            Ok(round) if !again() => {
                let what = stranger(&round.identity, owner).unwrap_or_default();
                return Err(unproven(minted, &what));
            }
            Err(problem) if !is_unknown_yet(&problem) || !again() => return Err(problem.into()),
            _ => {}
        }
    };
    let (lacks, mut more): (Vec<_>, Vec<_>) = round.wrong().partition(|question| question.wanted());
    more.extend(round.with(Judgement::Needless));
    if let Some(present) = present {
        compare(minted, &lacks, present, &again)?;
        if !lacks.is_empty() {
            notes.push(Note::warning(format!(
                "like the current token, the new one may not {}; `kubectl octopus-argo verify` says \
                 what that means",
                names(&lacks)
            )));
        }
    } else {
        for question in &lacks {
            notes.push(Note::warning(meaning(question, owner)));
        }
    }
    if !more.is_empty() {
        notes.push(Note::warning(format!(
            "{owner} may {}, which Octopus does not need",
            names(&more)
        )));
    }
    if round.sees_nothing {
        notes.push(Note::warning(format!(
            "{owner} may get applications, but sees none"
        )));
    }
    Ok(())
}

/// What of the required the new token may not must be refused to the present one too. A server of
/// several replicas may be of two minds for a moment.
fn compare(
    minted: &Minted<'_>,
    lacks: &[&CanIQuestion],
    present: &Client<'_>,
    again: &dyn Fn() -> bool,
) -> Result<()> {
    if lacks.is_empty() {
        return Ok(());
    }
    let questions: Vec<CanIQuestion> = lacks.iter().map(|question| (*question).clone()).collect();
    let client = minted.client();
    let of_present = ask_all(present, &questions).map_err(Error::from)?;
    loop {
        let of_new = ask_all(&client, &questions).map_err(Error::from)?;
        let lost: Vec<&CanIQuestion> = questions
            .iter()
            .zip(of_present.iter().zip(&of_new))
            .filter(|(_, ((_, old), (_, new)))| *old == CanIAnswer::Yes && *new != CanIAnswer::Yes)
            .map(|(question, _)| question)
            .collect();
        if lost.is_empty() {
            return Ok(());
        }
        if !again() {
            let what = format!("it may not {}, but the current token may", names(&lost));
            return Err(unproven(minted, &what));
        }
    }
}

fn names(questions: &[&CanIQuestion]) -> String {
    let names: Vec<_> = questions.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn unproven(minted: &Minted<'_>, what: &str) -> Error {
    Error::new(
        Kind::External,
        format!("the new token {} failed verification: {what}", minted.id()),
    )
}

/// Whether the server that was asked may only not know the token yet.
fn is_unknown_yet(problem: &Problem) -> bool {
    matches!(
        problem.reason(),
        Some(
            RefusalReason::TokenRevoked
                | RefusalReason::TokenNotYetValid
                | RefusalReason::NotLoggedIn
        )
    )
}
