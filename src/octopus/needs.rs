//! What the account of Octopus Deploy needs, and what it must not have.

use std::fmt;

use serde::Serialize;

use crate::model::ProjectName;

/// What Octopus reads: the application list, live status, manifests and diffs; the clusters of
/// the default image registry annotation; the log drawer.
const REQUIRED: &[(&str, &[&str])] = &[
    ("applications", &["get"]),
    ("clusters", &["get"]),
    ("logs", &["get"]),
];

/// What no feature of Octopus needs and what can do harm, as verbs alone. `sync` of applications
/// is between the two: steps that trigger one need it, and else nothing does. The verbs with a
/// path (`action/…`, `update/…`, `delete/…`) are not here: a server cannot be asked about them.
/// `rollback` exists from Argo CD 3.6 on.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "applications",
        &["create", "update", "delete", "override", "rollback"],
    ),
    ("applicationsets", &["create", "update", "delete"]),
    ("exec", &["create"]),
    ("clusters", &["create", "update", "delete"]),
    ("projects", &["create", "update", "delete"]),
    ("repositories", &["create", "update", "delete"]),
    ("write-repositories", &["create", "update", "delete"]),
    ("certificates", &["create", "update", "delete"]),
    ("gpgkeys", &["create", "delete"]),
    ("accounts", &["update"]),
    ("extensions", &["invoke"]),
];

/// What no feature of Octopus needs, and what only reads: a default role often gives it to everybody.
const EXTRA: &[(&str, &[&str])] = &[
    ("applicationsets", &["get"]),
    ("projects", &["get"]),
    ("repositories", &["get"]),
    ("write-repositories", &["get"]),
    ("certificates", &["get"]),
    ("gpgkeys", &["get"]),
    ("accounts", &["get"]),
];

/// Why a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Octopus needs it.
    Required,
    /// No one needs it, and it can do harm.
    Forbidden,
    /// Octopus can do without it; it only reads, or syncs as Octopus's documentation has it.
    Extra,
    /// The documentation asks it; the answer decides nothing.
    Documented,
    /// The user expects it.
    Expected,
}

impl Purpose {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Forbidden => "forbidden",
            Self::Extra => "extra",
            Self::Documented => "documented",
            Self::Expected => "expected",
        }
    }
}

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The answer is the required one.
    Right,
    /// It is not.
    Wrong,
    /// It is a right that is not needed, and does no harm.
    Needless,
    /// Nothing ([`proves_nothing`]).
    Nothing,
}

impl Judgement {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Needless => "needless",
            Self::Nothing => "nothing",
        }
    }
}

/// The resources whose objects are written `project/name`, so that Argo CD's own rules for everybody
/// are for `*/*`, and the text `*` is granted by hardly any rule.
const WITH_PROJECT: &[&str] = &["applications", "applicationsets", "logs", "exec"];

/// Whether a server's no to this question proves nothing: an object of this resource has a slash,
/// and the one asked for has none, so that even the administrator is refused.
pub fn proves_nothing(resource: &str, object: &str) -> bool {
    WITH_PROJECT.contains(&resource) && !object.contains('/')
}

/// What the account should be able to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Whether it may sync applications.
    pub allow_sync: bool,
    /// The projects it is confined to; empty means all.
    pub projects: Vec<ProjectName>,
    /// Whether it is a role of those projects, which has nothing outside of them.
    pub role: bool,
}

/// A question to a server, as `argocd account can-i` asks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanIQuestion {
    /// The verb.
    pub action: &'static str,
    /// The resource.
    pub resource: &'static str,
    /// An object for which someone who has the right is granted it.
    pub object: String,
    /// Another such object, for where the first is refused: rules can be written so that they grant
    /// every object there is, and not the text `*`.
    pub or_object: Option<String>,
    /// Why it is asked.
    pub purpose: Purpose,
    /// Whether it is one of the four that Octopus's documentation asks.
    pub documented: bool,
    /// Whether a no says something.
    pub no_counts: bool,
}

impl CanIQuestion {
    /// The same, about the object that was granted.
    #[must_use]
    pub fn granted_for(mut self, object: &str) -> Self {
        if self.object != object {
            object.clone_into(&mut self.object);
            self.documented = false;
        }
        self
    }

    /// Whether the answer is to be yes.
    pub fn wanted(&self) -> bool {
        self.purpose == Purpose::Required
    }

    /// What this answer says. A yes always says something.
    pub fn judge(&self, yes: bool) -> Judgement {
        match (yes, self.purpose) {
            (false, _) if !self.no_counts => Judgement::Nothing,
            (true, Purpose::Extra) => Judgement::Needless,
            _ if self.wanted() == yes => Judgement::Right,
            _ => Judgement::Wrong,
        }
    }

    /// The objects that are asked for, until one is granted.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.object.as_str()).chain(self.or_object.as_deref())
    }
}

/// As one types it: `get applications */*`.
impl fmt::Display for CanIQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.action, self.resource, self.object)
    }
}

impl Needs {
    /// The names of the projects it is confined to.
    pub(super) fn project_names(&self) -> Vec<String> {
        self.projects.iter().map(ToString::to_string).collect()
    }

    /// Whether Octopus needs a permission, for the objects that the account is confined to.
    pub fn requires(&self, resource: &str, action: &str) -> bool {
        self.permissions()
            .any(|needed| needed == (resource, action))
    }

    /// The permissions that Octopus needs, as resource and action.
    pub fn permissions(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let sync = self.allow_sync.then_some(("applications", "sync"));
        let read = REQUIRED
            .iter()
            .flat_map(|(resource, actions)| actions.iter().map(|action| (*resource, *action)));
        read.chain(sync)
    }

    /// Every question.
    pub fn questions(&self) -> Vec<CanIQuestion> {
        let mut questions = self.documented();
        questions.extend(self.required());
        let within = self.projects.iter().map(|project| format!("{project}/*"));
        let within: Vec<String> = within.collect();
        if !within.is_empty() {
            // Anyone who is confined must not have the same everywhere.
            questions.push(question("get", "applications", "*/*", Purpose::Forbidden));
            questions.push(question("get", "logs", "*/*", Purpose::Forbidden));
        }
        // Octopus's documentation grants sync, which only some of its steps need.
        if !within.is_empty() {
            questions.push(question("sync", "applications", "*/*", Purpose::Forbidden));
        } else if !self.allow_sync {
            questions.push(question("sync", "applications", "*/*", Purpose::Extra));
        }
        if !self.allow_sync {
            let sync = |object| question("sync", "applications", object, Purpose::Extra);
            questions.extend(within.iter().map(|object| sync(object)));
        }
        for (list, purpose) in [(FORBIDDEN, Purpose::Forbidden), (EXTRA, Purpose::Extra)] {
            for (resource, actions) in list {
                // Unless a setting says otherwise, the server asks for `sync` instead.
                let asked = |action: &&&str| **action != "rollback" || !self.allow_sync;
                for action in actions.iter().filter(asked) {
                    if WITH_PROJECT.contains(resource) {
                        questions.push(question(action, resource, "*/*", purpose));
                        let confined = within.iter();
                        questions.extend(confined.map(|o| question(action, resource, o, purpose)));
                    } else {
                        questions.push(question(action, resource, "*", purpose));
                    }
                }
            }
        }
        questions
    }

    /// The documented questions whose no proves nothing; the other two are asked where they count.
    fn documented(&self) -> Vec<CanIQuestion> {
        let ask = |action, purpose| CanIQuestion {
            documented: true,
            ..question(action, "applications", "*", purpose)
        };
        let mut questions = vec![ask("delete", Purpose::Forbidden)];
        if self.projects.is_empty() {
            questions.insert(0, ask("get", Purpose::Required));
        }
        questions
    }

    /// What Octopus needs, in every project or in those it is confined to. The clusters that a role
    /// of a project sees are given by the project itself.
    fn required(&self) -> Vec<CanIQuestion> {
        let mut scopes: Vec<&str> = self.projects.iter().map(ProjectName::as_str).collect();
        if scopes.is_empty() {
            scopes.push("*");
        }
        let mut questions = Vec::new();
        for scope in scopes {
            let named = if scope == "*" { PROBE } else { scope };
            let mut ask = |action, resource, object: String, or_object: String| {
                let documented = [("clusters", "*"), ("logs", "*/*")];
                questions.push(CanIQuestion {
                    documented: documented.contains(&(resource, object.as_str())),
                    or_object: Some(or_object),
                    ..question(action, resource, &object, Purpose::Required)
                });
            };
            let application = || format!("{named}/{PROBE}");
            ask("get", "applications", format!("{scope}/*"), application());
            if self.allow_sync {
                ask("sync", "applications", format!("{scope}/*"), application());
            }
            ask("get", "logs", format!("{scope}/*"), application());
            let url = format!("https://{PROBE}.example.com");
            if self.role {
                continue;
            }
            if scope == "*" {
                ask("get", "clusters", "*".to_owned(), url);
            } else {
                let everything = format!("{scope}/*");
                ask("get", "clusters", everything, format!("{scope}/{url}"));
            }
        }
        questions
    }
}

/// A name that hardly any rule mentions.
const PROBE: &str = "probe";

fn question(
    action: &'static str,
    resource: &'static str,
    object: &str,
    purpose: Purpose,
) -> CanIQuestion {
    CanIQuestion {
        action,
        resource,
        object: object.to_owned(),
        or_object: None,
        purpose,
        documented: false,
        no_counts: !proves_nothing(resource, object),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::ArgoCdVersion;
    use crate::rbac::vocabulary::{RESOURCES, resource_actions};

    fn asked(needs: &Needs, purpose: Purpose) -> Vec<String> {
        let questions = needs.questions().into_iter();
        let wanted = questions.filter(|question| question.purpose == purpose);
        wanted.map(|question| question.to_string()).collect()
    }

    fn confined() -> Needs {
        Needs {
            allow_sync: true,
            projects: vec![ProjectName::new("team-a").unwrap()],
            role: false,
        }
    }

    #[test]
    fn the_four_documented_questions_are_asked_and_a_no_to_two_proves_nothing() {
        let questions = Needs::default().questions();
        let documented = questions.iter().filter(|question| question.documented);
        let shown: Vec<_> = documented
            .map(|q| (q.to_string(), q.judge(true), q.judge(false)))
            .collect();
        let shown: Vec<_> = shown
            .iter()
            .map(|(text, y, n)| (text.as_str(), *y, *n))
            .collect();
        let (right, wrong, nothing) = (Judgement::Right, Judgement::Wrong, Judgement::Nothing);
        assert_eq!(
            shown,
            [
                ("get applications *", right, nothing),
                ("delete applications *", wrong, nothing),
                ("get logs */*", right, wrong),
                ("get clusters *", right, wrong),
            ]
        );
    }

    #[test]
    fn everything_required_is_asked_so_that_a_no_counts() {
        for needs in [Needs::default(), confined()] {
            for (resource, actions) in REQUIRED {
                for action in *actions {
                    let found = needs.questions().into_iter().any(|question| {
                        question.judge(false) == Judgement::Wrong
                            && question.resource == *resource
                            && question.action == *action
                    });
                    assert!(found, "{action} {resource}");
                }
            }
        }
    }

    #[test]
    fn who_is_confined_to_projects_must_not_have_the_same_everywhere() {
        let needs = confined();
        assert_eq!(
            asked(&needs, Purpose::Required),
            [
                "get applications team-a/*",
                "sync applications team-a/*",
                "get logs team-a/*",
                "get clusters team-a/*",
            ]
        );
        let refused = asked(&needs, Purpose::Forbidden);
        for question in [
            "get applications */*",
            "sync applications */*",
            "delete applications team-a/*",
            "delete applications */*",
        ] {
            assert!(refused.contains(&question.to_owned()), "{question}");
        }
        assert!(
            !refused
                .iter()
                .any(|question| question.starts_with("rollback"))
        );
    }

    #[test]
    fn every_action_of_the_newest_version_is_judged() {
        let lists = [REQUIRED, FORBIDDEN, EXTRA];
        for resource in RESOURCES {
            for action in resource_actions(resource, ArgoCdVersion::NEWEST) {
                let judged = lists.iter().any(|list| {
                    let of = |(known, actions): &(&str, &[&str])| {
                        known == resource && actions.contains(action)
                    };
                    list.iter().any(of)
                });
                let is_apart = match (*resource, *action) {
                    // Asked for with --allow-sync; a server cannot be asked about an action without its path,
                    // and has no call that creates an account.
                    ("applications", "sync" | "action") | ("accounts", "create") => true,
                    _ => false,
                };
                assert_ne!(
                    judged, is_apart,
                    "{action} {resource}: REQUIRED, FORBIDDEN or EXTRA?"
                );
            }
        }
    }

    #[test]
    fn reading_more_than_needed_is_no_failure() {
        let questions = Needs::default().questions();
        let projects = questions
            .iter()
            .find(|q| q.to_string() == "get projects *")
            .unwrap();
        assert_eq!(projects.judge(true), Judgement::Needless);
        assert_eq!(projects.judge(false), Judgement::Right);
    }

    #[test]
    fn no_question_is_asked_twice() {
        for allow_sync in [false, true] {
            for needs in [Needs::default(), confined()] {
                let questions = Needs {
                    allow_sync,
                    ..needs
                }
                .questions();
                // The documented ones are asked as they are, whatever else is asked.
                let others = questions.iter().filter(|question| !question.documented);
                let mut all: Vec<_> = others.map(ToString::to_string).collect();
                all.sort();
                let count = all.len();
                all.dedup();
                assert_eq!(all.len(), count);
            }
        }
    }
}
