//! An exact search over all requests of one resource and verb: is there one for which given sets of
//! rules decide in a given way? Likely ones are tried first; then the patterns run side by side over
//! all texts, which ends because they have finitely many states.

use std::collections::{HashSet, VecDeque};

use super::automaton::{FieldCondition, FieldTexts, Steps};
use super::budget::Budget;
use super::verb::Verb;

/// The most rules that an exact search follows.
const MOST_ATOMS: usize = 60;

/// The most states that one search visits.
const MOST_STATES: usize = 1_500;

/// The most patterns that have to be tried whose truth is taken for open.
const MOST_OPEN: usize = 6;

/// A rule in a search.
#[derive(Clone, Debug)]
pub(super) struct Atom<'e> {
    pub(super) action: FieldCondition<'e>,
    pub(super) object: FieldCondition<'e>,
    /// Whether it denies.
    pub(super) denies: bool,
    /// Whether its evaluation may fail on some text.
    pub(super) may_fail: bool,
}

impl Atom<'_> {
    fn matches(&self, action: &str, object: &str) -> Option<bool> {
        Some(self.action.matches(action)? && self.object.matches(object)?)
    }

    fn is_tried(&self) -> bool {
        self.action.is_tried() || self.object.is_tried()
    }
}

/// A set of rules in groups: it allows what some group allows and does not deny.
pub(super) type Formula = Vec<Vec<usize>>;

/// What is searched for.
pub(super) struct Problem<'p, 'e> {
    pub(super) resource: &'p str,
    pub(super) verb: Verb,
    /// The rules that the formulas number.
    pub(super) atoms: Vec<Atom<'e>>,
    pub(super) formulas: Vec<Formula>,
    /// Conditions on the action and the object, which all have to hold.
    pub(super) must: Vec<(FieldCondition<'e>, FieldCondition<'e>)>,
    /// Requests that are out of the question: those of which both fields match.
    pub(super) never: Vec<(FieldCondition<'e>, FieldCondition<'e>)>,
    /// Actions and objects that are tried first.
    pub(super) likely: (Vec<String>, Vec<String>),
}

/// What a search came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SearchResult {
    /// This action on this object.
    Request(String, String),
    /// There is none.
    Nothing,
    /// Neither was found out.
    Unknown,
}

/// What is known of a rule for one request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Truth {
    No,
    Yes,
    /// It was tried on this request and may be otherwise on another one of the same state.
    Tried(bool),
    /// It failed on this request, or may fail.
    Fails,
}

impl Problem<'_, '_> {
    /// Searches for a request for which the formulas' values are `wanted`.
    pub(super) fn solve(&self, budget: &Budget, wanted: impl Fn(&[bool]) -> bool) -> SearchResult {
        if let Some(found) = self.try_likely(budget, &wanted) {
            return found;
        }
        if self.atoms.len() > MOST_ATOMS || self.never.len() > MOST_ATOMS {
            return SearchResult::Unknown;
        }
        Walk::new(self, budget).search(&wanted)
    }

    fn is_excluded(&self, action: &str, object: &str) -> bool {
        self.never.iter().any(|(on_action, on_object)| {
            on_action.matches(action) != Some(false) && on_object.matches(object) != Some(false)
        })
    }

    fn try_likely(
        &self,
        budget: &Budget,
        wanted: &impl Fn(&[bool]) -> bool,
    ) -> Option<SearchResult> {
        let objects = FieldTexts::objects(self.resource);
        let paths = FieldTexts::paths(self.verb);
        let is_path = |action: &&String| {
            paths.is_none_or(|(verb, texts)| {
                let path = action.strip_prefix(verb);
                let path = path.and_then(|path| path.strip_prefix('/'));
                path.is_some_and(|path| texts.contains(path))
            })
        };
        for action in self.likely.0.iter().filter(is_path) {
            for object in &self.likely.1 {
                let fits = objects.contains(object)
                    && !self.is_excluded(action, object)
                    && self.must.iter().all(|(on_action, on_object)| {
                        on_action.matches(action) == Some(true)
                            && on_object.matches(object) == Some(true)
                    });
                if !fits || !budget.spend(self.atoms.len() / 4 + 1) {
                    continue;
                }
                let truth: Vec<Truth> = self
                    .atoms
                    .iter()
                    .map(|atom| match atom.matches(action, object) {
                        Some(true) => Truth::Yes,
                        Some(false) => Truth::No,
                        None => Truth::Fails,
                    })
                    .collect();
                if wanted(&self.values(|at| truth[at])) {
                    return Some(SearchResult::Request(action.clone(), object.clone()));
                }
            }
        }
        None
    }

    fn values(&self, truth: impl Fn(usize) -> Truth) -> Vec<bool> {
        let holds = |at: &usize| matches!(truth(*at), Truth::Yes | Truth::Tried(true));
        let value = |groups: &Formula| {
            groups.iter().any(|group| {
                let denies = |at: &&usize| self.atoms[**at].denies;
                group.iter().any(|at| !self.atoms[*at].denies && holds(at))
                    && !group.iter().filter(denies).any(holds)
                    && !group.iter().any(|at| truth(*at) == Truth::Fails)
            })
        };
        self.formulas.iter().map(value).collect()
    }
}

/// A state of the search: which field is read, what its texts allow, and each pattern's state.
#[derive(Clone, PartialEq, Eq, Hash)]
struct SearchState {
    on_object: bool,
    texts: u8,
    steps: Vec<u128>,
    /// Of the object: which atoms' and conditions' actions have matched.
    acted: u128,
}

struct Walk<'w, 'p, 'e> {
    problem: &'w Problem<'p, 'e>,
    budget: &'w Budget,
    alphabet: Vec<char>,
    /// Fields of atoms, of conditions, and of what is outside, on the action and on the object.
    fields: [Vec<FieldCondition<'e>>; 2],
    /// Each state with the state before it and the character between them.
    reached: Vec<(usize, Option<char>)>,
    queue: VecDeque<(usize, SearchState)>,
    seen: HashSet<SearchState>,
}

impl<'w, 'p, 'e> Walk<'w, 'p, 'e> {
    fn new(problem: &'w Problem<'p, 'e>, budget: &'w Budget) -> Self {
        let atoms = || problem.atoms.iter();
        let must = || problem.must.iter();
        let actions = atoms()
            .map(|atom| atom.action.clone())
            .chain(must().map(|(action, _)| action.clone()))
            .chain(problem.never.iter().map(|(action, _)| action.clone()))
            .collect();
        let objects: Vec<FieldCondition<'e>> = atoms()
            .map(|atom| atom.object.clone())
            .chain(must().map(|(_, object)| object.clone()))
            .chain(problem.never.iter().map(|(_, object)| object.clone()))
            .collect();
        let fields: [Vec<FieldCondition<'e>>; 2] = [actions, objects];
        let mut alphabet: Vec<char> = fields
            .iter()
            .flatten()
            .flat_map(FieldCondition::steps)
            .flat_map(Steps::chars)
            .chain(['/'])
            .filter(|c| !c.is_control())
            .collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        // One character stands for all that no pattern names.
        let plain = "xyzwvutsrqponmlkjihgfedcba"
            .chars()
            .chain('0'..='9')
            .chain('\u{e0}'..);
        let foreign = plain.into_iter().find(|c| !alphabet.contains(c));
        alphabet.splice(0..0, foreign);
        Self {
            problem,
            budget,
            alphabet,
            fields,
            reached: Vec::new(),
            queue: VecDeque::new(),
            seen: HashSet::new(),
        }
    }

    fn start(&self, on_object: bool) -> Vec<u128> {
        let fields = self.fields[usize::from(on_object)].iter();
        let steps = fields.flat_map(FieldCondition::steps);
        steps.map(Steps::start).collect()
    }

    fn step(&self, on_object: bool, states: &[u128], c: char) -> Vec<u128> {
        let fields = self.fields[usize::from(on_object)].iter();
        let steps = fields.flat_map(FieldCondition::steps);
        steps
            .zip(states)
            .map(|(steps, state)| steps.step(*state, c))
            .collect()
    }

    /// Which fields match what was read, as far as that is known without trying: the others count as
    /// matching.
    fn matched(&self, on_object: bool, states: &[u128]) -> u128 {
        let (mut matched, mut at) = (0, 0);
        for (place, field) in self.fields[usize::from(on_object)].iter().enumerate() {
            let steps = field.steps();
            let mine = steps.iter().zip(&states[at..at + steps.len()]);
            let holds = match field {
                FieldCondition::All | FieldCondition::Tried(_) | FieldCondition::Glob(_) => true,
                FieldCondition::Nothing => false,
                FieldCondition::Steps(_) => {
                    mine.into_iter().any(|(steps, state)| steps.accepts(*state))
                }
            };
            at += steps.len();
            if holds {
                matched |= 1 << place;
            }
        }
        matched
    }

    /// Whether some condition can no longer hold.
    fn is_dead(&self, on_object: bool, states: &[u128]) -> bool {
        let mut at = 0;
        let (first, last) = (
            self.problem.atoms.len(),
            self.problem.atoms.len() + self.problem.must.len(),
        );
        for (place, field) in self.fields[usize::from(on_object)].iter().enumerate() {
            let count = field.steps().len();
            let mine = &states[at..at + count];
            at += count;
            let is_condition = (first..last).contains(&place);
            let ended = match field {
                FieldCondition::Nothing => true,
                FieldCondition::Steps(_) => mine.iter().all(|state| *state == 0),
                FieldCondition::All | FieldCondition::Tried(_) | FieldCondition::Glob(_) => false,
            };
            if is_condition && ended {
                return true;
            }
        }
        false
    }

    fn push(&mut self, from: usize, c: Option<char>, state: SearchState) {
        if self.is_dead(state.on_object, &state.steps) || !self.seen.insert(state.clone()) {
            return;
        }
        self.reached.push((from, c));
        self.queue.push_back((self.reached.len() - 1, state));
    }

    /// The action and the object that lead to a state.
    fn texts(&self, mut at: usize) -> (String, String) {
        let (mut object, mut action) = (Vec::new(), Vec::new());
        let mut on_object = true;
        while let Some((before, c)) = self.reached.get(at) {
            match c {
                Some(c) if on_object => object.push(*c),
                Some(c) => action.push(*c),
                None => on_object = false,
            }
            if *before == at {
                break;
            }
            at = *before;
        }
        let text = |chars: Vec<char>| chars.into_iter().rev().collect::<String>();
        let action = match self.problem.verb {
            Verb::Action(action) => action.to_owned(),
            Verb::Below(verb) => format!("{verb}/{}", text(action)),
        };
        (action, text(object))
    }

    fn search(mut self, wanted: &impl Fn(&[bool]) -> bool) -> SearchResult {
        self.begin();
        let mut unknown = false;
        while let Some((at, state)) = self.queue.pop_front() {
            let cost = self.alphabet.len() * (state.steps.len() + 1);
            if self.seen.len() > MOST_STATES || !self.budget.spend(cost) {
                return SearchResult::Unknown;
            }
            let texts = match (state.on_object, FieldTexts::paths(self.problem.verb)) {
                (false, Some((_, texts))) => texts,
                _ => FieldTexts::objects(self.problem.resource),
            };
            if texts.accepts(state.texts) {
                if state.on_object {
                    match self.ask(at, &state, wanted) {
                        SearchResult::Nothing => {}
                        SearchResult::Unknown => unknown = true,
                        found @ SearchResult::Request(..) => return found,
                    }
                } else {
                    let acted = self.matched(false, &state.steps);
                    self.begin_object(at, acted);
                }
            }
            for c in self.alphabet.clone() {
                let Some(next) = texts.step(state.texts, c) else {
                    continue;
                };
                let steps = self.step(state.on_object, &state.steps, c);
                let next = SearchState {
                    on_object: state.on_object,
                    texts: next,
                    steps,
                    acted: state.acted,
                };
                self.push(at, Some(c), next);
            }
        }
        if unknown {
            SearchResult::Unknown
        } else {
            SearchResult::Nothing
        }
    }

    fn begin(&mut self) {
        match self.problem.verb {
            Verb::Action(action) => {
                let steps = action
                    .chars()
                    .fold(self.start(false), |states, c| self.step(false, &states, c));
                let acted = self.matched(false, &steps);
                self.begin_object(0, acted);
            }
            Verb::Below(verb) => {
                let read = verb.chars().chain(['/']);
                let steps = read.fold(self.start(false), |states, c| self.step(false, &states, c));
                let state = SearchState {
                    on_object: false,
                    texts: 0,
                    steps,
                    acted: 0,
                };
                self.push(0, None, state);
            }
        }
    }

    fn begin_object(&mut self, from: usize, acted: u128) {
        let state = SearchState {
            on_object: true,
            texts: 0,
            steps: self.start(true),
            acted,
        };
        self.push(from, None, state);
    }

    /// Evaluates the formulas for a request of this state.
    fn ask(
        &self,
        at: usize,
        state: &SearchState,
        wanted: &impl Fn(&[bool]) -> bool,
    ) -> SearchResult {
        let problem = self.problem;
        let (atoms, must) = (problem.atoms.len(), problem.must.len());
        let matched = state.acted & self.matched(true, &state.steps);
        let is_matched = |place: usize| matched >> place & 1 != 0;
        let is_excluded = |place: usize| {
            let (on_action, on_object) = &problem.never[place - atoms - must];
            is_matched(place) && !on_action.is_tried() && !on_object.is_tried()
        };
        if (atoms..atoms + must).any(|place| !is_matched(place))
            || (atoms + must..self.fields[1].len()).any(is_excluded)
        {
            return SearchResult::Nothing;
        }
        let (action, object) = self.texts(at);
        let mut truth: Vec<Truth> = problem
            .atoms
            .iter()
            .enumerate()
            .map(|(place, atom)| match is_matched(place) {
                false => Truth::No,
                true if !atom.is_tried() => Truth::Yes,
                true => match atom.matches(&action, &object) {
                    Some(holds) => Truth::Tried(holds),
                    None => Truth::Fails,
                },
            })
            .collect();
        let conditions = problem.must.iter();
        let tried_conditions: Vec<bool> = conditions
            .filter(|(on_action, on_object)| on_action.is_tried() || on_object.is_tried())
            .map(|(on_action, on_object)| {
                on_action.matches(&action) == Some(true) && on_object.matches(&object) == Some(true)
            })
            .collect();
        let values = |truth: &[Truth]| problem.values(|place| truth[place]);
        let fits = tried_conditions.iter().all(|holds| *holds);
        if fits && !problem.is_excluded(&action, &object) && wanted(&values(&truth)) {
            return SearchResult::Request(action, object);
        }
        // What was tried may be otherwise for another text that comes to this state.
        let open: Vec<usize> = (0..atoms)
            .filter(|place| matches!(truth[*place], Truth::Tried(_) | Truth::Fails))
            .collect();
        if open.is_empty() {
            return if wanted(&values(&truth)) {
                SearchResult::Unknown
            } else {
                SearchResult::Nothing
            };
        }
        let fails = open.iter().any(|place| problem.atoms[*place].may_fail);
        if open.len() > MOST_OPEN || fails {
            return SearchResult::Unknown;
        }
        for choice in 0..1_u32 << open.len() {
            for (bit, place) in open.iter().enumerate() {
                truth[*place] = Truth::Tried(choice >> bit & 1 != 0);
            }
            if wanted(&values(&truth)) {
                return SearchResult::Unknown;
            }
        }
        SearchResult::Nothing
    }
}
