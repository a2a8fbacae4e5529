//! Numbers of things, in words.

/// A number with its noun: `1 line`, `2 lines`.
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
