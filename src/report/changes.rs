//! The report of `diff`: every object before and after, and the permissions that change.

use serde_json::json;

use super::diff::{Pair, unified};
use super::{Report, Style};
use crate::change::{Planned, Side};
use crate::review::PermissionChange;
use crate::text::counted;

/// The change in one line.
pub fn summary(sides: &[Side], changes: Option<&[PermissionChange]>) -> String {
    let differ = sides.iter().filter(|side| side.differs());
    let mut words = vec![format!("{} to change", counted(differ.count(), "object"))];
    let count = |word: &str| {
        let alike = changes.into_iter().flatten();
        alike.filter(|one| one.change == word).count()
    };
    for word in ["gained", "lost", "undecided"] {
        if count(word) > 0 {
            words.push(format!("{} {word}", counted(count(word), "permission")));
        }
    }
    if changes.into_iter().flatten().any(|one| one.collateral) {
        words.push("not only the account's".to_owned());
    }
    words.join(", ")
}

/// A versioned document.
pub fn json(
    sides: &[Side],
    planned: &[Planned<'_>],
    permissions: Option<&[PermissionChange]>,
    context_lines: usize,
) -> Report {
    let objects: Vec<_> = sides
        .iter()
        .enumerate()
        .map(|(index, side)| {
            let planned = planned.get(index);
            let changes: Vec<_> = planned
                .iter()
                .flat_map(|planned| &planned.plan.changes)
                .map(|change| {
                    json!({"key": change.key, "before": change.before, "after": change.after})
                })
                .collect();
            let text = unified(pair(side), context_lines, Style::new(false));
            json!({
                "object": side.name,
                "file": planned.map(|planned| planned.object.source().name()),
                "changed": side.differs(),
                "changes": changes,
                "diff": text,
            })
        })
        .collect();
    let collateral = permissions.map(|all| all.iter().any(|change| change.collateral));
    let report = json!({
        "schema": "diff/v1",
        "objects": objects,
        "permissions": permissions,
        "collateral": collateral,
    });
    Report::Json(report)
}

/// An object before and after, as the text diff takes it.
pub fn pair(side: &Side) -> Pair<'_> {
    Pair {
        name: &side.name,
        live: &side.live,
        desired: &side.desired,
    }
}
