//! Which requests a statement is about.

/// Requests of one subject, by globs as Argo CD reads them; an exact text is a glob too.
#[derive(Clone, Copy, Debug)]
pub struct Requests<'q> {
    /// The glob of actions, paths included.
    pub action: &'q str,
    /// The glob of resources.
    pub resource: &'q str,
    /// The glob of objects.
    pub object: &'q str,
}

impl Default for Requests<'_> {
    /// All of them.
    fn default() -> Self {
        Self {
            action: "*",
            resource: "*",
            object: "*",
        }
    }
}

/// Whether a glob has more in it than literals.
pub(super) fn is_pattern(glob: &str) -> bool {
    glob.contains(['*', '?', '[', '{', '\\'])
}
