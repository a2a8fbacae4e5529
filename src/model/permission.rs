//! What the account of Octopus Deploy needs, and what it must not have.

use std::fmt;

use super::ProjectName;

/// What Octopus reads: the application list, live status, manifests and diffs; the clusters of
/// the default image registry annotation; the log drawer.
pub const REQUIRED: &[(&str, &[&str])] = &[
    ("applications", &["get"]),
    ("clusters", &["get"]),
    ("logs", &["get"]),
];

/// What no feature of Octopus needs and what can do harm, as verbs alone. `sync` of applications
/// stands between the two: steps that trigger one need it, and else nothing does. The verbs with a
/// path (`action/…`, `update/…`, `delete/…`) are not here: a server cannot be asked about them.
/// `rollback` exists from Argo CD 3.6 on.
pub const FORBIDDEN: &[(&str, &[&str])] = &[
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
pub const EXTRA: &[(&str, &[&str])] = &[
    ("applicationsets", &["get"]),
    ("projects", &["get"]),
    ("repositories", &["get"]),
    ("write-repositories", &["get"]),
    ("certificates", &["get"]),
    ("gpgkeys", &["get"]),
    ("accounts", &["get"]),
];

/// Why a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Octopus needs it.
    Required,
    /// Nobody needs it, and it can do harm.
    Forbidden,
    /// Nobody needs it; it only reads.
    Extra,
}

impl Purpose {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Forbidden => "forbidden",
            Self::Extra => "extra",
        }
    }
}

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it must be.
    Right,
    /// It is not.
    Wrong,
    /// It is a right that is not needed, and only reads.
    Needless,
    /// Nothing ([`proves_nothing`]).
    Nothing,
}

impl Verdict {
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

/// What the account shall be able to do.
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
pub struct Question {
    /// The verb.
    pub action: &'static str,
    /// The resource.
    pub resource: &'static str,
    /// An object for which somebody who has the right is granted it.
    pub object: String,
    /// Why it is asked.
    pub purpose: Purpose,
    /// Whether it is one of the four that Octopus's documentation asks.
    pub documented: bool,
}

impl Question {
    /// Whether the answer is to be yes.
    pub fn wanted(&self) -> bool {
        self.purpose == Purpose::Required
    }

    /// What this answer says. A yes always says something.
    pub fn verdict(&self, yes: bool) -> Verdict {
        match (yes, self.purpose) {
            (false, _) if proves_nothing(self.resource, &self.object) => Verdict::Nothing,
            (true, Purpose::Extra) => Verdict::Needless,
            _ if self.wanted() == yes => Verdict::Right,
            _ => Verdict::Wrong,
        }
    }
}

/// As one types it: `get applications */*`.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.action, self.resource, self.object)
    }
}

impl Needs {
    /// Every question, the documented ones first.
    pub fn questions(&self) -> Vec<Question> {
        use Purpose::{Extra, Forbidden, Required};
        let mut questions = Vec::new();
        let mut ask = |action, resource, object: &str, purpose, documented| {
            questions.push(Question {
                action,
                resource,
                object: object.to_owned(),
                purpose,
                documented,
            });
        };
        let everywhere = self.projects.is_empty();
        if !self.role {
            ask("get", "clusters", "*", Required, true);
        }
        if everywhere {
            ask("get", "applications", "*", Required, true);
            ask("get", "logs", "*/*", Required, true);
        }
        ask("delete", "applications", "*", Forbidden, true);
        let confined: Vec<String> = self.projects.iter().map(|p| format!("{p}/*")).collect();
        if everywhere {
            ask("get", "applications", "*/*", Required, false);
        }
        for object in &confined {
            ask("get", "applications", object, Required, false);
            ask("get", "logs", object, Required, false);
        }
        // Whoever is confined needs not the same everywhere.
        if !everywhere {
            ask("get", "applications", "*/*", Extra, false);
            ask("get", "logs", "*/*", Extra, false);
        }
        let within = if self.allow_sync { Required } else { Forbidden };
        let outside = if everywhere { within } else { Forbidden };
        ask("sync", "applications", "*/*", outside, false);
        for object in &confined {
            ask("sync", "applications", object, within, false);
        }
        for (list, purpose) in [(FORBIDDEN, Forbidden), (EXTRA, Extra)] {
            for (resource, actions) in list {
                for action in *actions {
                    // Unless a setting says otherwise, the server asks for `sync` instead.
                    if *action == "rollback" && self.allow_sync {
                        continue;
                    }
                    let scoped = WITH_PROJECT.contains(resource);
                    ask(
                        action,
                        resource,
                        if scoped { "*/*" } else { "*" },
                        purpose,
                        false,
                    );
                    for object in confined.iter().filter(|_| scoped) {
                        ask(action, resource, object, purpose, false);
                    }
                }
            }
        }
        questions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            .map(|q| (q.to_string(), q.verdict(true), q.verdict(false)))
            .collect();
        let shown: Vec<_> = shown
            .iter()
            .map(|(text, yes, no)| (text.as_str(), *yes, *no))
            .collect();
        assert_eq!(
            shown,
            [
                ("get clusters *", Verdict::Right, Verdict::Wrong),
                ("get applications *", Verdict::Right, Verdict::Nothing),
                ("get logs */*", Verdict::Right, Verdict::Wrong),
                ("delete applications *", Verdict::Wrong, Verdict::Nothing),
            ]
        );
    }

    #[test]
    fn everything_required_is_asked_so_that_a_no_counts() {
        for needs in [Needs::default(), confined()] {
            for (resource, actions) in REQUIRED {
                for action in *actions {
                    let found = needs.questions().into_iter().any(|question| {
                        question.verdict(false) == Verdict::Wrong
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
                "get clusters *",
                "get applications team-a/*",
                "get logs team-a/*",
                "sync applications team-a/*",
            ]
        );
        let refused = asked(&needs, Purpose::Forbidden);
        for question in [
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
        let extra = asked(&needs, Purpose::Extra);
        assert!(
            extra.contains(&"get applications */*".to_owned()),
            "{extra:?}"
        );
    }

    #[test]
    fn reading_more_than_needed_is_no_failure() {
        let questions = Needs::default().questions();
        let projects = questions
            .iter()
            .find(|q| q.to_string() == "get projects *")
            .unwrap();
        assert_eq!(projects.verdict(true), Verdict::Needless);
        assert_eq!(projects.verdict(false), Verdict::Right);
    }

    #[test]
    fn no_question_is_asked_twice() {
        for allow_sync in [false, true] {
            for needs in [Needs::default(), confined()] {
                let mut all: Vec<_> = Needs {
                    allow_sync,
                    ..needs
                }
                .questions()
                .into_iter()
                .map(|question| question.to_string())
                .collect();
                all.sort();
                let count = all.len();
                all.dedup();
                assert_eq!(all.len(), count);
            }
        }
    }
}
