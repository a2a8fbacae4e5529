//! Names that look alike.

use strsim::osa_distance;

/// The known name that was probably meant.
pub fn meant<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let lower = name.to_lowercase();
    let limit = 1 + name.chars().count() / 5;
    known
        .into_iter()
        .map(|known| (osa_distance(&lower, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= limit && known.chars().count() > *distance)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["applications", "applicationsets", "logs", "get"];
        assert_eq!(meant("application", known), Some("applications"));
        assert_eq!(meant("Applicatons", known), Some("applications"));
        assert_eq!(meant("log", known), Some("logs"));
        assert_eq!(meant("lgos", known), Some("logs"));
        assert_eq!(meant("x", known), None);
    }
}
