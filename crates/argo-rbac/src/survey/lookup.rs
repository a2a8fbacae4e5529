//! Rules found by what their objects begin or end with, so that comparing each of many rules with
//! each of many others does not cost the product.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::budget::Budget;
use crate::engine::{Pattern, Reaching};

/// Rules by their patterns of objects.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    /// Places of rules by what their objects begin with, if that is known.
    begins: BTreeMap<String, Vec<usize>>,
    /// Places of the others by what their objects end with, read backwards.
    ends: BTreeMap<String, Vec<usize>>,
    /// Places of those of which neither is known.
    rest: Vec<usize>,
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

impl Lookup {
    pub(super) fn new<'e>(rules: impl IntoIterator<Item = Reaching<'e>>) -> Self {
        let mut lookup = Self::default();
        for (place, rule) in rules.into_iter().enumerate() {
            let object = rule.object();
            let (begin, end) = (object.begin(), object.end());
            if !begin.is_empty() {
                let places = lookup.begins.entry(begin.to_owned()).or_default();
                places.push(place);
            } else if !end.is_empty() {
                lookup.ends.entry(backwards(end)).or_default().push(place);
            } else {
                lookup.rest.push(place);
            }
        }
        lookup
    }

    /// The places of all rules that may cover a pattern, and perhaps of others.
    pub(super) fn covering(&self, pattern: Pattern<'_>) -> impl Iterator<Item = usize> {
        let begins = prefixes(&self.begins, pattern.begin());
        let ends = prefixes(&self.ends, &backwards(pattern.end()));
        let both = begins.into_iter().chain(ends).flatten();
        self.rest.iter().chain(both).copied()
    }

    /// The places of all rules that may have a text in common with a pattern, and perhaps of others.
    pub(super) fn meeting<'l>(&'l self, pattern: Pattern<'_>) -> impl Iterator<Item = usize> {
        let (begin, end) = (pattern.begin().to_owned(), backwards(pattern.end()));
        let longer = |map: &'l BTreeMap<String, Vec<usize>>, text: String| {
            let from = (Bound::Excluded(text.clone()), Bound::Unbounded);
            map.range::<String, _>(from)
                .take_while(move |(key, _)| key.starts_with(&text))
                .flat_map(|(_, places)| places)
        };
        let shorter = prefixes(&self.begins, &begin);
        let shorter = shorter.into_iter().chain(prefixes(&self.ends, &end));
        let longer = longer(&self.begins, begin).chain(longer(&self.ends, end));
        let all = self.rest.iter().chain(shorter.flatten()).chain(longer);
        all.copied()
    }
}

/// What is kept under the beginnings of a text, and under the text itself.
fn prefixes<'m>(map: &'m BTreeMap<String, Vec<usize>>, text: &str) -> Vec<&'m Vec<usize>> {
    if map.is_empty() {
        return Vec::new();
    }
    let cuts = (1..=text.len()).filter(|at| text.is_char_boundary(*at));
    cuts.filter_map(|at| map.get(&text[..at])).collect()
}

/// The first place that fits, or `None` for none; an error when the budget ended the search.
pub(super) fn first(
    mut places: impl Iterator<Item = usize>,
    budget: &Budget,
    mut fits: impl FnMut(usize) -> bool,
) -> Result<Option<usize>, OutOfBudget> {
    loop {
        let Some(place) = places.next() else {
            return Ok(None);
        };
        if !budget.spend(1) {
            return Err(OutOfBudget);
        }
        if fits(place) {
            return Ok(Some(place));
        }
    }
}

/// No step is left, so it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OutOfBudget;
