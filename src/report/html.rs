//! Texts inside HTML pages.

/// Escapes a text for HTML; characters that reorder or control are shown as escapes.
pub(super) fn escape(text: &str) -> String {
    let text = super::printable(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What is put into the page cannot name one of the page's own places.
            '{' => out.push_str("&#123;"),
            c => out.push(c),
        }
    }
    out
}
