//! Expressions that are literals, `.*` and anchors, which are decided without an engine. `.` does
//! not match a newline, and without `(?m)` the anchors stand for the ends of the text.

use std::borrow::Cow;

use memchr::memmem;

use super::program::character;
use super::tree::{Id, Op, Tree, flag};
use super::unicode::simple_fold;
use crate::glob::Stars;

/// An expression that is no more than one comparison. The texts hold no newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegexShape<'p> {
    /// Matches every text: `.*`, the empty expression.
    Any,
    /// Matches this text alone: `^web$`.
    Exact(Cow<'p, str>),
    /// Matches the texts that start so: `^web`, `^web/.*`.
    Prefix(Cow<'p, str>),
    /// Matches the texts that start so and hold no newline: `^web/.*$`.
    PrefixLine(Cow<'p, str>),
    /// Matches the texts that end so: `web$`, `.*web$`.
    Suffix(Cow<'p, str>),
    /// Matches the texts that end so and hold no newline: `^.*web$`.
    SuffixLine(Cow<'p, str>),
    /// Matches the texts that hold this: `web`.
    Contains(Cow<'p, str>),
}

impl RegexShape<'_> {
    /// The same shape with texts of its own.
    pub(crate) fn into_owned(self) -> RegexShape<'static> {
        let own = |literal: Cow<'_, str>| Cow::Owned(literal.into_owned());
        match self {
            Self::Any => RegexShape::Any,
            Self::Exact(literal) => RegexShape::Exact(own(literal)),
            Self::Prefix(literal) => RegexShape::Prefix(own(literal)),
            Self::PrefixLine(literal) => RegexShape::PrefixLine(own(literal)),
            Self::Suffix(literal) => RegexShape::Suffix(own(literal)),
            Self::SuffixLine(literal) => RegexShape::SuffixLine(own(literal)),
            Self::Contains(literal) => RegexShape::Contains(own(literal)),
        }
    }

    /// Whether an expression of this shape matches anywhere in the text.
    pub fn matches(&self, text: &str) -> bool {
        let is_line = || memchr::memchr(b'\n', text.as_bytes()).is_none();
        match self {
            Self::Any => true,
            Self::Exact(literal) => text == literal,
            Self::Prefix(literal) => text.starts_with(&**literal),
            Self::PrefixLine(literal) => text.starts_with(&**literal) && is_line(),
            Self::Suffix(literal) => text.ends_with(&**literal),
            Self::SuffixLine(literal) => text.ends_with(&**literal) && is_line(),
            Self::Contains(literal) => memmem::find(text.as_bytes(), literal.as_bytes()).is_some(),
        }
    }
}

/// Beyond this length the parser has to say whether the expression is too large.
const MAX_QUICK: usize = 1 << 20;

/// The shape of an expression straight from its text; `None` where that takes the parser.
pub(super) fn quick(pattern: &str) -> Option<RegexShape<'_>> {
    if pattern.len() > MAX_QUICK {
        return None;
    }
    let (begin, rest) = strip(pattern, "^");
    let (dots_before, rest) = strip(rest, ".*");
    let (literal, rest) = literal(rest)?;
    let (dots_after, rest) = strip(rest, ".*");
    let (end, rest) = strip(rest, "$");
    if !rest.is_empty() {
        return None;
    }
    shape((begin, end), (dots_before, dots_after), literal)
}

fn strip<'t>(text: &'t str, token: &str) -> (bool, &'t str) {
    match text.strip_prefix(token) {
        Some(rest) => (true, rest),
        None => (false, text),
    }
}

/// The literal at the start of a text, and what follows it.
fn literal(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let special = |byte: &u8| {
        matches!(
            byte,
            b'.' | b'+'
                | b'*'
                | b'?'
                | b'('
                | b')'
                | b'|'
                | b'['
                | b'{'
                | b'^'
                | b'$'
                | b'\\'
                | b'\n'
        )
    };
    let plain = |text: &str| {
        text.bytes()
            .position(|byte| special(&byte))
            .unwrap_or(text.len())
    };
    let (start, mut rest) = text.split_at(plain(text));
    let mut literal = Cow::Borrowed(start);
    while let Some(after) = rest.strip_prefix('\\') {
        let escaped = after.chars().next().filter(char::is_ascii_punctuation)?;
        literal.to_mut().push(escaped);
        let after = &after[1..];
        let (more, end) = after.split_at(plain(after));
        literal.to_mut().push_str(more);
        rest = end;
    }
    Some((literal, rest))
}

/// The shape of one literal with dots before or after it, between anchors or not.
fn shape(
    (begin, end): (bool, bool),
    (dots_before, dots_after): (bool, bool),
    literal: Cow<'_, str>,
) -> Option<RegexShape<'_>> {
    let dots = dots_before || dots_after;
    Some(match (begin, end) {
        (true, true) if literal.is_empty() && dots => RegexShape::PrefixLine(literal),
        (true, true) if !dots => RegexShape::Exact(literal),
        (true, true) if !dots_before => RegexShape::PrefixLine(literal),
        (true, true) if !dots_after => RegexShape::SuffixLine(literal),
        (true, true) => return None,
        _ if literal.is_empty() => RegexShape::Any,
        // In the first line, and in the last.
        (true, false) if dots_before => return None,
        (false, true) if dots_after => return None,
        (true, false) => RegexShape::Prefix(literal),
        (false, true) => RegexShape::Suffix(literal),
        (false, false) => RegexShape::Contains(literal),
    })
}

/// Several literals with `.*` between them. All of it matches within one line: with `^` in the
/// first, with `$` in the last.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    begin: bool,
    end: bool,
    stars: Stars,
}

impl Lines {
    pub(super) fn literal_prefix(&self) -> &str {
        if self.begin { self.stars.first() } else { "" }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        if memchr::memchr(b'\n', text.as_bytes()).is_none() {
            return self.stars.matches(text);
        }
        let mut lines = text.split('\n');
        match (self.begin, self.end) {
            (true, true) => false,
            (true, false) => lines.next().is_some_and(|line| self.stars.matches(line)),
            (false, true) => lines
                .next_back()
                .is_some_and(|line| self.stars.matches(line)),
            (false, false) => lines.any(|line| self.stars.matches(line)),
        }
    }
}

/// What an expression without anything but literals, `.*` and anchors comes to.
#[derive(Clone, Debug)]
pub(super) enum Simple {
    Shape(RegexShape<'static>),
    Lines(Lines),
}

/// What is read off a tree, piece by piece.
#[derive(Default)]
struct Pieces {
    begin: bool,
    end: bool,
    /// The literals between the runs of dots.
    literals: Vec<String>,
}

/// The simple form of a tree, if it has one.
pub(super) fn simple(tree: &Tree, root: Id) -> Option<Simple> {
    let mut pieces = Pieces {
        literals: vec![String::new()],
        ..Pieces::default()
    };
    pieces.read(tree, root)?;
    let Pieces {
        begin,
        end,
        literals,
    } = pieces;
    let short = |dots, literal: &String| shape((begin, end), dots, Cow::Owned(literal.clone()));
    let short = match literals.as_slice() {
        [only] => short((false, false), only),
        [first, last] if first.is_empty() => short((true, false), last),
        [first, last] if last.is_empty() => short((false, true), first),
        [first, middle, last] if first.is_empty() && last.is_empty() => short((true, true), middle),
        _ => None,
    };
    if let Some(shape) = short {
        return Some(Simple::Shape(shape));
    }
    // A side without an anchor is one with dots.
    let mut stars: Vec<&str> = literals.iter().map(String::as_str).collect();
    if !begin {
        stars.insert(0, "");
    }
    if !end {
        stars.push("");
    }
    let last = stars.len() - 1;
    let mut at = 0;
    stars.retain(|literal| {
        at += 1;
        at == 1 || at == last + 1 || !literal.is_empty()
    });
    Some(Simple::Lines(Lines {
        begin,
        end,
        stars: Stars::new(&stars),
    }))
}

impl Pieces {
    fn read(&mut self, tree: &Tree, id: Id) -> Option<()> {
        let node = &tree.nodes[id];
        let nothing_yet = self.literals.len() == 1 && self.literals[0].is_empty();
        match node.op {
            Op::BeginText if nothing_yet => self.begin = true,
            Op::EndText => self.end = true,
            Op::Empty => {}
            Op::Capture | Op::Concat => {
                for sub in &node.subs {
                    self.read(tree, *sub)?;
                }
            }
            _ if self.end => return None,
            Op::Literal => literal_text(node)?.chars().try_for_each(|c| {
                let last = self.literals.last_mut()?;
                (c != '\n').then(|| last.push(c))
            })?,
            Op::Star if tree.op(node.subs[0]) == Op::AnyNotNewline => {
                self.literals.push(String::new());
            }
            _ => return None,
        }
        Some(())
    }
}

/// The text of a literal in which case does not matter or is not ignored.
pub(super) fn literal_text(node: &super::tree::RegexNode) -> Option<String> {
    let exact = |rune| node.flags & flag::FOLD == 0 || simple_fold(rune) == rune;
    let runes = node.runes.iter().copied();
    runes
        .map(|rune| character(rune).filter(|_| exact(rune)))
        .collect()
}
