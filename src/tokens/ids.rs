//! The ids of tokens.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use crate::error::{Error, Result};
use crate::text::Moment;

/// The longest id that we make or take.
const LONGEST_ID: usize = 200;

/// Checks an id, or the beginning of one, that the user chose with this flag.
///
/// # Errors
/// If argocd or a shell could take it for something else.
pub fn check_id(flag: &str, id: &str) -> Result<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:@+=".contains(c);
    if id.is_empty() || id.len() > LONGEST_ID || id.starts_with('-') || !id.chars().all(fits) {
        let id = id.escape_debug();
        return Err(Error::usage(format!("{flag} `{id}` cannot be used"))
            .hint("ids have letters, digits and - _ . : @ + =, and do not begin with a dash"));
    }
    Ok(id.to_owned())
}

/// Returns an id that no one else makes; it tells the token's owner and the time it was made.
pub fn new_id(prefix: &str, now: Moment) -> String {
    // The keys of a hasher are the standard library's only randomness; ids are no secrets.
    let random = RandomState::new().build_hasher().finish() & 0xffff_ffff_ffff;
    format!("{prefix}{}-{random:012x}", now.compact())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_whose_and_when_and_differ() {
        let now = Moment(1_795_320_591);
        let (one, other) = (new_id("octopus-", now), new_id("octopus-", now));
        assert!(one.starts_with("octopus-20261122T040951Z-"), "{one}");
        assert_eq!(one.len(), "octopus-20261122T040951Z-".len() + 12);
        assert_ne!(one, other);
        assert_eq!(check_id("--id", &one).unwrap(), one);
    }

    #[test]
    fn odd_ids_are_refused() {
        for wrong in ["", "-x", "a b", "a\nb", "é", &"x".repeat(201)] {
            assert!(check_id("--id", wrong).is_err(), "{wrong:?}");
        }
    }
}
