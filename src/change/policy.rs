//! What has to change in `argocd-rbac-cm`: the rules.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Desired, Goal, Places, Plan};
use crate::error::{Error, Result};
use crate::model::ConfigMap;
use crate::rbac::{Line, Numbered, lines};
use crate::text::{Note, NoteLevel};

type Fields = [String; 5];

/// Plans the rules, and whatever else the template puts into `argocd-rbac-cm`.
#[derive(Clone, Copy)]
pub struct PolicyPlan<'a> {
    /// What is there.
    pub current: &'a ConfigMap,
    /// What is wanted.
    pub desired: &'a Desired,
    /// Where the current texts are.
    pub places: &'a dyn Places,
}

/// One line of the current policy that matters here.
struct FoundLine<'a> {
    key: &'a str,
    /// The line in the key's text, its line break included.
    range: Range<usize>,
    offset: usize,
    kind: LineKind,
}

enum LineKind {
    Rule(Fields),
    /// Binds this subject to this role.
    Binding(String, String),
}

impl PolicyPlan<'_> {
    /// The plan for a goal. A policy that does not load is refused: on the server one bad line
    /// stops everything, and nothing can be said about what comes of it.
    pub fn plan(self, goal: Goal) -> Result<Plan> {
        let mut plan = Plan::default();
        let found = self.read(&mut plan)?;
        match goal {
            Goal::Present { .. } => self.present(&found, &mut plan),
            Goal::Absent => self.absent(&found, &mut plan),
        }
        self.warn_of_wider(&found, goal, &mut plan.notes);
        for (key, wanted) in self
            .desired
            .rbac_cm
            .iter()
            .filter(|(key, _)| *key != self.key())
        {
            let now = self.current.get(key);
            match goal {
                Goal::Present { .. } => plan.change(key, now, Some(wanted.to_owned())),
                Goal::Absent if now == Some(wanted) => plan.change(key, now, None),
                Goal::Absent => {}
            }
        }
        Ok(plan)
    }

    fn key(&self) -> &str {
        &self.desired.policy_key
    }

    /// The key that is ours alone.
    fn own_key(&self) -> String {
        self.desired.account.policy_key()
    }

    fn read(&self, plan: &mut Plan) -> Result<Vec<FoundLine<'_>>> {
        let mut found = Vec::new();
        for (key, text) in self.current.data.iter().flat_map(|data| data.policies()) {
            let mut is_template = false;
            for numbered in lines(&key.into(), text) {
                let kind = match &numbered.line {
                    Line::Blank | Line::Comment | Line::Ignored => continue,
                    Line::Policy(rule) => {
                        let fields = [
                            &rule.subject,
                            &rule.resource,
                            &rule.action,
                            &rule.object,
                            &rule.effect,
                        ];
                        LineKind::Rule(fields.map(|value| value.text.clone().into_owned()))
                    }
                    Line::Grouping(binding) => LineKind::Binding(
                        binding.subject.text.clone().into_owned(),
                        binding.role.text.clone().into_owned(),
                    ),
                    Line::Invalid(_) if is_tag(numbered.text) => {
                        if !is_template {
                            let place = self.places.locate(key, numbered.offset);
                            plan.say(
                                NoteLevel::Warning,
                                format!(
                                    "{place}: {key} has lines of a template: which rules they add is unknown"
                                ),
                            );
                        }
                        is_template = true;
                        continue;
                    }
                    Line::Invalid(error) => {
                        return Err(Error::input(format!("the policy does not load: {error}"))
                        .at(self.places.locate(key, error.offset))
                        .hint(error.hint())
                        .hint(
                            "one such line keeps the server from loading any policy, even for admin: correct it first",
                        ));
                    }
                };
                found.push(FoundLine {
                    key,
                    range: line_range(text, &numbered),
                    offset: numbered.offset,
                    kind,
                });
            }
        }
        Ok(found)
    }

    fn is_wanted(&self, fields: &Fields) -> bool {
        self.desired.rules.iter().any(|rule| rule.fields == *fields)
    }

    fn present(&self, found: &[FoundLine<'_>], plan: &mut Plan) {
        let own = self.key() == self.own_key();
        let text = self.current.get(self.key());
        let mut here = BTreeSet::new();
        let mut gone = Vec::new();
        for line in found.iter().filter(|line| own && line.key == self.key()) {
            match &line.kind {
                LineKind::Rule(fields) if self.is_wanted(fields) && here.insert(fields) => {}
                _ => gone.push(line.range.clone()),
            }
        }
        let missing: Vec<&str> = self
            .desired
            .rules
            .iter()
            .filter(|rule| !found.iter().any(|line| line.is(&rule.fields)))
            .map(|rule| rule.line.as_str())
            .collect();
        let after = match text {
            // A key of our own is written as the template has it, unless some of its rules are
            // elsewhere already.
            None if own && missing.len() == self.desired.rules.len() && !missing.is_empty() => {
                self.desired.rbac_cm.get(self.key()).map(str::to_owned)
            }
            None => (!missing.is_empty()).then(|| format!("{}\n", missing.join("\n"))),
            Some(text) => {
                let left = remove(text, &gone);
                let emptied = left.is_empty() && text.ends_with('\n') && !missing.is_empty();
                let longer = append(&left, &missing);
                Some(if emptied {
                    format!("{longer}\n")
                } else {
                    longer
                })
            }
        };
        let left = here.len() + missing.len();
        plan.change(self.key(), text, after.filter(|_| !own || left > 0));
    }

    fn absent(&self, found: &[FoundLine<'_>], plan: &mut Plan) {
        for (key, text) in self.current.data.iter().flat_map(|data| data.policies()) {
            let lines = found.iter().filter(|line| line.key == key);
            if key == self.own_key() {
                let others = lines.filter(|line| !line.is_rule(|fields| self.is_wanted(fields)));
                for line in others {
                    let place = self.places.locate(key, line.offset);
                    let said = text[line.range.clone()].trim();
                    plan.say(
                        NoteLevel::Note,
                        format!("{place}: removed with {key}, and render had not added it: {said}"),
                    );
                }
                plan.change(key, Some(text), None);
                continue;
            }
            let gone: Vec<_> = lines
                .filter(|line| line.is_rule(|fields| self.is_wanted(fields)))
                .map(|line| line.range.clone())
                .collect();
            if gone.is_empty() {
                continue;
            }
            if key != self.key() {
                for range in &gone {
                    let place = self.places.locate(key, range.start);
                    let said = text[range.clone()].trim();
                    plan.say(
                        NoteLevel::Note,
                        format!(
                            "{place}: removed, although it is in {key}, where render had not \
                                 put it: {said}"
                        ),
                    );
                }
            }
            let left = remove(text, &gone);
            // What render adds to an empty text ends without a line break, a new key's text with one.
            let made_by_render =
                left.is_empty() && text.ends_with('\n') && self.places.is_block(key);
            plan.change(key, Some(text), (!made_by_render).then_some(left));
        }
    }

    /// Names what else reaches the account: rules of its own and roles it is bound to.
    fn warn_of_wider(&self, found: &[FoundLine<'_>], goal: Goal, notes: &mut Vec<Note>) {
        let account = self.desired.account.as_str();
        let verb = match goal {
            Goal::Present { .. } => "also has",
            Goal::Absent => "still has",
        };
        // Of a key of our own only the wanted rules stay; with `--absent` it goes whole.
        let own_goes = goal == Goal::Absent || self.key() == self.own_key();
        for line in found {
            let goes = own_goes && line.key == self.own_key();
            let what = match &line.kind {
                LineKind::Rule(fields) if fields[0] == account && fields[4] == "allow" => {
                    if goes || self.is_wanted(fields) {
                        continue;
                    }
                    format!("{} {} on {}", fields[2], fields[1], fields[3])
                }
                LineKind::Binding(subject, role) if subject == account && !goes => {
                    format!("everything of {role}")
                }
                _ => continue,
            };
            notes.push(Note {
                level: NoteLevel::Warning,
                text: format!(
                    "{}: {account} {verb} {what}",
                    self.places.locate(line.key, line.offset)
                ),
            });
        }
    }
}

impl FoundLine<'_> {
    fn is(&self, wanted: &Fields) -> bool {
        self.is_rule(|fields| fields == wanted)
    }

    fn is_rule(&self, test: impl FnOnce(&Fields) -> bool) -> bool {
        matches!(&self.kind, LineKind::Rule(fields) if test(fields))
    }
}

/// Whether a line is for Helm, Jinja or Terraform to render, and no rule yet.
fn is_tag(line: &str) -> bool {
    let line = line.trim_start();
    ["{{", "{%", "{#", "%{"]
        .iter()
        .any(|tag| line.starts_with(tag))
}

/// A whole line of a text, with its line break.
fn line_range(text: &str, line: &Numbered<'_>) -> Range<usize> {
    let start = text[..line.offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[line.offset..]
        .find('\n')
        .map_or(text.len(), |at| line.offset + at + 1);
    start..end
}

/// The text without some of its lines. If the last line goes and had no line break, the one in
/// front of it goes in its place.
fn remove(text: &str, gone: &[Range<usize>]) -> String {
    let mut left = String::with_capacity(text.len());
    let mut from = 0;
    for range in gone {
        left.push_str(&text[from..range.start]);
        from = range.end;
    }
    left.push_str(&text[from..]);
    if from == text.len() && !text.ends_with('\n') {
        left.pop();
    }
    left
}

/// The text with more lines behind the last one that says something; it ends as it did.
fn append(text: &str, lines: &[&str]) -> String {
    if lines.is_empty() {
        return text.to_owned();
    }
    let added = lines.join("\n");
    let said = text.trim_end_matches(['\n', '\r', ' ', '\t']);
    match text[said.len()..].find('\n') {
        Some(line_break) => {
            let (head, tail) = text.split_at(said.len() + line_break + 1);
            format!("{head}{added}\n{tail}")
        }
        None if text.is_empty() => added,
        None => format!("{text}\n{added}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_go_behind_the_last_one_and_the_end_stays_as_it_was() {
        assert_eq!(append("", &["x", "y"]), "x\ny");
        assert_eq!(append("a\n", &["x"]), "a\nx\n");
        assert_eq!(append("a", &["x"]), "a\nx");
        assert_eq!(append("a\n\n\n", &["x"]), "a\nx\n\n\n");
        assert_eq!(append("a\n", &[]), "a\n");
    }

    proptest! {
        #[test]
        fn what_was_appended_can_be_removed(text in "([ab #]{0,3}\r?\n?){0,6}", n in 1_usize..4) {
            let rule = "p, octopus, applications, get, *, allow";
            let longer = append(&text, &vec![rule; n]);
            let gone: Vec<_> = lines(&"k".into(), &longer)
                .filter(|line| line.text == rule)
                .map(|line| line_range(&longer, &line))
                .collect();
            prop_assert_eq!(gone.len(), n);
            prop_assert_eq!(remove(&longer, &gone), text);
        }
    }
}
