//! Names that look alike.

/// How many letters have to be changed, put in or left out to make one name of the other.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

/// The known name that was probably meant.
pub fn meant<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let lower = name.to_lowercase();
    let limit = 1 + name.chars().count() / 5;
    known
        .into_iter()
        .map(|known| (distance(&lower, &known.to_lowercase()), known))
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
        assert_eq!(meant("x", known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
