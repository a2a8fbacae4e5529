//! Glob patterns as gobwas/glob v0.2.3 without separators understands them, its mistakes included:
//! they decide who gets in. `*` crosses `/`, the order of alternatives matters, `a*a` matches `a`,
//! `?` matches the empty text, and some patterns panic on some texts.
//!
//! A pattern is lexed, parsed and compiled in the steps of the original (`lexer`, `ast`,
//! `compiler`), because its answers follow from them, and is matched by the same kinds of matchers
//! (`matcher`, `index`). Patterns of literals and stars take a shorter way to the same answers (`stars`),
//! and so do matches that turn out to cost much (`sweep`).

mod ast;
mod compiler;
mod effort;
mod error;
mod index;
mod lexer;
mod literal;
mod matcher;
mod relate;
mod stars;
mod sweep;
#[cfg(test)]
mod tests;
mod utf8;

use memchr::memmem;

use ast::Parsed;
pub use effort::Effort;
pub use error::{GlobError, Panicked};
use matcher::{MAX_WORK, MatchRun, Matcher, ORDINARY_WORK};
pub use relate::covers;
pub(crate) use relate::{may_meet, plain_variants};
pub(crate) use stars::Stars;

/// What an index may know of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape<'p> {
    /// Matches this text alone.
    Literal(&'p str),
    /// Matches exactly the texts that start so.
    Prefix(&'p str),
    /// Matches exactly the texts that end so.
    Suffix(&'p str),
    /// Matches everything.
    Any,
    /// Must be tried.
    Generic,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Glob(GlobForm);

#[derive(Clone, Debug)]
enum GlobForm {
    Any,
    Literal(Box<str>),
    Prefix(Box<str>),
    Suffix(Box<str>),
    Contains(Box<str>),
    /// Starts with the part before the offset and ends with the part after it; both may overlap.
    PrefixSuffix(Box<str>, u32),
    Stars(Box<Stars>),
    General(Box<General>),
    TooComplex,
}

#[derive(Clone, Debug)]
struct General {
    matcher: Matcher,
    prefix: Box<str>,
    suffix: Box<str>,
    may_panic: bool,
    /// Whether sweeping it gives the original's answers on ASCII texts.
    sweeps: bool,
}

impl General {
    fn matches(&self, text: &str, effort: &Effort) -> Result<bool, Panicked> {
        let possible = text.starts_with(&*self.prefix) && text.ends_with(&*self.suffix);
        if !possible && !self.may_panic {
            return Ok(false);
        }
        let mut run = MatchRun::of(ORDINARY_WORK);
        match self.matcher.matches(text.as_bytes(), &mut run) {
            Err(Panicked::GaveUp) => {}
            answer => return answer,
        }
        let mut run = MatchRun::of(MAX_WORK.min(effort.left()));
        let answer = if self.sweeps && text.is_ascii() {
            sweep::matches(&self.matcher, text, &mut run)
        } else {
            self.matcher.matches(text.as_bytes(), &mut run)
        };
        effort.spend(run.work);
        answer
    }
}

/// Whether a pattern's text is literals and stars and nothing else.
fn is_plain(pattern: &str) -> bool {
    let special = |b: &u8| matches!(b, b'?' | b'[' | b'{' | b'\\' | 0);
    let replaced = || !pattern.is_ascii() && pattern.contains(char::REPLACEMENT_CHARACTER);
    !pattern.as_bytes().iter().any(special) && !replaced()
}

/// The shape of a pattern straight from its text. `None`: the pattern must be compiled to know.
/// `Some(Shape::Generic)`: it compiles, and cannot panic.
pub fn quick_shape(pattern: &str) -> Option<Shape<'_>> {
    if !is_plain(pattern) {
        return None;
    }
    let Some(first) = pattern.find('*') else {
        return Some(Shape::Literal(pattern));
    };
    let head = &pattern[..first];
    let tail = pattern[first..].trim_start_matches('*');
    Some(match (head, tail) {
        ("", "") => Shape::Any,
        (_, "") => Shape::Prefix(head),
        ("", _) if !tail.contains('*') => Shape::Suffix(tail),
        _ => Shape::Generic,
    })
}

impl Glob {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// A pattern that gobwas refuses, with its text. A pattern too complex for bounded space compiles, and
    /// matching it fails.
    pub fn compile(pattern: &str) -> Result<Self, GlobError> {
        if let Some(form) = plain(pattern) {
            return Ok(Self(form));
        }
        let children = match ast::parse(pattern)? {
            Parsed::Tree(children) => children,
            Parsed::TooDeep => return Ok(Self(GlobForm::TooComplex)),
        };
        Ok(Self(match compiler::compile(children) {
            Ok(matcher) => general(matcher),
            Err(compiler::TooComplex) => GlobForm::TooComplex,
        }))
    }

    /// Whether the pattern matches the whole text.
    ///
    /// # Errors
    /// A panic of gobwas, or a limit where gobwas would hang: Argo CD denies the request.
    pub fn matches(&self, text: &str) -> Result<bool, Panicked> {
        self.matches_within(text, &Effort::default())
    }

    /// Whether the pattern matches the whole text, for a share of what all patterns may cost.
    ///
    /// # Errors
    /// Those of [`Self::matches`], and [`Panicked::GaveUp`] sooner.
    pub fn matches_within(&self, text: &str, effort: &Effort) -> Result<bool, Panicked> {
        Ok(match &self.0 {
            GlobForm::Any => true,
            GlobForm::Literal(literal) => **literal == *text,
            GlobForm::Prefix(prefix) => text.starts_with(&**prefix),
            GlobForm::Suffix(suffix) => text.ends_with(&**suffix),
            GlobForm::Contains(needle) => {
                memmem::find(text.as_bytes(), needle.as_bytes()).is_some()
            }
            GlobForm::PrefixSuffix(both, at) => {
                let (prefix, suffix) = split(both, *at);
                text.starts_with(prefix) && text.ends_with(suffix)
            }
            GlobForm::Stars(stars) => stars.matches(text),
            GlobForm::General(general) => return general.matches(text, effort),
            GlobForm::TooComplex => return Err(Panicked::TooComplex),
        })
    }

    /// What an index may rely on for every text.
    pub fn shape(&self) -> Shape<'_> {
        match &self.0 {
            GlobForm::Any => Shape::Any,
            GlobForm::Literal(literal) => Shape::Literal(literal),
            GlobForm::Prefix(prefix) => Shape::Prefix(prefix),
            GlobForm::Suffix(suffix) => Shape::Suffix(suffix),
            _ => Shape::Generic,
        }
    }

    /// Every text that matches starts so.
    pub fn literal_prefix(&self) -> &str {
        match &self.0 {
            GlobForm::Literal(prefix) | GlobForm::Prefix(prefix) => prefix,
            GlobForm::PrefixSuffix(both, at) => split(both, *at).0,
            GlobForm::Stars(stars) => stars.first(),
            GlobForm::General(general) => &general.prefix,
            GlobForm::Any | GlobForm::Suffix(_) | GlobForm::Contains(_) | GlobForm::TooComplex => {
                ""
            }
        }
    }

    /// Every text that matches ends so.
    pub fn literal_suffix(&self) -> &str {
        match &self.0 {
            GlobForm::Literal(suffix) | GlobForm::Suffix(suffix) => suffix,
            GlobForm::PrefixSuffix(both, at) => split(both, *at).1,
            GlobForm::Stars(stars) => stars.last(),
            GlobForm::General(general) => &general.suffix,
            GlobForm::Any | GlobForm::Prefix(_) | GlobForm::Contains(_) | GlobForm::TooComplex => {
                ""
            }
        }
    }

    /// Whether [`Self::matches`] may end in an error that denies the request, so that the pattern
    /// has to be tried whatever its literals say. A match that is given up does not count: there
    /// the literals decide rightly.
    pub fn may_panic(&self) -> bool {
        match &self.0 {
            GlobForm::General(general) => general.may_panic,
            GlobForm::TooComplex => true,
            _ => false,
        }
    }
}

fn split(both: &str, at: u32) -> (&str, &str) {
    both.split_at(at as usize)
}

fn prefix_suffix(prefix: &str, suffix: &str) -> GlobForm {
    match u32::try_from(prefix.len()) {
        Ok(at) => GlobForm::PrefixSuffix([prefix, suffix].concat().into(), at),
        Err(_) => GlobForm::TooComplex,
    }
}

/// The form of a pattern of literals and stars, from its text.
fn plain(pattern: &str) -> Option<GlobForm> {
    Some(match quick_shape(pattern)? {
        Shape::Any => GlobForm::Any,
        Shape::Literal(literal) => GlobForm::Literal(literal.into()),
        Shape::Prefix(prefix) => GlobForm::Prefix(prefix.into()),
        Shape::Suffix(suffix) => GlobForm::Suffix(suffix.into()),
        Shape::Generic => {
            let first = pattern.find('*').unwrap_or(0);
            let last = pattern.rfind('*').map_or(0, |at| at + 1);
            let (head, tail) = (&pattern[..first], &pattern[last..]);
            let middle = pattern[first..last]
                .split('*')
                .filter(|part| !part.is_empty());
            let mut literals = vec![head];
            literals.extend(middle);
            literals.push(tail);
            match literals.as_slice() {
                [prefix, suffix] => prefix_suffix(prefix, suffix),
                ["", needle, ""] => GlobForm::Contains((*needle).into()),
                literals => GlobForm::Stars(Box::new(Stars::new(literals))),
            }
        }
    })
}

/// The form of a compiled pattern.
fn general(matcher: Matcher) -> GlobForm {
    match matcher {
        Matcher::Super => GlobForm::Any,
        Matcher::Nothing => GlobForm::Literal("".into()),
        Matcher::Text(own) => GlobForm::Literal(own.text),
        Matcher::Prefix(prefix) => GlobForm::Prefix(prefix),
        Matcher::Suffix(suffix) => GlobForm::Suffix(suffix),
        Matcher::Contains { not: false, needle } => GlobForm::Contains(needle),
        Matcher::PrefixSuffix(prefix, suffix) => prefix_suffix(&prefix, &suffix),
        matcher => GlobForm::General(Box::new(General {
            prefix: literal::prefix(&matcher).into(),
            suffix: literal::suffix(&matcher).into(),
            may_panic: literal::may_panic(&matcher),
            sweeps: !literal::may_panic(&matcher) && sweep::is_sound(&matcher),
            matcher,
        })),
    }
}
