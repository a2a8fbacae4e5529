//! From a line's number back to the text it stands in.

use std::sync::Arc;

use super::texts::to_u32;
use super::{Enforcer, LineId};
use crate::rbac::policy::{Numbered, number_line};

/// A line of a loaded policy, with the key it stands under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine<'e> {
    /// The key, [`super::BUILTIN_KEY`], or `AppProject <name>`.
    pub key: Arc<str>,
    /// The line itself and its place in the key's text.
    pub line: Numbered<'e>,
}

impl Enforcer {
    /// The text and place of a line. None for the one rule that stands in no text: Argo CD evaluates
    /// a policy without any `p` line once, as though it had one with all fields empty that allows.
    pub fn line(&self, id: LineId) -> Option<SourceLine<'_>> {
        let rules = &self.rules;
        let source = rules.source_of(id.0)?;
        let starts = self.line_starts.get_or_init(|| {
            let text = rules.texts.sources();
            text.match_indices('\n')
                .map(|(at, _)| to_u32(at + 1))
                .collect()
        });
        let before = |offset: u32| starts.partition_point(|start| *start <= offset);
        // Line feeds between the source's first byte and the line.
        let (first, this) = (before(source.span.start), before(id.0));
        let start = if this > first {
            starts[this - 1]
        } else {
            source.span.start
        };
        let text = rules.texts.get(source.span);
        let local = (start - source.span.start) as usize;
        Some(SourceLine {
            key: Arc::clone(&source.key),
            line: number_line(&source.key, text, this - first, local),
        })
    }
}
