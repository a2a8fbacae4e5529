//! What is left of a subject's own rules.

use std::rc::Rc;

use super::Effective;
use super::holding::{Entry, Holding, State};
use super::index::Weighed;
use crate::engine::Effect;
use crate::project::project_role;
use crate::survey::view::Cited;

impl<'s> Effective<'s, '_> {
    pub(super) fn rules(
        &mut self,
        project: Option<&'s str>,
        name: u32,
        projects: &[&'s str],
        subject: &str,
        holding: &mut Holding<'s>,
    ) {
        let found = project.and_then(|project| self.projects.get_mut(project));
        let index = found.unwrap_or(&mut self.base);
        let mut own = index.own(&self.questions, name);
        let enforcer = index.enforcer;
        let reached = index.reached(name);
        if project.is_some() {
            let base = self.server.base();
            own.retain(|one| base.is_behind(one.rule.line()));
        }
        for one in own {
            let is_default = project.is_none() && self.defaults.contains(&name);
            let Some(mut state) = self.state(project, &reached, &one, is_default) else {
                continue;
            };
            if project.is_none() && state == State::InForce {
                state = self.confined(subject, &one).unwrap_or(state);
            }
            for project in projects {
                if state != State::InForce || one.rule.effect() != Effect::Allow {
                    break;
                }
                state = self.limited_in(project, subject, &one).unwrap_or(state);
            }
            let line = one.rule.line();
            // The rule of a policy without rules, and what Argo CD itself keeps for later.
            let is_own = enforcer.line(line).is_some() && !enforcer.is_builtin(line);
            if !is_own && state == State::NotAsked {
                continue;
            }
            holding.rules.push(Entry {
                effect: one.rule.effect(),
                line: Cited { enforcer, line },
                project,
                resources: self
                    .questions
                    .resources(one.weight.any() | one.weight.fails),
                state,
            });
        }
    }

    /// Returns how far a rule is in effect for a subject that reaches these names; `None` where the default
    /// role gives the same.
    fn state(
        &mut self,
        project: Option<&str>,
        reached: &[u32],
        one: &Weighed<'s>,
        is_default: bool,
    ) -> Option<State<'s>> {
        let rule = one.rule;
        let asked = one.weight.any();
        Some(match rule.effect() {
            _ if one.weight.fails != 0 && asked == 0
                || asked != 0 && rule.object().always_fails() =>
            {
                State::Fails(self.cite(project, rule.line()))
            }
            Effect::Other => State::NoEffect,
            _ if rule.resource().is_never() || rule.action().is_never() => State::Never,
            _ if rule.object().is_never() => State::Never,
            _ if asked == 0 => State::NotAsked,
            Effect::Allow => {
                let grants = Rc::clone(&self.grants[0]);
                let covered = grants.cover(&self.questions, one).0;
                if !is_default && covered & asked == asked {
                    return None;
                }
                let left = self.left(project, reached, one);
                match (left.is_undecided, left.deny, left.failing) {
                    (true, ..) => State::Undecided,
                    (_, None, None) => State::InForce,
                    _ if left.whole == asked => State::InForce,
                    (_, None, Some((line, _))) if left.nothing => {
                        State::Fails(self.cite(project, line))
                    }
                    (_, Some(line), _) if left.nothing => {
                        State::Overruled(self.cite(project, line))
                    }
                    (_, Some(line), _) | (_, _, Some((line, _))) => {
                        State::Limited(self.cite(project, line))
                    }
                }
            }
            Effect::Deny => {
                let (mut covered, mut first) = (0, None);
                for grants in self.grants.clone() {
                    let (more, line) = grants.cover(&self.questions, one);
                    covered |= more;
                    first = first.or(line);
                }
                let first = first.map(|line| self.cite(None, line));
                let own = self.inherited(project, reached, one);
                covered |= own.0;
                match first.or(own.1) {
                    Some(line) if covered & asked == asked => State::InVain(line),
                    Some(line) if covered & asked != 0 => State::Limited(line),
                    _ => State::InForce,
                }
            }
        })
    }

    /// The questions of a deny that a plain verb's grants answer before it is asked.
    fn inherited(
        &mut self,
        project: Option<&str>,
        reached: &[u32],
        deny: &Weighed<'s>,
    ) -> (u64, Option<Cited<'s>>) {
        let plain = self.questions.plain_of(deny.weight.any());
        let (mut covered, mut first) = (0, None);
        if plain == 0 {
            return (covered, first);
        }
        for name in reached {
            let found = project.and_then(|project| self.projects.get_mut(project));
            let index = found.unwrap_or(&mut self.base);
            let allows = index.allows(&self.questions, *name);
            for place in allows.lookup.covering(deny.rule.object()) {
                let allow = &allows.all[place];
                let verbs = allow.weight.always & plain;
                if !self.budget.spend(1) {
                    return (covered, first);
                }
                if verbs == 0 || !allow.rule.object().covers(deny.rule.object()) {
                    continue;
                }
                let mut of_plain = *allow;
                of_plain.weight = of_plain.weight & verbs;
                let whole = self.left(project, reached, &of_plain).whole;
                let below = self.questions.answered(whole) & !whole & deny.weight.any();
                if below != 0 {
                    covered |= below;
                    first = first.or(Some(self.cite(project, allow.rule.line())));
                }
            }
        }
        (covered, first)
    }

    /// What is left of a policy's rule of a project's role: it is not asked for about the objects of
    /// other projects.
    fn confined(&self, subject: &str, one: &Weighed<'s>) -> Option<State<'s>> {
        let (own, _) = project_role(subject)?;
        let scoped = one.weight.any() & self.questions.scoped();
        if scoped == 0 || !self.has_others(own) {
            return None;
        }
        let object = one.rule.object();
        let is_other = |project: &str| {
            project != own && self.server.project_names().any(|name| name == project)
        };
        let is_confined = if scoped & self.questions.about_projects() == scoped {
            object.only_text().is_some_and(|text| !is_other(text))
        } else {
            let beginning = object.begin().split_once('/');
            beginning.is_some_and(|(project, _)| !is_other(project))
        };
        (!is_confined).then_some(State::OtherProjects)
    }

    /// What a project's denies leave of a policy's allow that nothing else limits.
    fn limited_in(&mut self, project: &str, subject: &str, one: &Weighed<'s>) -> Option<State<'s>> {
        let index = self.projects.get_mut(project)?;
        let name = index.enforcer.name(subject)?;
        let reached = index.reached(name);
        let weighed = Weighed {
            rule: one.rule,
            weight: one.weight & self.questions.in_project(one.rule, project),
        };
        let left = self.left(Some(project), &reached, &weighed);
        if left.is_undecided {
            return Some(State::Undecided);
        }
        if left.whole == weighed.weight.any() {
            return None;
        }
        let line = left.deny.or(left.failing.map(|(line, _)| line))?;
        Some(State::Limited(self.cite(Some(project), line)))
    }
}
