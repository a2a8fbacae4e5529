//! Policy texts → [`Rules`].

use std::collections::HashMap;
use std::sync::Arc;

use super::index::LazyIndex;
use super::pattern::{Compact, Patterns};
use super::rules::{Effect, Link, Own, Rule, RuleRun, Rules, SMALL_RUN, VIRTUAL};
use super::texts::{NameTable, Source, Span, Texts, to_u32};
use crate::MatchMode;
use crate::Text;
use crate::csv::CsvField;
use crate::glob::Effort;
use crate::policy::{PolicyError, Reason, Statement, parse};
use crate::set::PolicyText;

/// Bytes of a rather short rule, for a guess at how many there are.
const SHORT_LINE: usize = 40;

/// A rule before it is sorted to its subject.
struct Pending {
    subject: u32,
    pair: u32,
    rule: Rule,
}

struct Loader {
    texts: Texts,
    names: NameTable,
    patterns: Patterns,
    resource_names: NameTable,
    resources: Vec<Compact>,
    action_names: NameTable,
    actions: Vec<Compact>,
    pair_ids: HashMap<(u32, u32), u32>,
    pairs: Vec<(u32, u32)>,
    /// Pairs by their raw text, from the resource's first byte to the action's last: mostly the same
    /// few. (Two ways to write one pair have one number.)
    raw_pairs: NameTable,
    raw_pair_ids: Vec<u32>,
    pending: Vec<Pending>,
    links: Vec<(u32, Link)>,
    /// The subject of the line before, which is often this line's too.
    last: Option<(Span, u32)>,
}

/// Loads texts in their order; the first bad line is the error.
pub(super) fn load(
    texts: &[&PolicyText],
    mode: MatchMode,
    effort: Arc<Effort>,
) -> Result<Rules, PolicyError> {
    let shared: Vec<&Text> = texts.iter().map(|text| &text.text).collect();
    let Some((kept, spans)) = Texts::new(&shared) else {
        let key = texts.last().map(|text| Arc::clone(&text.key));
        let key = key.unwrap_or_else(|| "".into());
        return Err(PolicyError::new(key, 1, "", 0, (Reason::Length, 0)));
    };
    let bytes: usize = shared.iter().map(|text| text.len()).sum();
    let mut loader = Loader {
        texts: kept,
        names: NameTable::default(),
        patterns: Patterns::new(mode, effort),
        resource_names: NameTable::default(),
        resources: Vec::new(),
        action_names: NameTable::default(),
        actions: Vec::new(),
        pair_ids: HashMap::new(),
        pairs: Vec::new(),
        raw_pairs: NameTable::default(),
        raw_pair_ids: Vec::new(),
        // Memory that is asked for and never written to costs nothing, and growing costs copies.
        pending: Vec::with_capacity(bytes / SHORT_LINE),
        links: Vec::new(),
        last: None,
    };
    let sources: Vec<Source> = texts
        .iter()
        .zip(spans)
        .map(|(text, span)| Source {
            key: Arc::clone(&text.key),
            span,
        })
        .collect();
    for source in &sources {
        loader.source(source)?;
    }
    if loader.pending.is_empty() {
        loader.add_virtual();
    }
    Ok(loader.finish(sources))
}

impl Loader {
    fn source(&mut self, source: &Source) -> Result<(), PolicyError> {
        let (from, end) = (source.span.start as usize, source.span.len as usize);
        let mut next = 0;
        let mut number = 0;
        while next <= end {
            number += 1;
            let start = next;
            let text = self.texts.get(source.span);
            let rest = &text.as_bytes()[start..];
            let whole = start..memchr::memchr(b'\n', rest).map_or(end, |len| start + len);
            next = whole.end + 1;
            let whole = &text[whole];
            let trimmed = whole.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            match parse(trimmed) {
                Ok(statement) => {
                    let indent = whole.len() - whole.trim_start().len();
                    self.statement(statement, from + start + indent);
                }
                Err(fault) => {
                    let key = Arc::clone(&source.key);
                    return Err(PolicyError::new(key, number, whole, start, fault));
                }
            }
        }
        Ok(())
    }

    /// Takes in a statement whose trimmed line begins at `line` of the texts.
    fn statement(&mut self, statement: Statement, line: usize) {
        match statement {
            Statement::Ignored => {}
            Statement::Policy(fields) => {
                let [subject, resource, action, object, effect] = fields;
                let pair = self.raw_pair(resource, action, line);
                let [subject, object, effect] =
                    [subject, object, effect].map(|field| self.span(field, line));
                let subject = self.subject(subject);
                let object = self.patterns.add(&mut self.texts, object);
                let effect = Effect::new(self.texts.get(effect));
                let rule = Rule::new(&self.texts, to_u32(line), object, effect);
                self.pending.push(Pending {
                    subject,
                    pair,
                    rule,
                });
            }
            Statement::Grouping(fields) => {
                let [subject, role] = fields.map(|field| self.span(field, line));
                let subject = self.names.intern(self.texts.get(subject));
                let role = self.names.intern(self.texts.get(role));
                let line = to_u32(line);
                self.links.push((subject, Link { role, line }));
            }
        }
    }

    fn add_virtual(&mut self) {
        let empty = self.texts.push_made("");
        let subject = self.names.intern("");
        let pair = self.pair(empty, empty);
        let object = self.patterns.add(&mut self.texts, empty);
        let rule = Rule::new(&self.texts, VIRTUAL, object, Effect::Allow);
        self.pending.push(Pending {
            subject,
            pair,
            rule,
        });
    }

    #[inline]
    fn span(&mut self, field: CsvField, line: usize) -> Span {
        let start = line + field.start;
        if field.doubled {
            let raw = self.texts.get(Span {
                start: to_u32(start),
                len: to_u32(field.end - field.start),
            });
            let value = raw.replace("\"\"", "\"");
            return self.texts.push_made(&value);
        }
        Span {
            start: to_u32(start),
            len: to_u32(field.end - field.start),
        }
    }

    fn subject(&mut self, span: Span) -> u32 {
        if let Some((before, id)) = self.last
            && self.texts.bytes(before) == self.texts.bytes(span)
        {
            return id;
        }
        let id = self.names.intern(self.texts.get(span));
        self.last = Some((span, id));
        id
    }

    fn raw_pair(&mut self, resource: CsvField, action: CsvField, line: usize) -> u32 {
        let raw = Span {
            start: to_u32(line + resource.start),
            len: to_u32(action.end - resource.start),
        };
        let id = self.raw_pairs.intern(self.texts.get(raw)) as usize;
        if id == self.raw_pair_ids.len() {
            let [resource, action] = [resource, action].map(|field| self.span(field, line));
            let pair = self.pair(resource, action);
            self.raw_pair_ids.push(pair);
        }
        self.raw_pair_ids[id]
    }

    fn pair(&mut self, resource: Span, action: Span) -> u32 {
        let resource_id = self.resource_names.intern(self.texts.get(resource));
        if resource_id as usize == self.resources.len() {
            self.resources
                .push(self.patterns.add(&mut self.texts, resource));
        }
        let action_id = self.action_names.intern(self.texts.get(action));
        if action_id as usize == self.actions.len() {
            self.actions
                .push(self.patterns.add(&mut self.texts, action));
        }
        let pair = (resource_id, action_id);
        *self.pair_ids.entry(pair).or_insert_with(|| {
            self.pairs.push(pair);
            to_u32(self.pairs.len() - 1)
        })
    }

    fn finish(self, sources: Vec<Source>) -> Rules {
        let names = self.names.len();
        let (links, links_of) = group(
            names,
            &self.links,
            |(subject, _)| *subject,
            |(_, link)| *link,
        );
        let (mut sorted, starts) = group(
            names,
            &self.pending,
            |pending| pending.subject,
            |pending| (pending.pair, pending.rule),
        );
        drop(self.pending);
        let mut rules = Vec::with_capacity(sorted.len());
        let mut runs: Vec<RuleRun> = Vec::new();
        let mut own = Vec::with_capacity(starts.len());
        let mut indexes = Vec::new();
        for (bounds, links) in starts.windows(2).zip(&links_of) {
            own.push(Own {
                runs: to_u32(runs.len()),
                links: *links,
            });
            let mine = &mut sorted[bounds[0] as usize..bounds[1] as usize];
            mine.sort_unstable_by_key(|(pair, rule)| (*pair, rule.line));
            for run in mine.chunk_by(|(a, _), (b, _)| a == b) {
                if run.len() > SMALL_RUN {
                    indexes.push((to_u32(runs.len()), LazyIndex::default()));
                }
                runs.push(RuleRun {
                    pair: run[0].0,
                    first: to_u32(rules.len()),
                });
                rules.extend(run.iter().map(|(_, rule)| *rule));
            }
        }
        own.push(Own {
            runs: to_u32(runs.len()),
            links: to_u32(links.len()),
        });
        runs.push(RuleRun {
            pair: 0,
            first: to_u32(rules.len()),
        });
        runs.shrink_to_fit();
        Rules {
            texts: self.texts,
            sources,
            names: self.names,
            patterns: self.patterns,
            resources: self.resources,
            actions: self.actions,
            pairs: self.pairs,
            all: rules,
            runs,
            links,
            own,
            indexes,
        }
    }
}

/// Sorts items to `groups` groups, stable, and says where each group begins.
fn group<T, U: Copy>(
    groups: usize,
    items: &[T],
    key: impl Fn(&T) -> u32,
    value: impl Fn(&T) -> U,
) -> (Vec<U>, Vec<u32>) {
    let mut starts = vec![0_u32; groups + 1];
    for item in items {
        starts[key(item) as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let Some(first) = items.first() else {
        return (Vec::new(), starts);
    };
    let mut sorted = vec![value(first); items.len()];
    let mut next = starts.clone();
    for item in items {
        let slot = &mut next[key(item) as usize];
        sorted[*slot as usize] = value(item);
        *slot += 1;
    }
    (sorted, starts)
}
