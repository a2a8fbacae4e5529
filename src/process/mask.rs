//! Takes secrets out of texts that are shown.

use crate::text::Secret;

/// What is where a secret was.
const MASK: &str = "***";
/// A text shorter than this is not masked: it would hit harmless words, and it is not a secret.
const SHORTEST: usize = 4;

/// The secrets that a text about to be shown may hold. Whatever looks like a JSON Web Token is
/// masked beside them: argocd's help text, for one, prints `ARGOCD_AUTH_TOKEN` as the default of a
/// flag.
#[derive(Clone, Debug, Default)]
pub struct Masks(Vec<Secret>);

impl Masks {
    /// Adds a secret; what is shorter than four bytes is not taken.
    pub fn add(&mut self, secret: &Secret) {
        let trimmed = secret.expose().trim();
        if trimmed.len() < SHORTEST || self.0.iter().any(|known| known.expose() == trimmed) {
            return;
        }
        self.0.push(Secret::new(trimmed));
        // The longest first: a secret may be part of another.
        self.0
            .sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
    }

    /// The text with every secret replaced by `***`.
    pub fn apply(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for secret in &self.0 {
            if shown.contains(secret.expose()) {
                shown = shown.replace(secret.expose(), MASK);
            }
        }
        mask_tokens(&shown)
    }
}

/// Masks everything that looks like a JSON Web Token: `eyJ…` with dots between base64url words.
fn mask_tokens(text: &str) -> String {
    const HEAD: &str = "eyJ";
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(HEAD) {
        let length = rest[at..]
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.=".contains(c)))
            .unwrap_or(rest.len() - at);
        shown.push_str(&rest[..at]);
        let word = &rest[at..at + length];
        shown.push_str(if word.contains('.') || word.len() > 40 {
            MASK
        } else {
            word
        });
        rest = &rest[at + length..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masks(secrets: &[&str]) -> Masks {
        let mut masks = Masks::default();
        for secret in secrets {
            masks.add(&Secret::new(*secret));
        }
        masks
    }

    #[test]
    fn every_occurrence_goes_the_longest_first() {
        let masks = masks(&["hunter2", "hunter2-and-more", "abc", "  "]);
        assert_eq!(
            masks.apply("hunter2-and-more, hunter2hunter2 abc"),
            "***, ****** abc"
        );
    }

    #[test]
    fn a_token_that_nobody_announced_is_masked() {
        assert_eq!(
            masks(&[]).apply("(default \"eyJhbGci.eyJpc3M-_i.c2ln\") and eyJ alone, eyJx.y"),
            "(default \"***\") and eyJ alone, ***"
        );
    }
}
