//! Findings of `lint`: for people, for programs, for other tools' formats.

mod github;
mod json;
mod junit;
mod sarif;
mod text;

use std::ops::Range;

pub use github::github;
pub use json::{items, json};
pub use junit::junit;
pub use sarif::sarif;
pub use text::{Counts, summary, text};

use crate::model::{Location, Severity, Source};

/// Some bytes of a text.
#[derive(Clone, Debug)]
pub struct Mark<'a> {
    /// The text.
    pub source: &'a Source,
    /// The bytes.
    pub span: Range<usize>,
    /// A few words for them.
    pub label: String,
}

impl Mark<'_> {
    /// Where it begins.
    pub fn start(&self) -> Location {
        self.source.location(self.span.start)
    }

    /// Where it ends.
    pub fn end(&self) -> Location {
        self.source.location(self.span.end)
    }
}

/// A finding, ready to be shown.
#[derive(Clone, Debug)]
pub struct ShownFinding<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// How bad it is.
    pub level: Severity,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub mark: Mark<'a>,
    /// Other places that belong to it.
    pub related: Vec<Mark<'a>>,
    /// What it means or what to do.
    pub help: Vec<String>,
    /// How to fix it: what that does, and whether it is safe.
    pub fix: Option<(String, bool)>,
}

/// A rule, for formats that list them.
#[derive(Clone, Debug)]
pub struct RuleInfo {
    /// Its id.
    pub id: &'static str,
    /// How bad its findings are.
    pub level: Severity,
    /// What it is about, in one line.
    pub summary: String,
    /// Its page, Markdown.
    pub page: &'static str,
}
