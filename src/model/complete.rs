//! Settings that take from others what they do not say themselves.

/// Settings that can take from others what they do not say themselves.
pub(super) trait Complete {
    fn complete(&mut self, defaults: &Self);
}

impl<T: Clone> Complete for Option<T> {
    fn complete(&mut self, defaults: &Self) {
        if self.is_none() {
            self.clone_from(defaults);
        }
    }
}
