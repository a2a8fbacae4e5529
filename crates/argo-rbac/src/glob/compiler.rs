//! Tree → matcher. The rewriting of alternatives, the gluing of neighbours and the choice of what
//! is looked for first all show in the answers, so each step is as the original takes it.

use std::collections::HashSet;

use super::ast::{GlobNode, MAX_DEPTH};
use super::matcher::{AnyOf, Matcher, Row, Text, TreeMatcher};

/// How many matchers the gluing of one pattern may look at.
const MAX_GLUE_WORK: usize = 500_000;

/// How deep the tree may be: each brace makes two levels, and taking out common parts one more.
const MAX_NODE_DEPTH: usize = 3 * MAX_DEPTH;

/// The pattern is nested or chained too deeply for bounded time and stack.
#[derive(Debug)]
pub(super) struct TooComplex;

type Result<T> = std::result::Result<T, TooComplex>;

/// Compiles the children of the root pattern.
pub(super) fn compile(children: Vec<GlobNode>) -> Result<Matcher> {
    node(GlobNode::Pattern(children), 0)
}

fn node(tree: GlobNode, depth: usize) -> Result<Matcher> {
    if depth > MAX_NODE_DEPTH {
        return Err(TooComplex);
    }
    let matcher = match tree {
        GlobNode::AnyOf(alternatives) => {
            return match factor(alternatives) {
                Ok(pattern) => node(pattern, depth + 1),
                Err(alternatives) => {
                    let any = AnyOf::new(nodes(alternatives, depth)?);
                    limit(any.height)?;
                    Ok(Matcher::AnyOf(any))
                }
            };
        }
        GlobNode::Pattern(children) if children.is_empty() => return Ok(Matcher::Nothing),
        GlobNode::Pattern(children) => chain(minimize(nodes(children, depth)?)?, 0)?,
        GlobNode::Nothing => Matcher::Nothing,
        // Without separators both are the same from here on.
        GlobNode::Any | GlobNode::Super => Matcher::Super,
        GlobNode::Single => Matcher::Single,
        GlobNode::Text(text) => Matcher::Text(Text::new(&text)),
        GlobNode::List { not, chars } => Matcher::List {
            not,
            chars: chars.chars().collect(),
        },
        GlobNode::Range { not, lo, hi } => Matcher::Range { not, lo, hi },
    };
    Ok(optimize(matcher))
}

fn limit(height: usize) -> Result<()> {
    if height > MAX_DEPTH {
        return Err(TooComplex);
    }
    Ok(())
}

fn nodes(children: Vec<GlobNode>, depth: usize) -> Result<Vec<Matcher>> {
    let compiled = children.into_iter().map(|child| node(child, depth + 1));
    compiled.map(|matcher| matcher.map(optimize)).collect()
}

/// Takes common first and last parts out of alternatives; gives them back where there are none.
fn factor(alternatives: Vec<GlobNode>) -> std::result::Result<GlobNode, Vec<GlobNode>> {
    let mut patterns = Vec::with_capacity(alternatives.len());
    for alternative in &alternatives {
        let GlobNode::Pattern(children) = alternative else {
            return Err(alternatives);
        };
        patterns.push(children.as_slice());
    }
    let (left, right) = common(&patterns);
    if left == 0 && right == 0 {
        return Err(alternatives);
    }
    let first = patterns[0];
    let part = |nodes: &[GlobNode]| GlobNode::Pattern(nodes.to_vec());
    let mut result = Vec::new();
    if left > 0 {
        result.push(part(&first[..left]));
    }
    let mut seen = HashSet::new();
    let mut rest = Vec::new();
    for children in &patterns {
        let own = &children[left..children.len() - right];
        if seen.insert(own) {
            rest.push(if own.is_empty() {
                GlobNode::Nothing
            } else {
                part(own)
            });
        }
    }
    if rest.len() > 1 {
        result.push(GlobNode::AnyOf(rest));
    } else {
        result.extend(rest.pop().filter(|only| *only != GlobNode::Nothing));
    }
    if right > 0 {
        result.push(part(&first[first.len() - right..]));
    }
    Ok(GlobNode::Pattern(result))
}

/// How many children all patterns share at their start and at their end. Once the start has
/// reached the middle of the shortest pattern, nothing more is taken from the end.
fn common(patterns: &[&[GlobNode]]) -> (usize, usize) {
    let Some(shortest) = patterns.iter().min_by_key(|pattern| pattern.len()) else {
        return (0, 0);
    };
    if patterns.len() <= 1 {
        return (0, 0);
    }
    let length = shortest.len();
    let (mut left, mut right) = (0, 0);
    let (mut break_left, mut break_right) = (false, false);
    for i in 0..length {
        if left + right >= length || (break_left && break_right) {
            break;
        }
        let j = length - 1 - i;
        for pattern in patterns {
            if std::ptr::eq(*pattern, *shortest) {
                continue;
            }
            break_left = break_left || shortest[i] != pattern[i];
            break_right = break_right || (!break_left && j <= i);
            break_right = break_right || shortest[j] != pattern[j + pattern.len() - length];
            if break_left && break_right {
                break;
            }
        }
        left += usize::from(!break_left);
        right += usize::from(!break_right);
    }
    (left, right)
}

/// What a run of neighbours becomes.
enum Glue {
    Super,
    Min(usize),
    /// So many characters, without this text in them.
    Exactly(usize, String),
    Row,
}

impl Glue {
    fn build(self, matchers: Vec<Matcher>) -> Result<Matcher> {
        Ok(match self {
            Self::Super => Matcher::Super,
            Self::Min(count) => Matcher::Min(count),
            Self::Exactly(count, without) => {
                let mut every = vec![Matcher::Min(count), Matcher::Max(count)];
                if !without.is_empty() {
                    every.push(Matcher::Contains {
                        not: true,
                        needle: without.into(),
                    });
                }
                Matcher::EveryOf(every.into())
            }
            Self::Row => {
                let sized = matchers.into_iter().map(|matcher| {
                    // A row is only made of what has a length.
                    (matcher.len().unwrap_or(0), matcher)
                });
                let row = Row::new(sized.collect());
                limit(row.height)?;
                Matcher::Row(row)
            }
        })
    }
}

/// The characters that a matcher of `*`, `?` or `[!…]` keeps out.
fn excluded(matcher: &Matcher) -> Option<&[char]> {
    match matcher {
        Matcher::Super | Matcher::Single => Some(&[]),
        Matcher::List { not: true, chars } => Some(chars),
        _ => None,
    }
}

/// Whether all become one by the characters they keep out.
fn every(matchers: &[Matcher]) -> Option<&[char]> {
    let without = matchers.first().and_then(excluded)?;
    let same = |matcher| excluded(matcher) == Some(without);
    matchers.iter().all(same).then_some(without)
}

fn glue(matchers: &[Matcher]) -> Option<Glue> {
    if matchers.len() < 2 {
        return None;
    }
    if let Some(without) = every(matchers) {
        let supers = matchers.iter().filter(|m| **m == Matcher::Super).count();
        let count = matchers.len() - supers;
        return Some(match (supers, count) {
            (_, 0) => Glue::Super,
            (0, _) => Glue::Exactly(count, without.iter().collect()),
            _ => Glue::Min(count),
        });
    }
    let fixed = matchers.iter().all(|matcher| matcher.len().is_some());
    fixed.then_some(Glue::Row)
}

/// Glues the longest run of neighbours (or a later one that is a longer row), again and again.
fn minimize(mut matchers: Vec<Matcher>) -> Result<Vec<Matcher>> {
    let mut work = 0;
    loop {
        work += matchers.len();
        if work > MAX_GLUE_WORK {
            return Err(TooComplex);
        }
        let Some((start, end)) = best_run(&matchers) else {
            return Ok(matchers);
        };
        let Some(glued) = glue(&matchers[start..end]) else {
            return Ok(matchers);
        };
        let parts = matchers.splice(start..end, [Matcher::Nothing]).collect();
        matchers[start] = glued.build(parts)?;
    }
}

/// The run of two or more that is glued next. Of the runs that start at one place only the longest
/// can win, so one pass from the end finds them all.
fn best_run(matchers: &[Matcher]) -> Option<(usize, usize)> {
    let count = matchers.len();
    // How far a run that starts here reaches: as characters kept out, as a row; and the row's length.
    let mut runs = vec![(0, 0, 0); count + 1];
    for at in (0..count).rev() {
        let (next_every, next_row, next_length) = runs[at + 1];
        let own = excluded(&matchers[at]);
        let continues = at + 1 < count && own == excluded(&matchers[at + 1]);
        let every = match own {
            None => at,
            Some(_) if continues => next_every,
            Some(_) => at + 1,
        };
        let (row, length) = match matchers[at].len() {
            None => (at, 0),
            Some(own) => (next_row.max(at + 1), own + next_length),
        };
        runs[at] = (every, row, length);
    }
    // Where the best run starts and ends, and its length as a row.
    let mut best: Option<(usize, usize, Option<usize>)> = None;
    for (start, (every, row, length)) in runs.into_iter().take(count).enumerate() {
        let end = every.max(row);
        if end < start + 2 {
            continue;
        }
        let length = (row > every).then_some(length);
        let wins = best.is_none_or(|(best_start, best_end, best_length)| {
            best_end - best_start < end - start
                || best_length
                    .zip(length)
                    .is_some_and(|(best, own)| own > best)
        });
        if wins {
            best = Some((start, end, length));
        }
    }
    best.map(|(start, end, _)| (start, end))
}

/// Makes one matcher of a chain: the last of the longest fixed ones is looked for, and the rest
/// must match before and after it.
fn chain(mut matchers: Vec<Matcher>, depth: usize) -> Result<Matcher> {
    if depth > MAX_DEPTH {
        return Err(TooComplex);
    }
    if let Some(glued) = glue(&matchers) {
        return glued.build(matchers);
    }
    let longest = (0..matchers.len())
        .filter(|at| matchers[*at].len().is_some())
        .max_by_key(|at| matchers[*at].len())
        .unwrap_or(0);
    let right = matchers.split_off(longest + 1);
    let value = matchers.pop().ok_or(TooComplex)?;
    if matchers.is_empty() && right.is_empty() {
        return Ok(value);
    }
    let side = |matchers: Vec<Matcher>| {
        if matchers.is_empty() {
            return Ok(None);
        }
        chain(matchers, depth + 1).map(Some)
    };
    let left = side(matchers)?;
    let right = side(right)?;
    let tree = TreeMatcher::new(value, left, right);
    limit(tree.height)?;
    Ok(Matcher::Tree(Box::new(tree)))
}

/// Turns shapes that are known to be simple into simple matchers.
fn optimize(matcher: Matcher) -> Matcher {
    match matcher {
        Matcher::AnyOf(any) if any.matchers.len() == 1 => {
            let mut matchers = any.matchers.into_vec();
            matchers.pop().unwrap_or(Matcher::Nothing)
        }
        Matcher::List { not: false, chars } if chars.len() == 1 => {
            Matcher::Text(Text::new(&chars.iter().collect::<String>()))
        }
        Matcher::Tree(mut tree) => {
            tree.left = tree.left.map(optimize);
            tree.right = tree.right.map(optimize);
            optimize_tree(*tree)
        }
        other => other,
    }
}

fn optimize_tree(tree: TreeMatcher) -> Matcher {
    let Matcher::Text(own) = &tree.value else {
        return Matcher::Tree(Box::new(tree));
    };
    let own = own.text.clone();
    match (&tree.left, &tree.right) {
        (Some(Matcher::Super), Some(Matcher::Super)) => Matcher::Contains {
            not: false,
            needle: own,
        },
        (Some(Matcher::Super), None) => Matcher::Suffix(own),
        (None, Some(Matcher::Super)) => Matcher::Prefix(own),
        (None, Some(Matcher::Suffix(suffix))) => Matcher::PrefixSuffix(own, suffix.clone()),
        (Some(Matcher::Prefix(prefix)), None) => Matcher::PrefixSuffix(prefix.clone(), own),
        _ => Matcher::Tree(Box::new(tree)),
    }
}
