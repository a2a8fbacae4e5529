//! Which Argo CD a policy is meant for, as far as its RBAC differs.

use std::fmt;
use std::str::FromStr;

/// A minor version of Argo CD. What it changes here: sub-resource verbs and the enforcement of logs
/// (3.0) and the verb `rollback` (3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArgoCdVersion {
    major: u16,
    minor: u16,
}

impl ArgoCdVersion {
    /// The newest release whose answers were recorded.
    pub const NEWEST: Self = Self::new(3, 5);

    /// The version `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// Whether the verb `rollback` exists (3.6 and later).
    pub fn has_rollback(self) -> bool {
        self >= Self::new(3, 6)
    }

    /// Whether the resource `logs` is enforced without a setting (3.0 and later).
    pub fn enforces_logs(self) -> bool {
        self >= Self::new(3, 0)
    }

    /// Whether `argocd admin settings rbac can` warns about a group that has rules of its own and no
    /// binding (3.6 and later).
    pub(super) fn warns_of_unbound_groups(self) -> bool {
        self >= Self::new(3, 6)
    }
}

impl Default for ArgoCdVersion {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl fmt::Display for ArgoCdVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that names no version of Argo CD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadVersion(String);

impl fmt::Display for BadVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no version of Argo CD: write 3.5 or v3.5.1",
            self.0
        )
    }
}

impl std::error::Error for BadVersion {}

impl FromStr for ArgoCdVersion {
    type Err = BadVersion;

    /// Reads `3.5`, `v3.5.1`, `3.6.0-dev+abc`: the first two numbers count.
    fn from_str(text: &str) -> Result<Self, BadVersion> {
        let bad = || BadVersion(text.to_owned());
        let numbers = text.strip_prefix('v').unwrap_or(text);
        let mut parts = numbers.splitn(3, '.');
        let mut part = |after: bool| {
            let part = parts.next().ok_or_else(bad)?;
            // A minor version may carry a suffix when no patch number follows: 3.6-dev.
            let end = part
                .find(|c: char| after && matches!(c, '-' | '+'))
                .unwrap_or(part.len());
            let digits = &part[..end];
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(bad());
            }
            digits.parse().map_err(|_| bad())
        };
        Ok(Self::new(part(false)?, part(true)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for text in ["3.6", "v3.6", "v3.6.0", "3.6.0-dev+1a2b", "3.6-rc1"] {
            assert_eq!(text.parse(), Ok(ArgoCdVersion::new(3, 6)), "{text}");
        }
        for text in ["", "3", "latest", "v3.x", "3.", "-3.5", "3.99999999"] {
            assert!(text.parse::<ArgoCdVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn versions_are_ordered_by_number() {
        assert!(ArgoCdVersion::new(2, 14) < ArgoCdVersion::new(3, 0));
        assert!(ArgoCdVersion::new(3, 10).has_rollback());
        assert!(!ArgoCdVersion::NEWEST.has_rollback());
    }
}
