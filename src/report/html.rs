//! HTML pages: no request leaves one, it follows light and dark, it fits a phone, and it prints.

/// Fills in a template: the style that all pages share, and then each named place, in this order.
pub(super) fn page(template: &str, places: &[(&str, &str)]) -> String {
    let mut page = template.replace("{{style}}", include_str!("page.css"));
    for (name, text) in places {
        page = page.replace(&format!("{{{{{name}}}}}"), text);
    }
    page
}

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
