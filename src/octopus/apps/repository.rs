//! Repositories under the many spellings of their addresses.

use crate::rbac::glob::Glob;

/// Returns an address without what does not tell repositories apart: scheme, user, case, `.git`.
pub fn normalized(url: &str) -> String {
    let lower = url.trim().to_lowercase();
    let (rest, is_scp) = match lower.split_once("://") {
        Some((_, rest)) => (rest, false),
        None => (lower.as_str(), lower.contains(':')),
    };
    let host_end = rest.find('/').unwrap_or(rest.len());
    let rest = match rest[..host_end].rfind('@') {
        Some(at) => &rest[at + 1..],
        None => rest,
    };
    // git@github.com:team/repo is ssh://git@github.com/team/repo.
    let rest = if is_scp {
        rest.replacen(':', "/", 1)
    } else {
        rest.to_owned()
    };
    let rest = rest.trim_end_matches('/');
    rest.strip_suffix(".git").unwrap_or(rest).to_owned()
}

/// Whether an AppProject's `sourceRepos` permit a repository, as Argo CD decides it: a pattern with
/// `!` that matches refuses, and one that does not match permits.
pub fn is_permitted(patterns: &[&str], url: &str) -> bool {
    let url = normalized(url);
    let mut permitted = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(denied) if matches(denied, &url) == Some(true) => return false,
            Some(_) => permitted = true,
            None => permitted |= matches(pattern, &url) != Some(false),
        }
    }
    permitted
}

/// Whether a pattern matches, segment by segment, because `*` ends at a slash; `None` where it
/// cannot be said, for `**` or braces around a slash.
fn matches(pattern: &str, url: &str) -> Option<bool> {
    let pattern = normalized(pattern);
    if pattern == "*" || pattern == url {
        return Some(true);
    }
    if pattern.contains("**") {
        return None;
    }
    let (patterns, parts) = (pattern.split('/'), url.split('/'));
    let same_depth = patterns.clone().count() == parts.clone().count();
    let mut found = same_depth;
    for (pattern, part) in patterns.zip(parts) {
        found &= Glob::compile(pattern).ok()?.matches(part).ok()?;
    }
    Some(found)
}

/// Returns a directory without what does not tell directories apart.
pub fn directory(path: Option<&str>) -> String {
    let parts = path.unwrap_or_default().split('/');
    parts
        .filter(|part| !part.is_empty() && *part != ".")
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_repository_has_many_addresses() {
        for url in [
            "https://github.com/Team/repo.git",
            "https://user@github.com/team/repo/",
            "git@github.com:team/repo.git",
            "ssh://git@github.com/team/repo",
        ] {
            assert_eq!(normalized(url), "github.com/team/repo", "{url}");
        }
        assert_eq!(normalized("https://host:8443/r"), "host:8443/r");
        assert_eq!(directory(Some("./apps//web/")), "apps/web");
        assert_eq!(directory(None), "");
    }

    #[test]
    fn a_project_permits_repositories() {
        let team = "https://git.example.com/team/*";
        for (patterns, url, permitted) in [
            (&[team][..], "https://git.example.com/team/shop.git", true),
            (&[team], "https://git.example.com/team/sub/shop.git", false),
            (
                &["https://git.example.com/*"],
                "https://git.example.com/team/shop",
                false,
            ),
            (
                &["https://git.example.com/**"],
                "https://git.example.com/team/shop",
                true,
            ),
            (&["*"], "https://git.example.com/team/shop", true),
            (
                &["*", "!https://git.example.com/team/*"],
                "https://git.example.com/team/shop",
                false,
            ),
            (
                &["!https://git.example.com/team/*"],
                "https://git.example.com/other/shop",
                true,
            ),
            (
                &["!https://git.example.com/*"],
                "https://git.example.com/team/shop",
                true,
            ),
            (&[], "https://git.example.com/team/shop", false),
        ] {
            assert_eq!(is_permitted(patterns, url), permitted, "{patterns:?} {url}");
        }
    }
}
