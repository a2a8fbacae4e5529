//! Tokens → tree.

use super::error::GlobError;
use super::lexer::{Lexer, Token};

/// How deep braces may nest. The original has no limit but its stack.
pub(super) const MAX_DEPTH: usize = 200;

/// A node of the pattern's tree. `Any` and `Super` mean the same without separators, but they are
/// not equal when common parts of alternatives are looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum GlobNode {
    Nothing,
    Pattern(Vec<GlobNode>),
    AnyOf(Vec<GlobNode>),
    Text(String),
    List { not: bool, chars: String },
    Range { not: bool, lo: char, hi: char },
    Any,
    Super,
    Single,
}

/// A parsed pattern.
pub(super) enum Parsed {
    /// The children of the root pattern.
    Tree(Vec<GlobNode>),
    /// Valid, but nested too deeply for us.
    TooDeep,
}

/// Parses a pattern. Braces that are never closed end with the pattern.
pub(super) fn parse(pattern: &str) -> Result<Parsed, GlobError> {
    let mut lexer = Lexer::new(pattern);
    // What is around each open brace: the pattern before it, and its finished alternatives.
    let mut open: Vec<(Vec<GlobNode>, Vec<GlobNode>)> = Vec::new();
    let mut current = Vec::new();
    let mut too_deep = false;
    loop {
        match lexer.next()? {
            Token::End => break,
            Token::RangeOpen => current.push(parse_range(&mut lexer)?),
            Token::Text(text) => current.push(GlobNode::Text(text)),
            Token::Any => current.push(GlobNode::Any),
            Token::Super => current.push(GlobNode::Super),
            Token::Single => current.push(GlobNode::Single),
            // From here on only errors matter.
            Token::TermsOpen if open.len() >= MAX_DEPTH => too_deep = true,
            Token::TermsOpen => open.push((std::mem::take(&mut current), Vec::new())),
            Token::Separator => {
                if let Some((_, alternatives)) = open.last_mut() {
                    alternatives.push(GlobNode::Pattern(std::mem::take(&mut current)));
                }
            }
            Token::TermsClose => close(&mut open, &mut current),
            // The lexer gives these only after `RangeOpen`.
            Token::RangeClose | Token::RangeNot | Token::RangeLo(_) | Token::RangeHi(_) => {}
        }
    }
    if too_deep {
        return Ok(Parsed::TooDeep);
    }
    while !open.is_empty() {
        close(&mut open, &mut current);
    }
    Ok(Parsed::Tree(current))
}

fn close(open: &mut Vec<(Vec<GlobNode>, Vec<GlobNode>)>, current: &mut Vec<GlobNode>) {
    if let Some((before, mut alternatives)) = open.pop() {
        alternatives.push(GlobNode::Pattern(std::mem::replace(current, before)));
        current.push(GlobNode::AnyOf(alternatives));
    }
}

fn parse_range(lexer: &mut Lexer<'_>) -> Result<GlobNode, GlobError> {
    let (mut not, mut lo, mut hi, mut chars) = (false, None, None, String::new());
    loop {
        match lexer.next()? {
            Token::RangeNot => not = true,
            Token::RangeLo(c) => lo = Some(c),
            Token::RangeHi(c) => {
                if let Some(lo) = lo.filter(|lo| c < *lo) {
                    return Err(GlobError::RangeOrder { lo, hi: c });
                }
                hi = Some(c);
            }
            Token::Text(text) => chars = text,
            Token::RangeClose => {
                // The lexer gives either both bounds or a list.
                return match (lo, hi) {
                    (Some(lo), Some(hi)) => Ok(GlobNode::Range { not, lo, hi }),
                    _ if chars.is_empty() => Err(GlobError::EmptyRange),
                    _ => Ok(GlobNode::List { not, chars }),
                };
            }
            // Inside a range the lexer gives nothing else.
            _ => {}
        }
    }
}
