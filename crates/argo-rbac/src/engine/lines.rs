//! From a line's number back to the text it is in.

use std::sync::Arc;

use super::texts::to_u32;
use super::{Enforcer, LineId};
use crate::policy::{Numbered, first_line};

/// A line of a loaded policy, with the key it is under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine<'e> {
    /// The key, [`super::BUILTIN_KEY`], or `AppProject <name>`.
    pub key: Arc<str>,
    /// The line itself and its place in the key's text.
    pub line: Numbered<'e>,
}

impl Enforcer {
    /// The text and place of a line. None for the one rule that is in no text: Argo CD evaluates
    /// a policy without any `p` line once, as though it had one with all fields empty that allows.
    pub fn line(&self, id: LineId) -> Option<SourceLine<'_>> {
        let rules = &self.rules;
        let source = rules.source_of(id.0)?;
        let starts = self.line_starts.get_or_init(|| {
            let (mut starts, mut before) = (Vec::new(), 0);
            for text in rules.texts.pieces() {
                let ends = memchr::memchr_iter(b'\n', text.as_bytes());
                starts.extend(ends.map(|at| to_u32(before + at + 1)));
                before += text.len();
            }
            starts
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
            line: first_line(&source.key, &text[local..], this - first, local),
        })
    }
}
