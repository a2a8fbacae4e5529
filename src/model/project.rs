//! AppProject names.

use std::fmt;

/// The name of an AppProject: a name, never a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProjectName(String);

impl ProjectName {
    /// Checks a name by the API server's rule (an RFC 1123 subdomain).
    ///
    /// # Errors
    /// Says why no AppProject can have this name.
    pub fn new(name: &str) -> Result<Self, String> {
        let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let label = |label: &str| {
            label.starts_with(alphanumeric)
                && label.ends_with(alphanumeric)
                && label.chars().all(|c| alphanumeric(c) || c == '-')
        };
        if name.len() > 253 || !name.split('.').all(label) {
            return Err(format!(
                "`{}` is not the name of a project: lower-case letters, digits, `-` and `.`, no pattern; name each project",
                name.escape_debug()
            ));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_no_names() {
        for wrong in [
            "", "*", "team-*", "Team", "a b", "-a", "a.", "{a,b}", "a/b", "a\n",
        ] {
            assert!(ProjectName::new(wrong).is_err(), "{wrong:?}");
        }
        for name in ["default", "team-a", "a.b", "1"] {
            assert_eq!(ProjectName::new(name).unwrap().as_str(), name);
        }
    }
}
