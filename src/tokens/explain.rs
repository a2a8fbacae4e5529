//! The meaning of the server's answers.

use super::round::{Round, meaning, server_version, stranger};
use crate::argocd::CanIAnswer;
use crate::model::TokenOwner;
use crate::octopus::Judgement;
use crate::text::Note;

/// Returns what the answers mean.
pub fn explain_round(round: &Round, offline: Option<&[bool]>, owner: &TokenOwner) -> Vec<Note> {
    if let Some(what) = stranger(&round.identity, owner) {
        return vec![
            Note::outcome(false, what),
            Note::next(
                "kubectl octopus-argo token inspect shows what it claims, token list what there is",
            ),
        ];
    }
    let wrong = round.wrong();
    let mut notes: Vec<Note> = wrong
        .map(|question| Note::warning(meaning(question, owner)))
        .collect();
    if let Some(offline) = offline {
        notes.extend(differences(round, offline));
    }
    if round.sees_nothing {
        notes.push(Note::warning(format!(
            "{owner} may get applications, but sees none: is this the right Argo CD? Octopus would show an empty list"
        )));
    }
    match round
        .version
        .as_deref()
        .map(|text| (text, server_version(text)))
    {
        None => notes.push(Note::warning("the server did not report its version")),
        Some((text, Some(version))) if !version.enforces_logs() => {
            notes.push(Note::warning(format!(
                "Argo CD {text} enforces `logs` only with server.rbac.log.enforce.enable: \"true\" in argocd-cm"
            )));
        }
        Some(_) => {}
    }
    let needless: Vec<_> = round
        .with(Judgement::Needless)
        .map(ToString::to_string)
        .collect();
    if !needless.is_empty() {
        notes.push(Note::warning(format!(
            "{owner} may do more than Octopus needs: {}",
            needless.join(", ")
        )));
    }
    let counted = round.answers.len() - round.with(Judgement::Nothing).count();
    let wrong = round.wrong().count();
    notes.push(Note::outcome(
        true,
        format!("{} of {counted} answers are as expected", counted - wrong),
    ));
    notes.push(Note::new(
        "a server cannot be asked for verbs with a path (action/…): `kubectl octopus-argo check` proves them offline",
    ));
    notes
}

/// Where the server and the given objects say different things.
fn differences(round: &Round, offline: &[bool]) -> Vec<Note> {
    let mut notes = Vec::new();
    let (mut more, mut less) = (Vec::new(), Vec::new());
    for ((question, answer), offline) in round.answers.iter().zip(offline) {
        let name = format!(
            "{} {} {}",
            question.action, question.resource, question.object
        );
        match (*answer == CanIAnswer::Yes, offline) {
            (true, false) => more.push(name),
            (false, true) => less.push(name),
            _ => {}
        }
    }
    if !more.is_empty() {
        notes.push(Note::warning(format!(
            "the server allows more than the given objects ({}): they are not all of its rules, or it is another Argo CD",
            more.join("; ")
        )));
    }
    if !less.is_empty() {
        notes.push(Note::warning(format!(
            "the given objects allow more than the server ({}): they are not applied, or not yet (--wait 60s asks again)",
            less.join("; ")
        )));
    }
    notes
}
