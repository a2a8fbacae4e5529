//! From the parser's events to nodes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use granit_parser::{Event, Parser, ScalarStyle as Style, Span, StructureStyle, Tag};

use super::document::{Document, Duplicate, duplicates};
use super::frame::Frame;
use super::node::{Node, NodeKind, Properties, Scalar};
use super::resolve::ScalarStyle;
use super::syntax;
use super::template::Covered;
use super::trivia::{Token, find, next_line, tokens};
use super::{MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_EXPANDED_BYTES, MAX_NODES};
use super::{block_scalar, resolve};
use crate::Source;
use crate::{Error, Result};

/// Reads every document of a YAML stream; of one with a template's tags the text that covers them.
pub(super) fn documents(source: &Source, covered: Option<&Arc<Covered>>) -> Result<Vec<Document>> {
    let mut options = granit_parser::Options::default();
    options.set_emit_comments(false);
    options.emit_anchor_events = true;
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let text = covered.map_or(source.text(), |covered| &covered.text);
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = NodeBuilder::new(source, covered);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| syntax::error(source, &error))?;
        // An anchor's name is told after its node.
        let anchor = match event.anchor_id().map(|_| parser.peek()) {
            Some(Some(Ok((Event::Anchor(..), anchor)))) => Some(range(anchor).start),
            _ => None,
        };
        builder.event(event, &span, anchor)?;
    }
    Ok(builder.finish())
}

fn range(span: &Span) -> Range<usize> {
    // Always there for a parser that reads a `&str`.
    span.byte_range().unwrap_or(0..0)
}

/// A node that aliases may mean.
struct Anchored {
    path: Vec<usize>,
    weight: usize,
    depth: usize,
}

struct NodeBuilder<'a> {
    source: &'a Source,
    covered: Option<&'a Arc<Covered>>,
    text: &'a str,
    documents: Vec<Document>,
    stack: Vec<Frame>,
    root: Option<Node>,
    duplicates: Vec<Duplicate>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    /// Where the last event ended: what follows, up to the next node, is a gap.
    gap: usize,
    start: usize,
    /// Whether the last document was closed by `...`, and where its line ends.
    closed: Option<usize>,
}

impl<'a> NodeBuilder<'a> {
    fn new(source: &'a Source, covered: Option<&'a Arc<Covered>>) -> Self {
        Self {
            source,
            covered,
            text: covered.map_or(source.text(), |covered| &covered.text),
            documents: Vec::new(),
            stack: Vec::new(),
            root: None,
            duplicates: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
            gap: 0,
            start: 0,
            closed: None,
        }
    }

    fn event(&mut self, event: Event<'_>, span: &Span, anchor: Option<usize>) -> Result<()> {
        let at = range(span);
        let id = event.anchor_id();
        match event {
            Event::DocumentStart(explicit, _) => self.document_start(explicit, &at),
            Event::DocumentEnd => self.document_end(&at)?,
            Event::Scalar(value, style, _, tag) => {
                let properties = properties(span, id, anchor, tag.as_deref());
                self.scalar(value, style, properties, span)?;
            }
            Event::Alias(target) => {
                let node = self.node(NodeKind::Alias(target), at, None, false);
                let Some(found) = self.anchors.get(&target) else {
                    return Err(self.error(
                        node.span.start,
                        "an alias inside the value that it refers to",
                    ));
                };
                let (weight, depth) = (found.weight, found.depth);
                self.close(node, weight, depth)?;
            }
            Event::MappingStart(style, _, tag) => {
                let properties = properties(span, id, anchor, tag.as_deref());
                self.open(NodeKind::Mapping(Vec::new()), style, at, properties)?;
            }
            Event::SequenceStart(style, _, tag) => {
                let properties = properties(span, id, anchor, tag.as_deref());
                self.open(NodeKind::Sequence(Vec::new()), style, at, properties)?;
            }
            Event::MappingEnd | Event::SequenceEnd => self.end(&at)?,
            _ => {}
        }
        Ok(())
    }

    /// A document reaches from its `---` (the first one from the beginning of the text, one after
    /// `...` from the next line) to the next one.
    fn document_start(&mut self, explicit: bool, at: &Range<usize>) {
        self.start = match (self.documents.last_mut(), self.closed.take()) {
            (None, _) => 0,
            (Some(last), closed) => {
                let start = closed.unwrap_or(if explicit { at.start } else { last.span.end });
                last.span.end = start;
                start
            }
        };
        self.gap = at.end;
    }

    fn document_end(&mut self, at: &Range<usize>) -> Result<()> {
        self.closed = (at.start < at.end).then(|| next_line(self.text, at.end));
        self.check_size(at.end)?;
        let root = self
            .root
            .take()
            .filter(|root| root.properties.is_some() || root.span.start < root.span.end);
        self.documents.push(Document {
            source: self.source.clone(),
            root,
            span: self.start..at.end,
            duplicates: std::mem::take(&mut self.duplicates),
            anchors: std::mem::take(&mut self.anchors)
                .into_iter()
                .map(|(id, anchored)| (id, anchored.path))
                .collect(),
            covered: self.covered.cloned(),
        });
        self.nodes = 0;
        self.gap = at.end;
        Ok(())
    }

    fn finish(mut self) -> Vec<Document> {
        if self.documents.is_empty() && !self.text.trim_start_matches('\u{feff}').trim().is_empty()
        {
            // Nothing but comments: a document in which something can be set.
            self.documents.push(Document {
                source: self.source.clone(),
                root: None,
                span: 0..self.text.len(),
                duplicates: Vec::new(),
                anchors: HashMap::new(),
                covered: self.covered.cloned(),
            });
        }
        if let Some(last) = self.documents.last_mut() {
            last.span.end = self.text.len();
        }
        self.documents
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> Error {
        Error::input(message).at(self.source.location(offset))
    }

    fn check_size(&self, offset: usize) -> Result<()> {
        if offset.saturating_sub(self.start) > MAX_DOCUMENT_BYTES {
            return Err(too_large(self.source, self.start));
        }
        Ok(())
    }

    fn node(
        &self,
        kind: NodeKind,
        span: Range<usize>,
        properties: Option<Box<Properties>>,
        flow: bool,
    ) -> Node {
        let mut node = Node {
            kind,
            lead: span.start,
            span,
            properties,
            flow,
        };
        node.lead = node.outer();
        let indicator = match self.stack.last() {
            Some(frame)
                if frame.key.is_none() && !matches!(frame.node.kind, NodeKind::Sequence(_)) =>
            {
                b'?'
            }
            // Only in front of a block sequence's items there is one.
            Some(_) => b'-',
            None => return node,
        };
        if let Some((_, at)) = tokens(self.text, self.gap..node.lead)
            .filter(|(token, _)| *token == Token::Indicator(indicator))
            .last()
        {
            node.lead = at.start;
        }
        node
    }

    fn scalar(
        &mut self,
        value: Cow<'_, str>,
        style: Style,
        properties: Option<Box<Properties>>,
        span: &Span,
    ) -> Result<()> {
        let mut at = range(span);
        let tag = properties.as_ref().and_then(|some| some.tag.as_deref());
        // The parser does not tell the indentation of space content.
        let indent = span
            .indent
            .or_else(|| value.contains([' ', '\t']).then_some(0));
        let (style, mut block) = match style {
            Style::Plain => (ScalarStyle::Plain, None),
            Style::SingleQuoted => (ScalarStyle::SingleQuoted, None),
            Style::DoubleQuoted => (ScalarStyle::DoubleQuoted, None),
            Style::Literal => (
                ScalarStyle::Literal,
                block_scalar::block(self.text, self.gap, b'|', &mut at, indent),
            ),
            Style::Folded => (
                ScalarStyle::Folded,
                block_scalar::block(self.text, self.gap, b'>', &mut at, indent),
            ),
        };
        let missing = style == ScalarStyle::Plain && at.is_empty();
        let end = block
            .as_ref()
            .zip(self.covered)
            .and_then(|(block, covered)| covered.scalar_end(block.body));
        let value = match self.covered {
            _ if missing => Cow::Borrowed(""),
            // No one knows what the template is going to put here: its tag is the value.
            Some(covered) if covered.has_value_in(&at) => {
                let quotes = usize::from(style != ScalarStyle::Plain);
                let inside = at.start + quotes..at.end.saturating_sub(quotes);
                Cow::Borrowed(self.source.text().get(inside).unwrap_or_default())
            }
            _ => value,
        };
        let value = match (end, &mut block) {
            (Some(end), Some(block)) => {
                at.end = end;
                Cow::Owned(block_scalar::with_tags(self.source.text(), block, end))
            }
            _ => value,
        };
        let weight = 16 + value.len();
        let mut node = self.node(
            NodeKind::Scalar(Scalar {
                scalar_type: resolve::scalar_type(&value, style, tag),
                value: value.into_owned().into(),
                style,
                block: block.map(Box::new),
                runs: OnceLock::new(),
            }),
            at,
            properties,
            false,
        );
        if missing {
            self.place_missing(&mut node);
        }
        self.gap = self.gap.max(range(span).end);
        self.close(node, weight, 0)
    }

    /// A value that is not there is behind what announces it: its `:` or `-`, tag or anchor.
    fn place_missing(&self, node: &mut Node) {
        let start = node.span.start;
        let announced = node.properties.as_deref();
        let mut properties = announced.map_or(0, |some| {
            usize::from(some.anchor.is_some()) + usize::from(some.tag.is_some())
        });
        // Between brackets a comma may be in front of them.
        let from = announced.map_or(self.gap, |some| some.start);
        let (mut is_value, is_key) = match self.stack.last() {
            Some(frame) => (
                frame.key.is_some(),
                frame.node.items().is_none() && frame.key.is_none(),
            ),
            None => (false, true),
        };
        let mut end = if is_key { start } else { from.min(start) };
        for (token, at) in tokens(self.text, from..self.text.len()) {
            match token {
                Token::Property if properties > 0 => properties -= 1,
                Token::Indicator(b'-' | b'?') if at.start < start => {}
                Token::Indicator(b':') if is_value => is_value = false,
                _ => break,
            }
            end = end.max(at.end);
        }
        node.span = end..end;
    }

    fn open(
        &mut self,
        kind: NodeKind,
        style: StructureStyle,
        at: Range<usize>,
        properties: Option<Box<Properties>>,
    ) -> Result<()> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(self.error(
                at.start,
                format!("nested more than {MAX_DEPTH} levels deep"),
            ));
        }
        let flow = style == StructureStyle::Flow;
        let end = self.first_dash(&kind, flow, &at).unwrap_or(at.end);
        let span = if flow { at } else { end..end };
        let node = self.node(kind, span, properties, flow);
        self.gap = self.gap.max(end);
        self.stack.push(Frame {
            node,
            key: None,
            weight: 16,
            depth: 0,
        });
        Ok(())
    }

    /// Of a sequence that is not indented below its key the parser tells where the first item's
    /// content begins; its dash is in the gap before.
    fn first_dash(&self, kind: &NodeKind, flow: bool, at: &Range<usize>) -> Option<usize> {
        let under_key = self.stack.last().is_some_and(|frame| frame.key.is_some());
        if flow || !under_key || !matches!(kind, NodeKind::Sequence(_)) {
            return None;
        }
        find(self.text, self.gap..at.start, b'-')
    }

    fn end(&mut self, at: &Range<usize>) -> Result<()> {
        let Some(Frame {
            mut node,
            weight,
            depth,
            ..
        }) = self.stack.pop()
        else {
            return Ok(());
        };
        node.span.end = if node.flow && node.span.start < node.span.end {
            at.end
        } else {
            // In a list `[a: b]` is a mapping without brackets.
            let last = node
                .children()
                .last()
                .map(|child| child.last_leaf().span.end);
            last.unwrap_or(node.span.start).max(node.span.start)
        };
        self.gap = self.gap.max(at.end);
        // Of a template's `if` and `else` only one is left.
        if let NodeKind::Mapping(entries) = &node.kind
            && self.covered.is_none()
        {
            duplicates(entries, &mut self.duplicates);
        }
        self.close(node, weight, depth + 1)
    }

    /// Hands a finished node to the collection it is in.
    fn close(&mut self, node: Node, weight: usize, depth: usize) -> Result<()> {
        self.check_size(node.span.end)?;
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(self.error(
                self.start,
                format!("a document of more than {MAX_NODES} values"),
            ));
        }
        if let Some(id) = node.anchor() {
            let path = self.stack.iter().map(Frame::position).collect();
            self.anchors.insert(
                id,
                Anchored {
                    path,
                    weight,
                    depth,
                },
            );
        }
        self.gap = self.gap.max(node.span.start);
        let start = node.span.start;
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.weight = frame.weight.saturating_add(weight);
        frame.depth = frame.depth.max(depth);
        let (weight, depth) = (frame.weight, self.stack.len() + depth);
        if weight > MAX_EXPANDED_BYTES || depth > MAX_DEPTH {
            return Err(self
                .error(start, "aliases that expand to more than can be read")
                .hint("write the values out, or use fewer aliases of aliases"));
        }
        if let Some(frame) = self.stack.last_mut() {
            frame.add(node);
        }
        Ok(())
    }
}

/// A document that is larger than what is read.
pub(super) fn too_large(source: &Source, start: usize) -> Error {
    let limit = MAX_DOCUMENT_BYTES >> 20;
    Error::input(format!("a document of more than {limit} MiB"))
        .at(source.location(start))
        .hint("a ConfigMap can hold 1 MiB: is this the right file?")
}

fn properties(
    span: &Span,
    id: Option<usize>,
    anchor: Option<usize>,
    tag: Option<&Tag>,
) -> Option<Box<Properties>> {
    let tag_start = span.tag_span().map(|span| range(&span).start);
    let start = [anchor, tag_start].into_iter().flatten().min()?;
    Some(Box::new(Properties {
        start,
        anchor: id,
        tag: tag.map(|tag| format!("{}{}", tag.handle(), tag.suffix())),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_that_is_allowed_is_read() {
        let source = Source::new("x", "x");
        let mut builder = NodeBuilder::new(&source, None);
        builder.nodes = MAX_NODES - 1;
        let mut read = || {
            let node = builder.node(NodeKind::Sequence(Vec::new()), 0..1, None, false);
            builder.close(node, 16, 0)
        };
        assert!(read().is_ok());
        let error = read().unwrap_err().to_string();
        assert!(error.contains("more than 1000000 values"), "{error}");
    }
}
