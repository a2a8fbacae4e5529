//! From the fixes of findings to new texts.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::finding::{Finding, Fix, FixEdit, FixTarget, Safety};
use crate::input::{Content, Origin};
use crate::site::Site;
use crate::yaml::{self, Edit, Entry, Node, NodeKind, Step, Stream};

/// What became of the fixes for one text.
#[derive(Debug, PartialEq, Eq)]
pub struct FixedText {
    /// Which text.
    pub file: usize,
    /// The new text.
    pub text: String,
    /// How many findings were fixed.
    pub count: usize,
}

/// Makes the fixes that are at most this unsafe, and returns the texts that change. A fix that
/// touches what another one touches waits for the next round; one that the editor refuses (inside
/// an anchor, say) is left out.
pub fn apply(site: &Site<'_>, findings: &[Finding], most: Safety) -> Vec<FixedText> {
    let mut by_file: BTreeMap<usize, Vec<&Fix>> = BTreeMap::new();
    for finding in findings {
        if let Some(fix) = &finding.fix
            && fix.safety <= most
            && let Some(change) = fix.changes.first()
        {
            by_file.entry(change.target().file).or_default().push(fix);
        }
    }
    let mut fixed = Vec::new();
    for (file, wanted) in by_file {
        let chosen = without_overlaps(wanted);
        let old = site.source(file).text();
        let new = match &site.files[file].content {
            Content::Policy(_) => bare(old, &chosen).map(|new| (new, chosen.len())),
            Content::Documents(stream) => documents(stream, &chosen),
        };
        if let Some((new, count)) = new
            && new != old
        {
            fixed.push(FixedText {
                file,
                text: new,
                count,
            });
        }
    }
    fixed
}

/// Whether the editor can make a fix: no value on the way is an alias, or shared through an anchor.
pub(super) fn is_possible<'s>(site: &Site<'s>, fix: &Fix, indexes: &mut Indexes<'s>) -> bool {
    fix.changes.iter().all(|change| {
        let target = change.target();
        let is_inlined = matches!(site.files[target.file].origin, Origin::Inlined(_));
        // JSON operations, and literals of a generator: their keys are in texts.
        let is_listed = match target.route.first() {
            Some(Step::Index(_)) => true,
            Some(Step::Key(key)) => key == "configMapGenerator",
            None => false,
        };
        if is_inlined || is_listed {
            return false;
        }
        let (Content::Documents(stream), Some(document)) =
            (&site.files[target.file].content, target.document)
        else {
            return true;
        };
        let mut node = stream.documents()[document].root();
        for step in &target.route {
            node = node.and_then(|node| indexes.step(node, step));
            let shared =
                |node: &Node| node.has_anchor() || matches!(node.kind(), NodeKind::Alias(_));
            if node.is_some_and(shared) {
                return false;
            }
        }
        // A key that comes through a merge is not there itself.
        node.is_some() || matches!(change, FixEdit::Set { .. })
    })
}

/// The entries of mappings by their keys: each is looked for by one finding after another.
#[derive(Default)]
pub(super) struct Indexes<'s>(HashMap<*const Node, HashMap<Cow<'s, str>, &'s Node>>);

impl<'s> Indexes<'s> {
    fn step(&mut self, node: &'s Node, step: &Step) -> Option<&'s Node> {
        let (Step::Key(key), Some(entries)) = (step, node.entries()) else {
            return node.step(step);
        };
        let index = self.0.entry(std::ptr::from_ref(node)).or_insert_with(|| {
            let keyed = |entry: &'s Entry| Some((entry.key.key_text()?, &entry.value));
            entries.iter().filter_map(keyed).collect()
        });
        index.get(key.as_str()).copied()
    }
}

/// The fixes of which no two touch the same bytes, or the same value as a whole.
fn without_overlaps(fixes: Vec<&Fix>) -> Vec<&Fix> {
    let mut taken = Taken::default();
    let mut kept = Vec::with_capacity(fixes.len());
    for fix in fixes {
        if fix.changes.iter().all(|change| taken.is_free(change)) {
            for change in &fix.changes {
                taken.take(change);
            }
            kept.push(fix);
        }
    }
    kept
}

/// What is changed already.
#[derive(Default)]
struct Taken<'f> {
    /// Bytes of values: where they begin, and where they end.
    bytes: BTreeMap<&'f FixTarget, BTreeMap<usize, usize>>,
    /// Values as a whole.
    wholes: Vec<&'f FixTarget>,
}

impl<'f> Taken<'f> {
    fn is_free(&self, change: &FixEdit) -> bool {
        let target = change.target();
        let related = |other: &&&FixTarget| {
            let (a, b) = (&target.route, &other.route);
            target.document == other.document && (a.starts_with(b) || b.starts_with(a))
        };
        if self.wholes.iter().any(|other| related(&other)) {
            return false;
        }
        let FixEdit::Splice { range, .. } = change else {
            return !self.bytes.keys().any(|other| related(&other));
        };
        let Some(bytes) = self.bytes.get(target) else {
            return true;
        };
        let before = bytes.range(..range.start).next_back();
        let after = bytes.range(range.start..).next();
        !bytes.contains_key(&range.start)
            && before.is_none_or(|(_, end)| *end <= range.start)
            && after.is_none_or(|(start, _)| *start >= range.end)
    }

    fn take(&mut self, change: &'f FixEdit) {
        match change {
            FixEdit::Splice { target, range, .. } => {
                let bytes = self.bytes.entry(target).or_default();
                bytes.insert(range.start, range.end);
            }
            FixEdit::Set { target, .. } | FixEdit::Remove { target } => self.wholes.push(target),
        }
    }
}

fn bare(text: &str, fixes: &[&Fix]) -> Option<String> {
    let splices = fixes.iter().flat_map(|fix| &fix.changes);
    let splices = splices.map(|change| match change {
        FixEdit::Splice { range, text, .. } => Some((range.clone(), text.as_str())),
        FixEdit::Set { .. } | FixEdit::Remove { .. } => None,
    });
    Some(splice(text, splices.collect::<Option<Vec<_>>>()?))
}

fn splice(text: &str, mut splices: Vec<(std::ops::Range<usize>, &str)>) -> String {
    splices.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, new) in splices {
        text.replace_range(range, new);
    }
    text
}

/// All fixes at once; where the editor refuses that, all without those it refuses.
fn documents(stream: &Stream, fixes: &[&Fix]) -> Option<(String, usize)> {
    let (mut kept, mut best) = (Vec::new(), None);
    keep(stream, fixes, &mut kept, &mut best);
    best.map(|text| (text, kept.len()))
}

/// Adds fixes to those that are kept. Each try edits and parses the whole text, so that hundreds of fixes are
/// tried by halves: what is refused is found in as many tries as it can be halved.
fn keep<'f>(
    stream: &Stream,
    fixes: &[&'f Fix],
    kept: &mut Vec<&'f Fix>,
    best: &mut Option<String>,
) {
    let before = kept.len();
    kept.extend(fixes);
    if let Some(text) = edited(stream, kept) {
        *best = Some(text);
        return;
    }
    kept.truncate(before);
    if fixes.len() > 1 {
        let (first, rest) = fixes.split_at(fixes.len() / 2);
        keep(stream, first, kept, best);
        keep(stream, rest, kept, best);
    }
}

fn edited(stream: &Stream, fixes: &[&Fix]) -> Option<String> {
    let mut edits = Vec::new();
    let mut splices: BTreeMap<&FixTarget, Vec<_>> = BTreeMap::new();
    for change in fixes.iter().flat_map(|fix| &fix.changes) {
        let target = change.target();
        let (document, route) = (target.document?, target.route.clone());
        match change {
            FixEdit::Splice { range, text, .. } => splices
                .entry(target)
                .or_default()
                .push((range.clone(), text.as_str())),
            FixEdit::Set { text, .. } => edits.push(Edit::Set {
                document,
                route,
                value: text.as_str().into(),
            }),
            FixEdit::Remove { .. } => edits.push(Edit::Remove { document, route }),
        }
    }
    for (target, splices) in splices {
        let document = target.document?;
        let node = stream.documents().get(document)?.get(&target.route)?;
        let text = splice(Node::as_str(node)?, splices);
        edits.push(Edit::SetText {
            document,
            route: target.route.clone(),
            text,
        });
    }
    yaml::edit(stream, &edits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(route: &str) -> FixTarget {
        FixTarget {
            file: 0,
            document: Some(0),
            route: route.split('/').map(Step::key).collect(),
        }
    }

    fn splice(route: &str, range: std::ops::Range<usize>) -> FixEdit {
        let (target, text) = (target(route), String::new());
        FixEdit::Splice {
            target,
            range,
            text,
        }
    }

    fn remove(route: &str) -> FixEdit {
        let target = target(route);
        FixEdit::Remove { target }
    }

    #[test]
    fn of_fixes_that_touch_each_other_the_first_is_made() {
        for (changes, kept) in [
            (
                vec![splice("a", 4..8), splice("a", 0..4), splice("a", 8..9)],
                vec![0, 1, 2],
            ),
            (
                vec![splice("a", 4..8), splice("a", 6..9), splice("a", 0..5)],
                vec![0],
            ),
            (
                vec![splice("a", 4..4), splice("a", 4..4), splice("a", 4..6)],
                vec![0],
            ),
            (
                vec![splice("a", 4..8), splice("a", 4..4), splice("b", 4..8)],
                vec![0, 2],
            ),
            (
                vec![splice("a/b", 0..1), remove("a"), remove("b")],
                vec![0, 2],
            ),
            (
                vec![remove("a"), splice("a/b", 0..1), splice("b", 0..1)],
                vec![0, 2],
            ),
            (
                vec![remove("a/b"), remove("a/b"), remove("a/c")],
                vec![0, 2],
            ),
        ] {
            let fixes = changes.into_iter().map(|change| Fix {
                title: String::new(),
                safety: Safety::Safe,
                changes: vec![change],
            });
            let fixes: Vec<Fix> = fixes.collect();
            let wanted: Vec<&Fix> = kept.into_iter().map(|at| &fixes[at]).collect();
            assert_eq!(without_overlaps(fixes.iter().collect()), wanted);
        }
    }
}
