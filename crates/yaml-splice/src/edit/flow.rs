//! Splices between brackets, in YAML and JSON: on one line or over several.

use serde_json::Value;

use super::plan::{Added, Planner, leads, replaced_from, values};
use crate::node::{Node, Scalar};
use crate::resolve::ScalarStyle;
use crate::trivia::{begins_line, find, is_blank, line_break, line_start, next_line, part};
use crate::write::{self, Place};

/// How what is between brackets is written.
struct Style {
    /// Every key and text in double quotes, as JSON wants it.
    json: bool,
    colon: String,
    comma: String,
}

/// Spaces in front of a line, and what one level adds.
struct Pretty {
    line_break: &'static str,
    indent: String,
    step: String,
}

impl<'a> Planner<'a> {
    /// Adds entries or items behind the last one, or in its place if it is removed.
    pub(super) fn add_flow(&mut self, node: &'a Node, added: &[Added], removed: &[usize]) {
        let style = self.style(node);
        let close = node.span.end;
        let (heads, values) = (leads(node), values(node));
        let (Some(head), Some(last)) = (heads.last(), values.last()) else {
            self.fill_flow(node, added);
            return;
        };
        let end = last.span.end.max(head.span.end);
        let comma = find(self.text, end..close, b',');
        let at = comma.map_or(end, |at| at + 1);
        let own_lines = begins_line(self.text, head.lead);
        let pretty = self.pretty(head.lead);
        let separator = if own_lines {
            format!("{}{}", pretty.line_break, pretty.indent)
        } else {
            style.comma[1..].to_owned()
        };
        let entries: Vec<_> = added
            .iter()
            .map(|one| self.entry(one, &style, own_lines.then_some(&pretty)))
            .collect();
        let entries = entries.join(&format!(",{separator}"));
        if removed.contains(&(heads.len() - 1)) {
            self.splice(head.lead, end, entries);
            return;
        }
        let mut entries = format!("{separator}{entries}");
        if comma.is_some() {
            entries.push(',');
        }
        // A comment on the last entry's line stays on it.
        let line_end = next_line(self.text, at);
        let rest = part(self.text, at..line_end.min(close));
        if own_lines && rest.contains('#') {
            if comma.is_none() {
                self.splice(end, end, ",");
            }
            let at = self.text[..line_end].trim_end_matches(['\n', '\r']).len();
            self.splice(at, at, entries);
        } else {
            let comma = if comma.is_none() { "," } else { "" };
            self.splice(at, at, format!("{comma}{entries}"));
        }
    }

    /// Entries for a pair of brackets that is empty, or is emptied, and may hold comments.
    pub(super) fn fill_flow(&mut self, node: &'a Node, added: &[Added]) {
        let style = self.style(node);
        let (open, close) = (node.span.start + 1, node.span.end - 1);
        if !part(self.text, open..close).contains('#') {
            let entries: Vec<_> = added
                .iter()
                .map(|one| self.entry(one, &style, None))
                .collect();
            self.splice(open, close, entries.join(&style.comma));
            return;
        }
        let outer = self.pretty(node.span.start);
        let inner = outer.deeper();
        let mut lines = String::new();
        for (index, one) in added.iter().enumerate() {
            let comma = if index + 1 < added.len() { "," } else { "" };
            let entry = self.entry(one, &style, Some(&inner));
            lines.extend([inner.indent.as_str(), &entry, comma, inner.line_break]);
        }
        let at = line_start(self.text, close);
        self.splice(at, at, lines);
    }

    /// Removes entries or items with their commas; comments beside them stay. If entries are also added
    /// (`adding`), they take the place of the last one.
    pub(super) fn remove_flow(&mut self, node: &'a Node, removed: &[usize], adding: bool) {
        let (heads, values) = (leads(node), values(node));
        let text = self.text;
        let end_of = |index: usize| values[index].span.end.max(heads[index].span.end);
        let comma_of = |index: usize| {
            let next = heads.get(index + 1).map_or(node.span.end, |next| next.lead);
            find(text, end_of(index)..next, b',')
        };
        let mut stays = vec![true; heads.len()];
        for index in removed {
            stays[*index] = false;
        }
        let last_stays = stays.iter().rposition(|stays| *stays);
        let replaced = adding.then_some(heads.len() - 1);
        for index in removed.iter().copied().filter(|at| Some(*at) != replaced) {
            let lead = heads[index].lead;
            let end = comma_of(index).map_or(end_of(index), |at| at + 1);
            let line_end = next_line(text, end);
            let rest = part(text, end..line_end).trim_start();
            let begins_line = begins_line(text, lead);
            if begins_line && rest.is_empty() {
                self.splice(line_start(text, lead), line_end, "");
            } else if begins_line && rest.starts_with('#') {
                self.splice(lead, line_end - rest.len(), "");
            } else if index == 0 {
                let next = heads.get(1).map_or(end, |next| next.lead);
                self.splice(lead, next, "");
            } else if comma_of(index).is_some() {
                let from = comma_of(index - 1).map_or(lead, |at| at + 1);
                self.splice(from, end, "");
            } else {
                let from = last_stays.map_or(lead, end_of);
                self.splice(from, end, "");
            }
        }
        // The comma behind the entry that is now the last one, if the last one had none.
        if let Some(comma) = last_stays
            .filter(|_| !adding && comma_of(heads.len() - 1).is_none())
            .and_then(comma_of)
        {
            self.splice(comma, comma + 1, "");
        }
    }

    /// Puts another value in the place of one.
    pub(super) fn replace_flow(
        &mut self,
        parent: &'a Node,
        index: usize,
        old: &'a Node,
        value: &Value,
    ) {
        let style = self.style(parent);
        let head = leads(parent)[index];
        let pretty = self.pretty(head.lead);
        let own_line = self.json && begins_line(self.text, head.lead);
        let rendered = self.value(value, &style, own_line.then_some(&pretty));
        let start = replaced_from(old, value);
        let announced = if old.span.is_empty() && old.properties.is_none() {
            // In a list nothing is missing.
            if self.text[..old.span.start].ends_with(':') {
                " "
            } else {
                ": "
            }
        } else if self.text[..start].ends_with([' ', '\t', '\n']) || old.properties.is_none() {
            ""
        } else {
            " "
        };
        self.splice(start, old.span.end, format!("{announced}{rendered}"));
    }

    /// A value between brackets in the style of a node.
    pub(super) fn bracketed(&self, value: &Value, node: &Node) -> String {
        self.value(value, &self.style(node), None)
    }

    fn entry(&self, added: &Added, style: &Style, pretty: Option<&Pretty>) -> String {
        let value = self.value(&added.value, style, pretty);
        match &added.key {
            Some(key) => format!("{}{}{value}", style.text(key), style.colon),
            None => value,
        }
    }

    fn value(&self, value: &Value, style: &Style, pretty: Option<&Pretty>) -> String {
        let Some(pretty) = pretty.filter(|_| self.json) else {
            return write::brackets(value, &|text| style.text(text), &style.colon, &style.comma);
        };
        let inner = pretty.deeper();
        let lines: Vec<_> = match value {
            Value::Object(map) => map
                .iter()
                .map(|(key, value)| {
                    let value = self.value(value, style, Some(&inner));
                    format!("{}{}{}{value}", inner.indent, style.text(key), style.colon)
                })
                .collect(),
            Value::Array(items) => items
                .iter()
                .map(|value| format!("{}{}", inner.indent, self.value(value, style, Some(&inner))))
                .collect(),
            _ => Vec::new(),
        };
        if lines.is_empty() {
            return self.value(value, style, None);
        }
        let brackets = if value.is_object() {
            ['{', '}']
        } else {
            ['[', ']']
        };
        let line_break = pretty.line_break;
        format!(
            "{}{line_break}{}{line_break}{}{}",
            brackets[0],
            lines.join(&format!(",{line_break}")),
            pretty.indent,
            brackets[1]
        )
    }

    /// The style of what is in a node, else of what is around it.
    fn style(&self, node: &Node) -> Style {
        let heads = leads(node);
        let quoted = |head: &&Node| {
            let style = head.as_scalar().map(Scalar::style);
            style == Some(ScalarStyle::DoubleQuoted)
        };
        let json = self.json || !heads.is_empty() && heads.iter().all(quoted);
        let around = || std::iter::once(node).chain(self.above.iter().rev().copied());
        let colon = around().filter(|_| json).find_map(|node| self.colon(node));
        let colon = colon.unwrap_or_else(|| ": ".into());
        let comma = around().find_map(|node| self.comma(node));
        let comma = comma.unwrap_or_else(|| if colon.ends_with(' ') { ", " } else { "," }.into());
        Style { json, colon, comma }
    }

    fn colon(&self, node: &Node) -> Option<String> {
        let entry = node.entries().filter(|_| node.flow)?.last()?;
        let colon = part(self.text, entry.key.span.end..entry.value.outer());
        (colon.trim() == ":" && !colon.contains('\n')).then(|| colon.to_owned())
    }

    fn comma(&self, node: &Node) -> Option<String> {
        let heads = leads(node);
        let values = values(node);
        let [.., before, last] = heads.as_slice() else {
            return None;
        };
        let end = values[values.len() - 2].span.end.max(before.span.end);
        let comma = find(self.text, end..last.lead, b',').filter(|_| node.flow)?;
        let comma = part(self.text, comma..last.lead);
        comma
            .strip_prefix(',')
            .is_some_and(is_blank)
            .then(|| comma.to_owned())
    }

    /// The line breaks and spaces around an offset.
    fn pretty(&self, offset: usize) -> Pretty {
        let blanks = |offset: usize| {
            let line = &self.text[line_start(self.text, offset)..];
            line[..line.len() - line.trim_start_matches([' ', '\t']).len()].to_owned()
        };
        let step = self.above.iter().rev().find_map(|node| {
            let head = leads(node)
                .into_iter()
                .find(|head| begins_line(self.text, head.lead))?;
            let (outer, inner) = (blanks(node.span.start), blanks(head.lead));
            inner
                .strip_prefix(&outer)
                .filter(|step| !step.is_empty())
                .map(str::to_owned)
        });
        Pretty {
            line_break: line_break(self.text, offset),
            indent: blanks(offset),
            step: step.unwrap_or_else(|| "  ".into()),
        }
    }
}

impl Style {
    fn text(&self, text: &str) -> String {
        if self.json {
            write::json_string(text)
        } else {
            write::scalar(text, Place::Flow)
        }
    }
}

impl Pretty {
    fn deeper(&self) -> Self {
        Self {
            line_break: self.line_break,
            indent: format!("{}{}", self.indent, self.step),
            step: self.step.clone(),
        }
    }
}
