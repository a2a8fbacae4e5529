//! The difference between two servers for one subject.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::automaton::{FieldCondition, FieldTexts};
use super::change::{Change, Comparer, Undecided};
use super::column::{Group, Place, Ruling, groups};
use super::concerned::Said;
use super::sample::{FreshNames, samples};
use super::search::{Problem, SearchResult};
use super::verb::{Applies, Verb, applies};
use super::view::{Cited, Giver, View, Views, asked};
use crate::engine::{LineId, Reaching};
use crate::vocabulary::counts_for_project;

/// The most rules whose texts are tried on another rule.
const MOST_NEIGHBOURS: usize = 8;

/// Numbers for what rules say, the same on both sides.
#[derive(Default)]
pub(super) struct Sayings<'s> {
    numbers: HashMap<Said, u32>,
    known: HashMap<(bool, Option<&'s str>, LineId), u32>,
}

/// The rules that each giver gives, by the numbers of what they say, sorted.
type Given = Vec<(Giver, Vec<u32>)>;

/// The rules that reach a subject, by what they say: for each view its project, and for each giver
/// there its rules; and the projects about which the policy says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Signature<'s> {
    said: Vec<(Option<&'s str>, Given)>,
    elsewhere: Vec<&'s str>,
    is_everybody: bool,
}

impl<'s> Sayings<'s> {
    fn number(&mut self, is_after: bool, project: Option<&'s str>, cited: Cited<'s>) -> u32 {
        let key = (is_after, project, cited.line);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let said = Said::new(&cited.enforcer.rule(cited.line));
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(said).or_insert(next);
        self.known.insert(key, number);
        number
    }

    pub(super) fn signature(
        &mut self,
        is_after: bool,
        views: &Views<'s>,
        is_everybody: bool,
    ) -> Signature<'s> {
        let mut said = Vec::new();
        for view in &views.all {
            let mut sides = Vec::new();
            for side in &view.sides {
                let rules = side.rules.iter();
                let mut numbers: Vec<u32> = rules
                    .map(|rule| self.number(is_after, view.project, view.cite(rule.line())))
                    .collect();
                numbers.sort_unstable();
                numbers.dedup();
                sides.push((side.giver, numbers));
            }
            said.push((view.project, sides));
        }
        Signature {
            said,
            elsewhere: views.elsewhere.clone(),
            is_everybody,
        }
    }
}

/// The denies that only one side has, and whether one changes something for someone.
#[derive(Default)]
pub(super) struct OneSidedDenies<'s>(BTreeMap<(bool, LineId), (Cited<'s>, bool)>);

impl<'s> OneSidedDenies<'s> {
    fn note(&mut self, cited: Cited<'s>, added: bool, matters: bool) {
        let entry = self.0.entry((added, cited.line));
        entry.or_insert((cited, false)).1 |= matters;
    }

    pub(super) fn idle(self) -> Vec<(Cited<'s>, bool)> {
        let idle = self.0.into_iter().filter(|(_, (_, matters))| !matters);
        idle.map(|((added, _), (cited, _))| (cited, added))
            .collect()
    }
}

/// Actions of a verb as real requests have them, with names that no rule mentions.
pub(super) fn likely_actions(verb: Verb, names: &FreshNames) -> Vec<String> {
    match verb {
        Verb::Action(action) => vec![action.to_owned()],
        Verb::Below("action") => vec!["action/apps/Deployment/restart".to_owned()],
        Verb::Below(action) => ["apps/Deployment", "/Pod", "batch/Job"]
            .map(|kind| format!("{action}/{kind}/{}", names.resource()))
            .to_vec(),
    }
}

/// The search for what changes for one subject.
pub(super) struct Difference<'c, 'b, 's> {
    comparer: &'c Comparer<'s, 'b>,
    name: &'c str,
    is_everybody: bool,
    views: &'c [Views<'s>; 2],
    changes: Vec<Change<'s>>,
    undecided: Vec<Undecided<'s>>,
    /// What was shown already: of one rule one request for each verb is enough.
    shown: HashSet<(bool, &'static str, Verb, String)>,
}

impl<'c, 'b, 's> Difference<'c, 'b, 's> {
    pub(super) fn new(
        comparer: &'c Comparer<'s, 'b>,
        name: &'c str,
        is_everybody: bool,
        views: &'c [Views<'s>; 2],
    ) -> Self {
        Self {
            comparer,
            name,
            is_everybody,
            views,
            changes: Vec::new(),
            undecided: Vec::new(),
            shown: HashSet::new(),
        }
    }

    pub(super) fn find(
        mut self,
        sayings: &mut Sayings<'s>,
        denies: &mut OneSidedDenies<'s>,
    ) -> (Vec<Change<'s>>, Vec<Undecided<'s>>) {
        let mut projects: BTreeSet<&'s str> = BTreeSet::new();
        for views in self.views {
            projects.extend(views.all.iter().filter_map(|view| view.project));
            projects.extend(&views.elsewhere);
        }
        let places = projects.iter().map(|project| Place::Project(project));
        let one_sided = self.one_sided(sayings);
        let may_differ = |(resource, verb): &(&'static str, Verb)| {
            let asked = asked(self.comparer.sides[0], resource, *verb);
            one_sided.as_ref().is_none_or(|rules| {
                let mut pairs = rules.iter().flat_map(|rule| {
                    let asked = asked.iter();
                    asked.map(move |(resource, verb)| applies(*rule, resource, *verb))
                });
                pairs.any(|how| how != Applies::Never)
            })
        };
        let columns = self.comparer.columns.iter();
        let columns: Vec<_> = columns.filter(|column| may_differ(column)).collect();
        for place in [Place::Elsewhere].into_iter().chain(places) {
            for column in &columns {
                let scoped = self
                    .comparer
                    .sides
                    .iter()
                    .any(|server| counts_for_project(column.0, server.version()));
                if place == Place::Elsewhere || scoped {
                    let outside: Vec<&str> = match place {
                        Place::Elsewhere if scoped => projects.iter().copied().collect(),
                        _ => Vec::new(),
                    };
                    self.column(**column, place, &outside, sayings, denies);
                }
            }
        }
        // What goes first, then what comes, by lines.
        let order =
            |rule: Option<(Cited<'_>, bool)>| rule.map(|(cited, added)| (added, cited.line));
        self.changes.sort_by_key(|change| order(change.rule));
        self.undecided
            .sort_by_key(|undecided| order(undecided.rule));
        (self.changes, self.undecided)
    }

    /// The rules that one giver gives on one side alone; none where the sides do not have the same
    /// givers and questions. Where members of a large role differ in a rule, most columns have none.
    fn one_sided(&self, sayings: &mut Sayings<'s>) -> Option<Vec<Reaching<'s>>> {
        let shape = |views: &Views<'s>| -> Vec<(Option<&'s str>, Vec<Giver>)> {
            let givers = |view: &View<'s>| view.sides.iter().map(|side| side.giver).collect();
            let views = views.all.iter();
            views.map(|view| (view.project, givers(view))).collect()
        };
        let [before, after] = self.views;
        let is_alike = shape(before) == shape(after) && before.elsewhere == after.elsewhere;
        if !is_alike || !self.comparer.is_same_column() {
            return None;
        }
        let mut found = Vec::new();
        for (old, new) in before.all.iter().zip(&after.all) {
            for (old_side, new_side) in old.sides.iter().zip(&new.sides) {
                let mut number = |is_after, view: &View<'s>, rule: &Reaching<'s>| {
                    sayings.number(is_after, view.project, view.cite(rule.line()))
                };
                let mut numbered = |is_after, view, rules: &[Reaching<'s>]| -> Vec<_> {
                    let rules = rules.iter();
                    rules
                        .map(|rule| (number(is_after, view, rule), *rule))
                        .collect()
                };
                let sides = [
                    numbered(false, old, &old_side.rules),
                    numbered(true, new, &new_side.rules),
                ];
                let known = sides.each_ref().map(|rules| -> HashSet<u32> {
                    rules.iter().map(|(number, _)| *number).collect()
                });
                for (rules, others) in sides.iter().zip(known.iter().rev()) {
                    let alone = rules.iter().filter(|(number, _)| !others.contains(number));
                    found.extend(alone.map(|(_, rule)| *rule));
                }
            }
        }
        Some(found)
    }

    fn column(
        &mut self,
        column: (&'static str, Verb),
        place: Place<'s>,
        outside: &[&str],
        sayings: &mut Sayings<'s>,
        denies: &mut OneSidedDenies<'s>,
    ) {
        let [before, after] = self.comparer.sides;
        let sides = [
            groups(before, &self.views[0], place, column),
            groups(after, &self.views[1], place, column),
        ];
        let said = [false, true].map(|is_after| -> Vec<Vec<u32>> {
            let groups = sides[usize::from(is_after)].iter();
            groups
                .map(|group| {
                    let lines = group.rulings.iter().map(|ruling| group.cite(*ruling));
                    lines
                        .map(|cited| sayings.number(is_after, group.view.project, cited))
                        .collect()
                })
                .collect()
        });
        for is_after in [false, true] {
            let (mine, theirs) = (usize::from(is_after), usize::from(!is_after));
            for (at, group) in sides[mine].iter().enumerate() {
                if !self.is_everybody && group.giver != Giver::Subject {
                    continue;
                }
                // The groups are in the same order unless the two servers ask differently; then
                // all that a rule says may be new.
                let pair = partner(&sides[mine], at, &sides[theirs]);
                let there: HashSet<u32> = match pair {
                    Some(pair) if self.comparer.same_mode => {
                        said[theirs][pair].iter().copied().collect()
                    }
                    _ => HashSet::new(),
                };
                let pair = pair.map(|pair| &sides[theirs][pair]);
                let mut numbers = HashSet::new();
                for (ruling, number) in group.rulings.iter().zip(&said[mine][at]) {
                    if !there.contains(number) && numbers.insert(*number) {
                        let seed = Seed {
                            ruling: *ruling,
                            group,
                            pair,
                            added: is_after,
                        };
                        self.seed(&seed, column, place, outside, &sides, denies);
                    }
                }
            }
        }
    }

    /// Looks for a request that a rule of one side makes a difference to.
    fn seed(
        &mut self,
        seed: &Seed<'_, 's>,
        column: (&'static str, Verb),
        place: Place<'s>,
        outside: &[&str],
        sides: &[Vec<Group<'s>>; 2],
        denies: &mut OneSidedDenies<'s>,
    ) {
        let (resource, verb) = column;
        let cited = seed.group.cite(seed.ruling);
        let rule = Some((cited, seed.added));
        // An allow that is added gives, and so does a deny that goes.
        let gained = seed.ruling.denies != seed.added;
        if seed.ruling.denies {
            denies.note(cited, seed.added, false);
        }
        let text = cited.enforcer.rule(cited.line);
        let objects = text.object.text.into_owned();
        let key = (gained, resource, verb, objects.clone());
        if self.shown.contains(&key) || seed.is_idle(self.comparer.budget) {
            return;
        }
        let mut problem = Problem {
            resource,
            verb,
            atoms: Vec::new(),
            formulas: Vec::new(),
            must: vec![{
                let atom = seed.ruling.atom();
                (atom.action, atom.object)
            }],
            never: Vec::new(),
            likely: (likely_actions(verb, &self.comparer.names), Vec::new()),
        };
        let mode = |group: &Group<'_>| group.view.enforcer.match_mode();
        let names = &self.comparer.names;
        if let Verb::Below(_) = verb {
            let actions = samples(mode(seed.group), &text.action.text, names);
            problem.likely.0.extend(actions);
        }
        let project = match place {
            Place::Project(project) => Some(project),
            Place::Elsewhere => None,
        };
        let likely = &mut problem.likely.1;
        likely.extend(samples(mode(seed.group), &objects, names));
        likely.extend(names.objects(project));
        for side in sides {
            let mut formula = Vec::new();
            for group in side {
                let mut members = Vec::new();
                for ruling in group.near(seed.ruling) {
                    if !self.comparer.budget.spend(1) || !ruling.may_meet(seed.ruling) {
                        continue;
                    }
                    if problem.atoms.len() < MOST_NEIGHBOURS {
                        let cited = group.cite(ruling);
                        let object = cited.enforcer.rule(cited.line).object.text;
                        let texts = samples(mode(group), &object, names);
                        problem.likely.1.extend(texts.into_iter().take(4));
                    }
                    members.push(problem.atoms.len());
                    problem.atoms.push(ruling.atom());
                }
                formula.push(members);
            }
            problem.formulas.push(formula);
        }
        confine(&mut problem, project, outside);
        let budget = self.comparer.budget;
        let found = problem.solve(budget, |values| {
            values[0] != values[1] && values[1] == gained
        });
        let matters = found != SearchResult::Nothing;
        if seed.ruling.denies && matters {
            denies.note(cited, seed.added, true);
        }
        let change = match &found {
            SearchResult::Request(action, object) => {
                let request = (action.as_str(), object.as_str());
                self.comparer
                    .change(self.name, column, request, gained, rule)
            }
            SearchResult::Nothing | SearchResult::Unknown => None,
        };
        if let Some(change) = change {
            self.shown.insert(key);
            self.changes.push(change);
        } else if matters {
            let undecided = Undecided {
                gained,
                resource,
                verb,
                rule,
            };
            if !self.undecided.contains(&undecided) {
                self.undecided.push(undecided);
            }
        }
    }
}

/// Confines a search to one project's objects, or to those of no project in a list.
pub(super) fn confine(problem: &mut Problem<'_, '_>, project: Option<&str>, outside: &[&str]) {
    let objects = |project: &str| {
        let pattern = if problem.resource == "projects" {
            project.to_owned()
        } else {
            format!("{project}/*")
        };
        FieldCondition::of_glob(&pattern).unwrap_or(FieldCondition::Nothing)
    };
    let must: Vec<_> = project.map(objects).into_iter().collect();
    let never: Vec<_> = outside.iter().map(|project| objects(project)).collect();
    problem.must.extend(
        must.into_iter()
            .map(|objects| (FieldCondition::All, objects)),
    );
    problem.never.extend(
        never
            .into_iter()
            .map(|objects| (FieldCondition::All, objects)),
    );
    if let Some(project) = project.filter(|_| problem.resource == "projects") {
        problem.likely.1.push(project.to_owned());
    }
    let texts = FieldTexts::objects(problem.resource);
    let objects = &mut problem.likely.1;
    let mut seen = HashSet::new();
    objects.retain(|object| texts.contains(object) && seen.insert(object.clone()));
}

/// The group of the other side that stands for the same giver.
fn partner(mine: &[Group<'_>], at: usize, theirs: &[Group<'_>]) -> Option<usize> {
    if mine.len() != theirs.len() {
        // Count from the end: the question itself is asked last.
        let giver = mine[at].giver;
        let later = mine[at + 1..].iter().filter(|group| group.giver == giver);
        let skip = later.count();
        let same = theirs.iter().enumerate().rev();
        let mut same = same.filter(|(_, group)| group.giver == giver);
        return same.nth(skip).map(|(place, _)| place);
    }
    (theirs[at].giver == mine[at].giver).then_some(at)
}

/// A rule that only one side has.
struct Seed<'g, 's> {
    ruling: Ruling<'s>,
    group: &'g Group<'s>,
    /// The group of the other side.
    pair: Option<&'g Group<'s>>,
    added: bool,
}

impl Seed<'_, '_> {
    /// Whether it is known to make no difference.
    fn is_idle(&self, budget: &super::budget::Budget) -> bool {
        let ruling = self.ruling;
        if ruling.rule.object().is_never() || ruling.rule.action().is_never() {
            return true;
        }
        let fails = |group: &Group<'_>| group.rulings.iter().any(|ruling| ruling.rule.may_fail());
        let certain = !fails(self.group) && self.pair.is_none_or(|pair| !fails(pair));
        if !certain {
            return false;
        }
        let covers = |group: &Group<'_>, denies: bool| {
            group
                .above(ruling)
                .take_while(|_| budget.spend(1))
                .any(|other| other.denies == denies && other.covers(ruling))
        };
        // The other side says the same of all that it matches, or its own side reverts it.
        if self.pair.is_some_and(|pair| covers(pair, ruling.denies))
            || !ruling.denies && covers(self.group, true)
        {
            return true;
        }
        // A deny matters only where the other side allows.
        ruling.denies
            && self.pair.is_none_or(|pair| {
                let mut near = pair.near(ruling);
                !near.any(|other| !budget.spend(1) || !other.denies && other.may_meet(ruling))
            })
    }
}
