//! Why a change is to be looked at first.

use crate::rbac::survey::{Change, Whom};
use crate::rbac::{BUILTIN_KEY, Grounds};

/// The role that may do everything.
const ADMIN: &str = "role:admin";

/// Why a gain is dangerous; in the order in which the gains are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Danger {
    /// Authorisation is switched off.
    AuthDisabled,
    /// Anyone who has no token gains it.
    WithoutToken,
    /// Everybody gains it.
    Everybody,
    /// It comes through `role:admin`.
    Admin,
    /// Who administrates decides what others may do.
    Administration,
    /// A shell in a pod.
    Exec,
    /// The rule names every action or every resource.
    Everything,
    /// A deny that kept someone out is gone.
    DenyGone,
    /// Nothing of all this.
    None,
}

impl Danger {
    /// Why it is dangerous, in a few words.
    pub fn as_str(self) -> Option<&'static str> {
        Some(match self {
            Self::AuthDisabled => "authorisation is switched off",
            Self::WithoutToken => "without a login",
            Self::Everybody => "everybody",
            Self::Admin => "through role:admin",
            Self::Administration => "administration",
            Self::Exec => "a shell in pods",
            Self::Everything => "every action or resource",
            Self::DenyGone => "a deny was removed",
            Self::None => return None,
        })
    }

    /// Of a change for someone; a loss is not dangerous.
    pub(super) fn of(whom: &Whom, change: &Change<'_>) -> Self {
        if !change.gained {
            return Self::None;
        }
        let (grounds, line) = change.grounds[1];
        let deciding = line.map(|cited| cited.enforcer.rule(cited.line));
        let is_admin = line.is_some_and(|cited| {
            let found = cited.enforcer.line(cited.line);
            found.is_some_and(|found| &*found.key == BUILTIN_KEY)
                && cited.enforcer.rule(cited.line).subject.text == ADMIN
        });
        let verb = change.action.as_str();
        let administrates = match change.resource {
            "accounts" | "projects" | "clusters" | "repositories" | "write-repositories"
            | "certificates" | "gpgkeys" => verb != "get",
            _ => false,
        };
        let is_everything = deciding
            .as_ref()
            .is_some_and(|rule| rule.resource.text == "*" || rule.action.text == "*");
        let deny_gone = change.rule.is_some_and(|(_, added)| !added);
        match whom {
            _ if grounds == Grounds::AuthDisabled => Self::AuthDisabled,
            Whom::Anonymous => Self::WithoutToken,
            Whom::Everybody => Self::Everybody,
            Whom::Subject(_) if is_admin => Self::Admin,
            Whom::Subject(_) if administrates => Self::Administration,
            Whom::Subject(_) if change.resource == "exec" => Self::Exec,
            Whom::Subject(_) if is_everything => Self::Everything,
            Whom::Subject(_) if deny_gone => Self::DenyGone,
            Whom::Subject(_) => Self::None,
        }
    }
}
