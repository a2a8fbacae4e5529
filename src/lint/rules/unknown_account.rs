use super::prelude::*;

rule!(UnknownAccount, "unknown-account", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in site.instances.iter().filter(|one| one.knows_accounts()) {
        let policy = &instance.policy;
        let roles: HashSet<&str> = policy.groupings().map(|at| &*at.says.role.text).collect();
        let mut told = HashSet::new();
        let subjects = policy
            .rules()
            .map(|at| (at.field(&at.says.subject), &*at.says.subject.text))
            .chain(
                policy
                    .groupings()
                    .map(|at| (at.field(&at.says.subject), &*at.says.subject.text)),
            );
        for (place, name) in subjects {
            let is_account_name = name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            if !is_account_name
                || name == "admin"
                || roles.contains(name)
                || instance.account(name).is_some()
                || !told.insert(name)
            {
                continue;
            }
            let similar = instance
                .accounts
                .iter()
                .map(|account| account.name)
                .find(|known| name.len() > 4 && strsim::levenshtein(name, known) == 1 && !numbered(name, known));
            // With a single sign-on it may be a person's or a group's name.
            if instance.has_sso() && similar.is_none() {
                continue;
            }
            let finding = findings.add(place, format!("there is no account `{name}`"));
            finding.label("no one has this name");
            match similar {
                Some(known) => finding.help(format!("did you mean the account {known}?")),
                None => finding.help(
                    "argocd-cm has no account of that name and no single sign-on that could bring one",
                ),
            };
        }
    }
}

/// Whether two names differ in the number at their end, as `dev-1` and `dev-2` do.
fn numbered(a: &str, b: &str) -> bool {
    let digits = |name: &str| name.ends_with(|c: char| c.is_ascii_digit());
    digits(a) && digits(b)
}
