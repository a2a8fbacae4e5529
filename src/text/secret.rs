//! A text that must never be shown by accident.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// A secret text: `Debug` and `Display` print `***`, and its memory is zeroed on drop.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Takes bytes over. What is not UTF-8 becomes U+FFFD, and the bytes are zeroed.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::new(text),
            Err(error) => {
                let mut bytes = error.into_bytes();
                let text = Self::new(String::from_utf8_lossy(&bytes).into_owned());
                bytes.zeroize();
                text
            }
        }
    }

    /// The text itself, for the few places that must hand it on.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Bytes that grow without leaving copies behind: when it needs more room, the old memory is
/// zeroed before it is given back.
#[derive(Default)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Adds bytes at the end.
    pub fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Vec::with_capacity(needed.max(self.0.capacity() * 2).max(4096));
            larger.extend_from_slice(&self.0);
            // The old vector is dropped by this assignment, and zeroed by that.
            self.0 = Zeroizing::new(larger);
        }
        self.0.extend_from_slice(bytes);
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The whole as a secret text; the buffer is empty afterwards.
    pub fn take(&mut self) -> Secret {
        Secret::from_bytes(std::mem::take(&mut *self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_never_printed() {
        let secret = Secret::new("hunter2");
        assert_eq!(
            format!("{secret} {secret:?} {:?}", Some(&secret)),
            "*** *** Some(***)"
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(
            Secret::from_bytes(b"a\xffb".to_vec()).expose(),
            "a\u{fffd}b"
        );
    }

    #[test]
    fn a_buffer_keeps_what_was_pushed() {
        let mut buffer = SecretBytes::default();
        for _ in 0..5000 {
            buffer.push(b"abc");
        }
        assert_eq!(buffer.len(), 15_000);
        assert_eq!(buffer.bytes()[14_999], b'c');
        assert_eq!(buffer.take().expose(), "abc".repeat(5000));
        assert_eq!(buffer.len(), 0);
    }
}
