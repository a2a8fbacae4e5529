//! Templates around YAML: a text that Helm, Jinja or Terraform has yet to render is no YAML, but
//! most of its lines are. What belongs to the template is covered with characters that mean nothing
//! to YAML, byte for byte, so that every place stays where it is.

use std::ops::Range;

/// What a template's tag begins and ends with.
const TAGS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
/// Words that begin a block, which ends with `end…`.
const OPENING: [&str; 11] = [
    "if", "range", "with", "define", "block", "for", "macro", "filter", "call", "raw", "unless",
];

/// A text whose tags of a template are covered.
#[derive(Debug)]
pub(super) struct Covered {
    /// The text with lines of the template as comments, and values of it as words.
    pub(super) text: String,
    /// The tags that are values or parts of them.
    pub(super) values: Vec<Range<usize>>,
    /// The lines that are the template's, and by how many blocks each opens more than it closes.
    pub(super) lines: Vec<(usize, isize)>,
}

/// Covers the tags of a template outside of block scalars; `None` where there are none.
pub(super) fn cover(text: &str) -> Option<Covered> {
    if !["{{", "{%", "{#", "%{"]
        .iter()
        .any(|tag| text.contains(tag))
    {
        return None;
    }
    let mut covered = Covered {
        text: String::with_capacity(text.len()),
        values: Vec::new(),
        lines: Vec::new(),
    };
    let mut block: Option<usize> = None;
    // What ends a tag that began on a line above.
    let mut open: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let at = covered.text.len();
        let trimmed = line.trim_start_matches([' ', '\t', '\u{feff}']);
        let indent = line.len() - trimmed.len();
        if trimmed.trim_end().is_empty() {
            covered.text.push_str(line);
            continue;
        }
        if block.is_some_and(|outer| indent > outer) && open.is_none() {
            covered.text.push_str(line);
            continue;
        }
        block = None;
        let whole = match open {
            Some(end) => {
                open = (!trimmed.contains(end)).then_some(end);
                Some(0)
            }
            None => directives(trimmed, &mut open),
        };
        if let Some(opened) = whole {
            covered.lines.push((at, opened));
            covered.comment(line, indent);
        } else {
            covered.inline(line, at);
            let said = covered.text[at..].trim_end();
            block = opens_block_scalar(said).then_some(indent);
        }
    }
    Some(covered).filter(|covered| !(covered.lines.is_empty() && covered.values.is_empty()))
}

impl Covered {
    /// The offset of the first tag.
    pub(super) fn first(&self) -> Option<usize> {
        let line = self.lines.first().map(|(at, _)| *at);
        let value = self.values.first().map(|value| value.start);
        [line, value].into_iter().flatten().min()
    }

    /// Whether a tag is a part of what these bytes hold.
    pub(super) fn has_value_in(&self, range: &Range<usize>) -> bool {
        let next = self
            .values
            .partition_point(|value| value.start < range.start);
        self.values
            .get(next)
            .is_some_and(|value| value.end <= range.end)
    }

    /// How many blocks are open at an offset.
    pub(super) fn open_at(&self, offset: usize) -> isize {
        let before = self.lines.iter().take_while(|(at, _)| *at < offset);
        before.map(|(_, opened)| opened).sum()
    }

    /// Makes a line a comment of the same length.
    fn comment(&mut self, line: &str, indent: usize) {
        let (blank, said) = line.split_at(indent);
        let first = said.chars().next().map_or(0, char::len_utf8);
        self.text.push_str(blank);
        self.text.push('#');
        self.text
            .extend(std::iter::repeat_n(' ', first.saturating_sub(1)));
        self.text.push_str(&said[first..]);
    }

    /// Covers the tags in a line that says more than they do.
    fn inline(&mut self, line: &str, at: usize) {
        let mut from = 0;
        while let Some((start, end)) = tag(&line[from..]) {
            self.text.push_str(&line[from..from + start]);
            let (start, end) = (from + start, from + end);
            self.text.extend(std::iter::repeat_n('x', end - start));
            self.values.push(at + start..at + end);
            from = end;
        }
        self.text.push_str(&line[from..]);
    }
}

/// The first whole tag in a line.
fn tag(line: &str) -> Option<(usize, usize)> {
    let tags = TAGS.iter().filter_map(|(open, close)| {
        let start = line.find(open)?;
        let end = line[start..].find(close)?;
        Some((start, start + end + close.len()))
    });
    tags.min()
}

/// By how many blocks a line opens more than it closes, if it is nothing but tags. A tag that does
/// not end on the line leaves what ends it in `open`.
fn directives(line: &str, open: &mut Option<&str>) -> Option<isize> {
    const TERRAFORM: (&str, &str) = ("%{", "}");
    let mut opened = 0;
    let mut rest = line.trim();
    let mut any = false;
    while !rest.is_empty() {
        let tags = TAGS.iter().chain(std::iter::once(&TERRAFORM));
        let (begin, end) = tags
            .into_iter()
            .find(|(begin, _)| rest.starts_with(begin))?;
        let inner = &rest[begin.len()..];
        let word = inner.trim_start_matches(['-', '~', ' ', '\t']);
        let word: String = word.chars().take_while(char::is_ascii_alphabetic).collect();
        if word.starts_with("end") {
            opened -= 1;
        } else if OPENING.contains(&word.as_str()) {
            opened += 1;
        }
        any = true;
        let Some(at) = inner.find(end) else {
            *open = Some(match *end {
                "}}" => "}}",
                "%}" => "%}",
                "#}" => "#}",
                _ => "}",
            });
            return Some(opened);
        };
        rest = inner[at + end.len()..].trim_start();
    }
    any.then_some(opened)
}

/// Whether a line ends with the header of a block scalar.
fn opens_block_scalar(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let word = line.rsplit([' ', '\t', ':']).next().unwrap_or_default();
    let marks = word.strip_prefix(['|', '>']);
    marks.is_some_and(|marks| {
        marks.len() <= 2 && marks.chars().all(|c| matches!(c, '+' | '-' | '1'..='9'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_template_become_comments_and_its_values_words_of_the_same_length() {
        let text = "{{- if .x }}\na: {{ .b }}-c\np: |\n  {{- range .y }}\n  g\n{{- end }}\n%{ if z }\n\
                    é: 1\n{{/* over\n two */}}\nq: 2\n";
        let covered = cover(text).unwrap();
        assert_eq!(
            covered.text,
            "#{- if .x }}\na: xxxxxxxx-c\np: |\n  {{- range .y }}\n  g\n#{- end }}\n#{ if z }\n\
             é: 1\n#{/* over\n #wo */}}\nq: 2\n"
        );
        assert_eq!(covered.text.len(), text.len());
        let opened: Vec<_> = covered.lines.iter().map(|(_, opened)| *opened).collect();
        assert_eq!(opened, [1, -1, 1, 0, 0]);
        assert_eq!(&text[covered.values[0].clone()], "{{ .b }}");
        assert!(cover("a: b\n").is_none());
    }
}
