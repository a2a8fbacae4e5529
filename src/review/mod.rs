//! The meaning of a state of an Argo CD for everybody, and two states side by side: what a change of its
//! files gives and takes.

mod accounts;
mod applications;
mod change;
mod danger;
mod decision;
mod matrix;
mod permissions;
mod who_can;

pub use accounts::AccountChange;
pub use applications::{Right, Rights, SourceRow, Updated, source_rows, what_is_updated};
pub use change::{Direction, Permission, ReviewedChange, Witness};
pub use danger::Danger;
pub use decision::{ExplainedDecision, UserRequest, decide};
pub use matrix::{Matrix, MatrixSubject, Membership, RuleGroup, matrix};
pub use permissions::{PermissionChange, permission_changes, refuse_collateral};
pub use who_can::{AskedRequest, May, SubjectRow, WhoCan, refuse_unknown, who_can};

use std::collections::{BTreeSet, HashSet};

use crate::rbac::survey::{Budget, compare_without, roles_with_members};
use crate::rbac::{Server, ServerSettings};
use crate::site::ArgoCd;

/// What a comparison found.
#[derive(Debug, Default)]
pub struct Review<'a> {
    /// Settings that are not the same. What they mean is among the changes.
    pub settings: Vec<SettingChange>,
    /// Local accounts that came, went or changed.
    pub accounts: Vec<AccountChange>,
    /// What someone gains or loses: the most dangerous first.
    pub changes: Vec<ReviewedChange<'a>>,
    /// What changes no decision, in sentences.
    pub notes: Vec<String>,
}

/// A setting that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// What it is called.
    pub name: &'static str,
    /// Its value in the old state.
    pub before: String,
    /// Its value in the new state.
    pub after: String,
    /// Whether what it decides cannot be seen in the policy: it counts as a gain and as a loss.
    pub undecided: bool,
}

/// Which of all changes are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these subjects, or all.
    pub subjects: Vec<String>,
    /// Only these resources, or all.
    pub resources: Vec<String>,
}

impl Filter {
    fn wants(&self, subject: &str, resource: &str) -> bool {
        let among = |list: &[String], one: &str| list.is_empty() || list.iter().any(|l| l == one);
        among(&self.subjects, subject) && among(&self.resources, resource)
    }
}

impl Review<'_> {
    /// How many differences go this way; what is undecided goes both ways.
    pub fn count(&self, direction: Direction) -> usize {
        let goes = |one: Direction| one == direction || one == Direction::Undecided;
        let changes = self.changes.iter().filter(|change| goes(change.direction));
        let accounts = self.accounts.iter().filter(|one| goes(one.direction));
        let settings = self.settings.iter().filter(|one| one.undecided);
        changes.count() + accounts.count() + settings.count()
    }

    /// Whether the two states decide alike for everybody.
    pub fn is_alike(&self) -> bool {
        self.count(Direction::Gained) + self.count(Direction::Lost) == 0
    }
}

/// Compares two states, each with the server that it makes.
pub fn review<'a>(
    sides: [&ArgoCd<'a>; 2],
    servers: [&Server; 2],
    filter: &Filter,
    budget: &Budget,
) -> Review<'a> {
    // What a role gains or loses is shown for those who have it.
    let is_asked = |name: &str| filter.subjects.iter().any(|wanted| wanted == name);
    let leaves_out = |name: &str| name.starts_with("role:") && !is_asked(name);
    let found = compare_without(servers[0], servers[1], &leaves_out, budget);
    let mut review = Review {
        settings: settings(servers),
        ..Review::default()
    };
    if filter.resources.is_empty() {
        review.accounts = accounts::changes(sides);
        review.accounts.retain(|one| filter.wants(&one.account, ""));
    }
    let members: BTreeSet<&str> = servers.into_iter().flat_map(roles_with_members).collect();
    let is_unused = |name: &&String| !members.contains(name.as_str());
    review
        .notes
        .extend(found.left_out.iter().filter(is_unused).map(|name| {
            format!("the rules of {name} differ, and no subject in the policy has this role")
        }));
    for subject in &found.subjects {
        let name = &*subject.whom.to_string();
        let changes = change::of_subject(subject, name, sides, servers);
        let changes = changes.filter(|change| filter.wants(name, change.permissions[0].resource));
        change::join(changes, &mut review.changes);
    }
    // Under another version a deny that stays may be asked about something else.
    let there = sides.map(|side| {
        let lines = side.texts().filter(|_| !found.idle_denies.is_empty());
        let lines = lines.flat_map(str::lines).map(str::trim);
        lines.collect::<HashSet<_>>()
    });
    for (cited, added) in &found.idle_denies {
        let found = cited.enforcer.line(cited.line);
        let text = found.as_ref().map_or("", |found| found.line.text);
        if there[usize::from(!added)].contains(text.trim()) {
            continue;
        }
        let verb = if *added { "added" } else { "gone" };
        let line = sides[usize::from(*added)].describe(cited.enforcer, cited.line);
        review
            .notes
            .push(format!("a deny is {verb} and changes no decision: {line}"));
    }
    if budget.is_spent() {
        review.notes.push(
            "the policies are too large to compare everything: the rest is undecided".to_owned(),
        );
    }
    review.changes.sort_by(|one, other| {
        let key = |change: &ReviewedChange<'_>| (change.danger, change.direction);
        key(one)
            .cmp(&key(other))
            .then_with(|| one.subject.cmp(&other.subject))
    });
    review
}

/// The settings that decide and differ.
fn settings(servers: [&Server; 2]) -> Vec<SettingChange> {
    let [old, new] = servers.map(Server::settings);
    let mut found = Vec::new();
    let mut compare = |name, before: String, after: String, undecided| {
        if before != after {
            found.push(SettingChange {
                name,
                before,
                after,
                undecided,
            });
        }
    };
    let switch = |on: bool, words: [&str; 2]| words[usize::from(on)].to_owned();
    let words = ["on", "off"];
    compare(
        "authorisation (server.disable.auth)",
        switch(old.auth_disabled, words),
        switch(new.auth_disabled, words),
        false,
    );
    let words = ["off", "on"];
    compare(
        "anonymous access (users.anonymous.enabled)",
        switch(old.anonymous_enabled, words),
        switch(new.anonymous_enabled, words),
        false,
    );
    let version = |server: &Server| server.version().to_string();
    compare(
        "version of Argo CD",
        version(servers[0]),
        version(servers[1]),
        false,
    );
    let role = |server: &Server| server.base().default_role().to_owned();
    compare("policy.default", role(servers[0]), role(servers[1]), false);
    let mode = |server: &Server| server.base().match_mode().as_str().to_owned();
    compare(
        "policy.matchMode",
        mode(servers[0]),
        mode(servers[1]),
        false,
    );
    let scopes = |settings: &ServerSettings| match &settings.scopes {
        Some(scopes) => scopes.join(", "),
        None => "groups".to_owned(),
    };
    // Which claims name the groups: who is in one is known to the single sign-on alone.
    compare("scopes", scopes(old), scopes(new), true);
    let words = ["not inherited", "inherited"];
    compare(
        "rights on an application's resources",
        switch(servers[0].inherits_subresources(), words),
        switch(servers[1].inherits_subresources(), words),
        false,
    );
    let words = ["enforced", "open to anyone who may get the application"];
    compare(
        "logs",
        switch(servers[0].logs_are_open(), words),
        switch(servers[1].logs_are_open(), words),
        false,
    );
    let words = ["asked as rollback", "asked as sync"];
    compare(
        "rollback",
        switch(servers[0].rollback_is_sync(), words),
        switch(servers[1].rollback_is_sync(), words),
        false,
    );
    found
}
