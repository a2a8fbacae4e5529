//! Texts that were read, and places in them.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::Text;

/// A text with the name it was read under: a file's path, `<stdin>`, `<live>`, `<sample>`.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    text: Text,
    /// The lines above its first character and the characters before it on its line, where it is part of another text.
    start: (usize, usize),
    /// Where lines end, found when a place is first asked for: some ask for many.
    ends: Arc<OnceLock<Vec<usize>>>,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.start, &self.text) == (&other.name, other.start, &other.text)
    }
}

impl Eq for Source {}

impl Source {
    /// A text and its name.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Text>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            start: (0, 0),
            ends: Arc::default(),
        }
    }

    /// A part of the text, whose places are those in the whole.
    ///
    /// # Panics
    /// A range that is not in the text or cuts a character.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let start = self.location(range.start);
        Self {
            start: (start.line - 1, start.column - 1),
            ..Self::new(Arc::clone(&self.name), &self.text[range])
        }
    }

    /// Another text in the place of this one.
    #[must_use]
    pub fn with_text(&self, text: impl Into<Text>) -> Self {
        Self {
            start: self.start,
            ..Self::new(Arc::clone(&self.name), text)
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
            ..self.clone()
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
        let above = ends.partition_point(|end| *end < offset);
        let (lines_before, characters_before) = self.start;
        let (line_start, indent) = match above.checked_sub(1) {
            Some(last) => (ends[last] + 1, 0),
            None => (0, characters_before),
        };
        let shown = before[line_start..].trim_start_matches('\u{feff}');
        Location {
            name: Arc::clone(&self.name),
            line: lines_before + above + 1,
            column: indent + shown.chars().count() + 1,
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
    fn a_part_has_its_places_in_the_whole() {
        let whole = Source::new("f.yaml", "a:\n  é: 'b: c'\n");
        let part = whole.part(10..14);
        assert_eq!(part.text(), "b: c");
        assert_eq!(part.location(3), whole.location(13));
        let edited = part.renamed("g.yaml").with_text("b:\n- c");
        assert_eq!(edited.location(0).to_string(), "g.yaml:2:7");
        assert_eq!(edited.location(5).to_string(), "g.yaml:3:3");
        assert_eq!(edited.part(3..6).location(2).to_string(), "g.yaml:3:3");
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let source = Source::new("f.yaml", "\u{feff}a: 1\n");
        assert_eq!(source.location(3).to_string(), "f.yaml:1:1");
    }
}
