//! Regular expressions as Go's `regexp` understands them: its syntax, its errors, and whether an
//! expression matches anywhere in a text.
//!
//! An expression is parsed in the steps of Go's parser (`parser`, `escape`, `stack`, `factor`),
//! because what it refuses as too deep or too large follows from them, into a tree (`tree`), and
//! that is compiled (`program`) to be run over the text's characters (`search`): in time bounded by
//! the product of both lengths, whatever the expression. Literals with dots and anchors, which
//! policies mostly consist of, are decided by comparison (`shape`).

mod class;
mod error;
mod escape;
mod factor;
mod named;
mod parser;
mod program;
mod rune;
mod search;
mod searcher;
mod shape;
mod stack;
#[cfg(test)]
mod tests;
mod tree;
mod unicode;

pub use error::RegexError;
use searcher::Searcher;
pub use shape::RegexShape;
use shape::{Lines, Simple};

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct GoRegex(RegexForm);

#[derive(Clone, Debug)]
enum RegexForm {
    Shape(RegexShape<'static>),
    Lines(Box<Lines>),
    Program(Box<Searcher>),
}

impl GoRegex {
    /// Compiles an expression.
    ///
    /// # Errors
    /// An expression that does not compile in Go, with Go's text.
    pub fn compile(pattern: &str) -> Result<Self, RegexError> {
        if let Some(shape) = shape::quick(pattern) {
            return Ok(Self(RegexForm::Shape(shape.into_owned())));
        }
        let (tree, root) = parser::parse(pattern)?;
        Ok(Self(match shape::simple(&tree, root) {
            Some(Simple::Shape(shape)) => RegexForm::Shape(shape),
            Some(Simple::Lines(lines)) => RegexForm::Lines(Box::new(lines)),
            None => RegexForm::Program(Box::new(Searcher::new(&tree, root, pattern)?)),
        }))
    }

    /// Whether the expression matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        match &self.0 {
            RegexForm::Shape(shape) => shape.matches(text),
            RegexForm::Lines(lines) => lines.matches(text),
            RegexForm::Program(searcher) => searcher.matches(text),
        }
    }

    /// Every text in which the expression matches starts so.
    pub fn literal_prefix(&self) -> &str {
        match &self.0 {
            RegexForm::Shape(
                RegexShape::Exact(prefix)
                | RegexShape::Prefix(prefix)
                | RegexShape::PrefixLine(prefix),
            ) => prefix,
            RegexForm::Shape(_) => "",
            RegexForm::Lines(lines) => lines.literal_prefix(),
            RegexForm::Program(searcher) => searcher.literal_prefix(),
        }
    }

    /// What a common expression comes to, straight from its text and without compiling it.
    /// `None` says nothing: not even that it compiles.
    pub fn quick(pattern: &str) -> Option<RegexShape<'_>> {
        shape::quick(pattern)
    }
}
