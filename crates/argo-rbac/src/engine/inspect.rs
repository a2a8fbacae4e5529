//! A look at the compiled rules, for proofs about all questions at once.

use std::borrow::Cow;

use super::pattern::{Compact, LiteralShape};
use super::rules::{Effect, Rule, Rules};
use super::texts::Span;
use super::{Enforcer, LineId};
use crate::MatchMode;
use crate::glob;
use crate::policy::{Line, Policy, Value, first_line};

/// A rule that reaches a subject.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reaching<'e> {
    rules: &'e Rules,
    pair: u32,
    rule: Rule,
}

impl<'e> Reaching<'e> {
    /// Its line.
    pub(crate) fn line(self) -> LineId {
        LineId(self.rule.line)
    }

    /// Whether it is the one rule that is in no text.
    pub(crate) fn is_virtual(self) -> bool {
        Rules::is_virtual(self.rule.line)
    }

    /// Whether it allows, denies or neither.
    pub(crate) fn effect(self) -> Effect {
        self.rule.effect()
    }

    /// The number of its pair of resource and action, of this enforcer alone.
    pub(crate) fn pair(self) -> u32 {
        self.pair
    }

    /// Its pattern of resources.
    pub(crate) fn resource(self) -> Pattern<'e> {
        let (resource, _) = self.rules.pairs[self.pair as usize];
        self.pattern(self.rules.resources[resource as usize])
    }

    /// Its pattern of actions.
    pub(crate) fn action(self) -> Pattern<'e> {
        let (_, action) = self.rules.pairs[self.pair as usize];
        self.pattern(self.rules.actions[action as usize])
    }

    /// Its pattern of objects.
    pub(crate) fn object(self) -> Pattern<'e> {
        self.pattern(self.rule.object())
    }

    /// Whether its evaluation may end in an error on some question.
    pub(crate) fn may_fail(self) -> bool {
        [self.resource(), self.action(), self.object()]
            .iter()
            .any(|pattern| pattern.may_fail())
    }

    fn pattern(self, compact: Compact) -> Pattern<'e> {
        Pattern {
            rules: self.rules,
            compact,
        }
    }
}

/// A pattern, and what is known of all texts that it matches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern<'e> {
    rules: &'e Rules,
    compact: Compact,
}

impl<'e> Pattern<'e> {
    /// Whether it matches a text; none where its evaluation fails.
    pub(crate) fn matches(self, text: &str) -> Option<bool> {
        let Rules {
            patterns, texts, ..
        } = self.rules;
        patterns.matches(texts, self.compact, text).ok()
    }

    /// How it is compared.
    pub(crate) fn mode(self) -> MatchMode {
        self.rules.patterns.mode()
    }

    /// A glob that matches the same texts, in glob mode.
    pub(crate) fn glob_text(self) -> Cow<'e, str> {
        let rules = self.rules;
        self.plain_glob()
            .unwrap_or_else(|| rules.patterns.text(self.compact).into())
    }

    /// Whether its evaluation may fail on some text.
    pub(crate) fn may_fail(self) -> bool {
        self.rules.patterns.may_fail(self.compact)
    }

    /// Whether some text may match both it and `other`; a no is certain.
    pub(crate) fn may_meet(self, other: Pattern<'_>) -> bool {
        if let Some(text) = self.only_text() {
            return other.matches(text) != Some(false);
        }
        if let Some(text) = other.only_text() {
            return self.matches(text) != Some(false);
        }
        let mine = self
            .rules
            .patterns
            .literals(&self.rules.texts, self.compact);
        let theirs = other
            .rules
            .patterns
            .literals(&other.rules.texts, other.compact);
        let begin = mine.begin.starts_with(theirs.begin) || theirs.begin.starts_with(mine.begin);
        let end = mine.end.ends_with(theirs.end) || theirs.end.ends_with(mine.end);
        begin
            && end
            && !self.is_never()
            && !other.is_never()
            && match (self.plain_glob(), other.plain_glob()) {
                (Some(mine), Some(theirs)) => glob::may_meet(&mine, &theirs),
                _ => true,
            }
    }

    /// Whether its evaluation fails on every text.
    pub(crate) fn always_fails(self) -> bool {
        self.rules.patterns.is_broken(self.compact)
    }

    /// Whether it matches no text at all.
    pub(crate) fn is_never(self) -> bool {
        self.rules.patterns.is_never(self.compact)
    }

    /// Whether it is known to match every text that `other` matches, or to fail on it.
    pub(crate) fn covers(self, other: Pattern<'_>) -> bool {
        let literal = || self.rules.texts.get(self.compact.literal());
        let theirs = other
            .rules
            .patterns
            .literals(&other.rules.texts, other.compact);
        if let Some(text) = other.only_text() {
            return self.matches(text) != Some(false);
        }
        let shape = self.compact.shape();
        match shape {
            LiteralShape::Any => true,
            LiteralShape::Literal => false,
            LiteralShape::Prefix => theirs.begin.starts_with(literal()),
            LiteralShape::Suffix => theirs.end.ends_with(literal()),
            LiteralShape::Contains => {
                let needle = literal();
                theirs.begin.contains(needle)
                    || theirs.end.contains(needle)
                    || other
                        .plain_glob()
                        .is_some_and(|theirs| glob::covers(&format!("*{needle}*"), &theirs))
            }
            LiteralShape::PrefixLine => {
                other.compact.shape() == shape && theirs.begin.starts_with(literal())
            }
            LiteralShape::SuffixLine => {
                other.compact.shape() == shape && theirs.end.ends_with(literal())
            }
            LiteralShape::Stars => match (self.plain_glob(), other.plain_glob()) {
                (Some(mine), Some(theirs)) => glob::covers(&mine, &theirs),
                _ => false,
            },
            LiteralShape::Compiled => {
                self.rules.patterns.text(self.compact) == other.rules.patterns.text(other.compact)
                    && self.rules.patterns.mode() == other.rules.patterns.mode()
            }
        }
    }

    /// Whether it may match a text that begins with `beginning`; a no is certain.
    pub(crate) fn may_match_under(self, beginning: &str) -> bool {
        if let Some(text) = self.only_text() {
            return text.starts_with(beginning);
        }
        let mine = self
            .rules
            .patterns
            .literals(&self.rules.texts, self.compact);
        (mine.begin.starts_with(beginning) || beginning.starts_with(mine.begin)) && !self.is_never()
    }

    /// Whether every text that it matches begins with `beginning`; a yes is certain.
    pub(crate) fn lies_under(self, beginning: &str) -> bool {
        let mine = self
            .rules
            .patterns
            .literals(&self.rules.texts, self.compact);
        mine.begin.starts_with(beginning)
    }

    /// Whether it is known to match every text that begins with `beginning`.
    pub(crate) fn covers_all_under(self, beginning: &str) -> bool {
        let literal = || self.rules.texts.get(self.compact.literal());
        match self.compact.shape() {
            LiteralShape::Any => true,
            LiteralShape::Prefix => beginning.starts_with(literal()),
            LiteralShape::Contains => beginning.contains(literal()),
            _ => false,
        }
    }

    /// The only text that it matches, if it is of that kind.
    pub(crate) fn only_text(self) -> Option<&'e str> {
        (self.compact.shape() == LiteralShape::Literal)
            .then(|| self.rules.texts.get(self.compact.literal()))
    }

    /// What every text that it matches begins with, as far as that is known.
    pub(crate) fn begin(self) -> &'e str {
        let rules = self.rules;
        rules.patterns.literals(&rules.texts, self.compact).begin
    }

    /// What every text that it matches ends with, as far as that is known.
    pub(crate) fn end(self) -> &'e str {
        let rules = self.rules;
        rules.patterns.literals(&rules.texts, self.compact).end
    }

    /// The glob of literals and stars that matches the same texts without line feeds, if there is
    /// one.
    pub(crate) fn as_plain_glob(self) -> Option<Cow<'e, str>> {
        let rules = self.rules;
        if rules.patterns.mode() == MatchMode::Glob {
            return self.plain_glob();
        }
        let literal = rules.texts.get(self.compact.literal());
        let plain: Cow<'e, str> = match self.compact.shape() {
            LiteralShape::Any => return Some("*".into()),
            LiteralShape::Literal => literal.into(),
            LiteralShape::Prefix | LiteralShape::PrefixLine => format!("{literal}*").into(),
            LiteralShape::Suffix | LiteralShape::SuffixLine => format!("*{literal}").into(),
            LiteralShape::Contains => format!("*{literal}*").into(),
            LiteralShape::Stars | LiteralShape::Compiled => return None,
        };
        (!literal.contains('*')).then_some(plain)
    }

    /// Whether the two literals around its only star may overlap.
    pub(crate) fn may_overlap(self) -> bool {
        self.compact.shape() == LiteralShape::Stars
    }

    /// The glob of literals and stars that it is, if it is one.
    fn plain_glob(self) -> Option<Cow<'e, str>> {
        let rules = self.rules;
        if rules.patterns.mode() != MatchMode::Glob {
            return None;
        }
        let literal = rules.texts.get(self.compact.literal());
        Some(match self.compact.shape() {
            LiteralShape::Any => "*".into(),
            LiteralShape::Literal => literal.into(),
            LiteralShape::Prefix => format!("{literal}*").into(),
            LiteralShape::Suffix => format!("*{literal}").into(),
            LiteralShape::Contains => format!("*{literal}*").into(),
            LiteralShape::Stars => rules.patterns.text(self.compact).into(),
            LiteralShape::PrefixLine | LiteralShape::SuffixLine | LiteralShape::Compiled => {
                return None;
            }
        })
    }
}

impl Enforcer {
    /// Every rule that reaches a subject, itself and through roles, in load order. The default role
    /// is not among its roles.
    pub(crate) fn reaching(&self, subject: &str) -> Vec<Reaching<'_>> {
        let mut all = Vec::new();
        self.for_reached(subject, |name| all.extend(self.own_rules(name)));
        all.sort_unstable_by_key(|reaching| reaching.line());
        all
    }

    /// The rules of one name itself, by number.
    pub(crate) fn own_rules(&self, name: u32) -> impl Iterator<Item = Reaching<'_>> {
        let rules = &self.rules;
        rules.runs_of(name).flat_map(move |run| {
            let pair = rules.runs[run].pair;
            rules.all[rules.rules_of(run)]
                .iter()
                .map(move |rule| Reaching {
                    rules,
                    pair,
                    rule: *rule,
                })
        })
    }

    /// The fields of a rule's line, all of them empty for the one rule that is in no text.
    pub fn rule(&self, line: LineId) -> Policy<'_> {
        let empty = || Value {
            text: "".into(),
            offset: 0,
        };
        if let Some(Line::Policy(policy)) = self.raw_line(line) {
            return policy;
        }
        let mut effect = empty();
        effect.text = "allow".into();
        Policy {
            subject: empty(),
            resource: empty(),
            action: empty(),
            object: empty(),
            effect,
        }
    }

    /// A line, its number in the text left out of account.
    fn raw_line(&self, line: LineId) -> Option<Line<'_>> {
        if Rules::is_virtual(line.0) {
            return None;
        }
        let texts = &self.rules.texts;
        let source = self.rules.source_of(line.0)?;
        let end = source.span.start + source.span.len;
        let rest = texts.get(Span {
            start: line.0,
            len: end - line.0,
        });
        Some(first_line(&source.key, rest, 0, 0).line)
    }

    /// Every name in the policy: subjects of rules, and both sides of bindings. Numbers of this
    /// policy alone.
    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = (u32, &str)> {
        let rules = &self.rules;
        (0..super::texts::to_u32(rules.names.len())).map(|name| (name, rules.names.get(name)))
    }

    /// Whether a word is anywhere in the policy's text.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        let mut pieces = self.rules.texts.pieces().into_iter();
        pieces.any(|text| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
    }

    /// Whether any line has a rule.
    pub(crate) fn has_rules(&self) -> bool {
        !self
            .rules
            .all
            .iter()
            .all(|rule| Rules::is_virtual(rule.line))
    }

    /// The number of a name.
    pub(crate) fn name(&self, name: &str) -> Option<u32> {
        self.rules.names.find(name)
    }

    /// The text of a name's number.
    pub(crate) fn name_text(&self, name: u32) -> &str {
        self.rules.names.get(name)
    }

    /// The lines of a name's own rules, ascending.
    pub(crate) fn own_lines(&self, name: u32) -> Vec<LineId> {
        let mut lines: Vec<_> = self.own_rules(name).map(Reaching::line).collect();
        lines.sort_unstable();
        lines
    }

    /// The roles that a name is bound to, in the order of their lines.
    pub(crate) fn own_roles(&self, name: u32) -> impl Iterator<Item = u32> {
        self.rules.links_of(name).iter().map(|link| link.role)
    }

    /// The roles that a name is bound to, each with its `g` line, in the order of their lines.
    pub(crate) fn own_links(&self, name: u32) -> impl Iterator<Item = (u32, LineId)> {
        let links = self.rules.links_of(name).iter();
        links.map(|link| (link.role, LineId(link.line)))
    }

    /// Whether a line is one of the built-in policy.
    pub(crate) fn is_builtin(&self, line: LineId) -> bool {
        let first = self.rules.sources.first().filter(|_| self.has_builtin);
        first.is_some_and(|source| line.0 < source.span.start + source.span.len)
    }

    /// Whether a line of this or another enforcer is behind all of this one's texts, where an
    /// `AppProject`'s lines are.
    pub(crate) fn is_behind(&self, line: LineId) -> bool {
        let last = self.rules.sources.last();
        let end = last.map_or(0, |source| source.span.start + source.span.len);
        line.0 >= end && !Rules::is_virtual(line.0)
    }

    /// The text of a line from its first character to its line's end.
    pub(crate) fn line_text(&self, line: LineId) -> &str {
        let Some(source) = self.rules.source_of(line.0) else {
            return "";
        };
        let rest = self.rules.texts.get(Span {
            start: line.0,
            len: source.span.start + source.span.len - line.0,
        });
        rest.split_once('\n')
            .map_or(rest, |(line, _)| line)
            .trim_end()
    }
}
