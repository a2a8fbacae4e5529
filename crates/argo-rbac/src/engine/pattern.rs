//! Patterns as the engine keeps them: most are a literal with a shape, eight bytes; the others are
//! compiled when they are first asked.

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use memchr::memmem;

use super::texts::{NameTable, Span, Texts, to_u32};
use crate::MatchMode;
use crate::glob::{self, Effort, Glob, Panicked};
use crate::regex::{GoRegex, RegexShape};

/// The evaluation of a pattern ended in an error, which denies the whole request: a regular
/// expression that does not compile, or a glob on which the library panics. Where a match was given up,
/// [`Effort`] remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failed;

/// How a literal is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum LiteralShape {
    /// Matches every text.
    Any,
    /// Is the text.
    Literal,
    /// Begins the text.
    Prefix,
    /// Begins the text, and no line feed follows.
    PrefixLine,
    /// Ends the text.
    Suffix,
    /// Ends the text, and no line feed is before it.
    SuffixLine,
    /// Is in the text.
    Contains,
    /// None of these, but cannot fail: the "literal" is a compiled pattern's number.
    Stars,
    /// None of these: the "literal" is a compiled pattern's number.
    Compiled,
}

const SHAPES: [LiteralShape; 9] = [
    LiteralShape::Any,
    LiteralShape::Literal,
    LiteralShape::Prefix,
    LiteralShape::PrefixLine,
    LiteralShape::Suffix,
    LiteralShape::SuffixLine,
    LiteralShape::Contains,
    LiteralShape::Stars,
    LiteralShape::Compiled,
];

/// The longest literal that a [`Compact`] can hold.
const LONGEST: usize = (1 << 26) - 1;

/// A pattern in eight bytes, with two bits to spare for its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compact {
    /// Where the literal begins, or a compiled pattern's number.
    start: u32,
    /// 26 bits of length, four of shape, two of the owner's.
    tag: u32,
}

impl Compact {
    #[inline]
    fn new(shape: LiteralShape, span: Span) -> Self {
        Self {
            start: span.start,
            tag: span.len << 6 | (shape as u32) << 2,
        }
    }

    #[inline]
    pub(super) fn shape(self) -> LiteralShape {
        SHAPES[(self.tag >> 2 & 15) as usize]
    }

    #[inline]
    pub(super) fn literal(self) -> Span {
        Span {
            start: self.start,
            len: self.tag >> 6,
        }
    }

    /// The owner's two bits.
    #[inline]
    pub(super) fn mark(self) -> u32 {
        self.tag & 3
    }

    #[inline]
    pub(super) fn with_mark(self, mark: u32) -> Self {
        Self {
            start: self.start,
            tag: self.tag & !3 | mark & 3,
        }
    }
}

/// A pattern that has no simple shape, compiled.
#[derive(Debug)]
enum Compiled {
    Glob(Glob),
    Regex(GoRegex),
    /// A glob that does not compile matches nothing.
    Never,
    /// A regular expression that does not compile is an error where it is reached.
    Broken,
}

impl Compiled {
    fn new(mode: MatchMode, pattern: &str) -> Self {
        match mode {
            MatchMode::Glob => Glob::compile(pattern).map_or(Self::Never, Self::Glob),
            MatchMode::Regex => GoRegex::compile(pattern).map_or(Self::Broken, Self::Regex),
        }
    }

    fn matches(&self, pattern: &str, text: &str, effort: &Effort) -> Result<bool, Failed> {
        match self {
            Self::Glob(glob) => glob.matches_within(text, effort).map_err(|panicked| {
                if !matches!(panicked, Panicked::SliceBounds { .. }) {
                    effort.leave_undecided(pattern);
                }
                Failed
            }),
            Self::Regex(regex) => Ok(regex.is_match(text)),
            Self::Never => Ok(false),
            Self::Broken => Err(Failed),
        }
    }
}

/// What every text that a pattern matches begins and ends with, as far as that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct PatternEnds<'p> {
    pub(super) begin: &'p str,
    pub(super) end: &'p str,
}

/// The patterns without a simple shape: each distinct text once, compiled when first asked. So that
/// a hostile policy cannot fill the memory, only so many stay compiled.
#[derive(Debug)]
pub(super) struct Patterns {
    mode: MatchMode,
    names: NameTable,
    compiled: Vec<OnceLock<Box<Compiled>>>,
    kept: AtomicUsize,
    effort: Arc<Effort>,
}

impl Patterns {
    pub(super) fn new(mode: MatchMode, effort: Arc<Effort>) -> Self {
        Self {
            mode,
            names: NameTable::default(),
            compiled: Vec::new(),
            kept: AtomicUsize::new(0),
            effort,
        }
    }

    pub(super) fn mode(&self) -> MatchMode {
        self.mode
    }

    /// What the patterns may cost.
    pub(super) fn effort(&self) -> &Arc<Effort> {
        &self.effort
    }

    /// Takes in the pattern at `span`.
    pub(super) fn add(&mut self, texts: &mut Texts, span: Span) -> Compact {
        let pattern = texts.get(span);
        let (shape, literal) = simple(self.mode, pattern);
        if matches!(shape, LiteralShape::Stars | LiteralShape::Compiled) || literal.len() > LONGEST
        {
            let id = self.names.intern(pattern);
            self.compiled.resize_with(self.names.len(), OnceLock::new);
            let shape = shape.max(LiteralShape::Stars);
            return Compact::new(shape, Span { start: id, len: 0 });
        }
        let at = match &literal {
            Cow::Owned(literal) => {
                let literal = literal.clone();
                return Compact::new(shape, texts.push_made(&literal));
            }
            Cow::Borrowed("") => 0,
            // A slice of the pattern.
            Cow::Borrowed(literal) => literal.as_ptr().addr() - pattern.as_ptr().addr(),
        };
        Compact::new(
            shape,
            Span {
                start: span.start + to_u32(at),
                len: to_u32(literal.len()),
            },
        )
    }

    /// Whether a pattern matches a text.
    #[inline]
    pub(super) fn matches(
        &self,
        texts: &Texts,
        pattern: Compact,
        text: &str,
    ) -> Result<bool, Failed> {
        let shape = pattern.shape();
        let bytes = text.as_bytes();
        Ok(match shape {
            LiteralShape::Any => true,
            LiteralShape::Literal => texts.bytes(pattern.literal()) == bytes,
            LiteralShape::Prefix => bytes.starts_with(texts.bytes(pattern.literal())),
            LiteralShape::PrefixLine => bytes
                .strip_prefix(texts.bytes(pattern.literal()))
                .is_some_and(|rest| !rest.contains(&b'\n')),
            LiteralShape::Suffix => bytes.ends_with(texts.bytes(pattern.literal())),
            LiteralShape::SuffixLine => bytes
                .strip_suffix(texts.bytes(pattern.literal()))
                .is_some_and(|rest| !rest.contains(&b'\n')),
            LiteralShape::Contains => memmem::find(bytes, texts.bytes(pattern.literal())).is_some(),
            LiteralShape::Stars | LiteralShape::Compiled => {
                return self.compiled_matches(pattern.start, text);
            }
        })
    }

    fn compiled_matches(&self, id: u32, text: &str) -> Result<bool, Failed> {
        let pattern = self.names.get(id);
        self.with_compiled(id, pattern, |compiled| {
            compiled.matches(pattern, text, &self.effort)
        })
    }

    fn compiles(&self, id: u32, pattern: &str) -> bool {
        self.with_compiled(id, pattern, |compiled| {
            !matches!(compiled, Compiled::Never | Compiled::Broken)
        })
    }

    fn with_compiled<T>(&self, id: u32, pattern: &str, ask: impl FnOnce(&Compiled) -> T) -> T {
        let slot = &self.compiled[id as usize];
        if let Some(compiled) = slot.get() {
            return ask(compiled);
        }
        let compiled = Compiled::new(self.mode, pattern);
        let answer = ask(&compiled);
        let most = match self.mode {
            // A compiled regular expression takes some ten kilobytes, a glob some hundred bytes.
            MatchMode::Regex => 2_000,
            MatchMode::Glob => 200_000,
        };
        if self.kept.fetch_add(1, Ordering::Relaxed) < most {
            // Someone else may have been faster with the same pattern; that is as good.
            let _ = slot.set(Box::new(compiled));
        }
        answer
    }

    /// What every text that a pattern matches begins and ends with. Both are empty where evaluating
    /// the pattern may fail, so that it is always tried.
    pub(super) fn literals<'t>(&'t self, texts: &'t Texts, pattern: Compact) -> PatternEnds<'t> {
        let (mut begin, mut end) = ("", "");
        match pattern.shape() {
            LiteralShape::Literal | LiteralShape::Prefix | LiteralShape::PrefixLine => {
                begin = texts.get(pattern.literal());
            }
            LiteralShape::Suffix | LiteralShape::SuffixLine => end = texts.get(pattern.literal()),
            LiteralShape::Any | LiteralShape::Contains => {}
            LiteralShape::Stars | LiteralShape::Compiled => {
                let text = self.names.get(pattern.start);
                match self.mode {
                    MatchMode::Glob => return self.glob_literals(pattern.start, text),
                    MatchMode::Regex if self.compiles(pattern.start, text) => {
                        begin = regex_beginning(text);
                    }
                    MatchMode::Regex => {}
                }
            }
        }
        PatternEnds { begin, end }
    }

    fn glob_literals<'t>(&'t self, id: u32, text: &'t str) -> PatternEnds<'t> {
        let slot = &self.compiled[id as usize];
        // Kept without a limit: an index is built only for groups that are asked again and again,
        // and a compiled glob is small.
        match &**slot.get_or_init(|| Box::new(Compiled::new(self.mode, text))) {
            Compiled::Glob(glob) if !glob.may_panic() => PatternEnds {
                begin: glob.literal_prefix(),
                end: glob.literal_suffix(),
            },
            _ => PatternEnds { begin: "", end: "" },
        }
    }

    /// The text of a pattern that is compiled; empty for any other.
    pub(super) fn text(&self, pattern: Compact) -> &str {
        match pattern.shape() {
            LiteralShape::Stars | LiteralShape::Compiled => self.names.get(pattern.start),
            _ => "",
        }
    }

    /// Whether evaluating a pattern fails on every text.
    pub(super) fn is_broken(&self, pattern: Compact) -> bool {
        pattern.shape() == LiteralShape::Compiled
            && self.with_compiled(pattern.start, self.text(pattern), |compiled| {
                matches!(compiled, Compiled::Broken)
            })
    }

    /// Whether evaluating a pattern may fail on some text.
    pub(super) fn may_fail(&self, pattern: Compact) -> bool {
        pattern.shape() == LiteralShape::Compiled
            && self.with_compiled(
                pattern.start,
                self.text(pattern),
                |compiled| match compiled {
                    Compiled::Glob(glob) => glob.may_panic(),
                    Compiled::Regex(_) | Compiled::Never => false,
                    Compiled::Broken => true,
                },
            )
    }

    /// Whether a pattern matches no text at all, because it does not compile.
    pub(super) fn is_never(&self, pattern: Compact) -> bool {
        pattern.shape() == LiteralShape::Compiled
            && self.with_compiled(pattern.start, self.text(pattern), |compiled| {
                matches!(compiled, Compiled::Never)
            })
    }

    /// Bytes on the heap, compiled patterns not counted.
    pub(super) fn heap(&self) -> usize {
        self.names.heap() + size_of_val(&*self.compiled)
    }
}

/// The shape and literal of a pattern.
fn simple(mode: MatchMode, pattern: &str) -> (LiteralShape, Cow<'_, str>) {
    let borrowed = |shape, literal| (shape, Cow::Borrowed(literal));
    match mode {
        MatchMode::Glob => match glob::quick_shape(pattern) {
            Some(glob::Shape::Any) => borrowed(LiteralShape::Any, ""),
            Some(glob::Shape::Literal(text)) => borrowed(LiteralShape::Literal, text),
            Some(glob::Shape::Prefix(text)) => borrowed(LiteralShape::Prefix, text),
            Some(glob::Shape::Suffix(text)) => borrowed(LiteralShape::Suffix, text),
            Some(glob::Shape::Generic) => {
                // Neither a prefix nor a suffix: without a star inside, one is on either side.
                let inner = pattern.trim_matches('*');
                if inner.contains('*') {
                    borrowed(LiteralShape::Stars, "")
                } else {
                    borrowed(LiteralShape::Contains, inner)
                }
            }
            None => borrowed(LiteralShape::Compiled, ""),
        },
        MatchMode::Regex => match GoRegex::quick(pattern) {
            Some(RegexShape::Any) => borrowed(LiteralShape::Any, ""),
            Some(RegexShape::Exact(text)) => (LiteralShape::Literal, text),
            Some(RegexShape::Prefix(text)) => (LiteralShape::Prefix, text),
            Some(RegexShape::PrefixLine(text)) => (LiteralShape::PrefixLine, text),
            Some(RegexShape::Suffix(text)) => (LiteralShape::Suffix, text),
            Some(RegexShape::SuffixLine(text)) => (LiteralShape::SuffixLine, text),
            Some(RegexShape::Contains(text)) => (LiteralShape::Contains, text),
            None => borrowed(LiteralShape::Compiled, ""),
        },
    }
}

/// A literal that every text begins with in which an expression is found, read off its text: behind
/// `^`, up to the first character that may mean something, and one less where that repeats it.
fn regex_beginning(pattern: &str) -> &str {
    let Some(anchored) = pattern.strip_prefix('^') else {
        return "";
    };
    if anchored.contains('|') {
        return "";
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "/_-:@ %,;=~#".contains(c);
    let end = anchored.find(|c| !plain(c)).unwrap_or(anchored.len());
    if anchored[end..].starts_with(['*', '?', '+', '{']) {
        &anchored[..end.saturating_sub(1)]
    } else {
        &anchored[..end]
    }
}
