//! Sources that Octopus Deploy cannot write to.

use std::fmt;

use super::annotation::is_templated;
use super::read::{AppSource, Parent};

/// Why Octopus cannot write to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// A repository of Helm charts.
    ChartRepository,
    /// An OCI registry.
    OciRegistry,
    /// The revision is a commit.
    Commit,
    /// The revision is a tag.
    Tag,
    /// The source of a hydrator, which Octopus does not read.
    Hydrator,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ChartRepository => "a Helm chart repository cannot be written to",
            Self::OciRegistry => "an OCI registry cannot be written to",
            Self::Commit => "targetRevision is a commit, not a branch",
            Self::Tag => "targetRevision is a tag, not a branch",
            Self::Hydrator => "Octopus does not read sourceHydrator",
        })
    }
}

/// Returns why Octopus cannot write to a source, if that is so.
pub fn unwritable(source: &AppSource<'_>) -> Option<Unwritable> {
    if source.parent == Parent::Hydrator {
        return Some(Unwritable::Hydrator);
    }
    if source.repo_url.starts_with("oci://") {
        return Some(Unwritable::OciRegistry);
    }
    if source.chart.is_some() {
        return Some(Unwritable::ChartRepository);
    }
    let revision = source.revision?;
    if is_templated(revision) {
        None
    } else if is_commit(revision) {
        Some(Unwritable::Commit)
    } else if is_tag(revision) {
        Some(Unwritable::Tag)
    } else {
        None
    }
}

/// A full hash, or a short one with a digit in it: `deadbeef` may be a branch.
fn is_commit(revision: &str) -> bool {
    let is_hex = revision
        .bytes()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let has = |wanted: fn(&u8) -> bool| revision.as_bytes().iter().any(wanted);
    is_hex
        && match revision.len() {
            40 | 64 => true,
            7..=12 => has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic),
            _ => false,
        }
}

/// A ref of a tag, a version of three numbers, or a range of versions, which Argo CD looks up among
/// the tags. `1.2` and `release-1.2` are left alone: branches are called so.
fn is_tag(revision: &str) -> bool {
    if revision.starts_with("refs/tags/") {
        return true;
    }
    if revision.starts_with(['^', '~', '>', '<', '=']) || revision == "*" {
        return true;
    }
    let version = revision.strip_prefix('v').unwrap_or(revision);
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = core.split('.').collect();
    let number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [all @ .., "*" | "x"] => !all.is_empty() && all.iter().all(number),
        [_, _, _] => parts.iter().all(number),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_and_tags_are_told_from_branches() {
        for commit in ["0123456789abcdef0123456789abcdef01234567", "1a2b3c4"] {
            assert!(is_commit(commit), "{commit}");
        }
        for tag in [
            "v1.2.3",
            "1.2.3-rc.1",
            "refs/tags/stable",
            "1.2.*",
            "^1.0",
            "*",
        ] {
            assert!(is_tag(tag) && !is_commit(tag), "{tag}");
        }
        for branch in [
            "main",
            "HEAD",
            "release-1.2",
            "1.2",
            "v2",
            "feature/v1.2.3",
            "deadbeef",
            "1234567",
        ] {
            assert!(!is_tag(branch) && !is_commit(branch), "{branch}");
        }
    }
}
