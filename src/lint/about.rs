//! What is known of a rule before it runs.

use crate::model::Severity;

/// What is known of a rule before it runs.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// In kebab-case: also the name of its module, its type and its page.
    pub id: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    /// Its page, `docs/rules/ID.md`.
    pub page: &'static str,
}

impl About {
    /// What it is about, in one line: the first paragraph of its page.
    pub fn summary(&self) -> String {
        let paragraphs = self.page.split("\n\n").skip(1);
        let first = paragraphs.into_iter().find(|text| !text.starts_with("**"));
        first.unwrap_or_default().replace('\n', " ")
    }
}
