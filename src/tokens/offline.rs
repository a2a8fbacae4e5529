//! The same questions to the objects that were given.

use super::round::{Round, server_version};
use crate::error::Result;
use crate::model::TokenOwner;
use crate::rbac::Claims;
use crate::site::ArgoCd;
use crate::text::Note;

/// Returns the answer to each question of the round: yes or no.
///
/// # Errors
/// A policy that does not load.
pub fn answer_offline(
    mut argocd: ArgoCd<'_>,
    owner: &TokenOwner,
    round: &Round,
    notes: &mut Vec<Note>,
) -> Result<Vec<bool>> {
    match round.version.as_deref().and_then(server_version) {
        Some(version) => argocd = argocd.in_version(version),
        None => notes.push(Note::new(
            "the server did not report its version; the offline answers are those of the newest known",
        )),
    }
    let groups: [String; 0] = [];
    let claims = Claims::of(&owner.user_name(), groups);
    let server = argocd.server(argocd.policy_set())?;
    let opened = argocd.disables_auth().is_some();
    let answers = round.answers.iter().map(|(question, _)| {
        let (action, resource) = (question.action, question.resource);
        opened
            || question.objects().any(|object| {
                let answer = server.can_i(&claims, action, resource, object);
                answer.is_ok_and(|answer| answer.allowed())
            })
    });
    Ok(answers.collect())
}
