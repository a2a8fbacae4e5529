//! What a change of a whole server changes, for everybody.
//!
//! A subject's answers follow from the sets of rules that reach it, from the settings and from the
//! match mode; the order of lines decides only which line is named. So a subject that reaches the
//! same rules before and after has the same answers. For the others each rule that one side has and
//! the other has not is looked at, verb by verb: an allow that went can only take, a deny that went
//! can only give, and a request on which the answers differ matches such a rule. Each is shown by a
//! request that both servers are asked, or excluded by an exact search, or it is undecided.

use std::collections::{BTreeSet, HashMap};

use super::automaton::FieldTexts;
use super::budget::Budget;
use super::change::{Change, Comparer, Comparison, SubjectChange, Undecided, Whom};
use super::concerned::{concerned, who_reaches};
use super::difference::{Difference, OneSidedDenies, Sayings, Signature, likely_actions};
use super::prove::{Objects, Proof, Prover};
use super::sample::FreshNames;
use super::verb::{Verb, verbs};
use super::view::{Cited, Views, asked, is_own};
use crate::server::{Grounds, Server};
use crate::vocabulary::counts_for_project;

/// Compares two servers for every subject. Accounts are the caller's business.
pub fn compare<'s>(before: &'s Server, after: &'s Server, budget: &Budget) -> Comparison<'s> {
    compare_without(before, after, &|_| false, budget)
}

/// Compares two servers without a subject for each name that `leaves_out` chooses: such a name is only
/// listed where other rules reach it. The members of a role that is left out are still compared.
pub fn compare_without<'s>(
    before: &'s Server,
    after: &'s Server,
    leaves_out: &dyn Fn(&str) -> bool,
    budget: &Budget,
) -> Comparison<'s> {
    let comparer = Comparer {
        sides: [before, after],
        names: FreshNames::new(|word| before.mentions(word) || after.mentions(word)),
        columns: columns(before, after),
        same_mode: before.base().match_mode() == after.base().match_mode(),
        budget,
    };
    comparer.all(leaves_out)
}

/// Every resource and verb that either server is asked for, without those that both ask as the same
/// other one.
fn columns(before: &Server, after: &Server) -> Vec<(&'static str, Verb)> {
    let mut columns: Vec<_> = verbs(before.version()).collect();
    for column in verbs(after.version()) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns.retain(|column| {
        let (resource, verb) = *column;
        let is_own = is_own(before, *column) || is_own(after, *column);
        is_own || asked(before, resource, verb) != asked(after, resource, verb)
    });
    columns
}

/// What was found for a subject, for all others that reach the same.
type Known<'s> = HashMap<[Signature<'s>; 2], (Vec<Change<'s>>, Vec<Undecided<'s>>)>;

impl<'s> Comparer<'s, '_> {
    fn all(&self, leaves_out: &dyn Fn(&str) -> bool) -> Comparison<'s> {
        let mut comparison = Comparison::default();
        let off = self.sides.map(|server| server.settings().auth_disabled);
        if off == [true, true] {
            return comparison;
        }
        let nobody = self.unnamed();
        if off[0] != off[1] {
            let changes = self.everything(&nobody, off[1]);
            comparison.subjects.push(SubjectChange {
                whom: Whom::Everybody,
                changes,
                undecided: Vec::new(),
            });
            return comparison;
        }
        let mut run = ComparisonRun::default();
        comparison.subjects.extend(self.anonymous());
        comparison
            .subjects
            .extend(self.subject(Whom::Everybody, &nobody, &mut run));
        for name in self.concerned() {
            if leaves_out(&name) {
                if !self.is_same(
                    &self.sides.map(|server| Views::new(server, &name)),
                    &mut run,
                ) {
                    comparison.left_out.push(name);
                }
                continue;
            }
            let change = self.subject(Whom::Subject(name.clone()), &name, &mut run);
            comparison.subjects.extend(change);
        }
        comparison.idle_denies = run.denies.idle();
        comparison
    }

    /// A name that neither side has.
    fn unnamed(&self) -> String {
        let mut nobody = "nobody".to_owned();
        while self.sides.iter().any(|server| server.mentions(&nobody)) {
            nobody.push('x');
        }
        nobody
    }

    /// What everybody gains or loses when authorisation is switched.
    fn everything(&self, nobody: &str, gained: bool) -> Vec<Change<'s>> {
        let columns = self.columns.iter();
        let changes = columns.filter_map(|(resource, verb)| {
            let action = likely_actions(*verb, &self.names).swap_remove(0);
            let texts = FieldTexts::objects(resource);
            let mut objects = self.names.objects(None);
            objects.retain(|object| texts.contains(object));
            objects.into_iter().find_map(|object| {
                self.change(nobody, (*resource, *verb), (&action, &object), gained, None)
            })
        });
        changes.collect()
    }

    /// What changes for those without a token when anonymous access is switched.
    fn anonymous(&self) -> Option<SubjectChange<'s>> {
        let on = self.sides.map(|server| server.settings().anonymous_enabled);
        let gained = on[1];
        if on[0] == on[1] {
            return None;
        }
        let prover = Prover::new(self.sides[usize::from(gained)], "", self.budget);
        let (mut changes, mut undecided) = (Vec::new(), Vec::new());
        for (resource, verb) in &self.columns {
            match prover.prove(resource, *verb, Objects::All) {
                Proof::Refused(_) => {}
                Proof::NotProved { line, .. } => undecided.push(Undecided {
                    gained,
                    resource,
                    verb: *verb,
                    rule: Some((line, gained)),
                }),
                Proof::Granted {
                    action,
                    object,
                    answer,
                } => {
                    let enforcer = answer.enforcer;
                    let line = answer.grounds.line();
                    let yes = (answer.grounds, line.map(|line| Cited { enforcer, line }));
                    let no = (Grounds::NoRule, None);
                    changes.push(Change {
                        gained,
                        resource,
                        verb: *verb,
                        objects: "*".to_owned(),
                        action,
                        object,
                        grounds: if gained { [no, yes] } else { [yes, no] },
                        rule: None,
                    });
                }
            }
        }
        (!changes.is_empty() || !undecided.is_empty()).then_some(SubjectChange {
            whom: Whom::Anonymous,
            changes,
            undecided,
        })
    }

    /// Whether the same rules decide alike for every column.
    pub(super) fn is_same_column(&self) -> bool {
        let [before, after] = self.sides;
        let alike = |(resource, verb): &(&'static str, Verb)| {
            asked(before, resource, *verb) == asked(after, resource, *verb)
                && counts_for_project(resource, before.version())
                    == counts_for_project(resource, after.version())
        };
        self.same_mode && self.columns.iter().all(alike)
    }

    /// The names for which something may change, sorted.
    fn concerned(&self) -> Vec<String> {
        let [before, after] = self.sides;
        let same = self.is_same_column();
        let mut names: BTreeSet<String> = concerned(before.base(), after.base(), same)
            .into_iter()
            .map(str::to_owned)
            .collect();
        // Where a question is asked in another way, a project that is the same may answer otherwise.
        let concerns = |name: &str| !same || names.contains(name);
        let mut of_projects = before.names_in_projects_that_differ(after, concerns);
        of_projects.extend(after.names_in_projects_that_differ(before, concerns));
        let roles: BTreeSet<&str> = of_projects.iter().map(String::as_str).collect();
        for server in self.sides {
            let acting = who_reaches(server.base(), &roles).into_iter();
            names.extend(acting.map(str::to_owned));
        }
        names.extend(of_projects);
        names.remove("");
        names.into_iter().collect()
    }

    /// Whether the same rules reach a named subject on both sides.
    fn is_same(&self, views: &[Views<'s>; 2], run: &mut ComparisonRun<'s>) -> bool {
        let [old, new] = views;
        let old = run.sayings.signature(false, old, false);
        old == run.sayings.signature(true, new, false) && self.is_same_column()
    }

    /// What changes for a subject by its own rules and its roles', or for everybody.
    fn subject(
        &self,
        whom: Whom,
        name: &str,
        run: &mut ComparisonRun<'s>,
    ) -> Option<SubjectChange<'s>> {
        let [before, after] = self.sides;
        let views = [Views::new(before, name), Views::new(after, name)];
        let is_everybody = whom == Whom::Everybody;
        let signatures = [
            run.sayings.signature(false, &views[0], is_everybody),
            run.sayings.signature(true, &views[1], is_everybody),
        ];
        if signatures[0] == signatures[1] && self.is_same_column() {
            return None;
        }
        let found = if let Some(found) = run.known.get(&signatures) {
            found.clone()
        } else {
            let difference = Difference::new(self, name, is_everybody, &views);
            let found = difference.find(&mut run.sayings, &mut run.denies);
            run.known.insert(signatures, found.clone());
            found
        };
        let (changes, undecided) = found;
        (!changes.is_empty() || !undecided.is_empty()).then_some(SubjectChange {
            whom,
            changes,
            undecided,
        })
    }
}

/// What a run of comparisons has found out so far.
#[derive(Default)]
struct ComparisonRun<'s> {
    sayings: Sayings<'s>,
    denies: OneSidedDenies<'s>,
    known: Known<'s>,
}
