//! What a subject may never do, whatever the object: by proof, not by asking about some.

use super::budget::Budget;
use super::lookup::{Lookup, first};
use super::sample::{FreshNames, samples};
use super::verb::{Applies, Verb, applies};
use super::view::{Cited, Giver, Side, View, Views, asked};
use crate::claims::Claims;
use crate::engine::{Effect, LineId, Reaching};
use crate::server::{Answer, Server};

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
pub enum Proof<'s> {
    /// No object is granted.
    Refused(ProvedRefusal<'s>),
    /// At least this object is granted: the server says so.
    Granted {
        /// The action that was asked.
        action: String,
        /// The object that was asked.
        object: String,
        /// The answer.
        answer: Answer<'s>,
    },
    /// Neither could be shown; this line may grant something.
    NotProved {
        /// The line that allows.
        line: Cited<'s>,
        /// Where the subject gets it from.
        giver: Giver,
    },
}

/// Why no object is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProvedRefusal<'s> {
    /// No line that allows reaches the subject.
    NoRule,
    /// Every line that allows is covered by a deny; this is the first such deny.
    Denied(Cited<'s>),
    /// The evaluation ends in an error on this line at the latest, whatever the object.
    Fails(Cited<'s>),
}

/// Proves things about one subject without groups, over the policy, every `AppProject` and the
/// server's settings.
#[derive(Debug)]
pub struct Prover<'s, 'b> {
    server: &'s Server,
    claims: Claims,
    views: Views<'s>,
    names: FreshNames,
    budget: &'b Budget,
}

impl<'s, 'b> Prover<'s, 'b> {
    /// Collects what reaches a subject.
    pub fn new(server: &'s Server, subject: &str, budget: &'b Budget) -> Self {
        Self {
            server,
            claims: Claims::of(subject, [""; 0]),
            views: Views::new(server, subject),
            names: FreshNames::on(server),
            budget,
        }
    }

    /// Proves whether any of the objects is granted.
    pub fn prove(&self, resource: &str, verb: Verb, objects: Objects<'_>) -> Proof<'s> {
        let question = Question {
            resource,
            verb,
            objects,
        };
        if self.server.settings().auth_disabled {
            let action = match verb {
                Verb::Action(action) => action.to_owned(),
                Verb::Below(action) => format!("{action}/apps/Deployment/restart"),
            };
            let objects = self.names.objects(None);
            if let Some(granted) = self.granted(&question, &action, &objects) {
                return granted;
            }
        }
        let (mut open, mut refusal) = (None, ProvedRefusal::NoRule);
        for (resource, verb) in asked(self.server, resource, verb) {
            for view in self.views.about(self.server, resource) {
                for side in &view.sides {
                    let asked = (resource, verb);
                    match self.open_allows(view, side, asked, objects) {
                        Ok(allows) => {
                            for allow in allows {
                                let example = self.example(&question, view, allow, asked);
                                if let Some(granted) = example {
                                    return granted;
                                }
                                open.get_or_insert(Proof::NotProved {
                                    line: view.cite(allow.line()),
                                    giver: side.giver,
                                });
                            }
                        }
                        Err(why) if refusal == ProvedRefusal::NoRule => refusal = why,
                        Err(_) => {}
                    }
                }
            }
        }
        open.unwrap_or(Proof::Refused(refusal))
    }

    /// The first of some objects that is granted.
    fn granted(
        &self,
        question: &Question<'_>,
        action: &str,
        objects: &[String],
    ) -> Option<Proof<'s>> {
        let objects = objects.iter();
        objects
            .filter(|object| question.objects.contains(object))
            .find_map(|object| {
                let answer = self
                    .server
                    .decide(&self.claims, question.resource, action, object);
                answer.allowed().then(|| Proof::Granted {
                    action: action.to_owned(),
                    object: object.clone(),
                    answer,
                })
            })
    }

    /// An object of an allow's own pattern that the server grants.
    fn example(
        &self,
        question: &Question<'_>,
        view: &View<'_>,
        allow: Reaching<'_>,
        (resource, verb): (&str, Verb),
    ) -> Option<Proof<'s>> {
        let mode = view.enforcer.match_mode();
        let rule = view.enforcer.rule(allow.line());
        let actions = match question.verb {
            Verb::Action(action) => vec![action.to_owned()],
            Verb::Below(action) => {
                let mut actions = vec![
                    format!("{action}/apps/Deployment/restart"),
                    format!("{action}/*/Pod/some-namespace/some-pod"),
                ];
                if verb == question.verb {
                    actions.extend(samples(mode, &rule.action.text, &self.names));
                    actions.retain(|action| verb.contains(action));
                    actions.retain(|action| allow.action().matches(action) == Some(true));
                    actions.truncate(4);
                }
                actions
            }
        };
        let mut candidates = match view.project {
            Some(project) if resource == "projects" => vec![project.to_owned()],
            project => self.names.objects(project),
        };
        candidates.extend(samples(mode, &rule.object.text, &self.names));
        candidates.push(rule.object.text.clone().into_owned());
        candidates
            .retain(|object| self.budget.spend(2) && allow.object().matches(object) == Some(true));
        actions
            .iter()
            .find_map(|action| self.granted(question, action, &candidates))
    }

    /// The rules of one side that may grant something, or why there is none.
    fn open_allows(
        &self,
        view: &View<'s>,
        side: &Side<'s>,
        (resource, verb): (&str, Verb),
        objects: Objects<'_>,
    ) -> Result<Vec<Reaching<'s>>, ProvedRefusal<'s>> {
        let (mut allows, mut denies) = (Vec::new(), Vec::new());
        for rule in &side.rules {
            match applies(*rule, resource, verb) {
                Applies::Never => {}
                Applies::Fails => return Err(ProvedRefusal::Fails(view.cite(rule.line()))),
                applies => {
                    // Fails on every object of an action that is always reached.
                    if applies == Applies::Always && rule.object().always_fails() {
                        return Err(ProvedRefusal::Fails(view.cite(rule.line())));
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
        let beginning = view.beginning(resource);
        match &beginning {
            Some(beginning) => allows.retain(|allow| allow.object().may_match_under(beginning)),
            None if view.project.is_none() && side.giver == Giver::Subject => {
                let server = self.server;
                allows.retain(|allow| !self.views.is_elsewhere(server, resource, *allow));
            }
            None => {}
        }
        if allows.is_empty() {
            return Err(ProvedRefusal::NoRule);
        }
        let covers_view = |(deny, applies): &&(Reaching<'_>, Applies)| {
            let beginning = beginning.as_deref();
            *applies == Applies::Always
                && beginning.is_some_and(|beginning| deny.object().covers_all_under(beginning))
        };
        if let Some((deny, _)) = denies.iter().find(covers_view) {
            return Err(ProvedRefusal::Denied(view.cite(deny.line())));
        }
        let lookup = Lookup::new(denies.iter().map(|(deny, _)| *deny));
        let mut earliest: Option<LineId> = None;
        allows.retain(|allow| {
            let places = lookup.covering(allow.object());
            let covering = first(places, self.budget, |place| {
                let (deny, applies) = denies[place];
                deny.object().covers(allow.object())
                    && (applies == Applies::Always || deny.action().covers(allow.action()))
            });
            let Ok(Some(place)) = covering else {
                return true;
            };
            let line = denies[place].0.line();
            earliest = Some(earliest.map_or(line, |other| other.min(line)));
            false
        });
        match (allows.is_empty(), earliest) {
            (true, Some(deny)) => Err(ProvedRefusal::Denied(view.cite(deny))),
            _ => Ok(allows),
        }
    }
}

/// What is to be proved.
struct Question<'q> {
    resource: &'q str,
    verb: Verb,
    objects: Objects<'q>,
}

/// Whether everything that a rule matches lies in one of the projects.
fn is_inside(rule: Reaching<'_>, projects: &[String]) -> bool {
    projects
        .iter()
        .any(|project| rule.object().lies_under(&format!("{project}/")))
}
