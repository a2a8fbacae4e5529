//! A bound on what statements about all questions cost.

use std::cell::Cell;

/// How many steps a whole run may take: a few seconds' worth.
const STEPS: u64 = 20_000_000;

/// The steps that a run has left. A step is about one comparison of two patterns; what is not found
/// out when none is left counts as undecided.
#[derive(Debug)]
pub struct Budget(Cell<u64>);

impl Default for Budget {
    fn default() -> Self {
        Self::of(STEPS)
    }
}

impl Budget {
    /// A budget of so many steps.
    pub fn of(steps: u64) -> Self {
        Self(Cell::new(steps))
    }

    /// Whether nothing is left: then some statements of the run may be undecided for this reason.
    pub fn is_spent(&self) -> bool {
        self.0.get() == 0
    }

    /// Takes steps; false when there were not enough.
    pub(super) fn spend(&self, steps: usize) -> bool {
        let left = self.0.get().saturating_sub(steps as u64);
        self.0.set(left);
        left > 0
    }
}
