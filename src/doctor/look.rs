//! One look at the whole chain.

use super::cluster::{self, ClusterReading, gap};
use super::facts::{self, AskedFact, not_asked};
use super::token::{self, no_token};
use super::{
    Chain, Fact, Gap, Names, SecretFact, ServerFact, VisibleFact, argocd as steps, gateway,
};
use crate::argocd::{Client, Problem, refuse_core};
use crate::error::{Error, Result};
use crate::model::shell::quoted;
use crate::model::{TokenOwner, TokenRecord};
use crate::octopus::Needs;
use crate::site::{ArgoCd, Object};
use crate::text::{Moment, Secret};
use crate::tokens::{Identity, Round, meaning, stranger};

/// Everything that the steps are judged by.
pub struct Look<'a, 'r> {
    /// Asks argocd; `None` where only files are judged.
    pub client: Option<&'a Client<'r>>,
    /// The objects of the cluster or of files.
    pub reading: &'a ClusterReading,
    /// The objects in it.
    pub objects: &'a [Object<'a>],
    /// The Argo CD in it.
    pub argocd: Option<&'a ArgoCd<'a>>,
    /// The account of Octopus Deploy.
    pub account: &'a str,
    /// The permissions that it needs.
    pub needs: &'a Needs,
    /// The Secret with the token.
    pub secret_name: &'a str,
    /// Its key.
    pub secret_key: &'a str,
    /// The time now.
    pub now: Moment,
}

impl Look<'_, '_> {
    /// Judges every step; `names` are what the commands of the next step are made of.
    ///
    /// # Errors
    /// The user's wish to stop.
    pub fn chain(&self, mut names: Names) -> Result<Chain> {
        let Self {
            reading,
            objects: all,
            argocd,
            account,
            needs,
            now,
            ..
        } = *self;
        let is_offline = self.client.is_none();
        let secret = facts::secret(reading, all, self.secret_name, self.secret_key, is_offline);
        let deployments = facts::deployments(reading, all, is_offline);
        let release = deployments.as_ref().ok();
        if let Some(release) = release.and_then(|all| all.first()?.release.as_deref()) {
            names.release = quoted(release).into_owned();
        }
        let settings = facts::settings(argocd, all, reading);
        let read = settings.as_ref().ok();
        let (tokens, server, visible) = match self.client {
            None => (not_asked(), not_asked(), not_asked()),
            Some(client) => {
                let asker = Asker {
                    client,
                    token: live_token(reading),
                    owner: &TokenOwner::Account(account.to_owned()),
                    core: refuse_core(client).err().map(|error| gap(&error)),
                };
                let tokens = asker.tokens(account)?;
                let server = asker.server(needs, &secret)?;
                let visible = asker.visible(&server)?;
                (tokens, server, visible)
            }
        };
        let authorisation = facts::authorisation(argocd, reading);
        let values = facts::values(all, &deployments, argocd);
        let applications = facts::applications(reading, all, account, is_offline);
        let rules = facts::rules(argocd, account, needs, reading);
        let account = facts::account(argocd, account, reading);
        Ok(Chain {
            steps: vec![
                steps::settings(&settings, &names),
                steps::account(&account, read, &names),
                steps::rules(&rules, read, &names),
                steps::authorisation(&authorisation, &names),
                token::tokens(&tokens, &secret, now, &names),
                token::secret(&secret, &tokens, now, &names),
                token::server(&server, &names),
                gateway::deployment(&deployments, &secret, &names),
                gateway::values(&values, &names),
                token::visible(&visible, &names),
                gateway::applications(&applications, &names),
            ],
        })
    }
}

/// The token in the cluster's Secret.
fn live_token(reading: &ClusterReading) -> Option<&Secret> {
    reading.secret.as_ref().ok()?.as_ref()?.value.as_ref()
}

/// Asks argocd.
struct Asker<'a, 'r> {
    client: &'a Client<'r>,
    token: Option<&'a Secret>,
    owner: &'a TokenOwner,
    /// Why what the server answers would prove nothing.
    core: Option<Gap>,
}

impl Asker<'_, '_> {
    /// The account's tokens: as anyone who is logged in, or as the token itself, which may always see
    /// its own account.
    fn tokens(&self, account: &str) -> AskedFact<Vec<TokenRecord>> {
        let first = match self.client.account(account) {
            Ok(account) => return Ok(Ok(account.tokens)),
            Err(problem) => problem,
        };
        if let (Problem::Refused(_), Some(token)) = (&first, self.token)
            && let Ok(account) = self.client.presenting(token).account(account)
        {
            return Ok(Ok(account.tokens));
        }
        known(Err(first))
    }

    /// Asks the server, as the token.
    fn server(&self, needs: &Needs, secret: &Fact<Option<SecretFact>>) -> AskedFact<ServerFact> {
        if let Some(gap) = &self.core {
            return Ok(Err(gap.clone()));
        }
        if let Err(gap) = secret {
            return Ok(Err(gap.clone()));
        }
        let Some(token) = self.token else {
            return Ok(Err(no_token()));
        };
        let round = match Round::ask(&self.client.presenting(token), needs, self.owner) {
            Ok(round) => round,
            Err(problem) => return known(Err(problem)),
        };
        let stranger = stranger(&round.identity, self.owner);
        Ok(Ok(ServerFact {
            is_expected: round.identity == Identity::Expected,
            stranger,
            wrong: round
                .wrong()
                .map(|question| meaning(question, self.owner))
                .collect(),
            answers: round.answers.len(),
            version: round.version,
        }))
    }

    /// Counts the applications and clusters that the token sees.
    fn visible(&self, server: &Fact<ServerFact>) -> AskedFact<VisibleFact> {
        let fact = match server {
            Err(gap) => return Ok(Err(gap.clone())),
            Ok(fact) => fact,
        };
        let Some(token) = self.token.filter(|_| fact.is_expected) else {
            return Ok(Err(Gap {
                may_pass: true,
                ..Gap::lasting("the server does not take the token for the account")
            }));
        };
        let client = self.client.presenting(token);
        let counted = client
            .applications()
            .and_then(|seen| Ok((seen.len(), client.clusters()?.len())));
        match counted {
            Ok((applications, clusters)) => Ok(Ok(VisibleFact {
                applications,
                clusters,
            })),
            Err(problem) => known(Err(problem)),
        }
    }
}

/// A problem of argocd as a gap, but for the user's wish to stop.
fn known<T>(outcome: Result<T, Problem>) -> AskedFact<T> {
    cluster::known(outcome.map_err(Error::from))
}
