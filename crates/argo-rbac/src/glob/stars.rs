//! Patterns of literals and `*` alone, by far the most common, without a tree of matchers.
//!
//! For them the original is an ordinary wildcard match, with one exception: exactly two literals
//! around one run of stars may overlap (`a*a` matches `a`), which `Glob` treats on its own.

use memchr::memmem;

/// Literals in order, with stars between them; the first and the last may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stars {
    text: Box<str>,
    /// Where each literal but the last ends in the text.
    ends: Box<[usize]>,
}

impl Stars {
    pub(crate) fn new(literals: &[&str]) -> Self {
        let mut ends: Vec<_> = literals
            .iter()
            .scan(0, |end, literal| {
                *end += literal.len();
                Some(*end)
            })
            .collect();
        ends.pop();
        Self {
            text: literals.concat().into(),
            ends: ends.into(),
        }
    }

    pub(crate) fn first(&self) -> &str {
        &self.text[..self.ends.first().copied().unwrap_or(self.text.len())]
    }

    pub(crate) fn last(&self) -> &str {
        &self.text[self.ends.last().copied().unwrap_or(0)..]
    }

    /// Takes each literal at the first place where it can be.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(self.first()) else {
            return false;
        };
        let Some(rest) = rest.strip_suffix(self.last()) else {
            return false;
        };
        let mut rest = rest.as_bytes();
        for ends in self.ends.windows(2) {
            let literal = &self.text.as_bytes()[ends[0]..ends[1]];
            let Some(at) = memmem::find(rest, literal) else {
                return false;
            };
            rest = &rest[at + literal.len()..];
        }
        true
    }
}
