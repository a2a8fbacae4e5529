//! Which Applications are meant, by their labels.

use crate::error::{Error, Result};

/// A label selector: all its requirements hold.
pub struct LabelSelector(Vec<(String, Requirement)>);

enum Requirement {
    Is(String),
    IsNot(String),
    Exists,
    IsAbsent,
}

impl LabelSelector {
    /// Reads `key=value`, `key!=value`, `key` and `!key`, with commas between them.
    ///
    /// # Errors
    /// [`crate::error::Kind::Usage`]: something else, or nothing.
    pub fn parse(text: &str) -> Result<Self> {
        let mut all = Vec::new();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (key, requirement) = if let Some((key, value)) = part.split_once("!=") {
                (key, Requirement::IsNot(value.trim().to_owned()))
            } else if let Some((key, value)) =
                part.split_once("==").or_else(|| part.split_once('='))
            {
                (key, Requirement::Is(value.trim().to_owned()))
            } else if let Some(key) = part.strip_prefix('!') {
                (key, Requirement::IsAbsent)
            } else {
                (part, Requirement::Exists)
            };
            let key = key.trim();
            if key.is_empty() || key.contains([' ', '(', ')']) {
                return Err(
                    Error::usage(format!("`{part}` is not a requirement of a selector"))
                        .hint("it understands key=value, key!=value, key and !key"),
                );
            }
            all.push((key.to_owned(), requirement));
        }
        if all.is_empty() {
            return Err(Error::usage("--selector is empty"));
        }
        Ok(Self(all))
    }

    /// Whether labels meet it.
    pub fn matches(&self, labels: &[(&str, &str)]) -> bool {
        self.0.iter().all(|(key, requirement)| {
            let value = labels
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| *value);
            match requirement {
                Requirement::Is(wanted) => value == Some(wanted),
                Requirement::IsNot(other) => value != Some(other),
                Requirement::Exists => value.is_some(),
                Requirement::IsAbsent => value.is_none(),
            }
        })
    }
}
