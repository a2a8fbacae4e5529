//! What a change gives and takes, for every subject.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Style, printable};

/// One thing that someone gains or loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PermissionChange {
    /// The namespace of the Argo CD.
    pub namespace: String,
    /// Who; `(everybody)` through the default role.
    pub subject: String,
    /// `gained`, `lost`, or `undecided` where neither a difference was found nor excluded.
    pub change: &'static str,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The pattern of objects of the rule that makes the difference.
    pub objects: String,
    /// An object for which the answers differ.
    pub example: String,
    /// The line that makes the difference, with its place.
    pub line: String,
    /// Whether it concerns someone other than the account.
    pub collateral: bool,
}

/// The changes in a few lines: `+` is gained, `-` is lost; anyone who is not the account in red.
pub fn text(changes: &[PermissionChange], account: &str, style: Style) -> String {
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
        let rest = if changes.iter().any(|change| change.subject == account) {
            "  no one else's permissions change"
        } else {
            "  no permissions change"
        };
        let _ = writeln!(out, "{rest}");
    }
    out
}
