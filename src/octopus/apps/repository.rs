//! Repositories under the many spellings of their addresses.

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
}
