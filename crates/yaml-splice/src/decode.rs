//! Which bytes of the text each byte of a decoded scalar came from.

use std::ops::Range;

use super::node::{Node, Scalar};
use super::resolve::ScalarStyle;
use super::runs::{Run, Runs};
use super::trivia::{part, without_break};

impl Scalar {
    pub(super) fn runs(&self, text: &str, span: &Range<usize>) -> &[Run] {
        self.runs.get_or_init(|| {
            let out = match self.style {
                ScalarStyle::Literal | ScalarStyle::Folded => self.block_runs(text, span.end),
                ScalarStyle::Plain => flow_runs(text, span.clone(), Quote::None),
                ScalarStyle::SingleQuoted => flow_runs(text, inside(span), Quote::Single),
                ScalarStyle::DoubleQuoted => flow_runs(text, inside(span), Quote::Double),
            };
            out.finish(self.value.len())
        })
    }

    fn block_runs(&self, text: &str, end: usize) -> RunBuilder {
        let mut out = RunBuilder::default();
        let Some(block) = self.block.as_deref() else {
            return out;
        };
        let folded = self.style == ScalarStyle::Folded;
        // Line breaks since the last content line, and whether that line was indented deeper.
        let mut breaks: Vec<Range<usize>> = Vec::new();
        let mut before: Option<bool> = None;
        let mut at = block.body;
        for line in part(text, block.body..end).split_inclusive('\n') {
            let content = without_break(line);
            let spaces = content.bytes().take_while(|byte| *byte == b' ').count();
            let start = at + spaces.min(block.indent);
            let line_end = at + content.len();
            if start < line_end {
                let deeper = text[start..].starts_with([' ', '\t']);
                if folded && before == Some(false) && !deeper {
                    if breaks.len() == 1 {
                        out.push(1, breaks[0].start..start);
                    } else {
                        breaks.drain(1..).for_each(|range| out.push(1, range));
                    }
                    breaks.clear();
                } else {
                    breaks.drain(..).for_each(|range| out.push(1, range));
                }
                out.push(line_end - start, start..line_end);
                before = Some(deeper);
            }
            // Of the last line perhaps an empty one: the end of the text ends it too.
            breaks.push(line_end..at + line.len());
            at += line.len();
        }
        breaks.drain(..).for_each(|range| out.push(1, range));
        out
    }
}

fn inside(span: &Range<usize>) -> Range<usize> {
    span.start + 1..span.end.saturating_sub(1)
}

/// The source of the value's byte `offset`; of its end, where the source of its last byte ends.
pub(super) fn locate(node: &Node, text: &str, offset: usize) -> usize {
    let Some(scalar) = node.as_scalar() else {
        return node.span.start;
    };
    let runs = scalar.runs(text, &node.span);
    let index = runs.partition_point(|run| run.value <= offset);
    let Some(run) = index.checked_sub(1).and_then(|index| runs.get(index)) else {
        return content_start(node);
    };
    let length = runs
        .get(index)
        .map_or(scalar.value.len(), |next| next.value)
        - run.value;
    let into = offset - run.value;
    if into >= length {
        run.source.end
    } else if length == run.source.len() {
        run.source.start + into
    } else {
        run.source.start
    }
}

/// Where the source of the value's byte before `offset` ends.
pub(super) fn locate_end(node: &Node, text: &str, offset: usize) -> usize {
    let Some(scalar) = node.as_scalar() else {
        return node.span.end;
    };
    let runs = scalar.runs(text, &node.span);
    let index = runs.partition_point(|run| run.value < offset);
    let Some(run) = index.checked_sub(1).and_then(|index| runs.get(index)) else {
        return content_start(node);
    };
    let end = runs
        .get(index)
        .map_or(scalar.value.len(), |next| next.value);
    if end - run.value == run.source.len() {
        run.source.start + (offset - run.value)
    } else {
        run.source.end
    }
}

fn content_start(node: &Node) -> usize {
    match node.as_scalar() {
        Some(scalar) => match (scalar.style, scalar.block.as_deref()) {
            (_, Some(block)) => block.body.min(node.span.end),
            (ScalarStyle::Plain, None) => node.span.start,
            _ => node.span.start + 1,
        },
        None => node.span.start,
    }
}

#[derive(Default)]
struct RunBuilder {
    runs: Vec<Run>,
    value: usize,
}

impl RunBuilder {
    fn push(&mut self, length: usize, source: Range<usize>) {
        if length == 0 {
            return;
        }
        let value = self.value;
        self.value += length;
        if let Some(last) = self.runs.last_mut()
            && length == source.len()
            && last.source.end == source.start
            && value - last.value == last.source.len()
        {
            last.source.end = source.end;
            return;
        }
        self.runs.push(Run { value, source });
    }

    /// Leaves out what chomping takes off the end.
    fn finish(mut self, length: usize) -> Runs {
        self.runs.retain(|run| run.value < length);
        if let Some(last) = self.runs.last_mut()
            && self.value > length
        {
            let end = last.source.start + (length - last.value);
            last.source.end = last.source.end.min(end);
        }
        self.runs.into_boxed_slice()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Quote {
    None,
    Single,
    Double,
}

/// Plain and quoted scalars: spaces around a line break fold into one space, and every further
/// break is a line break.
fn flow_runs(text: &str, range: Range<usize>, quote: Quote) -> RunBuilder {
    let bytes = &text.as_bytes()[..range.end];
    let mut out = RunBuilder::default();
    let mut at = range.start;
    while at < range.end {
        let rest = &bytes[at..];
        match (rest[0], quote) {
            (b'\\', Quote::Double) if is_break(rest.get(1)) => {
                // An escaped line break is nothing; the empty lines after it are line breaks.
                let fold = Fold::scan(bytes, at + 1);
                fold.breaks[1..]
                    .iter()
                    .for_each(|range| out.push(1, range.clone()));
                at = fold.end;
            }
            (b'\\', Quote::Double) => {
                let (source, value) = escape(&text[at..range.end]);
                out.push(value, at..at + source);
                at += source;
            }
            (b'\'', Quote::Single) => {
                out.push(1, at..(at + 2).min(range.end));
                at += 2;
            }
            (b' ' | b'\t' | b'\n' | b'\r', _) => {
                let fold = Fold::scan(bytes, at);
                match fold.breaks.as_slice() {
                    [] => out.push(fold.end - at, at..fold.end),
                    [_] => out.push(1, at..fold.end),
                    [_, breaks @ ..] => breaks.iter().for_each(|range| out.push(1, range.clone())),
                }
                at = fold.end;
            }
            _ => {
                let plain = rest
                    .iter()
                    .take_while(|byte| {
                        !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\\' | b'\'')
                    })
                    .count()
                    .max(1);
                out.push(plain, at..at + plain);
                at += plain;
            }
        }
    }
    out
}

fn is_break(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'\n' | b'\r'))
}

/// A stretch of spaces and line breaks.
struct Fold {
    breaks: Vec<Range<usize>>,
    end: usize,
}

impl Fold {
    fn scan(bytes: &[u8], start: usize) -> Self {
        let mut breaks = Vec::new();
        let mut at = start;
        while let Some(byte @ (b' ' | b'\t' | b'\n' | b'\r')) = bytes.get(at) {
            let from = at;
            at += 1;
            match byte {
                b'\r' if bytes.get(at) == Some(&b'\n') => {
                    at += 1;
                    breaks.push(from..at);
                }
                b'\n' | b'\r' => breaks.push(from..at),
                _ => {}
            }
        }
        Self { breaks, end: at }
    }
}

/// Bytes of an escape in the source and of what it stands for.
fn escape(rest: &str) -> (usize, usize) {
    let hex = |from: usize, digits: usize| {
        rest.get(from..from + digits)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
    };
    let long = |digits: usize| {
        let code = hex(2, digits).and_then(char::from_u32);
        (2 + digits, code.map_or(1, char::len_utf8))
    };
    match rest.as_bytes().get(1) {
        Some(b'x') => long(2),
        // A pair of surrogates, as JSON writes what lies beyond U+FFFF.
        Some(b'u') if matches!(hex(2, 4), Some(0xD800..=0xDFFF)) => (12, 4),
        Some(b'u') => long(4),
        Some(b'U') => long(8),
        Some(b'N' | b'_') => (2, 2),
        Some(b'L' | b'P') => (2, 3),
        _ => (2, 1),
    }
}
