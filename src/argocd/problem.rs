//! What keeps a call of argocd from giving its answer.

use std::fmt;

use super::hints::{INSTALL, NEEDED};
use super::refusal::{Reason, Refusal};
use crate::error::Error;
use crate::process::Failure;

/// Why a call gave no answer.
#[derive(Debug)]
pub enum Problem {
    /// argocd did not start, or not come to its own end.
    Failed(Failure),
    /// argocd, or the server behind it, said no.
    Refused(Box<Refusal>),
    /// argocd said yes, and something that is no answer.
    Garbled {
        /// The call, without secrets.
        call: String,
        /// What is wrong with the answer; never a piece of it.
        why: String,
    },
    /// Two tokens of a project's role were made in the same second, by which alone Argo CD knows
    /// them: neither can be deleted without the risk of deleting the other.
    Twins {
        /// The one that was to go.
        id: String,
        /// The other one.
        twin: String,
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
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Refused(refusal) => Some(&refusal.reason),
            _ => None,
        }
    }

    /// Whether it is certain that the call changed nothing on the server.
    pub fn changed_nothing(&self) -> bool {
        match self {
            Self::Failed(failure) => !failure.started(),
            Self::Refused(refusal) => refusal.changed_nothing(),
            Self::Garbled { .. } => false,
            Self::Twins { .. } => true,
        }
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
            Self::Failed(failure) => failure.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Garbled { why, .. } => write!(f, "argocd answered something else: {why}"),
            Self::Twins { id, twin } => write!(
                f,
                "the tokens {id} and {twin} were made in the same second, by which alone Argo CD \
                 knows the tokens of a project: deleting one may delete the other"
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
                    "look whether that is argocd (--argocd-path, or ARGOCD), and what \
                     `argocd version` says",
                ),
            Problem::Twins { .. } => Self::external(problem.to_string()).hint(
                "make new ones to replace both, and delete both when they are no longer in use",
            ),
        }
    }
}
