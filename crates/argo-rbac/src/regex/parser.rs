//! Expression → tree: Go's syntax as `regexp.MustCompile` reads it (Perl flags). What does not
//! parse is refused with the same text.

use super::error::{
    BAD_CAPTURE_NAME, BAD_PERL_SYNTAX, BAD_REPEAT, BAD_REPEAT_COUNT, MISSING_PAREN,
    MISSING_REPEAT_ARGUMENT, RegexError, Result, UNEXPECTED_PAREN,
};
use super::escape::{self, Escape};
use super::rune::Rune;
use super::stack::Stack;
use super::tree::{Id, Op, Tree, flag};

/// How often something may be repeated, inner repetitions included.
const MAX_REPEAT: i32 = 1000;

/// Parses an expression; gives the tree and its root.
pub(super) fn parse(expression: &str) -> Result<(Tree, Id)> {
    let mut parser = Parser {
        stack: Stack::new(expression),
    };
    let mut rest = expression;
    // What follows the start of the repetition just read, for the next one's message.
    let mut last_repeat = "";
    while let Some(c) = rest.chars().next() {
        let before = rest;
        let mut repeat = "";
        rest = match c {
            '(' => parser.open(rest)?,
            '|' => {
                parser.stack.vertical_bar()?;
                &rest[1..]
            }
            ')' => {
                parser.close()?;
                &rest[1..]
            }
            '^' => parser.one(rest, Op::BeginText, Op::BeginLine, flag::ONE_LINE)?,
            '$' => parser.one(rest, Op::EndText, Op::EndLine, flag::ONE_LINE)?,
            '.' => parser.one(rest, Op::Any, Op::AnyNotNewline, flag::DOT_NEWLINE)?,
            '[' => parser.stack.class(rest)?,
            '*' | '+' | '?' => {
                let op = match c {
                    '*' => Op::Star,
                    '+' => Op::Plus,
                    _ => Op::Quest,
                };
                repeat = before;
                parser.repeat(op, (0, 0), before, &rest[1..], last_repeat)?
            }
            '{' => match repetition(rest) {
                // What is not a repetition is a brace.
                None => {
                    parser.stack.literal('{' as Rune)?;
                    &rest[1..]
                }
                Some((bounds, after)) => {
                    let (min, max) = bounds.ok_or_else(|| count_error(before, after))?;
                    let backwards = max >= 0 && min > max;
                    if min > MAX_REPEAT || max > MAX_REPEAT || backwards {
                        return Err(count_error(before, after));
                    }
                    repeat = before;
                    parser.repeat(Op::Repeat, (min, max), before, after, last_repeat)?
                }
            },
            '\\' => parser.escape(rest)?,
            c => {
                parser.stack.literal(c as Rune)?;
                &rest[c.len_utf8()..]
            }
        };
        last_repeat = repeat;
    }
    parser.alternation()?;
    match parser.stack.items.as_slice() {
        [root] => Ok((parser.stack.tree, *root)),
        _ => Err(RegexError::new(MISSING_PAREN, expression)),
    }
}

/// The part of a text that is before its own end `after`.
fn until<'t>(text: &'t str, after: &str) -> &'t str {
    &text[..text.len() - after.len()]
}

fn count_error(before: &str, after: &str) -> RegexError {
    RegexError::new(BAD_REPEAT_COUNT, until(before, after))
}

/// `{2}`, `{2,}` (a maximum of -1) or `{2,5}` at the start of a text, and what follows. The bounds
/// are missing where they are too large to be counted.
fn repetition(text: &str) -> Option<(Option<(i32, i32)>, &str)> {
    let (min, rest) = integer(text.strip_prefix('{')?)?;
    let (max, rest) = match rest.strip_prefix(',') {
        None => (min, rest),
        Some(rest) if rest.starts_with('}') => (Some(-1), rest),
        Some(rest) => integer(rest)?,
    };
    let rest = rest.strip_prefix('}')?;
    Some((min.zip(max), rest))
}

/// A decimal number without leading zeros; `None` inside where it is beyond counting.
fn integer(text: &str) -> Option<(Option<i32>, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    let mut number = 0;
    for digit in digits.bytes() {
        if number >= 100_000_000 {
            return Some((None, rest));
        }
        number = number * 10 + i32::from(digit - b'0');
    }
    Some((Some(number), rest))
}

struct Parser<'p> {
    stack: Stack<'p>,
}

impl Parser<'_> {
    /// Pushes the first kind if the flag is set, else the second.
    fn one<'t>(&mut self, text: &'t str, set: Op, unset: Op, flag: u8) -> Result<&'t str> {
        let is_set = self.stack.flags & flag != 0;
        self.stack.op(if is_set { set } else { unset })?;
        Ok(&text[1..])
    }

    /// Puts together what was read since the last open parenthesis.
    fn alternation(&mut self) -> Result<()> {
        self.stack.concat()?;
        if self.stack.swap_vertical_bar() {
            self.stack.items.pop();
        }
        self.stack.alternate()
    }

    fn open<'t>(&mut self, text: &'t str) -> Result<&'t str> {
        if text.starts_with("(?") {
            return self.perl_group(text);
        }
        self.open_capture()?;
        Ok(&text[1..])
    }

    fn open_capture(&mut self) -> Result<()> {
        let id = self.stack.op(Op::LeftParen)?;
        self.stack.node(id).captures = true;
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        self.alternation()?;
        let whole = self.stack.whole;
        let unexpected = || RegexError::new(UNEXPECTED_PAREN, whole);
        let (Some(group), Some(paren)) = (self.stack.nth_top(1), self.stack.nth_top(2)) else {
            return Err(unexpected());
        };
        self.stack.items.truncate(self.stack.items.len() - 2);
        let node = self.stack.node(paren);
        if node.op != Op::LeftParen {
            return Err(unexpected());
        }
        let (flags, captures) = (node.flags, node.captures);
        self.stack.flags = flags;
        if !captures {
            return self.stack.push(group);
        }
        let node = self.stack.node(paren);
        node.op = Op::Capture;
        node.subs = vec![group];
        self.stack.push(paren)
    }

    /// `(?P<name>`, `(?<name>`, `(?flags)` or `(?flags:`.
    fn perl_group<'t>(&mut self, text: &'t str) -> Result<&'t str> {
        let bytes = text.as_bytes();
        let python = bytes.len() > 4 && text.starts_with("(?P<");
        let name_at = if python { 4 } else { 3 };
        if python || (bytes.len() > 3 && bytes[2] == b'<') {
            let Some(end) = text.find('>') else {
                return Err(RegexError::new(BAD_CAPTURE_NAME, text));
            };
            let name = &bytes[name_at..end.max(name_at)];
            let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            if name.is_empty() || !name.iter().all(is_word) {
                return Err(RegexError::new(BAD_CAPTURE_NAME, &text[..=end]));
            }
            self.open_capture()?;
            return Ok(&text[end + 1..]);
        }
        self.flags(text)
    }

    fn flags<'t>(&mut self, text: &'t str) -> Result<&'t str> {
        let mut flags = self.stack.flags;
        let (mut negative, mut saw_flag) = (false, false);
        let mut rest = &text[2..];
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                'i' => flags |= flag::FOLD,
                'm' => flags &= !flag::ONE_LINE,
                's' => flags |= flag::DOT_NEWLINE,
                'U' => flags |= flag::LAZY,
                '-' if !negative => {
                    // Turned round, so that setting takes away; turned back at the end.
                    negative = true;
                    flags = !flags;
                    saw_flag = false;
                    continue;
                }
                ':' | ')' if !negative || saw_flag => {
                    if negative {
                        flags = !flags;
                    }
                    if c == ':' {
                        self.stack.op(Op::LeftParen)?;
                    }
                    self.stack.flags = flags;
                    return Ok(rest);
                }
                _ => break,
            }
            saw_flag = true;
        }
        Err(RegexError::new(BAD_PERL_SYNTAX, until(text, rest)))
    }

    /// Repeats the topmost item. `before` starts at the operator, `after` follows it.
    fn repeat<'t>(
        &mut self,
        op: Op,
        (min, max): (i32, i32),
        before: &'t str,
        mut after: &'t str,
        last_repeat: &str,
    ) -> Result<&'t str> {
        let mut flags = self.stack.flags;
        if let Some(rest) = after.strip_prefix('?') {
            after = rest;
            flags ^= flag::LAZY;
        }
        if !last_repeat.is_empty() {
            return Err(RegexError::new(BAD_REPEAT, until(last_repeat, after)));
        }
        let top = self.stack.nth_top(1);
        let Some(sub) = top.filter(|id| !self.stack.tree.op(*id).is_pseudo()) else {
            let operator = until(before, after);
            return Err(RegexError::new(MISSING_REPEAT_ARGUMENT, operator));
        };
        let id = self.stack.tree.add(op);
        let node = self.stack.node(id);
        (node.min, node.max, node.flags) = (min, max, flags);
        node.subs = vec![sub];
        self.stack.items.pop();
        self.stack.items.push(id);
        self.stack.check(id)?;
        let counted = op == Op::Repeat && (min >= 2 || max >= 2);
        if counted && !self.stack.tree.repeats_at_most(id, MAX_REPEAT) {
            return Err(count_error(before, after));
        }
        Ok(after)
    }

    /// A backslash and what it means outside of a class.
    fn escape<'t>(&mut self, text: &'t str) -> Result<&'t str> {
        let op = match text.as_bytes().get(1) {
            Some(b'A') => Op::BeginText,
            Some(b'b') => Op::WordBoundary,
            Some(b'B') => Op::NoWordBoundary,
            Some(b'z') => Op::EndText,
            Some(b'Q') => return self.quoted(&text[2..]),
            _ => return self.escaped(text),
        };
        self.stack.op(op)?;
        Ok(&text[2..])
    }

    /// Everything up to `\E` stands for itself.
    fn quoted<'t>(&mut self, text: &'t str) -> Result<&'t str> {
        let (literal, rest) = text.split_once("\\E").unwrap_or((text, ""));
        for c in literal.chars() {
            self.stack.literal(c as Rune)?;
        }
        Ok(rest)
    }

    fn escaped<'t>(&mut self, text: &'t str) -> Result<&'t str> {
        // Go makes the node before it knows whether it needs one.
        let id = self.stack.tree.add(Op::Class);
        let flags = self.stack.flags;
        self.stack.node(id).flags = flags;
        match escape::parse(text, flags & flag::FOLD != 0)? {
            (Escape::Class(class), rest) => {
                class.add_to(&mut self.stack.node(id).runes);
                self.stack.push(id)?;
                Ok(rest)
            }
            (Escape::Rune(rune), rest) => {
                self.stack.tree.reuse(id);
                self.stack.literal(rune)?;
                Ok(rest)
            }
        }
    }
}
