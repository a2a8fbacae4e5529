//! What the account of Octopus Deploy needs, and what it must not have.

use super::ProjectName;

/// What Octopus reads: the application list, live status, manifests and diffs; the clusters of
/// the default image registry annotation; the log drawer.
pub const REQUIRED: &[(&str, &[&str])] = &[
    ("applications", &["get"]),
    ("clusters", &["get"]),
    ("logs", &["get"]),
];

/// What no feature of Octopus needs, as verbs alone. `sync` of applications stands between the two:
/// steps that trigger one need it, and else nothing does. The verbs with a path (`action/…`,
/// `update/…`, `delete/…`) are not here: a server cannot be asked about them. `rollback` exists from
/// Argo CD 3.6 on.
pub const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "applications",
        &["create", "update", "delete", "override", "rollback"],
    ),
    ("applicationsets", &["get", "create", "update", "delete"]),
    ("exec", &["create"]),
    ("clusters", &["create", "update", "delete"]),
    ("projects", &["get", "create", "update", "delete"]),
    ("repositories", &["get", "create", "update", "delete"]),
    ("write-repositories", &["get", "create", "update", "delete"]),
    ("certificates", &["get", "create", "update", "delete"]),
    ("gpgkeys", &["get", "create", "delete"]),
    ("accounts", &["get", "update"]),
    ("extensions", &["invoke"]),
];

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
    /// Whether the answer must be yes.
    pub wanted: bool,
    /// Whether it is one of the four that Octopus's documentation asks.
    pub documented: bool,
}

impl Question {
    /// Whether this answer is as wanted; `None` where it proves nothing ([`proves_nothing`]). A yes
    /// always proves something.
    pub fn verdict(&self, yes: bool) -> Option<bool> {
        if !yes && proves_nothing(self.resource, &self.object) {
            None
        } else {
            Some(self.wanted == yes)
        }
    }
}

impl Needs {
    /// Every question, the documented ones first.
    pub fn questions(&self) -> Vec<Question> {
        let mut questions = Vec::new();
        let mut ask = |action, resource, object: String, wanted, documented| {
            questions.push(Question {
                action,
                resource,
                object,
                wanted,
                documented,
            });
        };
        let everywhere = self.projects.is_empty();
        if !self.role {
            ask("get", "clusters", "*".to_owned(), true, true);
        }
        if everywhere {
            ask("get", "applications", "*".to_owned(), true, true);
            ask("get", "logs", "*/*".to_owned(), true, true);
        }
        ask("delete", "applications", "*".to_owned(), false, true);
        let confined: Vec<String> = self.projects.iter().map(|p| format!("{p}/*")).collect();
        let wide = || "*/*".to_owned();
        let applications: &[&str] = if self.allow_sync {
            &["get", "sync"]
        } else {
            &["get"]
        };
        if everywhere {
            for action in applications {
                ask(action, "applications", wide(), true, false);
            }
        }
        for object in &confined {
            for action in applications {
                ask(action, "applications", object.clone(), true, false);
            }
            ask("get", "logs", object.clone(), true, false);
        }
        // Whoever is confined must not have the same rights everywhere.
        if !everywhere {
            for action in applications {
                ask(action, "applications", wide(), false, false);
            }
            ask("get", "logs", wide(), false, false);
        }
        if !self.allow_sync {
            ask("sync", "applications", wide(), false, false);
            for object in &confined {
                ask("sync", "applications", object.clone(), false, false);
            }
        }
        for (resource, actions) in FORBIDDEN {
            for action in *actions {
                // Unless a setting says otherwise, the server asks for `sync` instead.
                if *action == "rollback" && self.allow_sync {
                    continue;
                }
                let scoped = WITH_PROJECT.contains(resource);
                let object = if scoped { wide() } else { "*".to_owned() };
                ask(action, resource, object, false, false);
                for object in confined.iter().filter(|_| scoped) {
                    ask(action, resource, object.clone(), false, false);
                }
            }
        }
        questions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(needs: &Needs, wanted: bool) -> Vec<String> {
        let questions = needs.questions().into_iter();
        questions
            .filter(|question| question.wanted == wanted)
            .map(|q| format!("{} {} {}", q.action, q.resource, q.object))
            .collect()
    }

    #[test]
    fn the_four_documented_questions_are_asked_and_two_of_them_prove_nothing() {
        let questions = Needs::default().questions();
        let documented: Vec<_> = questions.iter().filter(|q| q.documented).collect();
        let shown: Vec<_> = documented
            .iter()
            .map(|q| {
                (
                    q.action,
                    q.resource,
                    &*q.object,
                    q.verdict(true),
                    q.verdict(false),
                )
            })
            .collect();
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(
            shown,
            [
                ("get", "clusters", "*", yes, no),
                ("get", "applications", "*", yes, None),
                ("get", "logs", "*/*", yes, no),
                ("delete", "applications", "*", no, None),
            ]
        );
    }

    #[test]
    fn everything_required_is_asked_so_that_it_counts() {
        for needs in [
            Needs::default(),
            Needs {
                allow_sync: true,
                projects: vec![ProjectName::new("team-a").unwrap()],
                role: false,
            },
        ] {
            for (resource, actions) in REQUIRED {
                for action in *actions {
                    let found = needs.questions().into_iter().any(|q| {
                        q.verdict(false) == Some(false)
                            && q.resource == *resource
                            && q.action == *action
                    });
                    assert!(found, "{action} {resource}");
                }
            }
        }
    }

    #[test]
    fn who_is_confined_to_projects_must_not_have_the_same_everywhere() {
        let needs = Needs {
            allow_sync: true,
            projects: vec![ProjectName::new("team-a").unwrap()],
            role: false,
        };
        assert_eq!(
            asked(&needs, true),
            [
                "get clusters *",
                "get applications team-a/*",
                "sync applications team-a/*",
                "get logs team-a/*"
            ]
        );
        let refused = asked(&needs, false);
        for question in [
            "get applications */*",
            "sync applications */*",
            "get logs */*",
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
    fn no_question_is_asked_twice() {
        for allow_sync in [false, true] {
            for project in [vec![], vec![ProjectName::new("a").unwrap()]] {
                let needs = Needs {
                    allow_sync,
                    projects: project,
                    role: false,
                };
                let mut all: Vec<_> = needs
                    .questions()
                    .into_iter()
                    .map(|q| (q.action, q.resource, q.object))
                    .collect();
                all.sort();
                let count = all.len();
                all.dedup();
                assert_eq!(all.len(), count);
            }
        }
    }
}
