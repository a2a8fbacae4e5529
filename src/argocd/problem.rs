//! What keeps a call of argocd from giving its answer.

use std::fmt;

use super::hints::{INSTALL, NEEDED};
use super::refusal::{Refusal, RefusalReason};
use crate::error::Error;
use crate::model::TokenOwner;
use crate::process::Failure;

/// Why a call gave no answer.
#[derive(Debug)]
pub enum Problem {
    /// argocd did not start, or not come to its own end.
    Failed(Failure),
    /// argocd, or the server behind it, said no.
    Refused(Box<Refusal>),
    /// argocd said yes, and something that is not an answer.
    Garbled {
        /// The call, without secrets.
        call: String,
        /// What is wrong with the answer; never a piece of it.
        why: String,
    },
    /// argocd spoke plain text and got no answer, which is how a server that expects TLS answers.
    PlainText(Failure),
    /// argocd has no login for the server that is meant, and would send that for another one.
    NoLogin {
        /// The server.
        server: String,
    },
    /// Something on this machine prevented the call.
    Local(Error),
    /// Two tokens of a project's role were made in the same second, by which alone Argo CD knows
    /// them: neither can be deleted without the risk of deleting the other.
    Twins {
        /// The one that was to go.
        id: String,
        /// The other one.
        twin: String,
        /// argocd's own command that deletes one of the two.
        command: String,
    },
}

impl Problem {
    /// An answer that is none: what is wrong with the answer to this call.
    pub fn garbled(call: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Garbled {
            call: call.into(),
            why: why.into(),
        }
    }

    /// Why argocd said no, if that is what happened.
    pub fn reason(&self) -> Option<&RefusalReason> {
        match self {
            Self::Refused(refusal) => Some(&refusal.reason),
            _ => None,
        }
    }

    /// Whether it is certain that the call changed nothing on the server.
    pub fn changed_nothing(&self) -> bool {
        match self {
            Self::Failed(failure) | Self::PlainText(failure) => !failure.started(),
            Self::Refused(refusal) => refusal.changed_nothing(),
            Self::Garbled { .. } => false,
            Self::Twins { .. } | Self::NoLogin { .. } | Self::Local(_) => true,
        }
    }

    /// Returns the problem as one of a call about this owner's tokens.
    #[must_use]
    pub(super) fn about(mut self, owner: &TokenOwner) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.owner = Some(owner.clone());
        }
        self
    }

    /// Whether the user asked to stop.
    pub fn is_interrupt(&self) -> bool {
        matches!(self, Self::Failed(Failure::Interrupted { .. }))
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(failure) | Self::PlainText(failure) => failure.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Garbled { why, .. } => write!(f, "unexpected answer from argocd: {why}"),
            Self::NoLogin { server } => write!(f, "argocd has no login for {server}"),
            Self::Local(error) => error.fmt(f),
            Self::Twins { id, twin, .. } => write!(
                f,
                "the tokens {id} and {twin} were made in the same second: deleting one may delete the other"
            ),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Failed(failure @ Failure::Missing { .. }) => Self::from(failure).hint(format!(
                "install argocd {NEEDED} or later ({INSTALL}), or name it with --argocd-path or \
                 the variable ARGOCD"
            )),
            Problem::Failed(failure) => failure.into(),
            Problem::Refused(refusal) => (*refusal).into(),
            Problem::Garbled { ref call, .. } => Self::external(problem.to_string())
                .caused_by(format!("ran {call}"))
                .hint(
                    "check that this is argocd (--argocd-path, or ARGOCD) and what `argocd version` says",
                ),
            Problem::NoLogin { ref server } => Self::input(problem.to_string())
                .hint(format!("log in: argocd login {server}; or present a token: ARGOCD_AUTH_TOKEN, or --token-file where the command has it"))
                .hint("if a context of argocd is for that server under another name, say so with --argocd-context NAME"),
            Problem::Local(error) => error,
            Problem::PlainText(_) => Self::external(problem.to_string()).hint(
                "a server that expects TLS never answers plain text: leave out --plaintext, or log in again without it",
            ),
            Problem::Twins { ref command, .. } => Self::external(problem.to_string())
                .hint(
                    "make new ones to replace both, and delete both when they are no longer in use",
                )
                .hint(format!(
                    "argocd deletes one of the two, and there is no telling which: {command}"
                )),
        }
    }
}
