//! Changes of what a policy or a setting says, for the fixes of findings.

use std::ops::Range;

use super::finding::{FixEdit, FixTarget};
use crate::rbac::Value;
use crate::site::{Located, Spot, field_range};
use crate::yaml::Step;

/// Changes of a value.
pub(super) trait EditSpot {
    /// Names the value.
    fn target(&self) -> FixTarget;
    /// Replaces bytes of the value's decoded text.
    fn splice(&self, range: Range<usize>, text: impl Into<String>) -> FixEdit;
    /// Gives the key another value.
    fn set(&self, text: impl Into<String>) -> FixEdit;
    /// Takes the key out.
    fn remove(&self) -> FixEdit;
    /// Names a sibling key: the same path with another last step.
    fn sibling(&self, key: &str) -> FixTarget;
}

impl EditSpot for Spot<'_> {
    fn target(&self) -> FixTarget {
        FixTarget {
            file: self.file,
            document: self.document.map(|(index, _)| index),
            route: self.route.clone(),
        }
    }

    fn splice(&self, range: Range<usize>, text: impl Into<String>) -> FixEdit {
        FixEdit::Splice {
            target: self.target(),
            range,
            text: text.into(),
        }
    }

    fn set(&self, text: impl Into<String>) -> FixEdit {
        FixEdit::Set {
            target: self.target(),
            text: text.into(),
        }
    }

    fn remove(&self) -> FixEdit {
        FixEdit::Remove {
            target: self.target(),
        }
    }

    fn sibling(&self, key: &str) -> FixTarget {
        let mut target = self.target();
        target.route.pop();
        target.route.push(Step::key(key));
        target
    }
}

/// Changes of a line of a policy.
pub(super) trait EditLine {
    /// Replaces one field's value.
    fn set_field(&self, value: &Value<'_>, text: impl Into<String>) -> FixEdit;
    /// Takes the line out, its line break included.
    fn remove(&self) -> FixEdit;
}

impl<T> EditLine for Located<'_, '_, T> {
    fn set_field(&self, value: &Value<'_>, text: impl Into<String>) -> FixEdit {
        self.text.spot.splice(field_range(value), text)
    }

    fn remove(&self) -> FixEdit {
        let text = self.text.text;
        let at = self.line.offset;
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        match text[at..].find('\n') {
            Some(end) => self.text.spot.splice(start..at + end + 1, ""),
            // The last line: the break before it goes, if there is one.
            None => self
                .text
                .spot
                .splice(start.saturating_sub(1)..text.len(), ""),
        }
    }
}
