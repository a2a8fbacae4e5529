//! What a rule reports.

use std::ops::Range;

use super::about::About;
use crate::model::Severity;
use crate::site::Place;
use crate::yaml::Step;

/// Another place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there.
    pub message: String,
}

/// Whether a fix may be made without a thought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// No decision and no account's ability changes, for anyone, and no value but the mistaken one
    /// is touched.
    Safe,
    /// It grants or takes something.
    Unsafe,
}

impl Safety {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// What a change applies to: a value of a document, or a bare policy as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FixTarget {
    /// Which text.
    pub file: usize,
    /// Which document of it; a bare policy has none.
    pub document: Option<usize>,
    /// The way from the document's root to the value.
    pub route: Vec<Step>,
}

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FixEdit {
    /// Replaces bytes of a value's decoded text.
    Splice {
        /// The value.
        target: FixTarget,
        /// Its bytes, decoded.
        range: Range<usize>,
        /// What is there instead.
        text: String,
    },
    /// Gives a key a value.
    Set {
        /// The value's place, which may not be there yet.
        target: FixTarget,
        /// The value.
        text: String,
    },
    /// Takes a key and its value out.
    Remove {
        /// The value's place.
        target: FixTarget,
    },
}

impl FixEdit {
    /// What it applies to.
    pub fn target(&self) -> &FixTarget {
        match self {
            Self::Splice { target, .. } | Self::Set { target, .. } | Self::Remove { target } => {
                target
            }
        }
    }
}

/// How to put a finding right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative.
    pub title: String,
    /// Whether it may be made without a thought.
    pub safety: Safety,
    /// The changes, all or none.
    pub changes: Vec<FixEdit>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What is wrong: a sentence without a capital and without a full stop.
    pub message: String,
    /// A few words for the marked characters.
    pub label: String,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// What it means or what to do, a sentence each.
    pub help: Vec<String>,
    /// How to fix it, where that can be said.
    pub fix: Option<Fix>,
}

impl Finding {
    /// Adds a few words for the marked characters.
    pub(super) fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// Adds another place.
    pub(super) fn related(&mut self, place: Place, message: impl Into<String>) -> &mut Self {
        let message = message.into();
        self.related.push(Related { place, message });
        self
    }

    /// Adds what it means or what to do.
    pub(super) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help.push(help.into());
        self
    }

    /// Adds a fix that changes no decision and no account's ability.
    pub(super) fn safe(&mut self, title: impl Into<String>, changes: Vec<FixEdit>) -> &mut Self {
        self.fix(title.into(), Safety::Safe, changes)
    }

    /// Adds a fix that grants or takes something.
    pub(super) fn risky(&mut self, title: impl Into<String>, changes: Vec<FixEdit>) -> &mut Self {
        self.fix(title.into(), Safety::Unsafe, changes)
    }

    fn fix(&mut self, title: String, safety: Safety, changes: Vec<FixEdit>) -> &mut Self {
        self.fix = Some(Fix {
            title,
            safety,
            changes,
        });
        self
    }
}

/// Where a rule reports to.
pub struct Findings<'f> {
    about: &'static About,
    all: &'f mut Vec<Finding>,
    /// How many there were before.
    before: usize,
    more: usize,
    /// Where what is too many goes.
    spare: Option<Finding>,
}

/// The most findings of one rule that are kept. No one reads more, and a hostile text would fill the
/// memory with them.
const MOST: usize = 5_000;

impl<'f> Findings<'f> {
    pub(super) fn new(about: &'static About, all: &'f mut Vec<Finding>) -> Self {
        let before = all.len();
        Self {
            about,
            all,
            before,
            more: 0,
            spare: None,
        }
    }

    /// How many more there are than are kept.
    pub(super) fn more(&self) -> usize {
        self.more
    }

    /// Reports a finding and returns it, so that more can be said.
    pub(super) fn add(&mut self, place: Place, message: impl Into<String>) -> &mut Finding {
        let finding = Finding {
            rule: self.about.id,
            severity: self.about.severity,
            place,
            message: message.into(),
            label: String::new(),
            related: Vec::new(),
            help: Vec::new(),
            fix: None,
        };
        let at = self.all.len();
        if at - self.before >= MOST {
            self.more += 1;
            return self.spare.insert(finding);
        }
        self.all.push(finding);
        &mut self.all[at]
    }
}
