//! Argo CD's built-in policy: what `role:readonly`, `role:admin` and the user `admin` may do.

use std::sync::LazyLock;

use super::version::ArgoCdVersion;

/// The built-in policy of a version, as policy text. Releases differ by lines that were added.
pub fn builtin_policy(version: ArgoCdVersion) -> &'static str {
    if version.has_rollback() {
        NEWEST
    } else if version.readonly_gets_applicationsets() {
        &BEFORE_3_6_0
    } else if version.builtin_has_subresources() {
        &BEFORE_3_1_2
    } else {
        &BEFORE_2_14_0
    }
}

static BEFORE_3_6_0: LazyLock<String> = LazyLock::new(|| without(NEWEST, &[" rollback,"]));
static BEFORE_3_1_2: LazyLock<String> =
    LazyLock::new(|| without(&BEFORE_3_6_0, &["p, role:readonly, applicationsets,"]));
static BEFORE_2_14_0: LazyLock<String> = LazyLock::new(|| {
    let added = [" write-repositories,", " update/*,", " delete/*,"];
    without(&BEFORE_3_1_2, &added)
});

fn without(policy: &str, added: &[&str]) -> String {
    let before = |line: &&str| !added.iter().any(|piece| line.contains(piece));
    policy.split_inclusive('\n').filter(before).collect()
}

/// The policy of the newest version, which has every line.
const NEWEST: &str = "\
p, role:readonly, applications, get, */*, allow\n\
p, role:readonly, applicationsets, get, */*, allow\n\
p, role:readonly, certificates, get, *, allow\n\
p, role:readonly, clusters, get, *, allow\n\
p, role:readonly, repositories, get, *, allow\n\
p, role:readonly, write-repositories, get, *, allow\n\
p, role:readonly, projects, get, *, allow\n\
p, role:readonly, accounts, get, *, allow\n\
p, role:readonly, gpgkeys, get, *, allow\n\
p, role:readonly, logs, get, */*, allow\n\
p, role:admin, applications, create, */*, allow\n\
p, role:admin, applications, update, */*, allow\n\
p, role:admin, applications, update/*, */*, allow\n\
p, role:admin, applications, delete, */*, allow\n\
p, role:admin, applications, delete/*, */*, allow\n\
p, role:admin, applications, sync, */*, allow\n\
p, role:admin, applications, rollback, */*, allow\n\
p, role:admin, applications, override, */*, allow\n\
p, role:admin, applications, action/*, */*, allow\n\
p, role:admin, applicationsets, get, */*, allow\n\
p, role:admin, applicationsets, create, */*, allow\n\
p, role:admin, applicationsets, update, */*, allow\n\
p, role:admin, applicationsets, delete, */*, allow\n\
p, role:admin, certificates, create, *, allow\n\
p, role:admin, certificates, update, *, allow\n\
p, role:admin, certificates, delete, *, allow\n\
p, role:admin, clusters, create, *, allow\n\
p, role:admin, clusters, update, *, allow\n\
p, role:admin, clusters, delete, *, allow\n\
p, role:admin, repositories, create, *, allow\n\
p, role:admin, repositories, update, *, allow\n\
p, role:admin, repositories, delete, *, allow\n\
p, role:admin, write-repositories, create, *, allow\n\
p, role:admin, write-repositories, update, *, allow\n\
p, role:admin, write-repositories, delete, *, allow\n\
p, role:admin, projects, create, *, allow\n\
p, role:admin, projects, update, *, allow\n\
p, role:admin, projects, delete, *, allow\n\
p, role:admin, accounts, update, *, allow\n\
p, role:admin, gpgkeys, create, *, allow\n\
p, role:admin, gpgkeys, delete, *, allow\n\
p, role:admin, exec, create, */*, allow\n\
g, role:admin, role:readonly\n\
g, admin, role:admin\n\
";

#[cfg(test)]
mod tests {
    use super::*;

    fn added(before: &str, after: &str) -> Vec<String> {
        let policy = |text: &str| builtin_policy(text.parse().unwrap());
        let (before, after) = (policy(before), policy(after));
        assert!(before.lines().all(|line| after.contains(line)));
        let added = after.lines().filter(|line| !before.contains(line));
        added.map(str::to_owned).collect()
    }

    #[test]
    fn releases_add_lines() {
        let sets = "p, role:readonly, applicationsets, get, */*, allow";
        let rollback = "p, role:admin, applications, rollback, */*, allow";
        assert_eq!(added("3.5.7", "3.6.0"), [rollback]);
        assert_eq!(added("3.1.1", "3.1.2"), [sets]);
        assert_eq!(added("3.1.2", "3.5.1"), [""; 0]);
        assert_eq!(added("2.14.0", "3.1.1"), [""; 0]);
        assert_eq!(
            added("2.13", "2.14.0"),
            [
                "p, role:readonly, write-repositories, get, *, allow",
                "p, role:admin, applications, update/*, */*, allow",
                "p, role:admin, applications, delete/*, */*, allow",
                "p, role:admin, write-repositories, create, *, allow",
                "p, role:admin, write-repositories, update, *, allow",
                "p, role:admin, write-repositories, delete, *, allow",
            ]
        );
        assert!(builtin_policy(ArgoCdVersion::new(2, 8)).contains(" action/*,"));
        assert_eq!(added("3.6.0", "3.6"), [""; 0]);
        let rules = |text: &str| {
            let policy = builtin_policy(text.parse().unwrap());
            policy.lines().filter(|line| line.starts_with('p')).count()
        };
        assert_eq!((rules("3.5.1"), rules("3.6")), (41, 42));
    }
}
