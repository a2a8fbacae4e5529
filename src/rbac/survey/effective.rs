//! What each subject may do, effectively: its own rules, its roles' and the default role's.

use std::collections::{HashMap, HashSet};

use super::budget::Budget;
use super::lookup::{Lookup, OutOfBudget, first};
use super::verb::{Applies, Verb, applies, verbs};
use super::view::{Cited, Giver, Side, View, Views, asked};
use crate::rbac::engine::{Effect, Enforcer, LineId, Reaching};
use crate::rbac::server::Server;

/// Every name that a policy gives rules to, binds, or binds to, in the order of first appearance.
pub fn subjects(enforcer: &Enforcer) -> impl Iterator<Item = &str> {
    enforcer.names().map(|(_, name)| name)
}

/// The rules about one action of one resource that reach a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'s> {
    /// The resource.
    pub resource: &'static str,
    /// The verb.
    pub verb: Verb,
    /// The rules: the default role's first, those of projects last, each in load order.
    pub entries: Vec<Entry<'s>>,
}

impl Cell<'_> {
    /// Whether some entry is in force that allows.
    pub fn grants(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.effect == Effect::Allow && entry.state.is_in_force())
    }
}

/// A rule in a [`Cell`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'s> {
    /// The rule's pattern of objects, as written.
    pub object: String,
    /// Allow or deny.
    pub effect: Effect,
    /// The rule's line.
    pub line: Cited<'s>,
    /// Through whom it reaches the subject.
    pub giver: Giver,
    /// The project to whose objects it is confined, as its line is an `AppProject`'s.
    pub project: Option<&'s str>,
    /// Its effect on the subject.
    pub state: State<'s>,
}

/// The effect of a rule on a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State<'s> {
    /// It counts for all that it matches.
    InForce,
    /// There are denies that may take part of it back.
    Limited,
    /// A deny takes all of it back.
    Overruled(Cited<'s>),
    /// A deny of what this line grants all the same: the default role's yes is final, and so is that
    /// of everybody's rules and of an inherited verb.
    InVain(Cited<'s>),
    /// The evaluation always ends in an error on this line, so nothing is allowed.
    Fails(Cited<'s>),
    /// Its pattern does not compile, so it matches nothing.
    Never,
    /// The policy is too large to tell: the budget of the run is spent.
    Undecided,
}

impl State<'_> {
    /// Whether the rule does something, in part at least.
    pub fn is_in_force(self) -> bool {
        matches!(self, Self::InForce | Self::Limited | Self::Undecided)
    }
}

/// What a subject may do: one cell for every resource and verb that some rule is about. It agrees
/// with [`Server::decide`] for a token without groups. Where authorisation is switched off it lists
/// what the rules would say; ask [`Server::settings`] first.
pub fn effective<'s>(server: &'s Server, subject: &str, budget: &Budget) -> Vec<Cell<'s>> {
    let views = Views::new(server, subject);
    let base_lines: HashSet<(Giver, LineId)> = lines(&views.all[0]).collect();
    let mut cells = Vec::new();
    for (resource, verb) in verbs(server.version()) {
        let mut cell = Filling {
            rows: Vec::new(),
            places: HashMap::new(),
            budget,
        };
        for (resource, verb) in asked(server, resource, verb) {
            for view in views.about(server, resource) {
                for side in &view.sides {
                    let is_new =
                        |line| view.project.is_none() || !base_lines.contains(&(side.giver, line));
                    cell.side(view, side, (resource, verb), is_new);
                }
            }
        }
        let entries = cell.entries();
        if !entries.is_empty() {
            cells.push(Cell {
                resource,
                verb,
                entries,
            });
        }
    }
    cells
}

fn lines<'v>(view: &'v View<'_>) -> impl Iterator<Item = (Giver, LineId)> + 'v {
    view.sides.iter().flat_map(|side| {
        let lines = side.rules.iter().map(|rule| rule.line());
        lines.map(|line| (side.giver, line))
    })
}

/// A rule with what is known of it so far.
struct Row<'s> {
    rule: Reaching<'s>,
    /// Rules of one group are held against one another: a deny counts within its group alone.
    group: usize,
    /// Whether it is about every action of the cell.
    always: bool,
    entry: Entry<'s>,
}

/// A cell that is being filled.
struct Filling<'s, 'b> {
    rows: Vec<Row<'s>>,
    /// Where the rules of the policy are among the rows.
    places: HashMap<(Giver, LineId), usize>,
    budget: &'b Budget,
}

impl<'s> Filling<'s, '_> {
    /// Adds the rules of one side, those that are new in this view; the others are only limited by
    /// what is.
    fn side(
        &mut self,
        view: &View<'s>,
        side: &Side<'s>,
        (resource, verb): (&str, Verb),
        is_new: impl Fn(LineId) -> bool,
    ) {
        if view.project.is_some() && !side.rules.iter().any(|rule| is_new(rule.line())) {
            return;
        }
        let beginning = view.beginning(resource);
        let (mut relevant, mut failing) = (Vec::new(), None);
        for rule in &side.rules {
            let how = applies(*rule, resource, verb);
            let fails =
                how == Applies::Fails || how == Applies::Always && rule.object().always_fails();
            if fails && failing.is_none() {
                failing = Some(view.cite(rule.line()));
            }
            let meets = |beginning: &String| rule.object().may_match_under(beginning);
            if how != Applies::Never
                && rule.effect() != Effect::Other
                && beginning.as_ref().is_none_or(meets)
            {
                relevant.push((*rule, how));
            }
        }
        let is_deny = |(rule, _): &&(Reaching<'_>, Applies)| {
            rule.effect() == Effect::Deny && !rule.object().is_never()
        };
        let denies: Vec<_> = relevant.iter().filter(is_deny).copied().collect();
        let lookup = Lookup::new(denies.iter().map(|(deny, _)| *deny));
        let group = self.rows.last().map_or(0, |row| row.group + 1);
        for (rule, how) in &relevant {
            let state = if let Some(line) = failing {
                State::Fails(line)
            } else if rule.object().is_never() || rule.action().is_never() {
                State::Never
            } else if rule.effect() == Effect::Deny || denies.is_empty() {
                State::InForce
            } else {
                self.against(view, *rule, &denies, &lookup)
                    .unwrap_or(State::Undecided)
            };
            if !is_new(rule.line()) {
                self.limit(side.giver, rule.line(), state);
                continue;
            }
            let line = view.cite(rule.line());
            if view.project.is_none() {
                self.places.insert((side.giver, line.line), self.rows.len());
            }
            self.rows.push(Row {
                rule: *rule,
                group,
                always: *how == Applies::Always,
                entry: Entry {
                    object: view.enforcer.rule(line.line).object.text.into_owned(),
                    effect: rule.effect(),
                    line,
                    giver: side.giver,
                    project: view.project,
                    state,
                },
            });
        }
    }

    /// What the denies of its group leave of an allow.
    fn against(
        &self,
        view: &View<'s>,
        allow: Reaching<'s>,
        denies: &[(Reaching<'s>, Applies)],
        lookup: &Lookup,
    ) -> Result<State<'s>, OutOfBudget> {
        let covering = first(lookup.covering(allow.object()), self.budget, |place| {
            let (deny, how) = denies[place];
            deny.object().covers(allow.object())
                && (how == Applies::Always || deny.action().covers(allow.action()))
        })?;
        if let Some(place) = covering {
            return Ok(State::Overruled(view.cite(denies[place].0.line())));
        }
        let meeting = first(lookup.meeting(allow.object()), self.budget, |place| {
            let (deny, how) = denies[place];
            deny.object().may_meet(allow.object())
                && (how == Applies::Always || deny.action().may_meet(allow.action()))
        })?;
        Ok(meeting.map_or(State::InForce, |_| State::Limited))
    }

    /// Notes that a rule of the policy does less for a project's objects than for others.
    fn limit(&mut self, giver: Giver, line: LineId, state: State<'s>) {
        if state == State::InForce {
            return;
        }
        let place = self.places.get(&(giver, line));
        if let Some(row) = place.and_then(|place| self.rows.get_mut(*place))
            && row.entry.state == State::InForce
            && row.entry.effect == Effect::Allow
        {
            row.entry.state = State::Limited;
        }
    }

    /// The entries, less those that say what the default role's say, with the denies in vain marked.
    fn entries(mut self) -> Vec<Entry<'s>> {
        let whole = |row: &Row<'_>| {
            row.entry.effect == Effect::Allow
                && row.entry.state == State::InForce
                && row.entry.project.is_none()
        };
        let granting: Vec<usize> = (0..self.rows.len())
            .filter(|at| whole(&self.rows[*at]))
            .collect();
        let lookup = Lookup::new(granting.iter().map(|at| self.rows[*at].rule));
        let mut keep = vec![true; self.rows.len()];
        for (at, kept) in keep.iter_mut().enumerate() {
            let row = &self.rows[at];
            let is_deny = row.entry.effect == Effect::Deny && row.entry.state == State::InForce;
            let may_repeat = row.entry.effect == Effect::Allow
                && row.entry.giver != Giver::DefaultRole
                && row.entry.state != State::Never;
            if !is_deny && !may_repeat {
                continue;
            }
            let found = first(lookup.covering(row.rule.object()), self.budget, |place| {
                let grant = &self.rows[granting[place]];
                let other = if is_deny {
                    grant.group != row.group
                } else {
                    grant.entry.giver == Giver::DefaultRole
                };
                other
                    && grant.rule.object().covers(row.rule.object())
                    && (grant.always || grant.rule.action().covers(row.rule.action()))
            });
            if let Ok(Some(place)) = found {
                if is_deny {
                    let line = self.rows[granting[place]].entry.line;
                    self.rows[at].entry.state = State::InVain(line);
                } else {
                    *kept = false;
                }
            }
        }
        let mut keep = keep.into_iter();
        self.rows.retain(|_| keep.next().unwrap_or(true));
        self.rows.into_iter().map(|row| row.entry).collect()
    }
}
