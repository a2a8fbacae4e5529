//! What can be done with the tokens of one owner.

use std::time::Duration;

use super::calls::Result;
use super::client::Client;
use super::problem::Problem;
use super::refusal::RefusalReason;
use crate::model::{Expiry, Moment, TokenOwner, TokenRecord};
use crate::text::Secret;

/// How often a call that lost a race is made again.
pub const ATTEMPTS: u32 = 5;
/// The pause after the first lost race; it doubles.
pub const PAUSE: Duration = Duration::from_millis(150);

/// What became of a token that was to go.
#[derive(Debug)]
pub enum Gone {
    /// It was there, and is deleted.
    Deleted,
    /// It was not there.
    NotThere,
}

impl Client<'_> {
    /// The tokens of an owner, the newest first.
    pub fn tokens(&self, owner: &TokenOwner) -> Result<Vec<TokenRecord>> {
        match owner {
            TokenOwner::Account(name) => self.account(name).map(|account| account.tokens),
            TokenOwner::Role { project, role } => self.project_tokens(project, role),
        }
        .map_err(|problem| problem.about(owner))
    }

    /// Makes a token. That it is what was asked for is for the caller to check.
    pub fn create_token(&self, owner: &TokenOwner, id: &str, expiry: Expiry) -> Result<Secret> {
        match owner {
            TokenOwner::Account(name) => self.generate_token(name, id, expiry),
            TokenOwner::Role { project, role } => {
                self.create_project_token(project, role, id, expiry)
            }
        }
        .map_err(|problem| problem.about(owner))
    }

    /// Deletes a token by its id; where the server lost a race, again.
    ///
    /// # Errors
    /// A [`Problem`]; for a token of a project's role also that another one was made in the same
    /// second: Argo CD cannot tell them apart, and would delete either.
    pub fn delete(&self, owner: &TokenOwner, id: &str) -> Result<Gone> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.delete_once(owner, id) {
                Err(problem) if problem.reason() == Some(&RefusalReason::LostRace) => {}
                outcome => return outcome,
            }
            // Someone who asks to stop meanwhile is heard by the next call.
            self.pause(pause);
            pause *= 2;
        }
        self.delete_once(owner, id)
    }

    fn delete_once(&self, owner: &TokenOwner, id: &str) -> Result<Gone> {
        match owner {
            TokenOwner::Account(name) => match self.delete_token(name, id) {
                Ok(()) => Ok(Gone::Deleted),
                Err(problem) if problem.reason() == Some(&RefusalReason::UnknownToken) => {
                    Ok(Gone::NotThere)
                }
                Err(problem) => Err(problem),
            },
            TokenOwner::Role { project, role } => self.delete_of_role(project, role, id),
        }
        .map_err(|problem| problem.about(owner))
    }

    /// Deletes all the tokens of a project's role that were made in this second: Argo CD deletes
    /// one at a time, and no one can say which.
    ///
    /// # Errors
    /// A [`Problem`]; also if one is left in the end.
    pub fn delete_second(&self, project: &str, role: &str, issued: Moment) -> Result<()> {
        let left = || -> Result<usize> {
            let tokens = self.project_tokens(project, role)?;
            Ok(tokens.iter().filter(|token| token.issued == issued).count())
        };
        for _ in 0..left()? {
            self.delete_project_token(project, role, issued)?;
        }
        match left()? {
            0 => Ok(()),
            _ => Err(Problem::garbled(
                second_command(project, role, issued),
                "it reported success, but a token of that second still exists",
            )),
        }
    }

    fn delete_of_role(&self, project: &str, role: &str, id: &str) -> Result<Gone> {
        let tokens = self.project_tokens(project, role)?;
        let Some(token) = tokens.iter().find(|token| token.id == id) else {
            return Ok(Gone::NotThere);
        };
        if let Some(twin) = twin(&tokens, id, token.issued) {
            return Err(Problem::Twins {
                id: id.to_owned(),
                twin: twin.id.clone(),
                command: second_command(project, role, token.issued),
            });
        }
        self.delete_project_token(project, role, token.issued)?;
        // argocd says yes whether or not there was one.
        let left = self.project_tokens(project, role)?;
        if left.iter().any(|token| token.id == id) {
            let call = second_command(project, role, token.issued);
            return Err(Problem::garbled(
                call,
                "it reported success, but the token still exists",
            ));
        }
        Ok(Gone::Deleted)
    }
}

/// argocd's own command that deletes a token of a project's role.
fn second_command(project: &str, role: &str, issued: Moment) -> String {
    format!(
        "argocd proj role delete-token {project} {role} {}",
        issued.0
    )
}

/// Another token that was made in the same second.
pub fn twin<'a>(tokens: &'a [TokenRecord], id: &str, issued: Moment) -> Option<&'a TokenRecord> {
    tokens
        .iter()
        .find(|other| other.id != id && other.issued == issued)
}
