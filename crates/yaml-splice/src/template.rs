//! Templates around YAML: a text that Helm, Jinja or Terraform has yet to render is not YAML, but
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
    /// The lines that are the template's.
    pub(super) lines: Vec<TagLine>,
    /// The lines of block scalars that have tags which are indented no deeper than their keys: YAML alone would not
    /// count them in.
    scalars: Vec<Range<usize>>,
}

/// A line of nothing but tags.
#[derive(Clone, Copy, Debug)]
pub(super) struct TagLine {
    at: usize,
    tags: Tags,
}

/// What the tags of a line do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tags {
    /// By how many blocks they open more than they close.
    opened: isize,
    /// Whether one of them is replaced by text.
    gives_text: bool,
}

/// Covers the tags of a template; `None` where there are none.
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
        scalars: Vec::new(),
    };
    let mut lines = text.split_inclusive('\n');
    // What ends a tag that began on a line above.
    let mut open: Option<&str> = None;
    while let Some(line) = lines.next() {
        let at = covered.text.len();
        let indent = indent(line);
        let said = &line[indent..];
        if said.trim_end().is_empty() {
            covered.text.push_str(line);
            continue;
        }
        let whole = match open {
            Some(end) => {
                open = (!said.contains(end)).then_some(end);
                Some(Tags::default())
            }
            None => directives(said, &mut open),
        };
        if let Some(tags) = whole {
            covered.lines.push(TagLine { at, tags });
            covered.comment(line, indent);
            continue;
        }
        covered.inline(line, at);
        if opens_block_scalar(covered.text[at..].trim_end()) {
            let below = &text[covered.text.len()..];
            let end = covered.block_scalar(below, indent);
            lines = below[end..].split_inclusive('\n');
        }
    }
    Some(covered).filter(|covered| !(covered.lines.is_empty() && covered.values.is_empty()))
}

/// By how many bytes a line is indented.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t', '\u{feff}']).len()
}

/// How many bytes of a text belong to the block scalar whose header is in the line above it, which is indented by
/// `outer`, and how many of those come before the first tag that is indented no deeper. Such a tag is a part of
/// the scalar where everything that it opens is closed in it: `{{ .Values.policy | indent 4 }}` gives lines to it.
fn extent(text: &str, outer: usize) -> (usize, usize) {
    let (mut at, mut end, mut depth) = (0, 0, 0);
    let mut plain: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let indent = indent(line);
        let said = &line[indent..];
        if said.trim_end().is_empty() {
            continue;
        }
        let is_inside = indent > outer;
        let mut open = None;
        match directives(said, &mut open) {
            Some(tags) if open.is_none() => {
                depth += tags.opened;
                if depth < 0 && !is_inside {
                    break;
                }
                if !is_inside {
                    plain.get_or_insert(start);
                }
            }
            Some(_) if plain.is_some() => break,
            _ if is_inside => {}
            _ => break,
        }
        if plain.is_none() || depth == 0 {
            end = at;
        }
    }
    (end, plain.map_or(end, |plain| plain.min(end)))
}

impl Covered {
    /// The offset of the first tag.
    pub(super) fn first(&self) -> Option<usize> {
        let line = self.lines.first().map(|line| line.at);
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
        let before = self.lines.iter().take_while(|line| line.at < offset);
        before.map(|line| line.tags.opened).sum()
    }

    /// Whether the line at an offset is a tag that text takes the place of.
    pub(super) fn gives_lines(&self, offset: usize) -> bool {
        let found = self.lines.binary_search_by_key(&offset, |line| line.at);
        found.is_ok_and(|index| self.lines[index].tags.gives_text)
    }

    /// The end of the block scalar whose lines begin at an offset, where tags are among them that YAML would not
    /// count in.
    pub(super) fn scalar_end(&self, body: usize) -> Option<usize> {
        let found = self.scalars.iter().find(|lines| lines.start == body)?;
        Some(found.end)
    }

    /// Takes over the lines of a block scalar: as they are, and from the first tag on that ends it for YAML, as
    /// comments. Returns how many bytes they are.
    fn block_scalar(&mut self, below: &str, outer: usize) -> usize {
        let (end, plain) = extent(below, outer);
        let body = self.text.len();
        self.text.push_str(&below[..plain]);
        for line in below[plain..end].split_inclusive('\n') {
            match indent(line) {
                indent if line[indent..].trim_end().is_empty() => self.text.push_str(line),
                indent => self.comment(line, indent),
            }
        }
        if plain < end {
            self.lines.push(TagLine {
                at: body + plain,
                tags: Tags::default(),
            });
            self.scalars.push(body..body + end);
        }
        end
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

/// What a line does, if it is nothing but tags. A tag that does not end on the line leaves what ends it in `open`.
fn directives(line: &str, open: &mut Option<&str>) -> Option<Tags> {
    const TERRAFORM: (&str, &str) = ("%{", "}");
    let mut found: Option<Tags> = None;
    let mut rest = line.trim();
    while !rest.is_empty() {
        let mut all = TAGS.iter().chain(std::iter::once(&TERRAFORM));
        let (begin, end) = all.find(|(begin, _)| rest.starts_with(begin))?;
        let inner = &rest[begin.len()..];
        let word = inner.trim_start_matches(['-', '~', ' ', '\t']);
        let is_comment = word.starts_with("/*");
        let word: String = word.chars().take_while(char::is_ascii_alphabetic).collect();
        let tags = found.get_or_insert_default();
        if word.starts_with("end") {
            tags.opened -= 1;
        } else if OPENING.contains(&word.as_str()) {
            tags.opened += 1;
        } else if *begin == "{{" && !is_comment && word != "else" {
            tags.gives_text = true;
        }
        let Some(at) = inner.find(end) else {
            *open = Some(end);
            return found;
        };
        rest = inner[at + end.len()..].trim_start();
    }
    found
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
        let opened: Vec<_> = covered.lines.iter().map(|line| line.tags.opened).collect();
        assert_eq!(opened, [1, 0, 1, 0, 0]);
        assert_eq!(&text[covered.values[0].clone()], "{{ .b }}");
        assert!(cover("a: b\n").is_none());
    }
}
