//! What a change gives and takes, for every subject.

use std::fmt::Write as _;

use super::{Style, printable};
use crate::review::PermissionChange;

/// The changes in a few lines: `+` is gained, `-` is lost; anyone who is not the account in red.
pub fn text(changes: &[PermissionChange], style: Style) -> String {
    let mut out = format!("{}\n", style.strong("Permissions"));
    for change in changes {
        let sign = match change.change {
            "gained" => '+',
            "lost" => '-',
            _ => '?',
        };
        let PermissionChange {
            subject,
            action,
            resource,
            objects,
            ..
        } = change;
        let line = format!("{sign} {subject}: {action} {resource} {objects}");
        let line = printable(&line);
        let painted = match (change.collateral, change.change) {
            (true, _) | (_, "undecided") => style.bad(&line),
            (_, "gained") => style.good(&line),
            _ => style.warn(&line),
        };
        let why = match (change.collateral, change.example.as_str()) {
            (false, _) => String::new(),
            (true, "") => format!("  ({})", change.line),
            (true, example) => format!("  (for example {example}; {})", change.line),
        };
        let _ = writeln!(out, "{painted}{}", printable(&why));
    }
    if !changes.iter().any(|change| change.collateral) {
        let rest = if changes.is_empty() {
            "  no permissions change"
        } else {
            "  no one else's permissions change"
        };
        let _ = writeln!(out, "{rest}");
    }
    out
}
