//! Fixing until nothing is left to fix.

use std::collections::BTreeMap;

use super::finding::Safety;
use super::fix::apply;
use super::{RuleSelection, run};
use crate::error::Result;
use crate::input::{Content, File};
use crate::model::Source;
use crate::site::{GatherOptions, Site};
use crate::yaml::Stream;

/// Fixes may lay open what more there is to fix; no sensible text needs more rounds.
const ROUNDS: usize = 10;

/// A file whose findings were fixed.
#[derive(Debug)]
pub struct FixedFile {
    /// Its text as it was read.
    pub before: String,
    /// How many findings went.
    pub count: usize,
}

/// Makes the fixes, round after round, and returns what became of each file that changed.
///
/// # Errors
/// A fix that makes a text unreadable.
pub fn fix_in_rounds(
    files: &mut [File],
    most: Safety,
    selection: &RuleSelection,
    options: &GatherOptions,
) -> Result<BTreeMap<usize, FixedFile>> {
    let mut all = BTreeMap::new();
    for _ in 0..ROUNDS {
        let fixed = {
            let site = Site::new(files, options.clone());
            let outcome = run(&site, selection);
            apply(&site, &outcome.findings, most)
        };
        if fixed.is_empty() {
            break;
        }
        for one in fixed {
            let known = all.entry(one.file).or_insert_with(|| FixedFile {
                before: files[one.file].source().text().to_owned(),
                count: 0,
            });
            known.count += one.count;
            let content = &mut files[one.file].content;
            *content = match content {
                Content::Documents(stream) => {
                    let source = Source::new(stream.source().name(), one.text);
                    Content::Documents(Stream::parse(source)?)
                }
                Content::Policy(source) => Content::Policy(Source::new(source.name(), one.text)),
            };
        }
    }
    Ok(all)
}
