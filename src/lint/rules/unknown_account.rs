use std::collections::BTreeSet;

use super::prelude::*;
use crate::site::field_range;

rule!(UnknownAccount, "unknown-account", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in site.instances.iter().filter(|one| one.knows_accounts()) {
        let policy = &instance.policy;
        let roles: HashSet<&str> = policy.groupings().map(|at| &*at.says.role.text).collect();
        let mut told = HashSet::new();
        let of_rules = policy.rules().map(|at| (at.text, &at.says.subject));
        let subjects = of_rules.chain(policy.groupings().map(|at| (at.text, &at.says.subject)));
        let names: Vec<&str> = instance.accounts.iter().map(|account| account.name).collect();
        let mut near = None;
        for (text, subject) in subjects {
            let name = &*subject.text;
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
            let near = near.get_or_insert_with(|| Near::new(&names));
            let similar = near.to(name).find(|known| name.len() > 4 && !numbered(name, known));
            // With a single sign-on it may be a person's or a group's name.
            if instance.has_sso() && similar.is_none() {
                continue;
            }
            let finding = findings.add(text.spot.within(field_range(subject)), format!("there is no account `{name}`"));
            finding.label("no one has this name");
            match similar {
                Some(known) => finding.help(format!("did you mean the account {known}?")),
                None => finding.help(
                    "argocd-cm has no account of that name and no single sign-on that could provide one",
                ),
            };
        }
    }
}

/// The most bytes of a ConfigMap's key.
const LONGEST: usize = 253;

/// Names by what is left of them without one character: two names that differ in one have that in
/// common, and comparing each subject with each account would take many of both long.
struct Near<'n> {
    names: &'n [&'n str],
    by_rest: HashMap<String, Vec<usize>>,
}

impl<'n> Near<'n> {
    fn new(names: &'n [&'n str]) -> Self {
        let mut by_rest: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            for rest in rests(name) {
                by_rest.entry(rest).or_default().push(at);
            }
        }
        Self { names, by_rest }
    }

    /// The names that differ from one in a character, in their order.
    fn to(&self, name: &str) -> impl Iterator<Item = &'n str> {
        let found = rests(name).filter_map(|rest| self.by_rest.get(&rest)).flatten();
        let found: BTreeSet<usize> = found.copied().collect();
        let found = found.into_iter().map(|at| self.names[at]);
        found.filter(move |known| strsim::levenshtein(name, known) == 1)
    }
}

/// A name, and it without each of its characters in turn; none of a name that no key can hold.
fn rests(name: &str) -> impl Iterator<Item = String> {
    let short = (name.len() <= LONGEST).then_some(name).into_iter();
    let without = short.flat_map(str::char_indices).map(|(at, c)| format!("{}{}", &name[..at], &name[at + c.len_utf8()..]));
    std::iter::once(name.to_owned()).chain(without)
}

/// Whether two names differ in the number at their end, as `dev-1` and `dev-2` do.
fn numbered(a: &str, b: &str) -> bool {
    let digits = |name: &str| name.ends_with(|c: char| c.is_ascii_digit());
    digits(a) && digits(b)
}
