//! Argo CD's built-in policy: what `role:readonly`, `role:admin` and the user `admin` may do.

use super::version::ArgoCdVersion;

/// The built-in policy of a version, as policy text. It differs from release to release by verbs
/// that were added; 3.6 adds `rollback`.
pub fn builtin_policy(version: ArgoCdVersion) -> &'static str {
    if version.has_rollback() { NEXT } else { NOW }
}

macro_rules! policy {
    ($($more:literal)*) => {
        concat!(
            "p, role:readonly, applications, get, */*, allow\n",
            "p, role:readonly, applicationsets, get, */*, allow\n",
            "p, role:readonly, certificates, get, *, allow\n",
            "p, role:readonly, clusters, get, *, allow\n",
            "p, role:readonly, repositories, get, *, allow\n",
            "p, role:readonly, write-repositories, get, *, allow\n",
            "p, role:readonly, projects, get, *, allow\n",
            "p, role:readonly, accounts, get, *, allow\n",
            "p, role:readonly, gpgkeys, get, *, allow\n",
            "p, role:readonly, logs, get, */*, allow\n",
            "p, role:admin, applications, create, */*, allow\n",
            "p, role:admin, applications, update, */*, allow\n",
            "p, role:admin, applications, update/*, */*, allow\n",
            "p, role:admin, applications, delete, */*, allow\n",
            "p, role:admin, applications, delete/*, */*, allow\n",
            "p, role:admin, applications, sync, */*, allow\n",
            $($more,)*
            "p, role:admin, applications, override, */*, allow\n",
            "p, role:admin, applications, action/*, */*, allow\n",
            "p, role:admin, applicationsets, get, */*, allow\n",
            "p, role:admin, applicationsets, create, */*, allow\n",
            "p, role:admin, applicationsets, update, */*, allow\n",
            "p, role:admin, applicationsets, delete, */*, allow\n",
            "p, role:admin, certificates, create, *, allow\n",
            "p, role:admin, certificates, update, *, allow\n",
            "p, role:admin, certificates, delete, *, allow\n",
            "p, role:admin, clusters, create, *, allow\n",
            "p, role:admin, clusters, update, *, allow\n",
            "p, role:admin, clusters, delete, *, allow\n",
            "p, role:admin, repositories, create, *, allow\n",
            "p, role:admin, repositories, update, *, allow\n",
            "p, role:admin, repositories, delete, *, allow\n",
            "p, role:admin, write-repositories, create, *, allow\n",
            "p, role:admin, write-repositories, update, *, allow\n",
            "p, role:admin, write-repositories, delete, *, allow\n",
            "p, role:admin, projects, create, *, allow\n",
            "p, role:admin, projects, update, *, allow\n",
            "p, role:admin, projects, delete, *, allow\n",
            "p, role:admin, accounts, update, *, allow\n",
            "p, role:admin, gpgkeys, create, *, allow\n",
            "p, role:admin, gpgkeys, delete, *, allow\n",
            "p, role:admin, exec, create, */*, allow\n",
            "g, role:admin, role:readonly\n",
            "g, admin, role:admin\n",
        )
    };
}

const NOW: &str = policy!();
const NEXT: &str = policy!("p, role:admin, applications, rollback, */*, allow\n");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rollback_differs() {
        let added: Vec<_> = NEXT.lines().filter(|line| !NOW.contains(line)).collect();
        assert_eq!(added, ["p, role:admin, applications, rollback, */*, allow"]);
        assert_eq!(NOW.lines().filter(|line| line.starts_with('p')).count(), 41);
    }
}
