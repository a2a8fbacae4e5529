//! Where a block scalar's header and lines are; the parser tells where its content begins.

use std::ops::Range;

use super::node::{Block, Chomping};
use super::trivia::{Token, line_start, next_line, tokens, without_break};

/// A block scalar's header, found between the last event and the content.
pub(super) fn block(
    text: &str,
    gap: usize,
    indicator: u8,
    at: &mut Range<usize>,
    indent: Option<usize>,
) -> Option<Block> {
    let header = tokens(text, gap..(at.start + 1).min(text.len()))
        .find(|(token, _)| *token == Token::Indicator(indicator))?
        .1;
    let rest = &text[header.end..];
    let marks = rest
        .bytes()
        .take_while(|byte| matches!(byte, b'+' | b'-' | b'1'..=b'9'))
        .count();
    let body = next_line(text, header.end);
    // The parser stops at the next token, behind that line's indentation.
    let mut end = at.end.max(body);
    let line = line_start(text, end);
    if line >= body && end < text.len() {
        end = line;
    }
    let chomping = match &rest[..marks] {
        marks if marks.contains('+') => Chomping::Keep,
        marks if marks.contains('-') => Chomping::Strip,
        _ => Chomping::Clip,
    };
    if chomping != Chomping::Keep {
        end = without_blank_lines(text, body, end, indent);
    }
    *at = header.start..end;
    Some(Block {
        header_end: header.end + marks,
        body,
        indent: indent.unwrap_or(0),
        explicit_indent: rest[..marks].bytes().any(|byte| byte.is_ascii_digit()),
        chomping,
    })
}

/// The value of a block scalar with tags of a template that are indented less than its lines.
pub(super) fn with_tags(text: &str, block: &mut Block, end: usize) -> String {
    let lines = || text[block.body..end].split_inclusive('\n');
    let spaces = |line: &str| line.bytes().take_while(|byte| *byte == b' ').count();
    let deepest = lines().map(spaces).max().unwrap_or_default();
    let column =
        |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with(['{', '%']);
    let indent = lines().filter(column).map(spaces).min();
    block.indent = indent.unwrap_or(deepest);
    let inside = lines().map(|line| &line[spaces(line).min(block.indent)..]);
    inside.collect::<String>().replace("\r\n", "\n")
}

fn without_blank_lines(text: &str, body: usize, mut end: usize, indent: Option<usize>) -> usize {
    while end > body {
        let before = without_break(&text[body..end]);
        let start = before.rfind('\n').map_or(body, |at| body + at + 1);
        let line = without_break(&text[start..end]);
        if indent.is_some_and(|indent| line.len() > indent) || line.bytes().any(|byte| byte != b' ')
        {
            break;
        }
        end = start;
    }
    end
}
