//! The report of `can`: yes or no, and why.

use super::Style;
use crate::review::ExplainedDecision;

/// The answer, and with `explain` its reasons, a line each.
pub fn text(decision: &ExplainedDecision, explain: bool, style: Style) -> String {
    let mut text = if decision.allowed { "yes\n" } else { "no\n" }.to_owned();
    for reason in decision.reasons.iter().filter(|_| explain) {
        text.push_str(&style.folded(&format!("  {reason}"), 2));
        text.push('\n');
    }
    text
}
