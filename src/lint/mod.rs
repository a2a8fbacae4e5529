//! What is wrong with an Argo CD's accounts and policies, before the server says so.
//!
//! [`Site`] is everything that was read, sorted: the settings that end up in argocd-cm and in
//! argocd-rbac-cm, whichever form they come in, and the policy with its lines. Each [`Rule`] looks
//! at it and reports [`Finding`]s: data, with places that become line and column only when printed.
//! [`fix`] turns the fixes of findings into new texts.

mod about;
mod apps;
mod edit;
mod finding;
pub mod fix;
mod ignore;
mod pattern;
mod rounds;
mod rule;
mod rules;
mod vocabulary;

pub use about::About;
pub use finding::{Finding, Fix, FixEdit, FixTarget, Related, Safety};
pub use rounds::{FixedFile, fix_in_rounds};
pub use rule::Rule;
pub use rules::ALL;

use crate::model::Severity;
use crate::site::Site;
use finding::Findings;

/// Which rules run.
#[derive(Clone, Debug, Default)]
pub struct RuleSelection {
    /// Only these; all, where it is empty.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

impl RuleSelection {
    /// The first id that no rule has, if there is one.
    pub fn unknown(&self) -> Option<&str> {
        let mut ids = self.select.iter().chain(&self.ignore);
        ids.find(|id| rule(id).is_none()).map(String::as_str)
    }

    /// The rules about Applications.
    pub fn of_applications() -> Self {
        Self {
            select: apps::RULES.map(str::to_owned).to_vec(),
            ignore: Vec::new(),
        }
    }

    fn has(&self, id: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|named| named == id);
        (self.select.is_empty() || named(&self.select)) && !named(&self.ignore)
    }
}

/// Returns what an unsafe fix of a rule changes beside the mistake.
pub fn effect(rule: &str) -> &'static str {
    if apps::RULES.contains(&rule) && rule != "duplicate-key" {
        "what Octopus updates"
    } else {
        "permissions"
    }
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static dyn Rule> {
    ALL.iter().copied().find(|rule| rule.about().id == id)
}

/// What was found, in the order of the texts.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings.
    pub findings: Vec<Finding>,
    /// How many more there are that comments in the texts ignore.
    pub ignored: usize,
    /// The rules with more findings than are reported, and how many more each has.
    pub more: Vec<(&'static str, usize)>,
}

impl Outcome {
    /// The worst there is.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// Runs the selected rules.
pub fn run(site: &Site<'_>, selection: &RuleSelection) -> Outcome {
    let (mut findings, mut more) = (Vec::new(), Vec::new());
    for rule in ALL.iter().filter(|rule| selection.has(rule.about().id)) {
        let mut own = Findings::new(rule.about(), &mut findings);
        rule.check(site, &mut own);
        if own.more() > 0 {
            more.push((rule.about().id, own.more()));
        }
    }
    rules::undecided(site, &mut findings);
    let before = findings.len();
    let mut indexes = fix::Indexes::default();
    for finding in &mut findings {
        // What an anchor or alias shares with other places is not edited.
        if finding
            .fix
            .as_ref()
            .is_some_and(|fix| !fix::is_possible(site, fix, &mut indexes))
        {
            finding.fix = None;
        }
    }
    let marked = ignore::marked(site);
    findings.retain(|finding| !(marked[finding.place.file] && ignore::is_ignored(site, finding)));
    let ignored = before - findings.len();
    findings.sort_by(|a, b| {
        let order = |finding: &Finding| (finding.place.file, finding.place.span.start);
        order(a).cmp(&order(b)).then(a.rule.cmp(b.rule))
    });
    Outcome {
        findings,
        ignored,
        more,
    }
}
