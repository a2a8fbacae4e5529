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

use super::Style;
use crate::lint::{ALL, Finding, Safety, effect};
use crate::model::{Location, Severity, Source};
use crate::site::{Place, Site};

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
    /// How to fix it.
    pub fix: Option<ShownFix>,
}

/// How a finding is fixed.
#[derive(Clone, Debug)]
pub struct ShownFix {
    /// The change, as an imperative.
    pub title: String,
    /// The side effect of an unsafe fix; `None` for a safe one.
    pub effect: Option<&'static str>,
}

impl<'s> ShownFinding<'s> {
    /// Findings of `lint`, with the texts that they are in.
    pub fn all(findings: &[Finding], site: &Site<'s>) -> Vec<Self> {
        let mark = |place: &Place, label: &str| Mark {
            source: site.source(place.file),
            span: place.span.clone(),
            label: label.to_owned(),
        };
        let shown = findings.iter().map(|finding| Self {
            rule: finding.rule,
            level: finding.severity,
            message: finding.message.clone(),
            mark: mark(&finding.place, &finding.label),
            related: finding
                .related
                .iter()
                .map(|one| mark(&one.place, &one.message))
                .collect(),
            help: finding.help.clone(),
            fix: finding.fix.as_ref().map(|fix| ShownFix {
                title: fix.title.clone(),
                effect: (fix.safety == Safety::Unsafe).then(|| effect(finding.rule)),
            }),
        });
        shown.collect()
    }
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

impl RuleInfo {
    /// All rules of `lint`.
    pub fn all() -> Vec<Self> {
        let about = ALL.iter().map(|rule| rule.about());
        let all = about.map(|about| Self {
            id: about.id,
            level: about.severity,
            summary: about.summary(),
            page: about.page,
        });
        all.collect()
    }
}

/// All rules of `lint`, a row each.
pub fn rules(style: Style) -> String {
    let rules = RuleInfo::all().into_iter();
    let rows = rules.map(|rule| vec![rule.id.into(), rule.level.as_str().into(), rule.summary]);
    let rows: Vec<Vec<String>> = rows.collect();
    super::table(&["RULE", "SEVERITY", "DESCRIPTION"], &rows, style)
}
