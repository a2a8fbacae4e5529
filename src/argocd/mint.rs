//! The life of a token between the server that makes it and the place it is for: whatever happens
//! in between, it is either delivered or revoked, or it is said where it stands.

use std::time::{Duration, Instant};

use super::Client;
use super::owner::{Gone, Owner, twin};
use super::problem::Problem;
use super::refusal::Reason;
use crate::model::{Claims, Expiry, Moment, Span};
use crate::process::{Failure, Hold};
use crate::text::Secret;

/// How often a call that lost a race is made again.
pub(super) const ATTEMPTS: u32 = 5;
/// The pause after the first lost race; it doubles.
pub(super) const PAUSE: Duration = Duration::from_millis(150);
/// How often a token that may be on its way is looked for, with doubling pauses: about four seconds.
const LOOKS: u32 = 6;
/// Longer than the second by which Argo CD knows a project's tokens.
const NEXT_SECOND: Duration = Duration::from_millis(1100);
/// How far two clocks may be apart.
const SKEW: Span = Span::seconds(300);
/// How long a call that puts things in order may take.
const CLEAN_UP: Duration = Duration::from_secs(20);

/// How a token gets its id.
pub enum Naming<'a> {
    /// The user chose it.
    Given(String),
    /// It is made anew for every attempt, and nobody else makes the same; without one there is no
    /// attempt.
    Made(&'a dyn Fn() -> crate::error::Result<String>),
}

/// What became of a token that was not delivered.
#[derive(Debug)]
pub enum Fate {
    /// Nothing was made.
    NeverMade,
    /// It was looked for, and is not there.
    NotFound,
    /// It was revoked.
    Revoked,
    /// It could not be revoked, for this reason: it may be valid.
    Unknown(Problem),
}

/// Why there is no token.
#[derive(Debug)]
pub struct Unmade {
    /// The id it had, or was to have.
    pub id: String,
    /// What went wrong.
    pub why: Why,
    /// Where that leaves the token.
    pub fate: Fate,
}

/// What went wrong with a token.
#[derive(Debug)]
pub enum Why {
    /// The call that was to make it.
    Problem(Problem),
    /// What came is not what was asked for: what is wrong with it.
    Wrong(String),
    /// There is no id for it.
    Unnamed(crate::error::Error),
    /// The user asked to stop.
    Interrupted,
}

/// What is known of a token that is to be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// It was made.
    Made,
    /// The server has answered; it may have made it.
    Answered,
    /// The server may still be at it.
    UnderWay,
}

/// A token that exists on the server and has not reached its place. Unless it is delivered it is
/// revoked, at the latest when this is dropped.
#[derive(Debug)]
#[must_use = "a token that is made is delivered or revoked"]
pub struct Minted<'a> {
    client: Client<'a>,
    owner: Owner,
    id: String,
    token: Secret,
    claims: Claims,
    /// Whether it is delivered or revoked, so that dropping this is no loss.
    settled: bool,
    _hold: Hold,
}

impl<'a> Client<'a> {
    /// Makes a token, and makes sure that it is the one that was asked for.
    ///
    /// # Errors
    /// Why there is none, and what became of one that may have been made: it is revoked already,
    /// where that was possible.
    pub fn mint(
        &self,
        owner: &Owner,
        naming: &Naming<'_>,
        expiry: Expiry,
        now: Moment,
    ) -> Result<Minted<'a>, Box<Unmade>> {
        let hold = Hold::new();
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            let id = match naming {
                Naming::Given(id) => Ok(id.clone()),
                Naming::Made(make) => make(),
            };
            let id = id.map_err(|error| {
                Box::new(Unmade {
                    id: String::new(),
                    why: Why::Unnamed(error),
                    fate: Fate::NeverMade,
                })
            })?;
            let ours = matches!(naming, Naming::Made(_));
            if let Owner::Role { project, role } = owner
                && let Err(problem) = self.wait_for_a_second_of_its_own(project, role, now)
            {
                return Err(Box::new(Unmade {
                    id,
                    why: Why::Problem(problem),
                    fate: Fate::NeverMade,
                }));
            }
            let problem = match self.create(owner, &id, expiry) {
                Ok(token) => return self.check(owner, id, token, expiry, hold),
                Err(problem) => problem,
            };
            let lost = problem.reason() == Some(&Reason::LostRace);
            // The server tries again by itself when it loses a race, and then finds its own first
            // try: an id that nobody else makes is ours, even where it "exists already".
            let taken = problem.reason() == Some(&Reason::DuplicateId);
            if problem.changed_nothing() || (taken && !ours) {
                return Err(Box::new(Unmade {
                    id,
                    why: Why::Problem(problem),
                    fate: Fate::NeverMade,
                }));
            }
            let interrupted = problem.is_interrupt() || self.runner().interrupted();
            let known = if lost || taken {
                Known::Answered
            } else {
                Known::UnderWay
            };
            let fate = self.undo(owner, &id, known, None);
            let again = (lost || taken)
                && attempt < ATTEMPTS
                && !interrupted
                && !self.runner().interrupted()
                && !matches!(fate, Fate::Unknown(_));
            if !again {
                let why = if interrupted {
                    Why::Interrupted
                } else {
                    Why::Problem(problem)
                };
                return Err(Box::new(Unmade { id, why, fate }));
            }
            // Somebody who asks to stop meanwhile is heard by the next call.
            self.pause(pause);
            pause *= 2;
            attempt += 1;
        }
    }

    /// Argo CD knows the tokens of a project's role by the second in which they were made. Waits
    /// until no token that is there can have been made in the present second.
    fn wait_for_a_second_of_its_own(
        &self,
        project: &str,
        role: &str,
        now: Moment,
    ) -> Result<(), Problem> {
        let tokens = self.project_tokens(project, role)?;
        // The server's clock is not ours: whatever is about as young as now may be of this second.
        let near = |issued: Moment| issued.since(now) <= SKEW && now.since(issued) <= SKEW;
        if tokens.iter().any(|token| near(token.issued)) && !self.pause(NEXT_SECOND) {
            return Err(Failure::Interrupted { started: false }.into());
        }
        Ok(())
    }

    fn check(
        &self,
        owner: &Owner,
        id: String,
        token: Secret,
        expiry: Expiry,
        hold: Hold,
    ) -> Result<Minted<'a>, Box<Unmade>> {
        let undone = |why: Why| {
            let fate = self.undo(owner, &id, Known::Made, Some(&token));
            let id = id.clone();
            Err(Box::new(Unmade { id, why, fate }))
        };
        let claims = match Claims::decode(token.expose()) {
            Ok(claims) => claims,
            Err(why) => {
                return undone(Why::Wrong(format!(
                    "what argocd printed is no token: {why}"
                )));
            }
        };
        if let Some(wrong) = mismatch(&claims, owner, &id, expiry) {
            return undone(Why::Wrong(wrong));
        }
        if self.runner().interrupted() {
            return undone(Why::Interrupted);
        }
        Ok(Minted {
            client: self.clone(),
            owner: owner.clone(),
            id,
            token,
            claims,
            settled: false,
            _hold: hold,
        })
    }

    /// Deletes what may have been made. Whoever calls may do that, or else the token itself, where
    /// we have it.
    fn undo(&self, owner: &Owner, id: &str, known: Known, token: Option<&Secret>) -> Fate {
        // From here on it is the order that counts; who asks to stop once more stops this too.
        self.runner().acknowledge();
        let mut client = self.clone();
        client.limit_time(CLEAN_UP);
        let fate = client.undo_as_caller(owner, id, known);
        let Fate::Unknown(problem) = fate else {
            return fate;
        };
        // A token of a project's role may not delete tokens.
        let (Some(token), Owner::Account(_), false) = (token, owner, problem.is_interrupt()) else {
            return Fate::Unknown(problem);
        };
        match client.presenting(token).undo_as_caller(owner, id, known) {
            Fate::Unknown(_) => Fate::Unknown(problem),
            fate => fate,
        }
    }

    fn undo_as_caller(&self, owner: &Owner, id: &str, known: Known) -> Fate {
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            match (self.delete(owner, id), known) {
                (Ok(Gone::Deleted), _) => return Fate::Revoked,
                // Another replica of the server may not know it yet.
                (Ok(Gone::NotThere), Known::Made) if attempt > 2 => return Fate::Revoked,
                (Ok(Gone::NotThere), Known::Answered) if attempt > 1 => return Fate::NotFound,
                (Ok(Gone::NotThere), Known::UnderWay) if attempt >= LOOKS => return Fate::NotFound,
                (Ok(Gone::NotThere), _) => {}
                (Err(problem), _) => return Fate::Unknown(problem),
            }
            if !self.pause(pause) {
                return Fate::Unknown(Failure::Interrupted { started: false }.into());
            }
            pause *= 2;
            attempt += 1;
        }
    }

    /// Looks for a token of which nobody knows whether it was made, and revokes it. Who asks to stop
    /// stops this too.
    pub fn revoke_if_made(&self, owner: &Owner, id: &str) -> Fate {
        self.undo_as_caller(owner, id, Known::UnderWay)
    }

    /// Waits; false if the user asks to stop.
    pub fn pause(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        loop {
            if self.runner().interrupted() {
                return false;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
    }
}

/// What of a token is not as it was asked for; `None` if all is.
fn mismatch(claims: &Claims, owner: &Owner, id: &str, expiry: Expiry) -> Option<String> {
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
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// The token itself.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// What it says of itself.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// A client that presents it.
    pub fn client(&self) -> Client<'_> {
        self.client.presenting(&self.token)
    }

    /// Another token of a project's role that was made in the same second, so that neither can be
    /// deleted alone; `None` where there is none, or nobody can say.
    pub fn twin(&self) -> Option<String> {
        let Owner::Role { project, role } = &self.owner else {
            return None;
        };
        let tokens = self.client.project_tokens(project, role).ok()?;
        let twin = twin(&tokens, &self.id, self.claims.issued()?)?;
        Some(twin.id.clone())
    }

    /// It has reached its place.
    pub fn delivered(mut self) {
        self.settled = true;
    }

    /// It has not, and goes.
    pub fn revoke(mut self) -> Fate {
        self.settled = true;
        self.client
            .undo(&self.owner, &self.id, Known::Made, Some(&self.token))
    }
}

impl Drop for Minted<'_> {
    fn drop(&mut self) {
        if !self.settled {
            // Only a panic comes here; nobody is left to be told what became of it.
            let _ = self
                .client
                .undo(&self.owner, &self.id, Known::Made, Some(&self.token));
        }
    }
}
