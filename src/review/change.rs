//! What one subject gains or loses, joined where one line is the reason.

use std::collections::HashMap;

use super::Danger;
use crate::rbac::survey::{Change, Cited, SubjectChange};
use crate::rbac::{BUILTIN_KEY, Grounds, Server};
use crate::site::ArgoCd;
use crate::text::Source;

/// Which way a difference goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// It was a no and is a yes.
    Gained,
    /// Neither a difference was found nor excluded: it counts as both.
    Undecided,
    /// It was a yes and is a no.
    Lost,
}

impl Direction {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Undecided => "undecided",
            Self::Lost => "lost",
        }
    }
}

/// A request that shows a difference: both servers were asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The action.
    pub action: String,
    /// The object.
    pub object: String,
}

/// One of the things that are gained or lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The resource.
    pub resource: &'static str,
    /// The action, or a family of them: `update/…`.
    pub action: String,
    /// The pattern of objects of the rule that makes the difference.
    pub objects: String,
}

/// Something that a subject gains or loses for one reason.
#[derive(Clone, Debug)]
pub struct ReviewedChange<'a> {
    /// Who.
    pub subject: String,
    /// Whether it is gained or lost.
    pub direction: Direction,
    /// Why it is to be looked at first.
    pub danger: Danger,
    /// What: at least one.
    pub permissions: Vec<Permission>,
    /// The built-in role whose rules they are, if they are one's.
    pub role: Option<String>,
    /// A request for the first of them on which the two states differ; none where it is undecided.
    pub witness: Option<Witness>,
    /// What decides the request in the old state and in the new one.
    pub decided_by: [String; 2],
    /// The `g` lines through which the subject has it (or had it).
    pub through: Vec<String>,
    /// The line that makes the difference, with its place; empty where a setting makes it.
    pub line: String,
    /// Where that line is, if it is one of the new state.
    pub place: Option<(&'a Source, usize)>,
}

/// The differences of one subject, one by one.
pub(super) fn of_subject<'c, 'a: 'c>(
    found: &'c SubjectChange<'_>,
    name: &'c str,
    sides: [&'c ArgoCd<'a>; 2],
    servers: [&'c Server; 2],
) -> impl Iterator<Item = ReviewedChange<'a>> + 'c {
    let changes = found.changes.iter().map(move |change| {
        let side = |at: usize| grounds(change, at, sides[at], servers[at]);
        ReviewedChange {
            subject: name.to_owned(),
            direction: if change.gained {
                Direction::Gained
            } else {
                Direction::Lost
            },
            danger: Danger::of(&found.whom, change),
            permissions: vec![Permission {
                resource: change.resource,
                action: change.verb.to_string(),
                objects: change.objects.clone(),
            }],
            role: change.rule.and_then(|(cited, _)| builtin_role(cited)),
            witness: Some(Witness {
                action: change.action.clone(),
                object: change.object.clone(),
            }),
            decided_by: [side(0), side(1)],
            through: through(change, name, sides),
            line: change
                .rule
                .map_or_else(String::new, |rule| line(rule, sides)),
            place: change.rule.and_then(|rule| place(rule, sides[1])),
        }
    });
    let undecided = found.undecided.iter().map(move |one| ReviewedChange {
        subject: name.to_owned(),
        direction: Direction::Undecided,
        danger: Danger::None,
        permissions: vec![Permission {
            resource: one.resource,
            action: one.verb.to_string(),
            objects: one.rule.map_or_else(
                || "*".to_owned(),
                |(cited, _)| cited.enforcer.rule(cited.line).object.text.into_owned(),
            ),
        }],
        role: None,
        witness: None,
        decided_by: Default::default(),
        through: Vec::new(),
        line: one.rule.map_or_else(String::new, |rule| line(rule, sides)),
        place: one.rule.and_then(|rule| place(rule, sides[1])),
    });
    changes.chain(undecided)
}

/// Adds differences: those that one line makes are one, and those that a built-in role makes.
pub(super) fn join<'a>(
    changes: impl Iterator<Item = ReviewedChange<'a>>,
    all: &mut Vec<ReviewedChange<'a>>,
) {
    let mut places: HashMap<(Direction, Danger, Option<String>, String), usize> = HashMap::new();
    for change in changes {
        let line = if change.role.is_some() {
            String::new()
        } else {
            change.line.clone()
        };
        let key = (change.direction, change.danger, change.role.clone(), line);
        if let Some(place) = places.get(&key) {
            all[*place].permissions.extend(change.permissions);
        } else {
            places.insert(key, all.len());
            all.push(change);
        }
    }
}

/// The role of a line of the built-in policy.
fn builtin_role(cited: Cited<'_>) -> Option<String> {
    let found = cited.enforcer.line(cited.line)?;
    let rule = cited.enforcer.rule(cited.line);
    (&*found.key == BUILTIN_KEY).then(|| rule.subject.text.into_owned())
}

/// The `g` lines through which a subject reaches the line that grants.
fn through(change: &Change<'_>, name: &str, sides: [&ArgoCd<'_>; 2]) -> Vec<String> {
    let granted = usize::from(change.gained);
    let (Grounds::Allowed(_), Some(cited)) = change.grounds[granted] else {
        return Vec::new();
    };
    let chain = cited.enforcer.chain(name, cited.line).unwrap_or_default();
    let describe = |line| sides[granted].describe(cited.enforcer, line);
    chain.into_iter().map(describe).collect()
}

fn line((cited, added): (Cited<'_>, bool), sides: [&ArgoCd<'_>; 2]) -> String {
    sides[usize::from(added)].describe(cited.enforcer, cited.line)
}

fn place<'a>((cited, added): (Cited<'_>, bool), new: &ArgoCd<'a>) -> Option<(&'a Source, usize)> {
    let found = cited.enforcer.line(cited.line)?;
    added.then(|| new.source_of(&found)).flatten()
}

/// What decides a request on one side, in a few words.
fn grounds(change: &Change<'_>, at: usize, argocd: &ArgoCd<'_>, server: &Server) -> String {
    let (grounds, cited) = change.grounds[at];
    let line = || {
        cited.map_or_else(String::new, |cited| {
            argocd.describe(cited.enforcer, cited.line)
        })
    };
    match grounds {
        Grounds::AuthDisabled => "authorisation is switched off".to_owned(),
        Grounds::NoRule => "no rule".to_owned(),
        Grounds::DefaultRole(_) => {
            format!("default role {}: {}", server.base().default_role(), line())
        }
        Grounds::Failed(_) => format!("cannot be evaluated: {}", line()),
        Grounds::Denied(_) => format!("denied by {}", line()),
        Grounds::Allowed(_) => line(),
    }
}
