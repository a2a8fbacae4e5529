//! What becomes of lines or words from one text to another.

use similar::DiffOp;
use similar::algorithms::{Capture, Compact, IdentifyDistinct, Replace, patience};

/// What becomes of lines or words. They are numbered first, so that the algorithm is compiled once:
/// for numbers, whatever they stand for.
pub(super) fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let numbers = IdentifyDistinct::<u32>::new(old, 0..old.len(), new, 0..new.len());
    let (old, new) = (numbers.old_lookup(), numbers.new_lookup());
    let mut found = Compact::new(Replace::new(Capture::new()), old, new);
    let Ok(()) = patience::diff(
        &mut found,
        old,
        numbers.old_range(),
        new,
        numbers.new_range(),
    );
    found.into_inner().into_inner().into_ops()
}
