//! What a subject may never do, whatever the object: by proof, not by asking about some.

use std::fmt;

use super::sample::{Names, samples};
use crate::rbac::engine::{Decision, Effect, Enforcer, LineId, Reaching, Request};
use crate::rbac::version::ArgoCdVersion;
use crate::rbac::vocabulary::{ACTIONS_WITH_PATH, RESOURCES, resource_actions};

/// What is asked of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// This very action.
    Action(&'static str),
    /// Every action that begins with this one and a slash: `action/apps/Deployment/restart`.
    Below(&'static str),
}

impl Verb {
    /// Whether an action belongs to it.
    pub fn contains(self, action: &str) -> bool {
        match self {
            Self::Action(own) => action == own,
            Self::Below(own) => action
                .strip_prefix(own)
                .is_some_and(|rest| rest.starts_with('/')),
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(action) => f.write_str(action),
            Self::Below(action) => write!(f, "{action}/…"),
        }
    }
}

/// Every resource with every verb that the server of a version asks the enforcer for, paths below
/// actions where a resource has them. Of `action` it asks for paths alone.
pub fn verbs(version: ArgoCdVersion) -> impl Iterator<Item = (&'static str, Verb)> {
    RESOURCES.iter().flat_map(move |resource| {
        let single = resource_actions(resource, version).iter();
        let single = single.filter(|action| **action != "action");
        let single = single.map(|action| Verb::Action(action));
        let below = ACTIONS_WITH_PATH
            .iter()
            .filter(|_| *resource == "applications")
            .map(|action| Verb::Below(action));
        single.chain(below).map(|verb| (*resource, verb))
    })
}

/// Which objects a proof is about.
#[derive(Clone, Copy, Debug, Default)]
pub enum Objects<'o> {
    /// All of them.
    #[default]
    All,
    /// Those that do not begin with one of these projects and a slash.
    Outside(&'o [String]),
}

impl Objects<'_> {
    fn contains(self, object: &str) -> bool {
        match self {
            Self::All => true,
            Self::Outside(projects) => !projects.iter().any(|project| {
                object
                    .strip_prefix(project.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
            }),
        }
    }
}

/// What is known of a verb on a resource, over all objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// No object is granted.
    Refused(Refusal),
    /// At least this object is granted: the enforcer says so.
    Granted {
        /// The action that was asked.
        action: String,
        /// The object that was asked.
        object: String,
        /// The decision.
        decision: Decision,
    },
    /// Neither could be shown; this line may grant something.
    NotProved {
        /// The line that allows.
        line: LineId,
        /// Whether it is a line of the default role, which no deny of the subject's takes back.
        by_default_role: bool,
    },
}

/// Why no object is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No line that allows reaches the subject.
    NoRule,
    /// Every line that allows is covered by a deny; this is the first such deny.
    Denied(LineId),
    /// The evaluation ends in an error on this line at the latest, whatever the object.
    Fails(LineId),
}

/// Proves things about one subject.
#[derive(Debug)]
pub struct Prover<'e> {
    enforcer: &'e Enforcer,
    subject: String,
    own: Vec<Reaching<'e>>,
    default_role: Vec<Reaching<'e>>,
    names: Names,
}

impl<'e> Prover<'e> {
    /// Collects what reaches a subject and the default role.
    pub fn new(enforcer: &'e Enforcer, subject: &str) -> Self {
        let default_role = match enforcer.default_role() {
            "" => Vec::new(),
            role => enforcer.reaching(role),
        };
        Self {
            enforcer,
            subject: subject.to_owned(),
            own: enforcer.reaching(subject),
            default_role,
            names: Names::new(|word| enforcer.mentions(word)),
        }
    }

    /// Proves whether any of the objects is granted.
    pub fn prove(&self, resource: &str, verb: Verb, objects: Objects<'_>) -> Proof {
        let own = open_allows(&self.own, resource, verb, objects);
        let default_role = open_allows(&self.default_role, resource, verb, objects);
        let mut open = None;
        let sides = [(&default_role, true), (&own, false)];
        for (side, by_default_role) in sides {
            for allow in side.iter().flatten() {
                if let Some(granted) = self.example(*allow, resource, verb, objects) {
                    return granted;
                }
                open.get_or_insert(Proof::NotProved {
                    line: allow.line(),
                    by_default_role,
                });
            }
        }
        open.unwrap_or_else(|| {
            Proof::Refused(own.err().or(default_role.err()).unwrap_or(Refusal::NoRule))
        })
    }

    /// An object of an allow's own pattern that the enforcer grants.
    fn example(
        &self,
        allow: Reaching<'_>,
        resource: &str,
        verb: Verb,
        objects: Objects<'_>,
    ) -> Option<Proof> {
        let mode = self.enforcer.match_mode();
        let rule = self.enforcer.rule(allow.line());
        let actions = match verb {
            Verb::Action(action) => vec![action.to_owned()],
            Verb::Below(action) => {
                let mut actions = vec![
                    format!("{action}/apps/Deployment/restart"),
                    format!("{action}/*/Pod/some-namespace/some-pod"),
                ];
                actions.extend(samples(mode, &rule.action.text, &self.names));
                actions.retain(|action| verb.contains(action));
                actions.retain(|action| allow.action().matches(action) == Some(true));
                actions.truncate(4);
                actions
            }
        };
        let mut candidates = self.names.objects(None);
        candidates.extend(samples(mode, &rule.object.text, &self.names));
        candidates.push(rule.object.text.clone().into_owned());
        candidates.retain(|object| objects.contains(object));
        candidates.retain(|object| allow.object().matches(object) == Some(true));
        for object in candidates {
            for action in &actions {
                let request = Request::new(&self.subject, resource, action, &object);
                let decision = self.enforcer.decide(&request);
                if decision.allowed() {
                    return Some(Proof::Granted {
                        action: action.clone(),
                        object,
                        decision,
                    });
                }
            }
        }
        None
    }
}

/// The rules of one side that may grant something, or why there is none.
fn open_allows<'e>(
    rules: &[Reaching<'e>],
    resource: &str,
    verb: Verb,
    objects: Objects<'_>,
) -> Result<Vec<Reaching<'e>>, Refusal> {
    let (mut allows, mut denies) = (Vec::new(), Vec::new());
    for rule in rules {
        match applies(*rule, resource, verb) {
            Applies::Never => {}
            Applies::Fails => return Err(Refusal::Fails(rule.line())),
            applies => {
                // Fails on every object of an action that is always reached.
                if applies == Applies::Always && rule.object().always_fails() {
                    return Err(Refusal::Fails(rule.line()));
                }
                match rule.effect() {
                    Effect::Allow if !rule.object().is_never() => allows.push(*rule),
                    Effect::Deny => denies.push((*rule, applies)),
                    Effect::Allow | Effect::Other => {}
                }
            }
        }
    }
    if let Objects::Outside(projects) = objects {
        allows.retain(|allow| !is_inside(*allow, projects));
    }
    if allows.is_empty() {
        return Err(Refusal::NoRule);
    }
    let mut first = None;
    allows.retain(|allow| {
        let covering = denies.iter().find(|(deny, applies)| {
            deny.object().covers(allow.object())
                && (*applies == Applies::Always || deny.action().covers(allow.action()))
        });
        if let Some((deny, _)) = covering {
            first = Some(first.map_or(deny.line(), |line: LineId| line.min(deny.line())));
        }
        covering.is_none()
    });
    match (allows.is_empty(), first) {
        (true, Some(deny)) => Err(Refusal::Denied(deny)),
        _ => Ok(allows),
    }
}

/// Whether everything that a rule matches lies in one of the projects.
fn is_inside(rule: Reaching<'_>, projects: &[String]) -> bool {
    projects
        .iter()
        .any(|project| rule.object().lies_under(&format!("{project}/")))
}

/// Whether a rule's resource and action match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rbac) enum Applies {
    /// For no action of the verb.
    Never,
    /// For some actions of the verb, perhaps.
    Perhaps,
    /// For every action of the verb.
    Always,
    /// The evaluation fails for every action of the verb.
    Fails,
}

pub(in crate::rbac) fn applies(rule: Reaching<'_>, resource: &str, verb: Verb) -> Applies {
    match rule.resource().matches(resource) {
        None => return Applies::Fails,
        Some(false) => return Applies::Never,
        Some(true) => {}
    }
    let action = rule.action();
    match verb {
        Verb::Action(asked) => match action.matches(asked) {
            None => Applies::Fails,
            Some(false) => Applies::Never,
            Some(true) => Applies::Always,
        },
        Verb::Below(asked) => {
            let below = format!("{asked}/");
            if action.always_fails() {
                Applies::Fails
            } else if action.covers_all_under(&below) {
                Applies::Always
            } else if action.may_match_under(&below) {
                Applies::Perhaps
            } else {
                Applies::Never
            }
        }
    }
}
