//! Names that Kubernetes accepts.

/// Whether an object can have this name (an RFC 1123 subdomain).
pub fn is_object_name(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

/// Whether a namespace can have this name (an RFC 1123 label).
pub fn is_namespace(text: &str) -> bool {
    text.len() <= 63 && is_label(text)
}

fn is_label(part: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(fits) && part.ends_with(fits) && part.chars().all(|c| fits(c) || c == '-')
}
