//! What is wrong with values of the gateway's chart. No line of them is shown: it may hold a token.

use std::fmt::Write as _;

use super::{Style, printable};
use crate::model::{Location, Severity};
use crate::octopus::Fault;

/// Each fault with its place, and what to do about it.
pub fn faults(faults: &[(&Fault, Location)], style: Style) -> String {
    let mut text = String::new();
    for (fault, place) in faults {
        let word = fault.gravity.as_str();
        let word = match fault.gravity {
            Severity::Error => style.bad(word),
            Severity::Warning => style.warn(word),
            Severity::Note => style.strong(word),
        };
        let place = style.place(&printable(&place.to_string()));
        let _ = writeln!(text, "{word}: {}\n  --> {place}", printable(&fault.text));
        if !fault.help.is_empty() {
            let _ = writeln!(text, "  help: {}", printable(&fault.help));
        }
    }
    text
}
