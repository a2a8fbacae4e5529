//! The life of a token between the server that makes it and the place it is for: whatever happens
//! in between, it is either delivered or revoked, or it is said where it is.

use std::time::Duration;

use super::revoke::{Certainty, Revocation, undo};
use crate::argocd::{ATTEMPTS, Client, PAUSE, Problem, RefusalReason, twin};
use crate::model::TokenOwner;
use crate::model::{Expiry, TokenClaims, TokenRecord};
use crate::process::{Failure, Hold};
use crate::text::{Moment, Secret, Span};

/// Longer than the second by which Argo CD knows a project's tokens.
const NEXT_SECOND: Duration = Duration::from_millis(1100);
/// How far two clocks may be apart.
const SKEW: Span = Span::seconds(300);
/// How a token gets its id.
pub enum Naming<'a> {
    /// The user chose it.
    Given(String),
    /// Every attempt makes a new one, and no one else makes the same; without one there is no
    /// attempt.
    Made(&'a dyn Fn() -> crate::error::Result<String>),
}

/// Why there is no token.
#[derive(Debug)]
pub struct MintError {
    /// What went wrong.
    pub failure: MintFailure,
    /// The ids under which the server may have made a token, each with what became of it.
    pub outcomes: Vec<(String, Revocation)>,
    /// Tokens that the server may have made under another id than the one that was asked for.
    pub suspects: Suspects,
}

/// Tokens that a call may have made under an id that no one asked for.
#[derive(Debug, Default)]
pub enum Suspects {
    /// It is known what became of the token, so nothing was looked for.
    #[default]
    NotSought,
    /// Those that were made at about the time of the call.
    Listed(Vec<TokenRecord>),
    /// The server's list could not be read.
    Unknown,
}

impl MintError {
    fn new(failure: MintFailure, id: String, outcome: Revocation) -> Box<Self> {
        Box::new(Self {
            failure,
            outcomes: vec![(id, outcome)],
            suspects: Suspects::NotSought,
        })
    }
}

/// What went wrong with a token.
#[derive(Debug)]
pub enum MintFailure {
    /// The call that was to make it.
    Problem(Problem),
    /// What came is not what was asked for: what is wrong with it.
    Wrong(String),
    /// There is no id for it.
    Unnamed(crate::error::Error),
    /// The user asked to stop.
    Interrupted,
}

/// A token that exists on the server and has not reached its place. Unless it is delivered it is
/// revoked, at the latest when this is dropped.
#[derive(Debug)]
#[must_use = "a token that is made is delivered or revoked"]
pub struct Minted<'a> {
    client: Client<'a>,
    owner: TokenOwner,
    id: String,
    token: Secret,
    claims: TokenClaims,
    /// Ids of earlier attempts, under which the server knew no token when it was asked.
    doubtful: Vec<String>,
    /// Whether it is delivered or revoked, so that dropping this is not a loss.
    settled: bool,
    _hold: Hold,
}

/// Makes a token, and makes sure that it is the one that was asked for. `known` are ids of tokens that
/// were there before.
///
/// # Errors
/// Why there is none, and what became of one that may have been made: it is revoked already,
/// where that was possible.
pub fn mint<'a>(
    client: &Client<'a>,
    owner: &TokenOwner,
    naming: &Naming<'_>,
    expiry: Expiry,
    now: Moment,
    known: &[String],
) -> Result<Minted<'a>, Box<MintError>> {
    let mut earlier = Vec::new();
    match attempt(client, owner, naming, expiry, now, &mut earlier) {
        Ok(mut minted) => {
            minted.doubtful = earlier.into_iter().map(|(id, _)| id).collect();
            Ok(minted)
        }
        Err(mut error) => {
            earlier.append(&mut error.outcomes);
            error.outcomes = earlier;
            error.suspects = suspects(client, owner, &error, known, now);
            Err(error)
        }
    }
}

/// Looks for a token under an id that no one asked for, where no token was found under the one that
/// was: a server that chose the id itself, and whose answer was lost.
fn suspects(
    client: &Client<'_>,
    owner: &TokenOwner,
    error: &MintError,
    known: &[String],
    now: Moment,
) -> Suspects {
    let is_open = |outcome: &Revocation| {
        matches!(
            outcome,
            Revocation::Refused
                | Revocation::NotFound
                | Revocation::Unconfirmed
                | Revocation::Failed(_)
        )
    };
    if !error.outcomes.iter().any(|(_, outcome)| is_open(outcome)) {
        return Suspects::NotSought;
    }
    let Ok(tokens) = client.tokens(owner) else {
        return Suspects::Unknown;
    };
    let asked = |id: &String| error.outcomes.iter().any(|(asked, _)| asked == id);
    let new = |token: &TokenRecord| {
        is_near(token.issued, now) && !asked(&token.id) && !known.contains(&token.id)
    };
    Suspects::Listed(tokens.into_iter().filter(new).collect())
}

/// Tries until there is a token or no hope. `earlier` gets the attempts after which the server knew
/// no token: one that lags behind would say the same.
fn attempt<'a>(
    client: &Client<'a>,
    owner: &TokenOwner,
    naming: &Naming<'_>,
    expiry: Expiry,
    now: Moment,
    earlier: &mut Vec<(String, Revocation)>,
) -> Result<Minted<'a>, Box<MintError>> {
    let hold = Hold::new();
    let mut wait = PAUSE;
    let mut attempt = 1;
    loop {
        let id = match naming {
            Naming::Given(id) => Ok(id.clone()),
            Naming::Made(make) => make(),
        };
        let id = id.map_err(|error| {
            Box::new(MintError {
                failure: MintFailure::Unnamed(error),
                outcomes: Vec::new(),
                suspects: Suspects::NotSought,
            })
        })?;
        let ours = matches!(naming, Naming::Made(_));
        if let TokenOwner::Role { .. } = owner
            && let Err(problem) = wait_for_a_second_of_its_own(client, owner, now)
        {
            let failure = MintFailure::Problem(problem);
            return Err(MintError::new(failure, id, Revocation::NotNeeded));
        }
        let problem = match client.create_token(owner, &id, expiry) {
            Ok(token) => return check(client, owner, id, token, expiry, now, hold),
            Err(problem) => problem,
        };
        let lost = problem.reason() == Some(&RefusalReason::LostRace);
        // The server tries again by itself when it loses a race, and then finds its own first
        // try: an id that no one else makes is ours, even where it "exists already".
        let taken = problem.reason() == Some(&RefusalReason::DuplicateId);
        if problem.changed_nothing() || (taken && !ours) {
            let outcome = match &problem {
                Problem::Refused(_) if !taken => Revocation::Refused,
                _ => Revocation::NotNeeded,
            };
            return Err(MintError::new(MintFailure::Problem(problem), id, outcome));
        }
        let interrupted = problem.is_interrupt() || client.runner().interrupted();
        let known = if lost || taken {
            Certainty::Answered
        } else {
            Certainty::UnderWay
        };
        let outcome = undo(client, owner, &id, known, None);
        let again = (lost || taken)
            && attempt < ATTEMPTS
            && !interrupted
            && !client.runner().interrupted()
            && outcome.is_final();
        if !again {
            let failure = if interrupted {
                MintFailure::Interrupted
            } else {
                MintFailure::Problem(problem)
            };
            return Err(MintError::new(failure, id, outcome));
        }
        if !matches!(outcome, Revocation::Revoked) {
            earlier.push((id, outcome));
        }
        // Someone who asks to stop meanwhile is heard by the next call.
        client.pause(wait);
        wait *= 2;
        attempt += 1;
    }
}

/// Argo CD knows the tokens of a project's role by the second in which they were made. Waits
/// until no token that is there can have been made in the present second.
fn wait_for_a_second_of_its_own(
    client: &Client<'_>,
    role: &TokenOwner,
    now: Moment,
) -> Result<(), Problem> {
    let tokens = client.tokens(role)?;
    // The server's clock is not ours: whatever is about as young as now may be of this second.
    if tokens.iter().any(|token| is_near(token.issued, now)) && !client.pause(NEXT_SECOND) {
        return Err(Failure::Interrupted { started: false }.into());
    }
    Ok(())
}

/// Whether two times are the same, as far as clocks agree.
fn is_near(one: Moment, other: Moment) -> bool {
    one.since(other) <= SKEW && other.since(one) <= SKEW
}

fn check<'a>(
    client: &Client<'a>,
    owner: &TokenOwner,
    id: String,
    token: Secret,
    expiry: Expiry,
    now: Moment,
    hold: Hold,
) -> Result<Minted<'a>, Box<MintError>> {
    let undone = |failure: MintFailure, claims: Option<&TokenClaims>| {
        let mut outcomes = Vec::new();
        // The server knows a token by the id that the token itself has, whatever was asked for.
        // One that is not of now was not made for this call, and may be in use.
        let other = claims.and_then(|claims| {
            let ours = claims.subject() == Some(owner.subject()) && claims.id() != Some(&id);
            let new = claims.issued().is_some_and(|issued| is_near(issued, now));
            claims.id().filter(|_| ours && new)
        });
        if let Some(other) = other {
            let outcome = undo(client, owner, other, Certainty::Made, Some(&token));
            outcomes.push((other.to_owned(), outcome));
        }
        let known = if other.is_some() {
            Certainty::Answered
        } else {
            Certainty::Made
        };
        let outcome = undo(client, owner, &id, known, Some(&token));
        outcomes.push((id.clone(), outcome));
        Err(Box::new(MintError {
            failure,
            outcomes,
            suspects: Suspects::NotSought,
        }))
    };
    let claims = match TokenClaims::decode(token.expose()) {
        Ok(claims) => claims,
        Err(why) => {
            let what = format!("argocd did not print a token: {why}");
            return undone(MintFailure::Wrong(what), None);
        }
    };
    if let Some(wrong) = mismatch(&claims, owner, &id, expiry) {
        return undone(MintFailure::Wrong(wrong), Some(&claims));
    }
    if client.runner().interrupted() {
        return undone(MintFailure::Interrupted, Some(&claims));
    }
    Ok(Minted {
        client: client.clone(),
        owner: owner.clone(),
        id,
        token,
        claims,
        doubtful: Vec::new(),
        settled: false,
        _hold: hold,
    })
}

/// What of a token is not as it was asked for; `None` if all is.
fn mismatch(claims: &TokenClaims, owner: &TokenOwner, id: &str, expiry: Expiry) -> Option<String> {
    let wrong = |claim: &str, has: Option<&str>, wanted: &str| {
        let has = has.map_or("nothing".to_owned(), |has| {
            format!("`{}`", has.escape_debug())
        });
        Some(format!(
            "the token says {has} in `{claim}`, where `{wanted}` was asked for"
        ))
    };
    if claims.issuer() != Some("argocd") {
        return wrong("iss", claims.issuer(), "argocd");
    }
    let subject = claims.subject();
    if subject.as_ref() != Some(&owner.subject()) {
        let has = subject.map(|subject| subject.to_string());
        return wrong("sub", has.as_deref(), &owner.subject().to_string());
    }
    if claims.id() != Some(id) {
        return wrong("jti", claims.id(), id);
    }
    match (expiry, claims.issued(), claims.expires()) {
        (_, None, _) => wrong("iat", None, "the time it was made"),
        (Expiry::In(span), _, None) => wrong("exp", None, &format!("an end after {span}")),
        (Expiry::In(span), Some(issued), Some(expires))
            if expires.since(issued.after(span)) > Span::seconds(60) =>
        {
            wrong(
                "exp",
                Some(&expires.to_string()),
                &issued.after(span).to_string(),
            )
        }
        _ => None,
    }
}

impl Minted<'_> {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whose it is.
    pub fn owner(&self) -> &TokenOwner {
        &self.owner
    }

    /// The token itself.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// What it says of itself.
    pub fn claims(&self) -> &TokenClaims {
        &self.claims
    }

    /// A client that presents it.
    pub fn client(&self) -> Client<'_> {
        self.client.presenting(&self.token)
    }

    /// Ids of earlier attempts to make it, under which the server knew no token when it was asked.
    pub fn doubtful(&self) -> &[String] {
        &self.doubtful
    }

    /// Another token of a project's role that was made in the same second, so that neither can be
    /// deleted alone; `None` where there is none, or no one can say.
    pub fn twin(&self) -> Option<String> {
        let TokenOwner::Role { project, role } = &self.owner else {
            return None;
        };
        let tokens = self.client.project_tokens(project, role).ok()?;
        let twin = twin(&tokens, &self.id, self.claims.issued()?)?;
        Some(twin.id.clone())
    }

    /// The token has reached its place.
    pub fn delivered(mut self) {
        self.settled = true;
    }

    /// Delivery failed: revokes the token.
    pub fn revoke(mut self) -> Revocation {
        self.settled = true;
        self.undo()
    }

    fn undo(&self) -> Revocation {
        undo(
            &self.client,
            &self.owner,
            &self.id,
            Certainty::Made,
            Some(&self.token),
        )
    }
}

impl Drop for Minted<'_> {
    fn drop(&mut self) {
        if !self.settled {
            // Only a panic comes here; no one is left to be told what became of it.
            let _ = self.undo();
        }
    }
}
