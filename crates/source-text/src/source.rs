//! Texts that were read, and places in them.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Text;

/// A text with the name it was read under: a file's path, `<stdin>`, `<live>`, `<sample>`.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    text: Text,
    /// Where lines end, found when a place is first asked for: some ask for many.
    ends: Arc<OnceLock<Vec<usize>>>,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.text == other.text
    }
}

impl Eq for Source {}

impl Source {
    /// A text and its name.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Text>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            ends: Arc::default(),
        }
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same text under another name.
    #[must_use]
    pub fn renamed(&self, name: &str) -> Self {
        Self {
            name: name.into(),
            text: self.text.clone(),
            ends: Arc::clone(&self.ends),
        }
    }

    /// The whole text, as it was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same, to be kept.
    pub fn shared(&self) -> &Text {
        &self.text
    }

    /// The place of a byte offset into the text. An offset beyond the end is the end; one inside a
    /// character is that character.
    pub fn location(&self, offset: usize) -> Location {
        let offset = floor_char_boundary(&self.text, offset);
        let before = &self.text[..offset];
        let ends = self
            .ends
            .get_or_init(|| memchr::memchr_iter(b'\n', self.text.as_bytes()).collect());
        let line = ends.partition_point(|end| *end < offset) + 1;
        let line_start = line.checked_sub(2).map_or(0, |before| ends[before] + 1);
        let shown = before[line_start..].trim_start_matches('\u{feff}');
        Location {
            name: Arc::clone(&self.name),
            line,
            column: shown.chars().count() + 1,
        }
    }
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A place in a text: `name:line:column`, line and column counted from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The text's name.
    pub name: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.name, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters_from_one() {
        let source = Source::new("f.yaml", "a: 1\nü: é x\n");
        let x = source.text().find('x').unwrap();
        assert_eq!(source.location(0).to_string(), "f.yaml:1:1");
        assert_eq!(source.location(x).to_string(), "f.yaml:2:6");
        assert_eq!(source.location(999).to_string(), "f.yaml:3:1");
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let source = Source::new("f.yaml", "\u{feff}a: 1\n");
        assert_eq!(source.location(3).to_string(), "f.yaml:1:1");
    }
}
