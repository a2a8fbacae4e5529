//! Backslashes and brackets: what stands for one rune, and what for a class of them.

use std::borrow::Cow;

use super::class::{
    append_class, append_negated, append_range, clean, fold_range, folded, negated, perl, posix,
};
use super::error::{
    BAD_CLASS_RANGE, BAD_ESCAPE, MISSING_BRACKET, RegexError, Result, TRAILING_BACKSLASH,
};
use super::named::named;
use super::rune::{MAX_RUNE, Rune, Runes};
use super::stack::Stack;
use super::tree::{Op, flag};

/// What a backslash stands for.
pub(super) enum Escape {
    Rune(Rune),
    Class(Addition),
}

/// A class to be added to another.
pub(super) struct Addition {
    class: Cow<'static, [Rune]>,
    negated: bool,
}

impl Addition {
    /// A class of few runes.
    fn small(class: &'static [Rune], negated: bool, fold: bool) -> Self {
        let class = if fold {
            Cow::Owned(folded(class))
        } else {
            Cow::Borrowed(class)
        };
        Self { class, negated }
    }

    pub(super) fn add_to(&self, runes: &mut Runes) {
        if self.negated {
            append_negated(runes, &self.class);
        } else {
            append_class(runes, &self.class);
        }
    }
}

/// Reads a text that starts with a backslash.
pub(super) fn parse(text: &str, fold: bool) -> Result<(Escape, &str)> {
    if let Some((addition, rest)) = class_escape(text, fold)? {
        return Ok((Escape::Class(addition), rest));
    }
    let (rune, rest) = rune_escape(text)?;
    Ok((Escape::Rune(rune), rest))
}

/// `\d`, `\pN`, `\P{Greek}` and the like at the start of a text.
fn class_escape(text: &str, fold: bool) -> Result<Option<(Addition, &str)>> {
    let Some(letter) = text.strip_prefix('\\').and_then(|rest| rest.bytes().next()) else {
        return Ok(None);
    };
    if !matches!(letter, b'p' | b'P') {
        let class = perl(letter);
        return Ok(
            class.map(|(class, negated)| (Addition::small(class, negated, fold), &text[2..]))
        );
    }
    let after = &text[2..];
    let (mut name, sequence) = if after.starts_with('{') {
        let Some(end) = text.find('}') else {
            return Err(RegexError::new(BAD_CLASS_RANGE, text));
        };
        (&text[3..end], &text[..=end])
    } else {
        let width = after.chars().next().map_or(0, char::len_utf8);
        (&after[..width], &text[..2 + width])
    };
    let mut negated = letter == b'P';
    if let Some(rest) = name.strip_prefix('^') {
        negated = !negated;
        name = rest;
    }
    let Some(class) = named(name, fold) else {
        return Err(RegexError::new(BAD_CLASS_RANGE, sequence));
    };
    let addition = Addition {
        class: Cow::Borrowed(class.runes),
        negated: negated != class.negated,
    };
    Ok(Some((addition, &text[sequence.len()..])))
}

/// A backslash that stands for one rune.
fn rune_escape(text: &str) -> Result<(Rune, &str)> {
    let mut characters = text[1..].chars();
    let Some(c) = characters.next() else {
        return Err(RegexError::new(TRAILING_BACKSLASH, ""));
    };
    let rune = match c {
        '0'..='7' => octal(c, &mut characters),
        'x' => hexadecimal(&mut characters),
        'a' => Some(0x07),
        'f' => Some(0x0C),
        'n' => Some(0x0A),
        'r' => Some(0x0D),
        't' => Some(0x09),
        'v' => Some(0x0B),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c as Rune),
        _ => None,
    };
    let rest = characters.as_str();
    match rune {
        Some(rune) => Ok((rune, rest)),
        None => Err(RegexError::new(
            BAD_ESCAPE,
            &text[..text.len() - rest.len()],
        )),
    }
}

/// Up to three octal digits; one alone, unless it is 0, would be a reference to a group.
fn octal(first: char, rest: &mut std::str::Chars<'_>) -> Option<Rune> {
    let digit = |c: char| c.to_digit(8).and_then(|digit| Rune::try_from(digit).ok());
    let next = |rest: &std::str::Chars<'_>| rest.clone().next().and_then(digit);
    if first != '0' && next(rest).is_none() {
        return None;
    }
    let mut rune = digit(first)?;
    for _ in 1..3 {
        let Some(digit) = next(rest) else { break };
        rest.next();
        rune = rune * 8 + digit;
    }
    Some(rune)
}

/// Two hexadecimal digits, or any number of them in braces.
fn hexadecimal(rest: &mut std::str::Chars<'_>) -> Option<Rune> {
    let digit = |c: char| c.to_digit(16).and_then(|digit| Rune::try_from(digit).ok());
    let first = rest.next()?;
    if first != '{' {
        // Both are read before either is looked at.
        let second = rest.next()?;
        return Some(digit(first)? * 16 + digit(second)?);
    }
    let (mut rune, mut digits) = (0, 0);
    loop {
        match rest.next()? {
            '}' => return (digits > 0).then_some(rune),
            c => rune = rune * 16 + digit(c)?,
        }
        if rune > MAX_RUNE {
            return None;
        }
        digits += 1;
    }
}

impl Stack<'_> {
    /// Reads a class in brackets and pushes it.
    pub(super) fn class<'t>(&mut self, text: &'t str) -> Result<&'t str> {
        let id = self.tree.add(Op::Class);
        let flags = self.flags;
        self.node(id).flags = flags;
        let fold = flags & flag::FOLD != 0;
        let inside = &text[1..];
        let not = inside.starts_with('^');
        let mut rest = &inside[usize::from(not)..];
        let mut runes = Runes::new();
        let mut first = true;
        while first || !rest.starts_with(']') {
            first = false;
            if let Some((addition, after)) = posix_class(rest, fold)? {
                addition.add_to(&mut runes);
                rest = after;
                continue;
            }
            if let Some((addition, after)) = class_escape(rest, fold)? {
                addition.add_to(&mut runes);
                rest = after;
                continue;
            }
            let range = rest;
            let (lo, after) = class_rune(rest, text)?;
            rest = after;
            let mut hi = lo;
            // A hyphen before the closing bracket is one.
            if let Some(after) = rest.strip_prefix('-').filter(|rest| !rest.is_empty())
                && !after.starts_with(']')
            {
                (hi, rest) = class_rune(after, text)?;
                if hi < lo {
                    let range = &range[..range.len() - rest.len()];
                    return Err(RegexError::new(BAD_CLASS_RANGE, range));
                }
            }
            if fold {
                fold_range(&mut runes, lo, hi);
            } else {
                append_range(&mut runes, lo, hi);
            }
        }
        clean(&mut runes);
        if not {
            runes = negated(&runes);
        }
        self.node(id).runes = runes;
        self.push(id)?;
        Ok(&rest[1..])
    }
}

/// `[:alpha:]` or `[:^alpha:]` at the start of a text.
fn posix_class(text: &str, fold: bool) -> Result<Option<(Addition, &str)>> {
    let Some((name, rest)) = text
        .strip_prefix("[:")
        .and_then(|inside| inside.split_once(":]"))
    else {
        return Ok(None);
    };
    let negated = name.starts_with('^');
    let Some(class) = posix(&name[usize::from(negated)..]) else {
        let whole = &text[..text.len() - rest.len()];
        return Err(RegexError::new(BAD_CLASS_RANGE, whole));
    };
    Ok(Some((Addition::small(class, negated, fold), rest)))
}

/// One rune of a class.
fn class_rune<'t>(text: &'t str, whole: &str) -> Result<(Rune, &'t str)> {
    match text.chars().next() {
        None => Err(RegexError::new(MISSING_BRACKET, whole)),
        Some('\\') => rune_escape(text),
        Some(c) => Ok((c as Rune, &text[c.len_utf8()..])),
    }
}
