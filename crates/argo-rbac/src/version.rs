//! Which Argo CD a policy is meant for, as far as its RBAC differs.

use std::fmt;
use std::str::FromStr;

/// Patch number of a version that names none: the newest patch of its minor version.
const NEWEST_PATCH: u16 = u16::MAX;

/// A version of Argo CD, `major.minor` or `major.minor.patch`. Without a patch number it is the
/// newest patch of that minor version, because RBAC changed in patch releases too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArgoCdVersion {
    major: u16,
    minor: u16,
    patch: u16,
}

impl ArgoCdVersion {
    /// The newest version whose rules are known, which is also the default.
    pub const NEWEST: Self = Self::new(3, 6);

    /// The newest patch of `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self::exact(major, minor, NEWEST_PATCH)
    }

    /// The version `major.minor.patch`.
    pub const fn exact(major: u16, minor: u16, patch: u16) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// Whether it is newer than [`Self::NEWEST`]: then the rules of that version are used for it,
    /// and a command should say so. A newer patch of a known minor version is not.
    pub fn is_beyond_known(self) -> bool {
        self > Self::NEWEST
    }

    /// Whether the verb `rollback` exists, in the built-in policy too (3.6.0).
    pub fn has_rollback(self) -> bool {
        self >= Self::exact(3, 6, 0)
    }

    /// Whether `argocd admin settings rbac can` knows `write-repositories` (3.6.0).
    pub(super) fn admin_knows_write_repositories(self) -> bool {
        self >= Self::exact(3, 6, 0)
    }

    /// Whether `argocd admin settings rbac can` warns about a group that has rules of its own and no
    /// binding (3.6.0).
    pub(super) fn warns_of_unbound_groups(self) -> bool {
        self >= Self::exact(3, 6, 0)
    }

    /// Whether the built-in `role:readonly` may get applicationsets (3.1.2).
    pub(super) fn readonly_gets_applicationsets(self) -> bool {
        self >= Self::exact(3, 1, 2)
    }

    /// Whether the roles of an `AppProject` count for its applicationsets (2.14.14, 3.0.6, 3.1.0).
    pub(crate) fn has_project_applicationsets(self) -> bool {
        match (self.major, self.minor) {
            (2, 14) => self.patch >= 14,
            (3, 0) => self.patch >= 6,
            _ => self >= Self::exact(3, 1, 0),
        }
    }

    /// Whether the resource `logs` is enforced without a setting (3.0.0).
    pub fn enforces_logs(self) -> bool {
        self >= Self::exact(3, 0, 0)
    }

    /// Whether a token's `federated_claims.user_id` comes before its `sub` (3.0.0).
    pub(crate) fn reads_federated_claims(self) -> bool {
        self >= Self::exact(3, 0, 0)
    }

    /// Whether the built-in policy has `update/*`, `delete/*` and `write-repositories` (2.14.0).
    pub(super) fn builtin_has_subresources(self) -> bool {
        self >= Self::exact(2, 14, 0)
    }

    /// Whether a setting says if a plain `update` or `delete` covers the resources of an application
    /// (2.14.0).
    pub(super) fn has_inheritance_setting(self) -> bool {
        self >= Self::exact(2, 14, 0)
    }

    /// Whether a plain `update` or `delete` covers the resources of an application where the setting
    /// is absent: before 3.0.0.
    pub(crate) fn inherits_subresources(self) -> bool {
        self < Self::exact(3, 0, 0)
    }

    /// Whether keys `policy.*.csv` are read beside `policy.csv` (2.8.0).
    pub fn reads_policy_keys(self) -> bool {
        self >= Self::exact(2, 8, 0)
    }
}

impl Default for ArgoCdVersion {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl fmt::Display for ArgoCdVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch != NEWEST_PATCH {
            write!(f, ".{}", self.patch)?;
        }
        Ok(())
    }
}

/// A string that is not a version of Argo CD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadVersion(String);

impl fmt::Display for BadVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a version of Argo CD: write {newest} or v{newest}.1",
            self.0,
            newest = ArgoCdVersion::NEWEST
        )
    }
}

impl std::error::Error for BadVersion {}

impl FromStr for ArgoCdVersion {
    type Err = BadVersion;

    /// Reads `3.5`, `v3.5.1`, `3.6.0-dev+abc`. A suffix does not count.
    fn from_str(text: &str) -> Result<Self, BadVersion> {
        let bad = || BadVersion(text.to_owned());
        let number = |digits: &str| -> Result<u16, BadVersion> {
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(bad());
            }
            let number = digits.parse().map_err(|_| bad())?;
            (number != NEWEST_PATCH).then_some(number).ok_or_else(bad)
        };
        let numbers = text.strip_prefix('v').unwrap_or(text);
        // A suffix follows the last number: 3.6-dev, 3.6.0-rc1+abc.
        let end = numbers.find(['-', '+']).unwrap_or(numbers.len());
        let mut parts = numbers[..end].split('.');
        let (major, minor, patch) = (parts.next(), parts.next(), parts.next());
        let (Some(major), Some(minor), None) = (major, minor, parts.next()) else {
            return Err(bad());
        };
        let patch = patch.map_or(Ok(NEWEST_PATCH), number)?;
        Ok(Self::exact(number(major)?, number(minor)?, patch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for text in ["3.6", "v3.6", "3.6-rc1", "3.6-rc1.2"] {
            assert_eq!(text.parse(), Ok(ArgoCdVersion::new(3, 6)), "{text}");
        }
        for text in ["3.6.1", "v3.6.1", "3.6.1-dev+1a2b.3"] {
            assert_eq!(text.parse(), Ok(ArgoCdVersion::exact(3, 6, 1)), "{text}");
        }
        let long = "3.99999999";
        for text in [
            "",
            "3",
            "latest",
            "v3.x",
            "3.",
            "-3.5",
            long,
            "3.5.",
            "3.5.x",
            "3.5.1.2",
            "3.5.65535",
        ] {
            assert!(text.parse::<ArgoCdVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn versions_are_ordered_by_number() {
        let version = |text: &str| text.parse::<ArgoCdVersion>().unwrap();
        assert!(version("2.14") < version("3.0.0"));
        assert!(version("3.10").has_rollback());
        assert!(!version("3.5.9").has_rollback());
        assert!(!version("3.1.1").readonly_gets_applicationsets());
        assert!(version("3.1").readonly_gets_applicationsets());
    }

    #[test]
    fn a_fix_may_come_in_several_minor_versions() {
        for (text, has) in [
            ("2.13", false),
            ("2.14.13", false),
            ("2.14.14", true),
            ("2.14", true),
            ("3.0.5", false),
            ("3.0.6", true),
            ("3.1.0", true),
            ("3.6", true),
        ] {
            let version: ArgoCdVersion = text.parse().unwrap();
            assert_eq!(version.has_project_applicationsets(), has, "{text}");
        }
    }

    #[test]
    fn newer_than_the_newest_minor_version_is_beyond_what_is_known() {
        let ArgoCdVersion { major, minor, .. } = ArgoCdVersion::NEWEST;
        for (text, beyond) in [
            (format!("{major}.{minor}.9"), false),
            (format!("{major}.{minor}"), false),
            (format!("{major}.{}.0", minor + 1), true),
            (format!("{}.0", major + 1), true),
        ] {
            let version: ArgoCdVersion = text.parse().unwrap();
            assert_eq!(version.is_beyond_known(), beyond, "{text}");
            assert_eq!(version.to_string(), text);
        }
    }
}
