//! What globs may cost beyond the ordinary.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many steps of some 16 bytes all matches together may take: less than a second.
const STEPS: usize = 3_000_000;

/// The steps that are left for matches which take more than a few of them. It is shared by all
/// patterns of a policy, so that a hundred hostile ones cost no more than one.
#[derive(Debug)]
pub struct Effort {
    left: AtomicUsize,
    undecided: OnceLock<Box<str>>,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            left: AtomicUsize::new(STEPS),
            undecided: OnceLock::new(),
        }
    }
}

impl Effort {
    /// The steps that are left.
    pub(super) fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }

    pub(super) fn spend(&self, steps: usize) {
        let less = |left: usize| Some(left.saturating_sub(steps));
        // It never fails: the closure always gives a value.
        let _ = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Remembers that a pattern was not decided.
    pub fn leave_undecided(&self, pattern: &str) {
        let _ = self.undecided.set(pattern.into());
    }

    /// The first pattern that was not decided on some text, because that would have taken too many
    /// steps. What follows from its answer is not known then.
    pub fn undecided(&self) -> Option<&str> {
        self.undecided.get().map(|pattern| &**pattern)
    }
}
